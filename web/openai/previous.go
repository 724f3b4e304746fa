package openai

import (
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
	missing := &docent.Error{
		Code: docent.CodeNotFound, Message: "the response named by previous_response_id does not exist, or is not yours",
		Fields: []docent.FieldError{{Field: "previous_response_id", Message: "is not a response"}}, Err: errNoResponse,
	}
	answer, ours := strings.CutPrefix(id, responseID)
	if !ours || !saneID(answer) {
		return "", nil, missing
	}
	m, err := s.ports.Messages.Message(c.Context(), c.Principal.Owner(), answer)
	if docent.CodeOf(err) == docent.CodeNotFound || err == nil && m.Role != docent.RoleAssistant {
		return "", nil, missing
	}
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
