package chatkit

import (
	"docent"
	"docent/web"
)

// retryAfterItem answers threads.retry_after_item: all that stands behind a question is
// deleted, and its answer made again. Of an item that is not there the stream is empty.
func (s *service) retryAfterItem(c *web.Call, params object) error {
	id, questionID := params.text("thread_id"), params.text("item_id")
	if err := params.err(); err != nil {
		return err
	}
	ctx, o := c.Context(), c.Principal.Owner()
	at, err := s.open(ctx, o, id)
	if err != nil {
		return err
	}
	e, err := s.ports.Threads.Entry(ctx, o, id, questionID)
	switch {
	case docent.CodeOf(err) == docent.CodeNotFound:
		return openStream(c).Close()
	case err != nil:
		return err
	case e.Message == nil || e.Message.Role != docent.RoleUser:
		return docent.Errorf(docent.CodeInvalid, "only a user message can be retried")
	}
	asked, err := s.kept(c, *e.Message)
	if err != nil {
		return err
	}
	ask, err := s.again(c, *e.Message, asked)
	if err != nil {
		return err
	}
	ask.Lang, ask.Metadata, ask.ClientTools = c.Language(), params.metadata, true
	started, err := c.Start(ask)
	if err != nil {
		return err
	}
	if err := s.keep(ctx, o, *e.Message, asked); err != nil { // what stood behind the question went with its answer
		return (&answer{call: c, started: started}).stop(err)
	}
	return s.stream(c, started, at, cancellable())
}

// again gives the Ask that replaces the answers to a question, and with them all that
// stands behind it: at once, or nothing where it is refused.
func (s *service) again(c *web.Call, question docent.Message, asked userMessage) (docent.Ask, error) {
	var ask docent.Ask
	ctx, o := c.Context(), c.Principal.Owner()
	behind, err := s.ports.Threads.Entries(ctx, o, question.SessionID, docent.List{After: question.ID, Order: "asc"})
	if err != nil {
		return ask, err
	}
	for _, e := range behind.Data {
		if e.Message != nil && e.Message.Role == docent.RoleAssistant {
			ask.RetryOf, ask.Rewind = e.Message.ID, true
			return s.shaped(ask, asked), nil
		}
	}
	return ask, docent.Errorf(docent.CodeInvalid, "this user message has no answer that could be made again")
}
