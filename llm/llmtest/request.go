package llmtest

import (
	"encoding/json"
	"net/http"
)

// Request is a question as it arrived.
type Request struct {
	Header http.Header `json:"-"`
	Body   []byte      `json:"-"` // as sent
	Remote string      `json:"-"` // the client's address: one for each connection

	Model               string        `json:"model"`
	Messages            []Message     `json:"messages"`
	Stream              bool          `json:"stream"`
	StreamOptions       StreamOptions `json:"stream_options"`
	MaxTokens           int           `json:"max_tokens"`            // 0 where not sent; see Has
	MaxCompletionTokens int           `json:"max_completion_tokens"` // 0 where not sent
	Temperature         *float64      `json:"temperature"`           // nil where not sent
	Tools               []Tool        `json:"tools"`
	ToolChoice          string        `json:"tool_choice"` // "" where not sent
}

// Tool is a tool that the model may call.
type Tool struct {
	Type     string `json:"type"`
	Function struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		Parameters  json.RawMessage `json:"parameters"`
	} `json:"function"`
}

// Message is one message of a question. Of a list of parts Content is the text and
// Images are the addresses of the pictures.
type Message struct {
	Role       string     `json:"role"`
	Content    string     `json:"content"`
	Images     []string   `json:"-"`
	ToolCalls  []ToolCall `json:"tool_calls"`
	ToolCallID string     `json:"tool_call_id"` // of a tool's result
}

// UnmarshalJSON takes both forms of content.
func (m *Message) UnmarshalJSON(data []byte) error {
	type plain Message
	var sent struct {
		plain
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(data, &sent); err != nil {
		return err
	}
	*m = Message(sent.plain)
	switch {
	case len(sent.Content) == 0:
		return nil
	case sent.Content[0] != '[':
		return json.Unmarshal(sent.Content, &m.Content)
	}
	var parts []struct {
		Text     string `json:"text"`
		ImageURL struct {
			URL string `json:"url"`
		} `json:"image_url"`
	}
	if err := json.Unmarshal(sent.Content, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		m.Content += p.Text
		if p.ImageURL.URL != "" {
			m.Images = append(m.Images, p.ImageURL.URL)
		}
	}
	return nil
}

// ToolCall is a call of a tool that was made before.
type ToolCall struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// StreamOptions says what a stream is to hold.
type StreamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

// Has reports whether the body holds the parameter, whatever its value.
func (r Request) Has(param string) bool { return has(r.Body, param) }

func has(sent []byte, param string) bool {
	var body map[string]json.RawMessage
	return json.Unmarshal(sent, &body) == nil && body[param] != nil
}

// Last is the text of the last message with the role, "" where there is none.
func (r Request) Last(role string) string {
	for i := len(r.Messages) - 1; i >= 0; i-- {
		if r.Messages[i].Role == role {
			return r.Messages[i].Content
		}
	}
	return ""
}

func decode(r *http.Request, body []byte) (Request, error) {
	request := Request{Header: r.Header.Clone(), Body: body, Remote: r.RemoteAddr}
	err := json.Unmarshal(body, &request)
	return request, err
}
