package chatkit

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"docent"
	"docent/web"
)

// input is what a reader sends: a UserMessageInput.
type input struct {
	message userMessage
	files   []string // IDs of attachments
	instead string   // the question, where nothing was written
}

// input reads the field "input" of a request.
func (s *service) input(params object) input {
	o := params.object("input")
	var in input
	for _, id := range o.texts("attachments") {
		if len(in.files) <= s.cfg.MaxFiles && !slices.Contains(in.files, id) {
			in.files = append(in.files, id)
		}
	}
	in.message.Content = contentOf(o)
	in.message.QuotedText = o.optionalText("quoted_text")
	in.message.Inference = s.inference(o.object("inference_options"))
	if len(in.files) > s.cfg.MaxFiles {
		o.refuse("attachments", "has too many: at most %d are taken", s.cfg.MaxFiles)
	}
	switch words := in.words(); {
	case s.cfg.MaxMessageBytes > 0 && len(words) > s.cfg.MaxMessageBytes:
		o.refuse("content", "has %d bytes; at most %d are taken", len(words), s.cfg.MaxMessageBytes)
	case s.cfg.MaxMessageBytes > 0 && len(in.message.QuotedText) > s.cfg.MaxMessageBytes:
		o.refuse("quoted_text", "has %d bytes; at most %d are taken", len(in.message.QuotedText), s.cfg.MaxMessageBytes)
	}
	return in
}

// contentOf reads the parts of a message.
func contentOf(o object) []part {
	parts := []part{}
	for _, p := range o.objects("content") {
		switch kind := p.text("type"); kind {
		case partText:
			parts = append(parts, part{Type: kind, Text: p.text("text")})
		case partTag:
			interactive := p.truth("interactive", false)
			tag := part{Type: kind, ID: p.text("id"), Text: p.text("text"), Group: p.optionalText("group"), Interactive: &interactive}
			p.object("data")
			tag.Data = p.raw("data")
			parts = append(parts, tag)
		default:
			p.refuse("type", "must be one of %s, %s", partText, partTag)
		}
	}
	return parts
}

// words are the message as a question. U+0000 is no character of a text.
func (in input) words() string {
	var b strings.Builder
	for _, p := range in.message.Content {
		b.WriteString(p.Text)
	}
	return strings.ReplaceAll(b.String(), "\x00", "\uFFFD")
}

// quote is what was quoted, as a text.
func (in input) quote() string {
	return strings.TrimSpace(strings.ReplaceAll(in.message.QuotedText, "\x00", ""))
}

// ask is the message as a question in a session.
func (s *service) ask(c *web.Call, params object, in input, sessionID string) docent.Ask {
	a := docent.Ask{
		Message: cmp.Or(in.instead, in.words()), SessionID: sessionID, Lang: c.Language(), Attachments: in.files,
		Metadata: params.metadata, ClientTools: true,
	}
	return s.shaped(a, in.message)
}

// shaped adds to a question what its message has beside its words.
func (s *service) shaped(a docent.Ask, m userMessage) docent.Ask {
	a.Page.Selection = m.QuotedText
	return s.inferred(a, m.Inference)
}

// createThread answers threads.create.
func (s *service) createThread(c *web.Call, params object) error {
	in := s.input(params)
	if err := params.err(); err != nil {
		return err
	}
	return s.send(c, params, in, "")
}

// addUserMessage answers threads.add_user_message.
func (s *service) addUserMessage(c *web.Call, params object) error {
	id, in := params.text("thread_id"), s.input(params)
	if err := params.err(); err != nil {
		return err
	}
	if _, err := s.open(c.Context(), c.Principal.Owner(), id); err != nil {
		return err
	}
	return s.send(c, params, in, id)
}

// send asks what a reader wrote, in a session or a new one, and streams the answer.
func (s *service) send(c *web.Call, params object, in input, sessionID string) error {
	if err := s.wordless(c, &in); err != nil {
		return err
	}
	started, err := c.Start(s.ask(c, params, in, sessionID))
	if err != nil {
		return err
	}
	at, asked, err := s.asked(c, in, started)
	if err != nil {
		return (&answer{call: c, started: started}).stop(err)
	}
	before := []any{itemDone(asked), cancellable()}
	if sessionID == "" {
		at.Title = "" // it has one when it has an answer
		before = append([]any{threadCreated(threadOf(at))}, before...)
	}
	return s.stream(c, started, at, before...)
}

// nothingSaid stands for a message with nothing in it, which the protocol allows. It is
// answered as a greeting.
const nothingSaid = "…"

// wordless makes a question of what was sent without words: of the quote, or of what the
// files are called.
func (s *service) wordless(c *web.Call, in *input) error {
	if strings.TrimSpace(in.words()) != "" {
		return nil
	}
	if in.instead = in.quote(); in.instead != "" {
		return nil
	}
	var names []string
	for _, id := range in.files { // there are none where no files are taken
		a, err := s.ports.Attachments.Attachment(c.Context(), c.Principal.Owner(), id)
		if err != nil {
			return err
		}
		names = append(names, a.Name)
	}
	in.instead = cmp.Or(strings.Join(names, ", "), nothingSaid)
	return nil
}

// asked gives the session and the message that a question became, and keeps what of it
// is not its words.
func (s *service) asked(c *web.Call, in input, started docent.Started) (docent.Session, item, error) {
	ctx, o := c.Context(), c.Principal.Owner()
	at, err := s.ports.Threads.Session(ctx, o, started.SessionID)
	if err != nil {
		return at, item{}, err
	}
	e, err := s.ports.Threads.Entry(ctx, o, started.SessionID, started.UserMessageID)
	if err != nil || e.Message == nil {
		return at, item{}, err
	}
	return at, s.questionItem(c, *e.Message, in.message), s.keep(ctx, o, *e.Message, in.message)
}

// keep stores what a question is beside its words, hidden behind it.
func (s *service) keep(ctx context.Context, o docent.Owner, m docent.Message, asked userMessage) error {
	note, err := noteOf(m, asked)
	if err != nil || note == nil {
		return err
	}
	return s.ports.Threads.PutItem(ctx, o, *note)
}

// noteOf is what a question is beside its words; nil of one that is nothing else.
func noteOf(m docent.Message, asked userMessage) (*docent.Item, error) {
	if reflect.DeepEqual(asked, userMessage{Content: []part{{Type: partText, Text: m.Text}}}) {
		return nil, nil
	}
	body, err := json.Marshal(asked)
	return &docent.Item{ID: inputID(m.ID), SessionID: m.SessionID, Type: typeInputNote, Hidden: true, Body: body, CreatedAt: m.CreatedAt}, err
}
