package llm

import (
	"context"
	"encoding/base64"
	"net/http"
	"regexp"

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
	noTools          bool
	noImages         bool
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
	if !d.noTools && toolsRefused.MatchString(refused.Param+" "+refused.Message) {
		d.noTools = true
		return d, true
	}
	if !d.noImages && imagesRefused.MatchString(refused.Param+" "+refused.Message) {
		d.noImages = true
		return d, true
	}
	return d.otherLimit(refused)
}

// imagesRefused is how servers say that the model sees no pictures. A picture that
// is damaged or too large is not meant.
var imagesRefused = regexp.MustCompile(`(?i)\b(?:does not|doesn't|do not|cannot|can't|not|no|without)\b[^.]*\b(?:image_url|images?|vision|multi-?modal)\b|\b(?:image_url|images?|vision|multi-?modal)\b[^.]*\b(?:not (?:supported|available|enabled|allowed)|unsupported)`)

// toolsRefused is how servers say that they, or the model, know no tools. A
// fault in one tool is told by its place, and is not meant.
var toolsRefused = regexp.MustCompile(`(?i)\b(tools|tool_choice|tool choice|tool use|function calling)\b([^\[.]|\.?$)`)

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
		var tools []docent.Tool
		if !d.noTools {
			tools = r.Tools
		}
		res, err = t.send(ctx, c.params(t.place.Name, r, d), tools)
		return err
	})
	return res, err
}

// send carries one request. The response is a stream or JSON with status 200,
// its body still unread; anything else is a failure.
func (t *target) send(ctx context.Context, params openai.ChatCompletionNewParams, tools []docent.Tool) (*http.Response, error) {
	var res *http.Response
	options := []option.RequestOption{option.WithJSONSet("stream", true), option.WithResponseBodyInto(&res)}
	if len(tools) > 0 {
		options = append(options, option.WithJSONSet("tools", toolList(tools))) // schemas as they stand
	}
	_, err := t.completions.New(ctx, params, options...)
	return t.received(ctx, res, err, eventStream, jsonType)
}

// params is the request's body but for "stream" and "tools". What is not set is
// not sent.
func (c *Client) params(model string, r docent.ModelRequest, d dialect) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: model, Messages: messages(r.Messages, d)}
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
	if r.NoCalls && len(r.Tools) > 0 && !d.noTools {
		p.ToolChoice.OfAuto = openai.String("none")
	}
	return p
}

// messages turns ours into the protocol's. A role that is none of the known ones
// is a user. In a dialect with noTools, which is of a model that takes over from one that knew
// them, what tools gave is said by the user.
func messages(list []docent.ModelMessage, d dialect) []openai.ChatCompletionMessageParamUnion {
	out := make([]openai.ChatCompletionMessageParamUnion, 0, len(list))
	for _, m := range list {
		switch {
		case m.Role == docent.RoleSystem:
			out = append(out, openai.SystemMessage(m.Text))
		case m.Role == docent.RoleAssistant && len(m.Calls) > 0 && !d.noTools:
			out = append(out, calling(m))
		case m.Role == docent.RoleAssistant && m.Text == "" && len(m.Calls) > 0:
		case m.Role == docent.RoleAssistant:
			out = append(out, openai.AssistantMessage(m.Text))
		case m.Role == docent.RoleTool && !d.noTools:
			out = append(out, openai.ToolMessage(m.Text, m.CallID))
		default:
			out = append(out, asking(m, d))
		}
	}
	return out
}

// asking is a user's message, with its pictures. In a dialect without pictures it
// says that there were some.
func asking(m docent.ModelMessage, d dialect) openai.ChatCompletionMessageParamUnion {
	switch {
	case len(m.Images) == 0:
		return openai.UserMessage(m.Text)
	case d.noImages:
		return openai.UserMessage(m.Text + notSeen)
	}
	parts := []openai.ChatCompletionContentPartUnionParam{openai.TextContentPart(m.Text)}
	for _, picture := range m.Images {
		parts = append(parts, openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{
			URL: "data:" + picture.Type + ";base64," + base64.StdEncoding.EncodeToString(picture.Data),
		}))
	}
	return openai.UserMessage(parts)
}

// notSeen has a model say what it could not look at.
const notSeen = "\n\nYou can't see the attached pictures: say so in one sentence."
