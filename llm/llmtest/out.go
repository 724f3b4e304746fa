package llmtest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"strings"
)

// Out is where the steps of a reply write to. Each write is flushed.
type Out struct {
	ctx     context.Context
	w       http.ResponseWriter
	flush   func() error
	request Request
	reply   Reply
	said    strings.Builder // the deltas so far
}

func newOut(ctx context.Context, w http.ResponseWriter, request Request, reply Reply) *Out {
	return &Out{ctx: ctx, w: w, flush: http.NewResponseController(w).Flush, request: request, reply: reply}
}

// Context is done when the client has left or the server is closed.
func (o *Out) Context() context.Context { return o.ctx }

// Request is the question that is being answered.
func (o *Out) Request() Request { return o.request }

// Chunk sends a chat.completion.chunk with the delta, and the finish_reason
// unless that is "".
func (o *Out) Chunk(delta map[string]any, finish string) error {
	var reason any
	if finish != "" {
		reason = finish
	}
	choices := []object{{"index": 0, "delta": delta, "finish_reason": reason}}
	return o.Data(encode(o.chunk(choices, nil)))
}

// Data sends an event with one line of data.
func (o *Out) Data(data string) error { return o.Raw("data: " + data + "\n\n") }

// Raw sends s as it is, but for line ends and pieces where the reply wants them.
func (o *Out) Raw(s string) error {
	if o.reply.CRLF {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	for len(s) > 0 {
		n := len(s)
		if o.reply.Piece > 0 {
			n = min(n, o.reply.Piece)
		}
		if _, err := io.WriteString(o.w, s[:n]); err != nil {
			return err
		}
		if err := o.flush(); err != nil {
			return err
		}
		s = s[n:]
	}
	return nil
}

func (o *Out) chunk(choices []object, usage object) object {
	return object{"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
		"model": o.request.Model, "choices": choices, "usage": usage}
}

// write sends the whole reply. An error is the wish, or the need, to break off.
func (o *Out) write() error {
	if o.reply.Before != nil {
		if err := o.reply.Before(o); err != nil {
			return err
		}
	}
	h := o.w.Header()
	h.Set("Content-Type", o.reply.ContentType)
	if o.reply.ContentType == "" {
		h.Set("Content-Type", "text/event-stream")
	}
	maps.Copy(h, o.reply.Header)
	if o.reply.Status != 0 {
		o.w.WriteHeader(o.reply.Status)
	}
	if _, err := io.WriteString(o.w, o.reply.Body); err != nil {
		return err
	}
	if len(o.reply.Steps) == 0 {
		return nil
	}
	if err := o.flush(); err != nil {
		return err
	}
	for _, step := range o.reply.Steps {
		if err := step(o); err != nil {
			return err
		}
	}
	return nil
}
