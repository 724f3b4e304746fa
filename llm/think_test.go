package llm

import (
	"strings"
	"testing"

	"docent"
	"docent/llm/llmtest"
)

func TestWhatAModelThinksAloudIsNoText(t *testing.T) {
	for _, tc := range []struct{ written, want string }{
		{"plain", "plain"},
		{"<think>hm</think>\n\nThe answer.", "The answer."},
		{" \n<think>\nhm <b> 1 < 2</think> The answer. ", "The answer. "},
		{"<think></think>The answer.", "The answer."},
		{"<think>hm</think><think>text</think>", "<think>text</think>"},
		{"<think>a <think> b</think>text", "text"},
		{"<think>never closed", ""},
		{"<think>never closed</thin", ""},
		{"<thinker> is an element", "<thinker> is an element"},
		{"<thi", "<thi"},
		{" \t", " \t"},
		{"Write `<think>` first.", "Write `<think>` first."},
		{"```\n<think>x</think>\n```", "```\n<think>x</think>\n```"},
		{"Later <think>text</think>", "Later <think>text</think>"},
		{"ende</think>", "ende</think>"},
		{strings.Repeat(" ", 300) + "<think>", strings.Repeat(" ", 300) + "<think>"},
	} {
		for size := 1; size <= len(tc.written); size++ {
			var th thinking
			got := ""
			for rest := tc.written; rest != ""; {
				n := min(size, len(rest))
				got += th.pass(rest[:n])
				rest = rest[n:]
			}
			if got += th.rest(false); got != tc.want {
				t.Fatalf("%q in pieces of %d: %q, want %q", tc.written, size, got, tc.want)
			}
		}
	}
}

// TestAServerThatSwallowsTheBeginningIsLearned: by the end that stands alone, which
// one answer shows; and unlearned where it does not come.
func TestAServerThatSwallowsTheBeginningIsLearned(t *testing.T) {
	thought := llmtest.Say("secret thou", "ght\n</thi", "nk>\n", "\nThe ", "answer.")
	for _, tc := range []struct {
		name    string // of the model
		replies []llmtest.Reply
		want    []string
	}{
		{"m", []llmtest.Reply{thought, thought, thought}, []string{"secret thought\n</think>\n\nThe answer.", "The answer.", "The answer."}},
		{"vendor/DeepSeek-R1:free", []llmtest.Reply{thought}, []string{"The answer."}},
		{"qwen3-30b-thinking-2507", []llmtest.Reply{llmtest.Say("Plain ", "text."), llmtest.Say("Use\n```\n</think>\n```\n"), llmtest.Say("The ", "end.")}, []string{"Plain text.", "Use\n```\n</think>\n```\n", "The end."}},
		{"m", []llmtest.Reply{thought, llmtest.Say("<think>x</think>Text."), llmtest.SayUntil("length", "so much")}, []string{"secret thought\n</think>\n\nThe answer.", "Text.", ""}},
	} {
		s := llmtest.For(t)
		s.Script(tc.replies...)
		c := newClient(t, s, func(c *Config) { c.Name = tc.name })
		for i, want := range tc.want {
			deltas, _, err := ask(c)
			if got := strings.Join(deltas, ""); got != want || (err == nil) != (want != "") {
				t.Errorf("%s, answer %d: %q, %v; want %q", tc.name, i+1, got, err, want)
			}
		}
		if tc.want[len(tc.want)-1] == "The end." {
			s.Script(llmtest.Say("One ", "two."))
			if deltas, _, _ := ask(c); len(deltas) != 2 {
				t.Errorf("it is kept back still: %q", deltas)
			}
		}
	}
}

// TestThoughtsReachNobody holds that in whatever form a model thinks, the reader
// gets the text alone, in a stream as in one piece.
func TestThoughtsReachNobody(t *testing.T) {
	field := func(name string) llmtest.Step {
		return func(o *llmtest.Out) error { return o.Chunk(map[string]any{name: "secret thought"}, "") }
	}
	parts := func(o *llmtest.Out) error {
		return o.Chunk(map[string]any{"content": []map[string]any{
			{"type": "thinking", "thinking": []map[string]any{{"type": "text", "text": "secret thought"}}}, {"type": "text", "text": "The "},
		}}, "")
	}
	end := []llmtest.Step{llmtest.Finish("stop"), llmtest.Usage(), llmtest.Done()}
	stream := func(steps ...llmtest.Step) llmtest.Reply { return llmtest.Stream(append(steps, end...)...) }
	for name, reply := range map[string]llmtest.Reply{
		"reasoning_content": stream(field("reasoning_content"), llmtest.Text("The "), field("reasoning_content"), llmtest.Text("answer.")),
		"reasoning":         stream(field("reasoning"), llmtest.Text("The answer.")),
		"a block":           stream(llmtest.Text("<th"), llmtest.Text("ink>secret thou"), llmtest.Text("ght</"), llmtest.Text("think>\n\nThe "), llmtest.Text("answer.")),
		"parts":             stream(parts, llmtest.Text("answer.")),
		"in one piece":      llmtest.Whole("<think>secret thought</think>The answer."),
	} {
		s := llmtest.For(t)
		s.Script(reply)
		deltas, _, err := ask(newClient(t, s, nil))
		if got := strings.Join(deltas, ""); err != nil || got != "The answer." {
			t.Errorf("%s: %q, %v", name, deltas, err)
		}
	}
}

func TestAModelThatOnlyThinksGaveNoText(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.SayUntil("length", "<think>so ", "much"))
	deltas, _, err := ask(newClient(t, s, nil))
	wantError(t, err, docent.CodeModelFailed)
	if len(deltas) > 0 {
		t.Errorf("deltas %q", deltas)
	}
}
