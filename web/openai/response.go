package openai

import (
	"time"

	"docent"
)

// response is the answer as one object. What it repeats of the request and has no
// effect stands there as OpenAI's defaults.
type response struct {
	ID           string            `json:"id"`
	Object       string            `json:"object"`
	CreatedAt    int64             `json:"created_at"`
	CompletedAt  *int64            `json:"completed_at"`
	Status       string            `json:"status"`
	Background   bool              `json:"background"`
	Error        *responseError    `json:"error"`
	Incomplete   *incomplete       `json:"incomplete_details"`
	Instructions *string           `json:"instructions"`
	MaxTokens    *int              `json:"max_output_tokens"`
	MaxCalls     *int              `json:"max_tool_calls"`
	Model        string            `json:"model"`
	Output       []outputItem      `json:"output"`
	Parallel     bool              `json:"parallel_tool_calls"`
	Previous     *string           `json:"previous_response_id"`
	Reasoning    reasoning         `json:"reasoning"`
	ServiceTier  string            `json:"service_tier"`
	Store        bool              `json:"store"`
	Temperature  float64           `json:"temperature"`
	Text         textFormat        `json:"text"`
	ToolChoice   string            `json:"tool_choice"`
	Tools        []struct{}        `json:"tools"`
	TopLogprobs  int               `json:"top_logprobs"`
	TopP         float64           `json:"top_p"`
	Truncation   string            `json:"truncation"`
	Usage        *responseUsage    `json:"usage"`
	User         *string           `json:"user"`
	Metadata     map[string]string `json:"metadata"`

	item string // the ID of its one item
}

type responseError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type incomplete struct {
	Reason string `json:"reason"`
}

type reasoning struct {
	Effort  *string `json:"effort"`
	Summary *string `json:"summary"`
}

type textFormat struct {
	Format struct {
		Type string `json:"type"`
	} `json:"format"`
}

// outputItem is the message that a response is.
type outputItem struct {
	ID      string       `json:"id"`
	Type    string       `json:"type"`
	Status  string       `json:"status"`
	Role    string       `json:"role"`
	Content []outputText `json:"content"`
}

type outputText struct {
	Type        string               `json:"type"`
	Text        string               `json:"text"`
	Annotations []responseAnnotation `json:"annotations"`
	Logprobs    []struct{}           `json:"logprobs"`
}

// responseAnnotation is a citation as Responses has it.
type responseAnnotation struct {
	Type string `json:"type"`
	urlCitation
}

type responseUsage struct {
	InputTokens  int `json:"input_tokens"`
	InputDetails struct {
		CachedTokens int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	OutputTokens  int `json:"output_tokens"`
	OutputDetails struct {
		ReasoningTokens int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	TotalTokens int `json:"total_tokens"`
}

// States of responses and their items.
const (
	stateInProgress = "in_progress"
	stateCompleted  = "completed"
	stateIncomplete = "incomplete"
	stateFailed     = "failed"
)

// newResponse is a response that has begun.
func newResponse(request responseRequest, m model, started docent.Started, now time.Time) *response {
	r := &response{
		ID: responseID + started.MessageID, Object: "response", CreatedAt: now.Unix(), Status: stateInProgress,
		Instructions: request.Instructions, MaxTokens: request.MaxTokens, Model: m.ID, Output: []outputItem{}, Parallel: true,
		Previous: request.Previous, ServiceTier: "default", Store: true, Temperature: 1, ToolChoice: "auto", Tools: []struct{}{},
		TopP: 1, Truncation: "disabled", Metadata: request.Metadata, item: started.MessageID,
	}
	r.Text.Format.Type = "text"
	if r.Metadata == nil {
		r.Metadata = map[string]string{}
	}
	return r
}

// message is the item of a response, in a state.
func (r *response) message(status string, content ...outputText) outputItem {
	if content == nil {
		content = []outputText{}
	}
	return outputItem{r.item, "message", status, docent.RoleAssistant, content}
}

// text is the content of an item.
func (r *response) text(text string, cited []urlCitation) outputText {
	t := outputText{"output_text", text, make([]responseAnnotation, len(cited)), []struct{}{}}
	for i, c := range cited {
		t.Annotations[i] = responseAnnotation{"url_citation", c}
	}
	return t
}

// complete ends a response with its answer.
func (r *response) complete(a answer) {
	r.Status = stateCompleted
	if a.finish == docent.FinishLength {
		r.Status, r.Incomplete = stateIncomplete, &incomplete{"max_output_tokens"}
	}
	now := time.Now().Unix()
	r.CompletedAt = &now
	r.Output = []outputItem{r.message(r.Status, r.text(a.text, a.annotations))}
	r.Usage = &responseUsage{InputTokens: a.usage.InputTokens, OutputTokens: a.usage.OutputTokens, TotalTokens: a.usage.InputTokens + a.usage.OutputTokens}
	r.Usage.InputDetails.CachedTokens = a.usage.CachedTokens
}

// fail ends a response whose answer failed.
func (r *response) fail(err error) {
	e := failure(err)
	code := "server_error"
	if e.Code == docent.CodeRateLimited || e.Code == docent.CodeModelLimited {
		code = "rate_limit_exceeded"
	}
	r.Status, r.Error = stateFailed, &responseError{code, e.Told()}
}
