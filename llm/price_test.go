package llm

import (
	"math"
	"strings"
	"testing"

	"docent"
	"docent/analysis"
	"docent/llm/llmtest"
)

func TestAnAnswerCostsWhatItsTokensDo(t *testing.T) {
	cached := 0.5
	prices := []Price{{Model: "dear", Input: 2, CachedInput: &cached, Output: 8}, {Model: "plain", Input: 1, Output: 4}}
	for _, tc := range []struct {
		names []string
		usage docent.Usage
		want  float64
	}{
		{[]string{"dear"}, docent.Usage{InputTokens: 1000, CachedTokens: 400, OutputTokens: 100}, (600*2 + 400*.5 + 100*8) / 1e6},
		{[]string{"dear"}, docent.Usage{InputTokens: 10, CachedTokens: 40}, 10 * .5 / 1e6},
		{[]string{"plain"}, docent.Usage{InputTokens: 1000, CachedTokens: 400, OutputTokens: 100}, (1000 + 100*4) / 1e6},
		{[]string{"asked", "plain"}, docent.Usage{InputTokens: 1e6}, 1},
		{[]string{"dear", "plain"}, docent.Usage{OutputTokens: 1e6}, 8},
		{[]string{"unknown", ""}, docent.Usage{InputTokens: 1000}, 0},
	} {
		if got := priceOf(prices, tc.names...).of(tc.usage); math.Abs(got-tc.want) > 1e-12 {
			t.Errorf("%v %+v: %v, want %v", tc.names, tc.usage, got, tc.want)
		}
	}
}

func TestTheModelThatAnsweredIsPaid(t *testing.T) {
	main, other, c, _ := newChain(t, func(c *Config) {
		c.Prices = []Price{{Model: "stand-in", Input: 1e6}, {Model: "spare", Output: 1e6}}
	})
	if _, result, err := ask(c); err != nil || result.Usage.CostUSD != float64(result.Usage.InputTokens) {
		t.Errorf("usage %+v, %v", result.Usage, err)
	}
	main.Script(llmtest.Broken())
	other.Script(llmtest.Say("two words"))
	if _, result, err := ask(c); err != nil || result.Usage.CostUSD != 2 {
		t.Errorf("usage %+v, %v", result.Usage, err)
	}
}

// TestWhatTheServerDoesNotCountIsEstimated holds it for answers that break off,
// too: they are paid for.
func TestWhatTheServerDoesNotCountIsEstimated(t *testing.T) {
	text := strings.Repeat("several words of an answer ", 100)
	for name, reply := range map[string]llmtest.Reply{
		"no usage":  llmtest.Stream(llmtest.Text(text), llmtest.Finish("stop"), llmtest.Done()),
		"zeros":     llmtest.Stream(llmtest.Text(text), llmtest.Finish("stop"), llmtest.Raw("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":0}}\n\n")),
		"broke off": llmtest.CutAfter(text),
	} {
		s := llmtest.For(t)
		s.Script(reply)
		c := newClient(t, s, func(c *Config) { c.Prices = []Price{{Model: "stand-in", Output: 1e6}} })
		_, result, err := ask(c)
		if name != "broke off" && err != nil {
			t.Fatal(err)
		}
		u := result.Usage
		if u.InputTokens != tokensOf(question.Messages) || u.OutputTokens < analysis.Tokens(text) || u.CostUSD != float64(u.OutputTokens) {
			t.Errorf("%s: %+v", name, u)
		}
	}
}

func TestPiecesOfATextCountAsItDoes(t *testing.T) {
	text := strings.Repeat("a word, `code_name` and 東京. ", 200)
	var c tokenCount
	for _, r := range text {
		c.add(string(r))
	}
	if got, want := c.total(), analysis.Tokens(text); got < want || got > want+want/50 {
		t.Errorf("%d, in one piece %d", got, want)
	}
}
