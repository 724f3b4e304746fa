package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// reconnect has a client that lost its stream come back after a second. Of itself an
// EventSource, which can only GET, would wait for three or more.
var reconnect = []byte("retry: 1000\n")

// stream answers with the events of an answer after the given one, as they come. An
// error after the headers becomes an error event, without an id: it is not of the
// answer, which can still be taken up after the last event.
func (h *Handler) stream(c echo.Context, messageID string, after int, first []byte) error {
	w := h.openStream(c, first)
	defer w.close()
	ctx := c.Request().Context()
	err := h.ports.Answers.Follow(ctx, principal(c), messageID, after, w.send)
	if err == nil {
		return w.close()
	}
	if err = explain(ctx, err); !errors.Is(err, errLeft) {
		_ = w.send([]docent.Event{errorEvent(err)}) // close says the same
	}
	if werr := w.close(); werr != nil {
		return werr
	}
	return err
}

// nothingAfter reports whether an answer has no event after the given one, nor will have.
func (h *Handler) nothingAfter(c echo.Context, m docent.Message, after int) bool {
	if m.FinishReason == "" {
		return false
	}
	errMore := errors.New("there are more")
	err := h.ports.Answers.Follow(c.Request().Context(), principal(c), m.ID, after, func([]docent.Event) error { return errMore })
	return err == nil
}

// openStream begins a stream of events, with what is to come before them. Its owner
// closes it.
func (h *Handler) openStream(c echo.Context, first []byte) *eventWriter {
	head := c.Response().Header()
	if head.Get("Content-Type") == "" { // a protocol may have a longer name for it
		head.Set("Content-Type", eventStream)
	}
	unbuffered(head)
	c.Response().WriteHeader(http.StatusOK)
	return newEventWriter(c.Response(), first, h.cfg.Server.WriteTimeout, h.cfg.Server.Keepalive)
}

const eventStream = "text/event-stream"

// unbuffered has proxies pass a stream on as it comes.
func unbuffered(head http.Header) {
	head.Set("Cache-Control", "no-cache, no-transform")
	head.Set("X-Accel-Buffering", "no")
}

// Stream is a stream of a protocol's own events.
type Stream struct{ w *eventWriter }

// Stream begins the answer as a stream of events, with its headers; comments keep it
// alive. Nothing can fail but the client from then on. The caller closes it.
func (c *Call) Stream() *Stream { return &Stream{c.handler.openStream(c.echo, nil)} }

// Send writes events that belong together, each as its data alone where it has neither
// a name nor an ID. It waits until the client has taken them, within
// server.write_timeout. Its error says that the client is gone, and stays.
func (s *Stream) Send(events ...docent.Event) error { return s.w.send(events) }

// Close ends the writing, and gives the error that stays. It may be called again.
func (s *Stream) Close() error { return s.w.close() }

// Patient is Writer for a handler that streams by itself: each write and each flush
// has server.write_timeout for the client to take it, and proxies pass a stream of
// events on as it comes.
func (c *Call) Patient() http.ResponseWriter {
	w := c.echo.Response()
	w.Before(func() {
		if strings.HasPrefix(w.Header().Get("Content-Type"), eventStream) {
			unbuffered(w.Header())
		}
	})
	return &patientWriter{w, http.NewResponseController(w.Writer), c.handler.cfg.Server.WriteTimeout}
}

type patientWriter struct {
	*echo.Response
	control *http.ResponseController
	timeout time.Duration
}

func (p *patientWriter) Write(b []byte) (n int, err error) {
	err = within(p.control, p.timeout, func() error {
		n, err = p.Response.Write(b)
		return err
	})
	return n, err
}

// Flush implements http.Flusher.
func (p *patientWriter) Flush() { _ = p.FlushError() }

// FlushError is what http.ResponseController flushes by.
func (p *patientWriter) FlushError() error {
	if !p.Committed {
		p.WriteHeader(http.StatusOK)
	}
	return within(p.control, p.timeout, p.control.Flush)
}

func errorEvent(err error) docent.Event {
	e := asError(err)
	data, _ := json.Marshal(docent.ErrorData{Code: string(e.Code), Message: e.Told(), Retryable: e.Code.Retryable()})
	return docent.Event{Name: docent.EventError, Data: data}
}
