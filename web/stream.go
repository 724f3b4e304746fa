package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"docent"
)

// stream answers with the events of an answer after the given one, as they
// come. An error after the headers becomes an error event, without an id: it
// is not of the answer, which can still be taken up after the last event.
func (h *Handler) stream(c echo.Context, messageID string, after int) error {
	head := c.Response().Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-cache, no-transform")
	head.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)

	ctx := c.Request().Context()
	w := newEventWriter(c.Response(), h.cfg.Server.WriteTimeout, h.cfg.Server.Keepalive)
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

func errorEvent(err error) docent.Event {
	e := asError(err)
	data, _ := json.Marshal(docent.ErrorData{Code: string(e.Code), Message: e.Told(), Retryable: e.Code.Retryable()})
	return docent.Event{Name: docent.EventError, Data: data}
}
