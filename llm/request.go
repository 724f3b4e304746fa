package llm

import (
	"context"
	"net/http"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"docent"
)

// dialect is what differs between servers of Chat Completions, and between
// their models.
type dialect struct {
	completionTokens bool // max_completion_tokens, which OpenAI's newer models want, instead of max_tokens
	renamed          bool // the other name was refused
	noLimit          bool // both names are refused
	noUsage          bool // stream_options is
	noTemperature    bool
	noTopP           bool
	noStop           bool
	noEffort         bool
}

// without gives the dialect to try after a server refused a parameter. It
// reports false where the refusal names none of those that can be changed.
func (d dialect) without(refused providerError) (dialect, bool) {
	for _, p := range []struct {
		name string
		left *bool
	}{
		{"stream_options", &d.noUsage}, {"temperature", &d.noTemperature}, {"top_p", &d.noTopP},
		{"stop", &d.noStop}, {"reasoning_effort", &d.noEffort},
	} {
		if !*p.left && refused.names(p.name) {
			*p.left = true
			return d, true
		}
	}
	return d.otherLimit(refused)
}

// refused names the parameters that are left out although they are configured.
func (d dialect) refused(c Config) []string {
	var list []string
	for _, p := range []struct {
		name    string
		refused bool
	}{
		{"max_tokens", d.noLimit && c.MaxTokens > 0}, {"temperature", d.noTemperature && c.Temperature != nil},
		{"top_p", d.noTopP && c.TopP != nil}, {"stop", d.noStop && len(c.Stop) > 0},
		{"reasoning_effort", d.noEffort && c.ReasoningEffort != ""},
	} {
		if p.refused {
			list = append(list, p.name)
		}
	}
	return list
}

// otherLimit gives the dialect with the other name of the limit, or without a
// limit where that name was refused, too.
func (d dialect) otherLimit(refused providerError) (dialect, bool) {
	switch {
	case d.noLimit || !refused.names("max_tokens") && !refused.names("max_completion_tokens"):
		return d, false
	case d.renamed:
		d.noLimit = true
	default:
		d.completionTokens, d.renamed = !d.completionTokens, true
	}
	return d, true
}

// open sends r to a model and gives the response once it is known to be an
// answer.
func (c *Client) open(ctx context.Context, t *target, r docent.ModelRequest) (res *http.Response, err error) {
	err = t.dialect.speak(func(d dialect) error {
		res, err = t.send(ctx, c.params(t.model, r, d))
		return err
	})
	return res, err
}

// send carries one request. The response is a stream or JSON with status 200,
// its body still unread; anything else is a failure.
func (t *target) send(ctx context.Context, params openai.ChatCompletionNewParams) (*http.Response, error) {
	var res *http.Response
	_, err := t.completions.New(ctx, params,
		option.WithJSONSet("stream", true), option.WithResponseBodyInto(&res))
	return t.received(ctx, res, err, eventStream, jsonType)
}

// params is the request's body but for "stream". What is not set is not sent.
func (c *Client) params(model string, r docent.ModelRequest, d dialect) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: model, Messages: messages(r.Messages)}
	if !d.noUsage {
		p.StreamOptions.IncludeUsage = openai.Bool(true)
	}
	limit := c.cfg.MaxTokens
	if r.MaxTokens > 0 {
		limit = r.MaxTokens
	}
	switch {
	case limit == 0 || d.noLimit:
	case d.completionTokens:
		p.MaxCompletionTokens = openai.Int(int64(limit))
	default:
		p.MaxTokens = openai.Int(int64(limit))
	}
	temperature := c.cfg.Temperature
	if r.Temperature != nil {
		temperature = r.Temperature
	}
	if temperature != nil && !d.noTemperature {
		p.Temperature = openai.Float(*temperature)
	}
	if c.cfg.TopP != nil && !d.noTopP {
		p.TopP = openai.Float(*c.cfg.TopP)
	}
	if len(c.cfg.Stop) > 0 && !d.noStop {
		p.Stop.OfStringArray = c.cfg.Stop
	}
	if !d.noEffort {
		p.ReasoningEffort = openai.ReasoningEffort(c.cfg.ReasoningEffort)
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
