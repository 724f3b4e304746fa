package hook

import (
	"cmp"
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

// Respond makes a responder that lets the hook answer. next answers where the hook
// has nothing to say (204), or failed before it said anything and may (fail: open).
// Without an address it gives next.
func Respond(c Hook, log *slog.Logger) func(next chat.Responder) chat.Responder {
	if c.URL == "" {
		return func(next chat.Responder) chat.Responder { return next }
	}
	h := newHook("respond", c, log)
	return func(next chat.Responder) chat.Responder {
		return func(ctx context.Context, q *chat.Question, w *chat.Writer) error {
			said, err := h.respond(ctx, q, w)
			if err == nil && said {
				return nil
			}
			if err != nil {
				failed := h.failed(ctx, err)
				if failed == nil && said {
					failed = &docent.Error{Code: docent.CodeInternal, Message: "the answer broke off", Err: fmt.Errorf("hooks.%s: %w", h.name, err)}
				}
				if failed != nil {
					return failed
				}
			}
			return next(ctx, q, w)
		}
	}
}

// respond passes on what the hook says; said reports whether it said anything.
func (h *hook) respond(ctx context.Context, q *chat.Question, w *chat.Writer) (said bool, err error) {
	told := h.callOf(q)
	if found, err := q.Found(ctx); err == nil {
		told.Refuse = found.Refuse
		for _, p := range found.Passages {
			told.Passages = append(told.Passages, passage{p.Title, p.Heading(), p.URL, p.Text, p.Score, p.Unit.Source, p.Unit.Version})
		}
	} else if ctx.Err() != nil {
		return false, err
	}
	answer, err := h.call(ctx, told)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNoContent {
		return false, nil
	}
	s := &spoken{w: w}
	err = read(answer, s.event, s.whole)
	return s.said, err
}

// spoken passes on what a hook says.
type spoken struct {
	w    *chat.Writer
	said bool
}

// whole passes on an answer that comes at once.
func (s *spoken) whole(body io.Reader) error {
	var all payload
	if err := readJSON(body, &all); err != nil {
		return err
	}
	if all.Text == "" {
		return errNothing
	}
	for _, e := range []string{docent.EventSources, docent.EventDelta, docent.EventFollowups, docent.EventDone} {
		if err := s.pass(e, all); err != nil && !errors.Is(err, errDone) {
			return err
		}
	}
	return nil
}

// payload is the data of every event, of which each has its own fields.
type payload struct {
	Text      string   `json:"text"`
	Sources   []source `json:"sources"`
	Questions []string `json:"questions"`
	Refused   bool     `json:"refused"`
	Message   string   `json:"message"` // of an error, for the log
	docent.ToolData
}

type source struct {
	Title   string `json:"title"`
	Heading string `json:"heading"`
	URL     string `json:"url"`
	Text    string `json:"text"`
	Snippet string `json:"snippet"`
	Source  string `json:"source"`
	Version string `json:"version"`
}

// event reads one event of a stream and passes it on.
func (s *spoken) event(name string, data []byte) error {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("the data of %q is no JSON of the kind that is needed: %w", name, err)
	}
	return s.pass(name, p)
}

func (s *spoken) pass(name string, p payload) error {
	var err error
	switch name {
	case docent.EventDelta:
		s.said = s.said || p.Text != ""
		err = s.w.Text(p.Text)
	case docent.EventSources:
		if len(p.Sources) == 0 {
			return nil
		}
		_, err = s.w.Sources(passages(p.Sources)...)
		s.said = s.said || err == nil
	case docent.EventTool:
		err = s.w.Tool(p.ToolData)
	case docent.EventFollowups:
		if p.Questions != nil {
			err = s.w.Followups(p.Questions...)
		}
	case docent.EventError:
		return fmt.Errorf("the hook says: %s", p.Message)
	case docent.EventDone:
		if p.Refused {
			err = s.w.Refuse("")
		}
		return cmp.Or(wrote(err), errDone)
	}
	return wrote(err)
}

// wrote tells errors of what the hook said, which are invalid, from those of an
// answer that takes no more.
func wrote(err error) error {
	if err == nil || docent.CodeOf(err) == docent.CodeInvalid {
		return err
	}
	return &goneError{err}
}

func passages(list []source) []docent.Passage {
	all := make([]docent.Passage, len(list))
	for i, s := range list {
		all[i] = docent.Passage{Snippet: s.Snippet, Chunk: docent.Chunk{
			Unit:  docent.Unit{Source: s.Source, Version: s.Version},
			Title: s.Title, URL: s.URL, Text: s.Text, Blocks: []docent.Block{{Kind: docent.BlockParagraph, End: len(s.Text)}},
		}}
		if s.Heading != "" {
			all[i].Headings = []string{s.Heading}
		}
	}
	return all
}
