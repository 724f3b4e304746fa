package openai

import (
	"fmt"
	"slices"
	"strings"

	"docent"
	"docent/web"
)

// responseID begins the ID of a response; the ID of its answer follows.
const responseID = "resp_"

// historyMessages is how many stored messages a question goes on with; those who answer
// take no more.
const historyMessages = 40

// previous gives the session of a former response, and what was said in it up to there.
// The session is "", which begins another one, where it has gone on since.
func (s *service) previous(c *web.Call, id string) (session string, said []docent.ModelMessage, err error) {
	answer, ours := strings.CutPrefix(id, responseID)
	if !ours {
		answer = "" // nothing has that ID
	}
	m, err := s.stored(c, answer, "previous_response_id")
	if err != nil {
		return "", nil, err
	}
	stored, last, err := s.upTo(c, m)
	if err != nil {
		return "", nil, err
	}
	if last {
		session = m.SessionID
	}
	for _, m := range stored {
		said = append(said, docent.ModelMessage{Role: m.Role, Text: m.Text})
	}
	return session, said, nil
}

// stored gives an answer of the caller's, which a field of the request names.
func (s *service) stored(c *web.Call, id, field string) (docent.Message, error) {
	m, err := docent.Message{}, error(docent.Errorf(docent.CodeNotFound, "nothing has that name"))
	if saneID(id) {
		m, err = s.ports.Messages.Message(c.Context(), c.Principal.Owner(), id)
	}
	if docent.CodeOf(err) == docent.CodeNotFound || err == nil && m.Role != docent.RoleAssistant {
		return m, &docent.Error{
			Code: docent.CodeNotFound, Message: "what '" + field + "' names does not exist, or is not yours",
			Fields: []docent.FieldError{{Field: field, Message: "is not an answer"}}, Err: errNoResponse,
		}
	}
	return m, err
}

// resolve puts answers in the place of references to them, as far back as history counts.
func (s *service) resolve(c *web.Call, messages []message) error {
	for i := max(0, len(messages)-historyMessages); i < len(messages); i++ {
		if messages[i].Type != "item_reference" {
			continue
		}
		m, err := s.stored(c, messages[i].ID, fmt.Sprintf("input[%d].id", i))
		if err != nil {
			return err
		}
		messages[i] = message{Role: m.Role, Content: encode(m.Text)}
	}
	return nil
}

// upTo gives the last messages of an answer's session up to it, and whether it is the
// last one there.
func (s *service) upTo(c *web.Call, answer docent.Message) (messages []docent.Message, last bool, err error) {
	q := docent.List{Limit: 100, Order: "desc"}
	last = true
	for len(messages) < historyMessages {
		part, err := s.ports.Messages.Messages(c.Context(), c.Principal.Owner(), answer.SessionID, q)
		if err != nil {
			return nil, false, err
		}
		for _, m := range part.Data {
			if len(messages) == 0 && m.ID != answer.ID {
				last = false
				continue
			}
			messages = append(messages, m)
		}
		if !part.HasMore {
			break
		}
		q.After = part.After
	}
	if len(messages) > historyMessages {
		messages = messages[:historyMessages]
	}
	slices.Reverse(messages)
	return messages, last, nil
}
