package chat

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"docent"

	"github.com/google/go-cmp/cmp"
)

// twofold is a Model that answers, and has another reply for what comes second.
type twofold struct {
	scripted
	reply  string
	finish docent.FinishReason
	err    error
	asked  []docent.ModelRequest // for the second time
}

func (m *twofold) Stream(ctx context.Context, r docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if !strings.HasPrefix(r.Messages[0].Text, "You hold statements") {
		return m.scripted.Stream(ctx, r, onDelta)
	}
	m.asked = append(m.asked, r)
	for _, piece := range strings.SplitAfter(m.reply, ":") {
		if err := onDelta(piece); err != nil {
			return docent.ModelResult{}, err
		}
	}
	return docent.ModelResult{FinishReason: m.finish, Usage: docent.Usage{InputTokens: 100, OutputTokens: 10, CostUSD: .5}}, m.err
}

// reconsidered answers with verify: model, and gives the states of its sentences.
func reconsidered(t *testing.T, m *twofold) (states []string, done docent.DoneData) {
	t.Helper()
	c := testConfig()
	c.Answer.Verify = VerifyModel
	s := New(c, newMemory(), finds(found), m, quotes, judged, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { s.Shutdown(context.Background()) })
	_, events := ask(t, s, question)
	for _, e := range events {
		if e.Name == docent.EventSupport {
			states = append(states, string(decode[docent.SupportData](t, e).State))
		}
	}
	return states, decode[docent.DoneData](t, last(events))
}

const doubtful = "So it is [1]. It is wrong [2]. It is half so [1][2]. An invented name [1]. The other [2]."

func TestDoubtedSentencesArePutToTheModelInOneCall(t *testing.T) {
	m := &twofold{scripted: scripted{deltas: []string{doubtful}}, reply: "1: yes\n 2) No.\n", finish: docent.FinishStop}
	states, done := reconsidered(t, m)
	want := []string{"supported", "unsupported", "unchecked", "supported", "unsupported"} // the doubted ones last
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if *done.Grounded != .5 || done.Usage.InputTokens != 107 || done.Usage.CostUSD != .5 {
		t.Errorf("done is %+v", done)
	}
	if len(m.asked) != 1 {
		t.Fatalf("%d calls", len(m.asked))
	}
	text := m.asked[0].Messages[1].Text
	for _, has := range []string{"1: It is wrong [2].\n2: It is half so [1][2].\n", installPassages()[0].Text, installPassages()[1].Text} {
		if !strings.Contains(text, has) {
			t.Errorf("%q is not in what is asked:\n%s", has, text)
		}
	}
	if strings.Contains(text, "invented") || strings.Contains(text, "So it is") {
		t.Errorf("what needs no model is asked:\n%s", text)
	}
}

func TestAModelThatMisbehavesChangesNoVerdict(t *testing.T) {
	for name, m := range map[string]*twofold{
		"an error":           {err: docent.Errorf(docent.CodeModelFailed, "down"), reply: "1: yes\n2: yes"},
		"nothing":            {},
		"prose":              {reply: "Sure! Here are my verdicts:\n1: yes\n2: yes"},
		"a number too many":  {reply: "1: yes\n2: yes\n3: yes"},
		"a number twice":     {reply: "1: yes\n1: yes"},
		"one is left out":    {reply: "1: yes"},
		"another word":       {reply: "1: yes\n2: maybe"},
		"no end":             {reply: strings.Repeat("1: yes\n", 10000)},
		"cut at its length":  {reply: "1: yes\n2: yes", finish: docent.FinishLength},
		"an enormous number": {reply: "999999999999999999999999: yes\n1: yes"},
	} {
		m.deltas = []string{doubtful}
		if m.finish == "" {
			m.finish = docent.FinishStop
		}
		states, done := reconsidered(t, m)
		if diff := cmp.Diff([]string{"supported", "unsupported", "unchecked", "unsupported", "partial"}, states); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if done.FinishReason != docent.FinishStop || *done.Grounded != .375 {
			t.Errorf("%s: done is %+v", name, done)
		}
	}
}

func TestAModelIsAskedOnlyWhereThereIsDoubt(t *testing.T) {
	for _, text := range []string{"So it is [1].", "An invented name [1].", "Hello!"} {
		m := &twofold{scripted: scripted{deltas: []string{text}}}
		if reconsidered(t, m); len(m.asked) != 0 {
			t.Errorf("%q: %d calls", text, len(m.asked))
		}
	}
	m := &twofold{scripted: scripted{deltas: []string{"It is wrong [1]. And it"}, err: docent.Errorf(docent.CodeModelCut, "cut")}}
	c := testConfig()
	c.Answer.Verify = VerifyModel
	s := New(c, newMemory(), finds(found), m, quotes, judged, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { s.Shutdown(context.Background()) })
	_, events := ask(t, s, question)
	if n := strings.Count(names(events), docent.EventSupport); n != 1 || len(m.asked) != 0 {
		t.Errorf("of an answer that was cut %d sentences are told and %d asked about", n, len(m.asked))
	}
}

func TestWhatIsAskedAgainIsBounded(t *testing.T) {
	s := &support{passages: number([]docent.Passage{{Chunk: docent.Chunk{Text: strings.Repeat("long word ", 3*reconsiderTokens)}}, {Chunk: docent.Chunk{Text: "short"}}})}
	for range 2 * maxReconsidered {
		s.doubted = append(s.doubted,
			doubt{SupportData: docent.SupportData{Citations: []int{1}}, text: "of the long one"},
			doubt{SupportData: docent.SupportData{Citations: []int{2}}, text: "of the short one"})
	}
	asked, messages := s.second()
	if text := messages[1].Text; len(asked) != maxReconsidered || strings.Contains(text, "long") || strings.Count(text, "short\n") != 1 {
		t.Errorf("%d are asked about, in %d bytes", len(asked), len(text))
	}
}

func FuzzOpinions(f *testing.F) {
	f.Add("1: yes\n2: no", 2)
	f.Add("1) part.\r\n\n2: NO", 2)
	f.Add("yes", 1)
	f.Fuzz(func(t *testing.T, reply string, n int) {
		n = max(0, min(n, 100))
		states, err := opinions(reply, n)
		if err == nil && len(states) != n {
			t.Errorf("%d verdicts of %d", len(states), n)
		}
		for _, s := range states {
			if s != docent.Supported && s != docent.PartlySupported && s != docent.Unsupported {
				t.Errorf("state %q", s)
			}
		}
	})
}
