package llm

import (
	"context"
	"net/http"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"docent"
)

// dialect is what differs between servers of Chat Completions.
type dialect struct {
	completionTokens bool // max_completion_tokens, which OpenAI's newer models want, instead of max_tokens
	noUsage          bool // stream_options is refused
}

// without gives the dialect to try after a server refused a parameter. It
// reports false where the refusal names none of those that can be changed.
func (d dialect) without(refused providerError) (dialect, bool) {
	switch {
	case !d.noUsage && refused.names("stream_options"):
		d.noUsage = true
	case d.completionTokens && refused.names("max_completion_tokens"):
		d.completionTokens = false
	case !d.completionTokens && refused.names("max_tokens"):
		d.completionTokens = true
	default:
		return d, false
	}
	return d, true
}

// open sends r and gives the response once it is known to be an answer.
func (c *Client) open(ctx context.Context, r docent.ModelRequest) (res *http.Response, err error) {
	err = c.dialect.speak(func(d dialect) error {
		res, err = c.send(ctx, c.params(r, d))
		return err
	})
	return res, err
}

// send carries one request. The response is a stream or JSON with status 200,
// its body still unread; anything else is a failure.
func (c *Client) send(ctx context.Context, params openai.ChatCompletionNewParams) (*http.Response, error) {
	var res *http.Response
	_, err := c.completions.New(ctx, params,
		option.WithJSONSet("stream", true), option.WithResponseBodyInto(&res))
	return c.received(ctx, res, err, eventStream, jsonType)
}

// params is the request's body but for "stream". What is not set is not sent.
func (c *Client) params(r docent.ModelRequest, d dialect) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: r.Model, Messages: messages(r.Messages)}
	if !d.noUsage {
		p.StreamOptions.IncludeUsage = openai.Bool(true)
	}
	limit := c.cfg.MaxTokens
	if r.MaxTokens > 0 {
		limit = r.MaxTokens
	}
	switch {
	case limit == 0:
	case d.completionTokens:
		p.MaxCompletionTokens = openai.Int(int64(limit))
	default:
		p.MaxTokens = openai.Int(int64(limit))
	}
	temperature := c.cfg.Temperature
	if r.Temperature != nil {
		temperature = r.Temperature
	}
	if temperature != nil {
		p.Temperature = openai.Float(*temperature)
	}
	return p
}

// messages turns ours into the protocol's. A role that is neither system nor
// assistant is a user.
func messages(list []docent.ModelMessage) []openai.ChatCompletionMessageParamUnion {
	out := make([]openai.ChatCompletionMessageParamUnion, len(list))
	for i, m := range list {
		switch m.Role {
		case docent.RoleSystem:
			out[i] = openai.SystemMessage(m.Text)
		case docent.RoleAssistant:
			out[i] = openai.AssistantMessage(m.Text)
		default:
			out[i] = openai.UserMessage(m.Text)
		}
	}
	return out
}
