package llmtest

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"io"
	"math"
	"math/rand"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// DefaultDimensions is how many numbers a vector has where none are asked for.
const DefaultDimensions = 64

// EmbeddingRequest is a request for vectors as it arrived.
type EmbeddingRequest struct {
	Header http.Header `json:"-"`
	Body   []byte      `json:"-"` // as sent

	Model          string `json:"model"`
	Input          Texts  `json:"input"`
	EncodingFormat string `json:"encoding_format"` // "" where not sent
	Dimensions     int    `json:"dimensions"`      // 0 where not sent
}

// Texts is a list of texts, or one text alone.
type Texts []string

// UnmarshalJSON takes both forms.
func (t *Texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = Texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// Has reports whether the body holds the parameter, whatever its value.
func (r EmbeddingRequest) Has(param string) bool { return has(r.Body, param) }

// ScriptEmbeddings adds answers to be given once each, in order, before
// AnswerEmbeddings's. See Embed for what answers there are.
func (s *Server) ScriptEmbeddings(answers ...func(EmbeddingRequest) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.embedScript = append(s.embedScript, answers...)
}

// AnswerEmbeddings makes the answers that are not scripted; without it, Embed.
func (s *Server) AnswerEmbeddings(fn func(EmbeddingRequest) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.embed = fn
}

// EmbeddingRequests gives the requests for vectors that have arrived so far,
// in order, whatever became of them.
func (s *Server) EmbeddingRequests() []EmbeddingRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.embedRequests)
}

// Embedded counts how often each text was answered with status 200.
func (s *Server) Embedded() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make(map[string]int, len(s.embedded))
	for text, n := range s.embedded {
		counts[text] = n
	}
	return counts
}

func (s *Server) embeddings(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		return
	}
	defer s.live.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
	if err != nil {
		return // the client left, or would not end
	}
	request := EmbeddingRequest{Header: r.Header.Clone(), Body: body}
	reply := Fail(http.StatusBadRequest, "invalid_json", "the body is not JSON that fits")
	if json.Unmarshal(body, &request) == nil {
		reply = s.embedReply(request)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	if err := newOut(ctx, w, Request{}, reply).write(); err != nil {
		panic(http.ErrAbortHandler) // net/http's way to break a connection off
	}
}

// embedReply records the request and picks what to say to it.
func (s *Server) embedReply(r EmbeddingRequest) Reply {
	s.mu.Lock()
	s.embedRequests = append(s.embedRequests, r)
	answer := s.embed
	refused := slices.IndexFunc(s.refuses, r.Has)
	switch {
	case refused >= 0:
		param := s.refuses[refused]
		answer = func(EmbeddingRequest) Reply { return unsupported(param) }
	case len(s.embedScript) > 0:
		answer = s.embedScript[0]
		s.embedScript = s.embedScript[1:]
	}
	s.mu.Unlock()
	reply := answer(r)
	if reply.Status == 0 {
		s.mu.Lock()
		for _, text := range r.Input {
			s.embedded[text]++
		}
		s.mu.Unlock()
	}
	return reply
}

// Vector is the vector of a text: its words, hashed, so that texts which share
// words lie near each other. Equal texts have equal vectors; the length is 1.
func Vector(text string, dimensions int) []float32 {
	v := make([]float32, dimensions)
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		words = []string{""}
	}
	for _, word := range words {
		h := fnv.New64a()
		io.WriteString(h, word)
		rng := rand.New(rand.NewSource(int64(h.Sum64())))
		for range 8 {
			v[rng.Intn(dimensions)] += float32(rng.NormFloat64())
		}
	}
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / math.Sqrt(sum))
	}
	return v
}
