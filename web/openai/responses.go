package openai

import (
	"encoding/json"
	"net/http"
	"time"

	"docent"
	"docent/web"
)

// responseRequest is what is honoured of the body of POST /v1/responses.
type responseRequest struct {
	Model        string          `json:"model"`
	Input        json.RawMessage `json:"input"`
	Instructions *string         `json:"instructions"`
	Previous     *string         `json:"previous_response_id"`
	Stream       bool            `json:"stream"`
	MaxTokens    *int            `json:"max_output_tokens"`
	Text         struct {
		Format struct {
			Type string `json:"type"`
		} `json:"format"`
	} `json:"text"`
	Metadata map[string]string `json:"metadata"`
}

// respond answers POST /v1/responses.
func (s *service) respond(c *web.Call) error {
	var all fields
	var request responseRequest
	if err := c.Decode(&all, &request); err != nil {
		return err
	}
	end, err := request.check(all)
	if err != nil {
		return err
	}
	m, err := s.find(c, request.Model)
	if err != nil {
		return err
	}
	question, err := s.questionOf(c, request)
	if err != nil {
		return err
	}
	question.Filters = m.filters()
	b, err := s.begin(c, question, end)
	if err != nil {
		return err
	}
	r := newResponse(request, m, b.Started, time.Now())
	if request.Stream {
		return s.streamResponse(c, b, r)
	}
	a, err := s.follow(c, b, func([]string) error { return nil })
	if err != nil {
		return err
	}
	r.complete(a)
	return c.JSON(http.StatusOK, r)
}

// check holds the request to what can be honoured.
func (r *responseRequest) check(all fields) (end bounds, err error) {
	if err := all.check(); err != nil {
		return end, err
	}
	if kind := r.Text.Format.Type; kind != "" && kind != "text" {
		return end, wrong("text.format", "must be of the type text: Docent answers in Markdown")
	}
	if err := checkMetadata(r.Metadata); err != nil {
		return end, err
	}
	end.tokens, err = number("max_output_tokens", r.MaxTokens)
	return end, err
}

// questionOf is the question of a request, in the session that it goes on with.
func (s *service) questionOf(c *web.Call, r responseRequest) (docent.Ask, error) {
	var v conversation
	if r.Instructions != nil {
		v.program = []string{*r.Instructions}
	}
	if err := s.readInput(c, &v, r.Input); err != nil {
		return docent.Ask{}, err
	}
	session, metadata, err := sessionOf(c.Request.Header.Get(sessionHeader), r.Metadata)
	if err != nil {
		return docent.Ask{}, err
	}
	if r.Previous != nil && *r.Previous != "" {
		var said []docent.ModelMessage
		if session, said, err = s.previous(c, *r.Previous); err != nil {
			return docent.Ask{}, err
		}
		v.history = append(said, v.history...)
	}
	a, err := s.ask(c, v, "input")
	a.SessionID, a.Metadata = session, metadata
	return a, err
}

// readInput reads a text, or a list of messages and of references to answers.
func (s *service) readInput(c *web.Call, v *conversation, raw json.RawMessage) error {
	var messages []message
	switch {
	case raw == nil, compact(raw) == "null":
		return wrong("input", "is required")
	case json.Unmarshal(raw, &v.question) == nil:
		v.asked = true
		return nil
	case json.Unmarshal(raw, &messages) != nil:
		return wrong("input", "must be a string or a list of messages")
	}
	if err := s.resolve(c, messages); err != nil {
		return err
	}
	return v.read(messages, "input")
}
