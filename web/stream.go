package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// stream answers with the events of an answer after the given one, as they
// come. An error after the headers becomes an error event, without an id: it
// is not of the answer, which can still be taken up after the last event.
func (h *Handler) stream(c echo.Context, messageID string, after int) error {
	ctx := c.Request().Context()
	w := h.openStream(c)
	defer w.close()
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

// openStream begins a stream of events. Its owner closes it.
func (h *Handler) openStream(c echo.Context) *eventWriter {
	head := c.Response().Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-cache, no-transform")
	head.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	return newEventWriter(c.Response(), h.cfg.Server.WriteTimeout, h.cfg.Server.Keepalive)
}

// Stream is a stream of a protocol's own events.
type Stream struct{ w *eventWriter }

// Stream begins the answer as a stream of events, with its headers; comments keep it
// alive. Nothing can fail but the client from then on. The caller closes it.
func (c *Call) Stream() *Stream { return &Stream{c.handler.openStream(c.echo)} }

// Send writes events that belong together, each as its data alone where it has neither
// a name nor an ID. It waits until the client has taken them, within
// server.write_timeout. Its error says that the client is gone, and stays.
func (s *Stream) Send(events ...docent.Event) error { return s.w.send(events) }

// Close ends the writing, and gives the error that stays. It may be called again.
func (s *Stream) Close() error { return s.w.close() }

// Patient is Writer for a handler that streams by itself: each write and each flush
// has server.write_timeout for the client to take it.
func (c *Call) Patient() http.ResponseWriter {
	return &patientWriter{c.echo.Response(), http.NewResponseController(c.echo.Response().Writer), c.handler.cfg.Server.WriteTimeout}
}

type patientWriter struct {
	*echo.Response
	control *http.ResponseController
	timeout time.Duration
}

func (p *patientWriter) Write(b []byte) (int, error) {
	p.control.SetWriteDeadline(time.Now().Add(p.timeout)) // tests' recorders have none
	return p.Response.Write(b)
}

func (p *patientWriter) Flush() {
	p.control.SetWriteDeadline(time.Now().Add(p.timeout))
	p.Response.Flush()
}

func errorEvent(err error) docent.Event {
	e := asError(err)
	data, _ := json.Marshal(docent.ErrorData{Code: string(e.Code), Message: e.Told(), Retryable: e.Code.Retryable()})
	return docent.Event{Name: docent.EventError, Data: data}
}
