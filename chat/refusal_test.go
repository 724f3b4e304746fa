package chat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// refuser is a model that answers with what it is told to say, in which WORD is
// the refusal word of the question, in pieces of n bytes.
func refuser(text string, n int) *scripted {
	return &scripted{reply: func(r docent.ModelRequest) []string {
		_, after, _ := strings.Cut(r.Messages[len(r.Messages)-1].Text, "The refusal word is ")
		word, _, _ := strings.Cut(after, "\n")
		text := strings.ReplaceAll(text, "WORD", word)
		var deltas []string
		for len(text) > n {
			deltas, text = append(deltas, text[:n]), text[n:]
		}
		return append(deltas, text)
	}}
}

func TestAModelsRefusalIsTheServersAndAGapHoweverItIsWritten(t *testing.T) {
	for _, text := range []string{
		"WORD", "WORD.", " \n**WORD**", "`WORD`", "\"WORD\"", "WORD\n\nThe passages are about something else [1].", "NO-ANSWER", "NO-ANSWER-zzz", "NO-ANSW",
	} {
		for _, n := range []int{1, 3, 1000} {
			store := newMemory()
			s := service(t, testConfig(), store, finds(found), refuser(text, n))
			started, events := ask(t, s, docent.Ask{Message: "Does it run on the moon?"})
			done := decode[docent.DoneData](t, last(events))
			if got := said(t, events); done.FinishReason != docent.FinishRefused || !strings.HasPrefix(got, "The documentation does not seem") || done.Grounded != nil || len(done.Citations) > 0 {
				t.Errorf("%q by %d: %s, %q", text, n, done.FinishReason, got)
			}
			g := store.message(started.MessageID).Gap
			if g == nil || g.Question != "Does it run on the moon?" || g.Answerable != .9 || len(g.Nearest) != 1 || g.Nearest[0].ID != "linux" {
				t.Errorf("%q by %d: the gap is %+v", text, n, g)
			}
		}
	}
}

func TestTheRefusalWordNeverReachesAReader(t *testing.T) {
	for text, want := range map[string]struct {
		text   string
		reason docent.FinishReason
	}{
		"Use the package manager [1]. WORD":    {"Use the package manager [1]. ", docent.FinishStop},
		"It seems not to be there.\n\nWORD\n":  {"It seems not to be there.\n\n\n", docent.FinishRefused},
		"No, only on Linux [1].":               {"No, only on Linux [1].", docent.FinishStop},
		"NO is the country's code [1].":        {"NO is the country's code [1].", docent.FinishStop},
		"no-answer timeouts are 30 s [1].":     {"no-answer timeouts are 30 s [1].", docent.FinishStop},
		"Nothing but `NO` is taken [1], or NO": {"Nothing but `NO` is taken [1], or NO", docent.FinishStop},
		"**No** [1].":                          {"**No** [1].", docent.FinishStop},
		"No":                                   {"No", docent.FinishStop},
	} {
		for _, n := range []int{1, 4, 1000} {
			s := service(t, testConfig(), newMemory(), finds(found), refuser(text, n))
			_, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
			done := decode[docent.DoneData](t, last(events))
			if got := said(t, events); got != want.text || done.FinishReason != want.reason {
				t.Errorf("%q by %d: %s, %q", text, n, done.FinishReason, got)
			}
		}
	}
}

func TestWhatSaysNothingIsNoAnswer(t *testing.T) {
	for _, text := range []string{" \n\n", "[1]", "[1][2]", "\n[1, 2].", "**[1]", "``"} {
		for _, n := range []int{1, 3, 100} {
			s := service(t, testConfig(), newMemory(), finds(found), refuser(text, n))
			_, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
			done := decode[docent.DoneData](t, last(events))
			if done.FinishReason != docent.FinishExtractive || done.Cause != docent.CauseModelDown || !strings.HasPrefix(said(t, events), "Install the program on Linux") {
				t.Errorf("%q by %d: %s %s, %q", text, n, done.FinishReason, done.Cause, said(t, events))
			}
		}
	}
	for _, text := range []string{"8000", "[1] says 8000.", "`8000` [1]", "```sh\ndocent\n```", strings.Repeat(" ", 70) + "Yes [1]."} {
		s := service(t, testConfig(), newMemory(), finds(found), refuser(text, 1))
		if _, events := ask(t, s, docent.Ask{Message: "Which port is it?"}); said(t, events) != text {
			t.Errorf("%q became %q", text, said(t, events))
		}
	}
}

func TestARefusalInAModelsOwnWordsStandsAndIsAGap(t *testing.T) {
	store := newMemory()
	s := verifying(t, VerifyMark, store, "The documentation does not ", "mention the moon.")
	started, events := ask(t, s, docent.Ask{Message: "Does it run on the moon?"})
	done := decode[docent.DoneData](t, last(events))
	if done.FinishReason != docent.FinishRefused || said(t, events) != "The documentation does not mention the moon." || done.Grounded != nil || strings.Contains(names(events), "support") {
		t.Errorf("%s, %q, %s", done.FinishReason, said(t, events), names(events))
	}
	if m := store.message(started.MessageID); m.Gap == nil || m.FinishReason != docent.FinishRefused {
		t.Errorf("stored %+v", m)
	}
}

func TestTheZonesAreAbsentUncertainAndPresent(t *testing.T) {
	type zone struct {
		Asked, Told bool // the model; that the passages may not hold it
		Certain     string
		Reason      docent.FinishReason
	}
	c := testConfig()
	c.Answer.CertainFrom = .6
	for name, tt := range map[string]struct {
		found docent.Found
		want  zone
	}{
		"surely absent":  {docent.Found{Passages: installPassages(), Answerable: .1, Refuse: true}, zone{false, false, "yes", docent.FinishRefused}},
		"nothing found":  {docent.Found{Refuse: true}, zone{false, false, "yes", docent.FinishRefused}},
		"uncertain":      {docent.Found{Passages: installPassages(), Answerable: .59}, zone{true, true, "uncertain", docent.FinishStop}},
		"surely present": {docent.Found{Passages: installPassages(), Answerable: .6}, zone{true, false, "yes", docent.FinishStop}},
	} {
		store := newMemory()
		model := &scripted{deltas: []string{"Use it [1]."}}
		started, events := ask(t, service(t, c, store, finds(tt.found), model), docent.Ask{Message: "How?"})
		done := decode[docent.DoneData](t, last(events))
		got := zone{Asked: model.seen.Messages != nil, Certain: done.Certain, Reason: done.FinishReason}
		if got.Asked {
			got.Told = strings.Contains(fmt.Sprint(model.seen.Messages), "not sure that these passages")
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if g := store.message(started.MessageID).Gap; (g != nil) != (tt.want.Reason == docent.FinishRefused) {
			t.Errorf("%s: the gap is %+v", name, g)
		}
	}
}

func FuzzTheRefusalWordIsTakenOutOfAnyPieces(f *testing.F) {
	f.Add("Use it [1]. NO-ANSWER-abc123 and NO-ANSWER-abc", 3)
	f.Add("NO-ANSWER-abc123", 1)
	f.Add("NO", 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		out := &strings.Builder{}
		filter := &refusalFilter{word: "NO-ANSWER-abc123", next: writes{out}}
		n = max(n, 1)
		var err error
		for rest := text; rest != "" && err == nil; {
			k := min(n, len(rest))
			err, rest = filter.Write(rest[:k]), rest[k:]
		}
		if err == nil {
			err = filter.Close()
		}
		if strings.Contains(out.String(), "NO-ANSWER-abc123") {
			t.Errorf("%q by %d: %q is shown", text, n, out)
		}
		if err == nil && !strings.Contains(text, "NO-") && !onlyMarks(text) && out.String() != text {
			t.Errorf("%q by %d became %q", text, n, out)
		}
	})
}

// writes is a textFilter that only keeps what is written.
type writes struct{ *strings.Builder }

func (w writes) Write(text string) error {
	_, err := w.WriteString(text)
	return err
}

func (writes) Close() error { return nil }
