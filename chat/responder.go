package chat

import (
	"context"
	"errors"
	"slices"

	"docent"
)

// Responder answers a question: it writes to w, or calls the responder that it
// wraps. It ends when ctx does. What it writes passes what a model's text passes,
// is streamed as it comes and stored as any answer. An error ends the answer as
// failed, with what was said; of a *docent.Error the reader is told the message, of
// others that the answer could not be made. A panic is an error.
type Responder func(ctx context.Context, q *Question, w *Writer) error

// WithResponder lets wrap's responder answer. next is the default: passages, a
// model, citations; or the responder of an option before. It may be called once,
// before anything but tools was written; q as it then is counts. Its ctx is the
// responder's, or made of it.
func WithResponder(wrap func(next Responder) Responder) Option {
	return func(s *Service) {
		if s.respondent == nil {
			s.respondent = s.standard
		}
		s.respondent = wrap(s.respondent)
	}
}

// Question is what a Responder answers. Its first fields can be changed before
// the default is called; what is stored as the reader's message is what they wrote.
type Question struct {
	Text    string
	Filters docent.Filters
	// Instructions are added to the configured ones, as they are: no reader and no
	// document may have written them.
	Instructions string
	// Context is data that a model is shown beside the passages, and that its answer
	// may use without citing it. With it the model is asked whatever was found.
	Context string

	Asked     string               // as the reader wrote it
	Continues *docent.Continuation // what came since an answer to it that this one goes on with; nil mostly
	Page      docent.PageContext
	Lang      string // the language that the reader's browser asks for, BCP 47; "" is unknown
	Who       docent.ToolCaller
	SessionID string
	MessageID string                // of the answer
	History   []docent.ModelMessage // oldest first, within the budget for it

	found func(ctx context.Context, q *Question) (docent.Found, error)
}

// Found retrieves for the question as it is now. It takes as long as a search, and
// nothing the next time: the default then uses what was found. A model may be asked to
// put the question so that it can be searched for. Without documentation nothing is
// found. Errors are those of a search.
func (q *Question) Found(ctx context.Context) (docent.Found, error) { return q.found(ctx, q) }

// questioned makes the Question of an answer.
func (s *Service) questioned(a *answering) (*Question, error) {
	history, err := s.history(a.ctx, a.run)
	if err != nil {
		return nil, err
	}
	return &Question{
		Text: a.turn.User.Text, Asked: a.turn.User.Text, Continues: a.ask.Continues, Filters: a.ask.Filters, Page: a.ask.Page, Lang: a.ask.Lang,
		Who:       a.caller(),
		SessionID: a.turn.Session.ID, MessageID: a.answer.ID, History: slices.Clone(history),
		found: func(ctx context.Context, q *Question) (docent.Found, error) { return s.foundFor(ctx, a, q) },
	}, nil
}

// foundFor understands and retrieves for a responder.
func (s *Service) foundFor(ctx context.Context, a *answering, q *Question) (docent.Found, error) {
	if s.cfg.Mode(a.who.Site) == ModeChat {
		return docent.Found{}, nil
	}
	defer a.within(ctx)()
	a.takes(q)
	u, err := s.understand(a)
	if err != nil {
		return docent.Found{}, err
	}
	found, err := s.find(a, u)
	found.Passages = slices.Clone(found.Passages)
	return found, err
}

// takes makes what a responder changed the answer's own.
func (a *answering) takes(q *Question) {
	a.turn.User.Text, a.ask.Filters, a.ask.Page = q.Text, q.Filters, q.Page
	a.added, a.context = q.Instructions, q.Context
}

// within lets the answer be made within another context, until the function that
// it gives is called.
func (a *answering) within(ctx context.Context) (end func()) {
	outer := a.ctx
	a.ctx = ctx
	return func() { a.ctx = outer }
}

// errNextLate is a defect of a responder.
var errNextLate = errors.New("a responder called the default after it had written, or called it twice")

// standard is the Responder that answers from the documentation.
func (s *Service) standard(ctx context.Context, q *Question, w *Writer) error {
	if w.spoke || w.asked {
		return errNextLate
	}
	w.asked = true
	defer w.a.within(ctx)()
	w.a.takes(q)
	return s.compose(w.a)
}

// made lets the responder answer, where there is one.
func (s *Service) made(a *answering) error {
	if s.respondent == nil {
		return s.obtain(a)
	}
	asked := a.turn.User.Text
	defer func() { a.turn.User.Text = asked }()
	q, err := s.questioned(a)
	if err != nil {
		return err
	}
	w := &Writer{a: a, s: s}
	return w.end(contained(func() error { return s.respondent(a.ctx, q, w) }))
}
