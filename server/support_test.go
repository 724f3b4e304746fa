package server

import (
	"strings"
	"testing"

	"docent"
	"docent/chat"
	"docent/llm/llmtest"
)

// TestSentencesAreHeldAgainstTheManual asks with a model that is right, then
// wrong about a number, in each way of dealing with it.
func TestSentencesAreHeldAgainstTheManual(t *testing.T) {
	const right, wrong = "To change the port, give `docent serve` the flag `--port`.", " The default port is 8123 [1]."
	for mode, want := range map[string]struct {
		text, states string
		grounded     float64
	}{
		chat.VerifyMark:     {right + wrong, "supported unsupported", 0.5},
		chat.VerifyWithhold: {right, "supported", 1},
		chat.VerifyOff:      {right + wrong, "", -1},
	} {
		model := llmtest.For(t)
		model.Script(llmtest.Say("To change the port, give `docent ser", "ve` the flag `--port`. The", " default port is 8123 [1", "]."))
		f := start(t, func(c *Config) {
			withModel(model)(c)
			c.Answer.Verify = mode
		})
		all := f.ask(t, `{"message": "How do I change the port?"}`).rest(t)
		var states []string
		for _, e := range all {
			if e.Name == docent.EventSupport {
				states = append(states, string(data[docent.SupportData](t, e).State))
			}
		}
		done := data[docent.DoneData](t, all[len(all)-1])
		grounded := -1.0
		if done.Grounded != nil {
			grounded = *done.Grounded
		}
		if got := text(t, all); got != want.text || strings.Join(states, " ") != want.states || grounded != want.grounded {
			t.Errorf("%s: %q is %q, grounded %v", mode, got, states, grounded)
		}
		if m := f.message(t, data[docent.SessionData](t, all[0])); m.Text != want.text || (m.Grounded == nil) != (want.grounded < 0) {
			t.Errorf("%s: stored %q, %v", mode, m.Text, m.Grounded)
		}
	}
}
