package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// Asker asks in the name of who sent a request. It may outlive the request, as where
// a protocol's answer is taken up by another one.
type Asker struct {
	handler *Handler
	who     access.Principal
	address string
}

// Asker gives what asks for the sender of the call.
func (c *Call) Asker() Asker { return c.handler.asker(c.echo) }

func (h *Handler) asker(c echo.Context) Asker { return Asker{h, principal(c), c.RealIP()} }

// Start asks a question that may be asked now, which counts for the limits, and begins
// its answer.
func (a Asker) Start(ctx context.Context, q docent.Ask) (docent.Started, error) {
	if err := a.handler.ports.Ready(ctx); err != nil {
		return docent.Started{}, err
	}
	if err := a.handler.limitVisitor(a.who, a.address); err != nil {
		return docent.Started{}, err
	}
	if err := a.handler.checkIndex(ctx, a.who.Site, q.Filters); err != nil {
		return docent.Started{}, err
	}
	return a.handler.ports.Answers.Start(ctx, a.who, q)
}

// Follow gives fn the events of an answer that Start began, see Answers. When ctx ends,
// or fn fails, the answer is stopped.
func (a Asker) Follow(ctx context.Context, messageID string, fn func([]docent.Event) error) error {
	err := a.handler.ports.Answers.Follow(ctx, a.who, messageID, 0, fn)
	if err == nil {
		return nil
	}
	if failed := a.handler.ports.Answers.Cancel(context.WithoutCancel(ctx), a.who, messageID); failed != nil {
		a.handler.log.Warn("an answer that nobody waits for could not be stopped", "error", failed)
	}
	return err
}
