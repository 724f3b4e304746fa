package llmtest

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
)

// embed asks the server for vectors and gives the status and the answer.
func embed(t *testing.T, s *Server, body string) (int, string) {
	t.Helper()
	res, err := http.Post(s.URL+"/embeddings", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

func TestTextsThatShareWordsLieNear(t *testing.T) {
	dot := func(a, b string) float64 {
		x, y, sum := Vector(a, 256), Vector(b, 256), 0.0
		for i := range x {
			sum += float64(x[i]) * float64(y[i])
		}
		return sum
	}
	near, far := dot("install the server on Linux", "How do I install the SERVER?"), dot("install the server on Linux", "citations of passages")
	if near < far+0.3 || math.Abs(dot("one two", "Two, one.")-1) > 1e-5 {
		t.Errorf("near %v, far %v", near, far)
	}
	if n := dot("", ""); math.Abs(n-1) > 1e-5 {
		t.Errorf("of no word: length² %v", n)
	}
}

func TestVectorsComeInTheFormAskedFor(t *testing.T) {
	s := For(t)
	var answer struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	_, body := embed(t, s, `{"model":"m","input":["one","two"],"dimensions":8}`)
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Data) != 2 || len(answer.Data[1].Embedding) != 8 || answer.Data[1].Index != 1 {
		t.Errorf("%s, %v", body, err)
	}
	if _, body := embed(t, s, `{"model":"m","input":"one","encoding_format":"base64"}`); !strings.Contains(body, `"embedding":"`) {
		t.Errorf("no base64: %s", body)
	}
	if status, _ := embed(t, s, `{"input":7}`); status != 400 {
		t.Errorf("a number was embedded: status %d", status)
	}
}

func TestWhatWasEmbeddedIsCountedByText(t *testing.T) {
	s := For(t)
	s.ScriptEmbeddings(Instead(Broken()), Embed)
	for range 3 {
		embed(t, s, `{"input":["one","two"]}`)
	}
	s.Refuse("dimensions")
	if status, body := embed(t, s, `{"input":["one"],"dimensions":8}`); status != 400 || !strings.Contains(body, "dimensions") {
		t.Errorf("status %d: %s", status, body)
	}
	if got := s.Embedded(); len(got) != 2 || got["one"] != 2 || len(s.EmbeddingRequests()) != 4 {
		t.Errorf("embedded %v in %d requests", got, len(s.EmbeddingRequests()))
	}
}
