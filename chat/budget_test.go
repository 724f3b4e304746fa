package chat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"docent"
	"docent/analysis"
)

// promptOf is what the model was asked, in tokens and as a text.
func promptOf(m *scripted) (tokens int, text string) {
	for _, msg := range m.seen.Messages {
		tokens += messageTokens(msg)
		text += msg.Text + "\n"
	}
	return tokens, text
}

// many are passages of pages of their own.
func many(n, tokens int) []docent.Passage {
	var all []docent.Passage
	for i := range n {
		p := installPassages()[0]
		p.ID, p.Path, p.Tokens = fmt.Sprint("p", i), fmt.Sprint(i, ".md"), tokens
		p.Text = strings.Repeat(fmt.Sprintf("fact%d ", i), tokens/3)
		all = append(all, p)
	}
	return all
}

func TestWhateverIsSaidTheQuestionAndTheBestPassageReachTheModelWithinTheBudget(t *testing.T) {
	turns := func(n, words int) []docent.ModelMessage {
		var said []docent.ModelMessage
		for i := range n {
			said = append(said, docent.ModelMessage{Role: docent.RoleUser, Text: fmt.Sprint("former question ", i)},
				docent.ModelMessage{Role: docent.RoleAssistant, Text: strings.Repeat("so and so ", words)})
		}
		return said
	}
	for name, tt := range map[string]struct {
		ask  docent.Ask
		most int // tokens of the prompt
		want string
	}{
		"two hundred turns":         {docent.Ask{History: turns(200, 20)}, 4000, "former question 199"},
		"one answer like a book":    {docent.Ask{History: turns(1, 20000)}, 4000, "former question 0"},
		"a selection like a book":   {docent.Ask{Page: docent.PageContext{Selection: strings.Repeat("marked words ", 20000)}}, 4000, "marked words"},
		"a title like a book":       {docent.Ask{Page: docent.PageContext{URL: "https://x.example/", Title: strings.Repeat("title ", 20000)}}, 4000, "title"},
		"a question like a chapter": {docent.Ask{Message: strings.Repeat("and why ", 1500), History: turns(200, 20)}, 5500, strings.TrimSpace(strings.Repeat("and why ", 1500))},
	} {
		c := testConfig()
		c.MaxMessageBytes = 16384
		model := &scripted{deltas: []string{"So [1]."}}
		s := service(t, c, newMemory(), finds(docent.Found{Passages: many(8, 900), Answerable: .9}), model)
		if tt.ask.Message == "" {
			tt.ask.Message = "How do I install it on Linux?"
		}
		ask(t, s, tt.ask)
		tokens, text := promptOf(model)
		if tokens > tt.most {
			t.Errorf("%s: %d tokens, at most %d", name, tokens, tt.most)
		}
		for _, want := range []string{tt.want, "fact0 fact0", strings.TrimSpace(tt.ask.Message)} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %.40q is not in the prompt", name, want)
			}
		}
	}
}

func TestALongAnswerLeavesItsBeginningInTheHistory(t *testing.T) {
	got := latest([]docent.ModelMessage{
		{Role: docent.RoleUser, Text: "How?"}, {Role: docent.RoleAssistant, Text: "First. " + strings.Repeat("words ", 5000)},
		{Role: docent.RoleUser, Text: "And then?"}, {Role: docent.RoleAssistant, Text: "Last. " + strings.Repeat("words ", 5000)},
	}, 200)
	if len(got) != 2 || got[0].Text != "And then?" || !strings.HasPrefix(got[1].Text, "Last. words") || tokensOf(got) > 200 {
		t.Errorf("%d tokens: %+v", tokensOf(got), got)
	}
}

// narrow is a model that takes so many tokens, and counts how often it is asked.
type narrow struct {
	scripted
	most  int
	asked int
}

func (n *narrow) Stream(ctx context.Context, r docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	n.asked++
	tokens := 0
	for _, m := range r.Messages {
		tokens += analysis.Tokens(m.Text)
	}
	if tokens > n.most {
		return docent.ModelResult{}, &docent.Error{Code: docent.CodeModelFailed, Message: "the model refused the request",
			Err: fmt.Errorf("%w: context_length_exceeded", docent.ErrTooLong)}
	}
	return n.scripted.Stream(ctx, r, onDelta)
}

func TestAModelThatWasAskedTooMuchIsAskedOnceMoreWithHalf(t *testing.T) {
	for name, tt := range map[string]struct {
		most, asked int
		reason      docent.FinishReason
	}{
		"it takes half":    {1800, 2, docent.FinishStop},
		"it takes nothing": {10, 2, docent.FinishExtractive},
		"it takes all":     {9000, 1, docent.FinishStop},
	} {
		model := &narrow{scripted: scripted{deltas: []string{"So [1]."}}, most: tt.most}
		s := service(t, testConfig(), newMemory(), finds(docent.Found{Passages: many(8, 400), Answerable: .9}), model)
		_, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
		done := decode[docent.DoneData](t, last(events))
		if model.asked != tt.asked || done.FinishReason != tt.reason || strings.Count(names(events), "sources") != 1 {
			t.Errorf("%s: asked %d times, %s, %s", name, model.asked, done.FinishReason, names(events))
		}
	}
}

func TestAModelThatFailsOtherwiseIsNotAskedAgain(t *testing.T) {
	for _, err := range []error{errors.New("x"), docent.Errorf(docent.CodeModelFailed, "refused"), docent.Errorf(docent.CodeModelStalled, "silent")} {
		calls := 0
		model := &scripted{err: err, reply: func(docent.ModelRequest) []string { calls++; return nil }}
		s := service(t, testConfig(), newMemory(), finds(docent.Found{Passages: many(8, 400), Answerable: .9}), model)
		if _, events := ask(t, s, docent.Ask{Message: "How?"}); calls != 1 {
			t.Errorf("%v: asked %d times: %s", err, calls, names(events))
		}
	}
}

func TestInstructionsAreThoseOfAllOfTheSiteAndOfTheBestPassagesSource(t *testing.T) {
	c := testConfig()
	c.Instructions = "Be brief."
	c.OfSites = map[string]string{docent.DefaultSite: "This is {{.Site}} on {{.Today}}.", "labs": "not this"}
	c.OfSources = map[docent.Unit]string{
		{Site: docent.DefaultSite, Source: "manual"}: "Of {{.Source}} in {{.Lang}}.",
		{Site: docent.DefaultSite, Source: "api"}:    "nor this",
		{Site: "labs", Source: "manual"}:             "nor this",
	}
	model := &scripted{deltas: []string{"So [1]."}}
	s := service(t, c, newMemory(), finds(found), model)
	started, _ := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	today := stored(t, s.store, started.MessageID).CreatedAt.UTC().Format("2006-01-02")
	system := model.seen.Messages[0].Text
	if want := "Be brief.\n\nThis is default on " + today + ".\n\nOf manual in en."; !strings.HasSuffix(system, want) || strings.Contains(system, "not") && strings.Contains(system, "nor this") {
		t.Errorf("%q does not end with %q", system, want)
	}
}
