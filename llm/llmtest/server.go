// Package llmtest has a stand-in for a server that speaks OpenAI's Chat
// Completions, embeddings and transcriptions: it says what a test scripts, misbehaves as real
// servers do, and records what it was asked. It imports no testing package, so that programs
// (benchmarks, demonstrations) can use it too.
//
//	model := llmtest.For(t)                             // closed with the test
//	model.Script(llmtest.Limited("1"), llmtest.Say("It ", "works [1]."))
//	client, err := llm.New(llm.Config{BaseURL: model.URL, Name: "stand-in"})
//
// Files: server.go takes requests, request.go is what was asked, reply.go has
// whole replies, step.go the pieces that a stream is made of, out.go writes them;
// embed.go takes requests for vectors, vectors.go has the answers to them;
// transcribe.go takes recordings.
package llmtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
)

// Server is a running stand-in. All methods may be called while it serves.
type Server struct {
	// URL is the base URL to configure, such as http://127.0.0.1:40713/v1.
	URL string

	http   *http.Server
	ctx    context.Context // done once Close is called: releases stalled streams
	stop   context.CancelFunc
	served chan struct{}
	live   sync.WaitGroup // requests being answered; added to under mu, while not closed

	mu       sync.Mutex
	closed   bool
	script   []Reply
	answer   func(Request) Reply
	refuses  []string
	models   []string
	requests []Request

	embedScript   []func(EmbeddingRequest) Reply
	embed         func(EmbeddingRequest) Reply
	embedRequests []EmbeddingRequest
	embedded      map[string]int

	transcribe         func(TranscriptionRequest) Reply
	transcribeRequests []TranscriptionRequest
}

// New starts a server on a free port of the loopback interface. It answers
// every question with the same short text until it is told otherwise. The
// caller closes it.
func New() (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("llmtest: %w", err)
	}
	s := &Server{
		URL:    "http://" + listener.Addr().String() + "/v1",
		served: make(chan struct{}),
		answer: func(Request) Reply { return Say("This ", "is ", "a stand-in.") },
		models: []string{"stand-in"},
		embed:  Embed, embedded: map[string]int{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.complete)
	mux.HandleFunc("POST /v1/embeddings", s.embeddings)
	mux.HandleFunc("POST /v1/audio/transcriptions", s.transcriptions)
	mux.HandleFunc("GET /v1/models", s.listModels)
	s.http = &http.Server{Handler: mux}
	go func() {
		defer close(s.served)
		s.http.Serve(listener)
	}()
	return s, nil
}

// T is the part of *testing.T and *testing.B that For uses.
type T interface {
	Helper()
	Fatal(args ...any)
	Cleanup(func())
}

// For starts a server that is closed when the test ends.
func For(t T) *Server {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Close ends all streams, also those that are held or stalled, and waits for
// them. It may be called again.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.http.Close()
	<-s.served
	s.live.Wait()
}

// Script adds replies to be given once each, in order, before Answer's.
func (s *Server) Script(replies ...Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, replies...)
}

// Answer makes the replies that are not scripted.
func (s *Server) Answer(fn func(Request) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = fn
}

// Refuse makes the server answer 400 to requests, for vectors too, that hold one
// of these parameters, naming it, as servers do that don't know it.
func (s *Server) Refuse(params ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuses = params
}

// SetModels is what GET /v1/models lists.
func (s *Server) SetModels(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models = ids
}

// Requests gives the questions that have arrived so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *Server) complete(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		return
	}
	defer s.live.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 16<<20))
	if err != nil {
		return // the client left, or would not end
	}
	request, err := decode(r, body)
	reply := Fail(http.StatusBadRequest, "invalid_json", "the body is not JSON that fits")
	if err == nil {
		reply = s.replyTo(request)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	o := newOut(ctx, w, request, reply)
	if err := o.write(); err != nil {
		panic(http.ErrAbortHandler) // net/http's way to break a connection off
	}
}

// enter counts a request that begins, unless the server is closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.live.Add(1)
	}
	return !s.closed
}

// replyTo records the request and picks what to say to it.
func (s *Server) replyTo(r Request) Reply {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	for _, param := range s.refuses {
		if r.Has(param) {
			s.mu.Unlock()
			return unsupported(param)
		}
	}
	if len(s.script) > 0 {
		reply := s.script[0]
		s.script = s.script[1:]
		s.mu.Unlock()
		return reply
	}
	answer := s.answer
	s.mu.Unlock()
	return answer(r)
}

func (s *Server) listModels(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	ids := slices.Clone(s.models)
	s.mu.Unlock()
	data := []map[string]any{}
	for _, id := range ids {
		data = append(data, map[string]any{"id": id, "object": "model", "owned_by": "llmtest"})
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": data})
}

// errCut breaks the connection off.
var errCut = errors.New("cut")

// unsupported is how OpenAI refuses a parameter.
func unsupported(param string) Reply {
	return Reply{Status: http.StatusBadRequest, ContentType: "application/json",
		Body: encode(errorObject("unsupported_parameter", "Unsupported parameter: '"+param+"'.", param))}
}
