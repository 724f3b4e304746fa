package llm

import (
	"encoding/json"
	"fmt"

	"github.com/openai/openai-go/v3"

	"docent"
)

const (
	// maxCalls and maxCallBytes bound what a model may call at a time.
	maxCalls     = 64
	maxCallBytes = 256 << 10
)

// toolCall is a call, or a piece of one.
type toolCall struct {
	Index    *int   `json:"index"`
	ID       string `json:"id"`
	Function struct {
		Name      string    `json:"name"`
		Arguments arguments `json:"arguments"`
	} `json:"function"`
}

// arguments are a text, as the protocol says, or JSON as it stands, as some
// servers send it.
type arguments string

// UnmarshalJSON takes both forms.
func (a *arguments) UnmarshalJSON(data []byte) error {
	switch {
	case string(data) == "null":
	case len(data) > 0 && data[0] == '"':
		return unquote(data, (*string)(a))
	default:
		*a = arguments(data)
	}
	return nil
}

// calls are the calls of an answer in the making.
type calls struct {
	list  []docent.ModelCall
	place []int // of each in list: the index by which its pieces come; below 0 is none
	bytes int
}

// add takes a piece of a call. It belongs to the call with its index; where there
// is none, to the last one. Some servers give all calls the same index, or none:
// another ID is another call.
func (c *calls) add(piece toolCall) error {
	at, index := len(c.list)-1, -1
	if piece.Index != nil {
		index = *piece.Index
		for at >= 0 && c.place[at] != index {
			at--
		}
	}
	if at < 0 || piece.ID != "" && c.list[at].ID != "" && piece.ID != c.list[at].ID {
		c.list, c.place = append(c.list, docent.ModelCall{}), append(c.place, index)
		at = len(c.list) - 1
	}
	call := &c.list[at]
	if call.ID == "" {
		call.ID = piece.ID
	}
	if call.Name == "" {
		call.Name = piece.Function.Name
	}
	call.Arguments += string(piece.Function.Arguments)
	if c.bytes += len(piece.Function.Arguments); c.bytes > maxCallBytes || len(c.list) > maxCalls {
		return fmt.Errorf("more than %d calls of tools, or %d bytes", maxCalls, maxCallBytes)
	}
	return nil
}

// done gives the calls. A result has to name its call: one that the server gave
// no ID, or another one's, gets one.
func (c *calls) done() []docent.ModelCall {
	seen := map[string]bool{"": true}
	for i := range c.list {
		call := &c.list[i]
		call.Arguments = whole(call.Arguments)
		for number := i + 1; seen[call.ID]; number++ {
			call.ID = fmt.Sprintf("call_%d", number)
		}
		seen[call.ID] = true
	}
	return c.list
}

// toolList is the request's tools, in the protocol's form.
func toolList(tools []docent.Tool) []any {
	type function struct {
		Name        string          `json:"name"`
		Description string          `json:"description,omitempty"`
		Parameters  json.RawMessage `json:"parameters,omitempty"`
	}
	list := make([]any, len(tools))
	for i, t := range tools {
		list[i] = struct {
			Type     string   `json:"type"`
			Function function `json:"function"`
		}{"function", function{t.Name, t.Description, t.Parameters}}
	}
	return list
}

// calling is an assistant's message that calls tools. Servers take back only
// arguments that are JSON; what was wrong with others stands in the result.
func calling(m docent.ModelMessage) openai.ChatCompletionMessageParamUnion {
	p := &openai.ChatCompletionAssistantMessageParam{}
	if m.Text != "" {
		p.Content.OfString = openai.String(m.Text)
	}
	for _, call := range m.Calls {
		written := call.Arguments
		if !json.Valid([]byte(written)) {
			written = "{}"
		}
		p.ToolCalls = append(p.ToolCalls, openai.ChatCompletionMessageToolCallUnionParam{
			OfFunction: &openai.ChatCompletionMessageFunctionToolCallParam{
				ID:       call.ID,
				Function: openai.ChatCompletionMessageFunctionToolCallFunctionParam{Name: call.Name, Arguments: written},
			},
		})
	}
	return openai.ChatCompletionMessageParamUnion{OfAssistant: p}
}
