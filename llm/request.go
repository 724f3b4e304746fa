package llm

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"docent"
)

const (
	eventStream = "text/event-stream"
	jsonType    = "application/json"
)

// dialect is what differs between servers of the same protocol.
type dialect struct {
	completionTokens bool // max_completion_tokens, which OpenAI's newer models want, instead of max_tokens
	noUsage          bool // stream_options is refused
}

// dialects keeps the one that a client's server was last heard to take.
type dialects struct {
	mu      sync.Mutex
	current dialect
}

func (d *dialects) get() dialect {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current
}

func (d *dialects) learn(known dialect) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current = known
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

// open sends r and gives the response once it is known to be an answer. A
// parameter that the server refuses by name is left out, or sent by its other
// name, in a repeat that does not count as a try; what then works is kept for
// later requests.
func (c *Client) open(ctx context.Context, r docent.ModelRequest) (*http.Response, error) {
	known := c.dialect.get()
	d := known
	for changes := 0; ; changes++ {
		res, err := c.send(ctx, c.params(r, d))
		if err == nil && d != known {
			c.dialect.learn(d)
		}
		var f *failure
		if !errors.As(err, &f) || f.refusal == nil || changes == 2 {
			return res, err
		}
		next, changed := d.without(*f.refusal)
		if !changed {
			return nil, err
		}
		d = next
	}
}

// send carries one request. The response is a stream or JSON with status 200,
// its body still unread; anything else is a failure.
func (c *Client) send(ctx context.Context, params openai.ChatCompletionNewParams) (*http.Response, error) {
	var res *http.Response
	_, err := c.completions.New(ctx, params,
		option.WithJSONSet("stream", true), option.WithResponseBodyInto(&res))
	switch {
	case ctx.Err() != nil:
		if err == nil {
			res.Body.Close()
		}
		return nil, interrupted(ctx, ctx.Err())
	case res == nil || err != nil && res.StatusCode < http.StatusBadRequest:
		return nil, unreachable(err)
	case res.StatusCode >= http.StatusBadRequest:
		body, _ := io.ReadAll(res.Body) // openai-go left at most maxErrorBytes there
		return nil, c.refused(res, body)
	case res.StatusCode != http.StatusOK:
		res.Body.Close()
		return nil, misspoke("status " + res.Status)
	}
	if t := mediaType(res); t != eventStream && t != jsonType {
		res.Body.Close()
		return nil, misspoke("content type " + shortened(t))
	}
	return res, nil
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

// mediaType is the response's content type without parameters, in lower case.
func mediaType(res *http.Response) string {
	header := res.Header.Get("Content-Type")
	if t, _, err := mime.ParseMediaType(header); err == nil {
		return t
	}
	t, _, _ := strings.Cut(header, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
