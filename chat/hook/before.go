package hook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"docent"
	"docent/chat"
)

// maxBody is how many bytes of an answer that comes at once are read.
const maxBody = 256 << 10

// errNothing is an answer that says nothing where something is needed.
var errNothing = errors.New("the answer says nothing")

// Before makes a responder that asks the hook, and then next. Without an address
// it gives next.
func Before(c Hook, log *slog.Logger) func(next chat.Responder) chat.Responder {
	if c.URL == "" {
		return func(next chat.Responder) chat.Responder { return next }
	}
	h := newHook("before", c, log)
	return func(next chat.Responder) chat.Responder {
		return func(ctx context.Context, q *chat.Question, w *chat.Writer) error {
			change, err := h.before(ctx, q)
			if err != nil {
				if err := h.failed(ctx, err); err != nil {
					return err
				}
			}
			if change.Refuse != "" {
				return w.Refuse(change.Refuse)
			}
			change.apply(q)
			return next(ctx, q, w)
		}
	}
}

// change is what a hook says of a question. What it leaves out stays.
type change struct {
	Message      *string         `json:"message"`
	Filters      *docent.Filters `json:"filters"`
	Instructions string          `json:"instructions"`
	Context      string          `json:"context"`
	Refuse       string          `json:"refuse"`
}

func (c change) apply(q *chat.Question) {
	if c.Message != nil {
		q.Text = *c.Message
	}
	if c.Filters != nil {
		preview := q.Filters.Index
		q.Filters = *c.Filters
		q.Filters.Index = preview
	}
	q.Instructions = joined(q.Instructions, c.Instructions)
	q.Context = joined(q.Context, c.Context)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

func (h *hook) before(ctx context.Context, q *chat.Question) (change, error) {
	answer, err := h.call(ctx, h.callOf(q))
	if err != nil {
		return change{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNoContent {
		return change{}, nil
	}
	var c change
	if err := readJSON(answer.Body, &c); err != nil {
		return change{}, err
	}
	if c.Message != nil && *c.Message == "" {
		return change{}, fmt.Errorf("message: %w", errNothing)
	}
	return c, nil
}

// readJSON reads one value, of bounded size.
func readJSON(r io.Reader, into any) error {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil {
		return err
	}
	if len(body) > maxBody {
		return fmt.Errorf("the answer has more than %d bytes", maxBody)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("the answer is no JSON of the kind that is needed: %w", err)
	}
	return nil
}
