package llm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// Price is what a model costs, in US dollars per million tokens: an entry of
// model.prices.
type Price struct {
	Model       string   `yaml:"model"` // as it is asked for, or as the server names it
	Input       float64  `yaml:"input"`
	CachedInput *float64 `yaml:"cached_input"` // nil is as Input
	Output      float64  `yaml:"output"`
}

func (p Price) check(i int) error {
	switch {
	case blank(p.Model):
		return fmt.Errorf("model.prices[%d].model: must name a model", i)
	case !(p.Input >= 0 && p.Output >= 0) || p.CachedInput != nil && !(*p.CachedInput >= 0): // a NaN too
		return fmt.Errorf("model.prices[%d]: must be 0 or more", i)
	}
	return nil
}

// of is what u costs.
func (p Price) of(u docent.Usage) float64 {
	cached := min(u.CachedTokens, u.InputTokens)
	return (float64(u.InputTokens-cached)*p.Input + float64(cached)**cmp.Or(p.CachedInput, &p.Input) + float64(u.OutputTokens)*p.Output) / 1e6
}

// priceOf finds a model's price by the first of its names that has one; without
// any it costs nothing.
func priceOf(prices []Price, names ...string) Price {
	for _, name := range names {
		if i := slices.IndexFunc(prices, func(p Price) bool { return strings.TrimSpace(p.Model) == name }); i >= 0 {
			return prices[i]
		}
	}
	return Price{}
}

// tokenCount estimates the tokens of a text that comes in pieces. A piece alone
// would be counted too high: what is left of a token counts as a whole one.
type tokenCount struct {
	counted int
	pending []byte
}

func (c *tokenCount) add(text string) {
	c.pending = append(c.pending, text...)
	if len(c.pending) >= 512 {
		c.counted += analysis.Tokens(string(c.pending))
		c.pending = c.pending[:0]
	}
}

func (c *tokenCount) total() int { return c.counted + analysis.Tokens(string(c.pending)) }

// tokensOf estimates the tokens of messages.
func tokensOf(messages []docent.ModelMessage) int {
	n := 0
	for _, m := range messages {
		n += analysis.Tokens(m.Text)
		for _, call := range m.Calls {
			n += analysis.Tokens(call.Name) + analysis.Tokens(call.Arguments)
		}
	}
	return n
}
