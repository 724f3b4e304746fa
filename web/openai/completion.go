package openai

import (
	"encoding/json"
	"net/http"
	"time"

	"docent"
	"docent/web"
)

// completionRequest is what is honoured of the body of POST /v1/chat/completions.
type completionRequest struct {
	Model         string    `json:"model"`
	Messages      []message `json:"messages"`
	Stream        bool      `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	Stop                json.RawMessage   `json:"stop"`
	MaxTokens           *int              `json:"max_tokens"`
	MaxCompletionTokens *int              `json:"max_completion_tokens"`
	Metadata            map[string]string `json:"metadata"`
}

// complete answers POST /v1/chat/completions.
func (s *service) complete(c *web.Call) error {
	var all fields
	var request completionRequest
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
	session, metadata, err := sessionOf(c.Request.Header.Get(sessionHeader), request.Metadata)
	if err != nil {
		return err
	}
	var v conversation
	if err := v.read(request.Messages, "messages"); err != nil {
		return err
	}
	question, err := s.ask(c, v, "messages")
	if err != nil {
		return err
	}
	question.SessionID, question.Metadata, question.Filters = session, metadata, m.filters()
	b, err := s.begin(c, question, end)
	if err != nil {
		return err
	}
	head := chunk{ID: "chatcmpl-" + b.MessageID, Created: time.Now().Unix(), Model: m.ID, Fingerprint: s.cfg.Fingerprint}
	if request.Stream {
		return s.streamCompletion(c, b, head, request.StreamOptions.IncludeUsage)
	}
	a, err := s.follow(c, b, func([]string) error { return nil })
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newCompletion(head, a))
}

// check holds the request to what can be honoured.
func (r *completionRequest) check(all fields) (end bounds, err error) {
	if err := all.check(); err != nil {
		return end, err
	}
	if err := checkMetadata(r.Metadata); err != nil {
		return end, err
	}
	if end.stops, err = stops(r.Stop); err != nil {
		return end, err
	}
	most, err := number("max_tokens", r.MaxTokens)
	if err != nil {
		return end, err
	}
	if end.tokens, err = number("max_completion_tokens", r.MaxCompletionTokens); err == nil && end.tokens == 0 {
		end.tokens = most
	}
	return end, err
}

// completion is the answer as one object.
type completion struct {
	ID          string   `json:"id"`
	Object      string   `json:"object"`
	Created     int64    `json:"created"`
	Model       string   `json:"model"`
	Choices     []choice `json:"choices"`
	Usage       usage    `json:"usage"`
	ServiceTier string   `json:"service_tier"`
	Fingerprint string   `json:"system_fingerprint"`
}

// choice is the one there is.
type choice struct {
	Index        int                 `json:"index"`
	Message      completionMessage   `json:"message"`
	Logprobs     *struct{}           `json:"logprobs"`
	FinishReason docent.FinishReason `json:"finish_reason"`
}

type completionMessage struct {
	Role        string       `json:"role"`
	Content     string       `json:"content"`
	Refusal     *string      `json:"refusal"`
	Annotations []annotation `json:"annotations"`
}

// annotation is a citation as Chat Completions has it.
type annotation struct {
	Type        string      `json:"type"`
	URLCitation urlCitation `json:"url_citation"`
}

func newAnnotations(cited []urlCitation) []annotation {
	all := make([]annotation, len(cited))
	for i, c := range cited {
		all[i] = annotation{"url_citation", c}
	}
	return all
}

// usage is what an answer took.
type usage struct {
	PromptTokens     int           `json:"prompt_tokens"`
	CompletionTokens int           `json:"completion_tokens"`
	TotalTokens      int           `json:"total_tokens"`
	PromptDetails    promptDetails `json:"prompt_tokens_details"`
	OutputDetails    outputDetails `json:"completion_tokens_details"`
}

type promptDetails struct {
	CachedTokens int `json:"cached_tokens"`
	AudioTokens  int `json:"audio_tokens"`
}

type outputDetails struct {
	ReasoningTokens int `json:"reasoning_tokens"`
	AudioTokens     int `json:"audio_tokens"`
	Accepted        int `json:"accepted_prediction_tokens"`
	Rejected        int `json:"rejected_prediction_tokens"`
}

func newUsage(u docent.Usage) usage {
	return usage{
		PromptTokens: u.InputTokens, CompletionTokens: u.OutputTokens, TotalTokens: u.InputTokens + u.OutputTokens,
		PromptDetails: promptDetails{CachedTokens: u.CachedTokens},
	}
}

// newCompletion makes the whole answer; head has what its chunks would have.
func newCompletion(head chunk, a answer) completion {
	return completion{
		ID: head.ID, Object: "chat.completion", Created: head.Created, Model: head.Model,
		Choices: []choice{{
			Message:      completionMessage{Role: docent.RoleAssistant, Content: a.text, Annotations: newAnnotations(a.annotations)},
			FinishReason: a.finish,
		}},
		Usage: newUsage(a.usage), ServiceTier: "default", Fingerprint: head.Fingerprint,
	}
}
