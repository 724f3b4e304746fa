package llmtest

import (
	"context"
	"io"
	"net/http"
	"slices"
)

// TranscriptionRequest is a recording as it arrived.
type TranscriptionRequest struct {
	Header http.Header
	Model  string
	Format string // response_format
	Name   string // of the file
	Type   string // of the file
	Audio  []byte
}

// AnswerTranscriptions makes the answers to recordings; without it they are all
// Transcript("A stand-in speaks.").
func (s *Server) AnswerTranscriptions(fn func(TranscriptionRequest) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transcribe = fn
}

// TranscriptionRequests gives the recordings that have arrived so far, in order.
func (s *Server) TranscriptionRequests() []TranscriptionRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.transcribeRequests)
}

// Transcript is the answer with a text.
func Transcript(text string) Reply {
	return Reply{ContentType: "application/json", Body: encode(object{"text": text})}
}

func (s *Server) transcriptions(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		return
	}
	defer s.live.Done()
	r.Body = http.MaxBytesReader(w, r.Body, 64<<20)
	reply := Fail(http.StatusBadRequest, "invalid_form", "the body is not a form with a file")
	if file, head, err := r.FormFile("file"); err == nil {
		audio, _ := io.ReadAll(file) // of a form that was read whole
		reply = s.transcribeReply(TranscriptionRequest{
			Header: r.Header.Clone(), Model: r.FormValue("model"), Format: r.FormValue("response_format"),
			Name: head.Filename, Type: head.Header.Get("Content-Type"), Audio: audio,
		})
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	if err := newOut(ctx, w, Request{}, reply).write(); err != nil {
		panic(http.ErrAbortHandler) // net/http's way to break a connection off
	}
}

func (s *Server) transcribeReply(r TranscriptionRequest) Reply {
	s.mu.Lock()
	s.transcribeRequests = append(s.transcribeRequests, r)
	answer := s.transcribe
	s.mu.Unlock()
	if answer == nil {
		return Transcript("A stand-in speaks.")
	}
	return answer(r)
}
