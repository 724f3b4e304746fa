package openai

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"docent"
	"docent/web"
)

// message is one of a conversation, as either API has it.
type message struct {
	Type    string          `json:"type"` // of Responses: "message", "" or something else, which is no message
	ID      string          `json:"id"`   // of what a reference means
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`
}

// conversation is what a client sends of it.
type conversation struct {
	program  []string // what system and developer say
	history  []docent.ModelMessage
	question string
	asked    bool
	files    []file // of the question
}

// read reads the messages at a field of the request. What tools were called and gave
// is left out: none were Docent's.
func (v *conversation) read(messages []message, field string) error {
	last := -1
	for i, m := range messages {
		if m.Role == docent.RoleUser {
			last = i
		}
	}
	for i, m := range messages {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case m.Type != "" && m.Type != "message", m.Role == docent.RoleTool, m.Role == "function":
			continue
		}
		text, files, err := content(m.Content, at+".content")
		if err != nil {
			return err
		}
		switch m.Role {
		case docent.RoleSystem, "developer":
			v.program = append(v.program, text)
		case docent.RoleAssistant:
			v.history = append(v.history, docent.ModelMessage{Role: m.Role, Text: withoutFootnotes(text)})
		case docent.RoleUser:
			if i == last {
				v.question, v.asked, v.files = text, true, files
			} else {
				v.history = append(v.history, docent.ModelMessage{Role: m.Role, Text: text})
			}
		default:
			return wrong(at+".role", "must be system, developer, user, assistant or tool")
		}
	}
	return nil
}

// ask makes the question of a conversation; field is where it stands. Files are
// attached by it.
func (s *service) ask(c *web.Call, v conversation, field string) (docent.Ask, error) {
	a := docent.Ask{
		Message: v.question, History: v.history, Lang: c.Language(), Program: strings.TrimSpace(strings.Join(v.program, "\n\n")),
		IdempotencyKey: c.Request.Header.Get("Idempotency-Key"),
	}
	if a.History == nil {
		a.History = []docent.ModelMessage{} // the client keeps its own
	}
	switch {
	case !v.asked:
		return a, wrong(field, "has no message of the user: nothing is asked")
	case strings.TrimSpace(a.Message) == "":
		return a, wrong(field, "ends with an empty message of the user: nothing is asked")
	case strings.ContainsRune(a.Message, 0):
		return a, wrong(field, "has the character U+0000")
	case s.cfg.MaxMessageBytes > 0 && len(a.Message) > s.cfg.MaxMessageBytes:
		return a, &docent.Error{
			Code: docent.CodeInvalid, Err: docent.ErrTooLong, Fields: []docent.FieldError{{Field: field}},
			Message: fmt.Sprintf("the last message of the user has %d bytes; at most %d are taken", len(a.Message), s.cfg.MaxMessageBytes),
		}
	case len(a.IdempotencyKey) > 200 || strings.ContainsFunc(a.IdempotencyKey, func(r rune) bool { return r < ' ' || r > '~' }):
		return a, wrong("Idempotency-Key", "must be at most 200 printable ASCII characters")
	}
	err := s.attach(c, &a, v.files)
	return a, err
}

// attach stores the files of a question, which it then names.
func (s *service) attach(c *web.Call, a *docent.Ask, files []file) error {
	switch {
	case len(files) == 0:
		return nil
	case s.ports.Attachments == nil:
		return wrong(files[0].field, "is not taken: this server takes no files")
	case len(files) > s.cfg.MaxFiles:
		return wrong(files[s.cfg.MaxFiles].field, fmt.Sprintf("is one file too many: at most %d are taken", s.cfg.MaxFiles))
	}
	for _, f := range files {
		stored, err := s.ports.Attachments.Attach(c.Context(), c.Principal.Owner(), f.name, f.content)
		switch docent.CodeOf(err) {
		case "":
		case docent.CodeInvalid, docent.CodeUnsupported, docent.CodeTooLarge:
			return wrong(f.field, "is not taken: "+told(err))
		default:
			return err
		}
		if !slices.Contains(a.Attachments, stored.ID) {
			a.Attachments = append(a.Attachments, stored.ID)
		}
	}
	return nil
}
