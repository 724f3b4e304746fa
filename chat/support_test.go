package chat

import (
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"docent"

	"github.com/google/go-cmp/cmp"
)

// judged is a Verify that knows the words that sentences are marked with.
func judged(string, []docent.Passage) Judge {
	return func(sentence string, _ []int) Verdict {
		switch {
		case strings.Contains(sentence, "invented"):
			return Verdict{docent.Unsupported, "a name is not there", true}
		case strings.Contains(sentence, "wrong"):
			return Verdict{State: docent.Unsupported, Reason: "it is wrong"}
		case strings.Contains(sentence, "half"):
			return Verdict{State: docent.PartlySupported, Reason: "it is half"}
		case strings.Contains(sentence, "other"):
			return Verdict{State: docent.Unchecked}
		case strings.Contains(sentence, "Hello"):
			return Verdict{}
		}
		return Verdict{State: docent.Supported}
	}
}

// verifying makes a Service whose sentences are judged.
func verifying(t *testing.T, mode string, store Store, deltas ...string) *Service {
	c := testConfig()
	c.Answer.Verify = mode
	s := New(c, store, finds(found), &scripted{deltas: deltas}, quotes, judged, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { s.Shutdown(t.Context()) })
	return s
}

var question = docent.Ask{Message: "How do I install it on Linux?"}

func TestEachSentenceThatClaimsIsToldAfterItsText(t *testing.T) {
	store := newMemory()
	s := verifying(t, VerifyMark, store, "Hello 🙂 there! It is so [1", "]. It is ", "half so. [2][1]", "\n\n- wrong [9]", "\n- other [2]\n")
	started, events := ask(t, s, question)
	text := utf16.Encode([]rune(said(t, events)))
	var got []string
	var soFar int
	for _, e := range events {
		switch e.Name {
		case docent.EventDelta:
			soFar += len(utf16.Encode([]rune(decode[docent.DeltaData](t, e).Text)))
		case docent.EventSupport:
			d := decode[docent.SupportData](t, e)
			got = append(got, string(d.State)+" "+string(utf16.Decode(text[d.SentenceStart:d.SentenceEnd])))
			if d.SentenceEnd > soFar {
				t.Errorf("%v comes before its text", d)
			}
			if d.Citations == nil {
				t.Errorf("%v has no citations", d)
			}
		}
	}
	want := []string{"supported It is so [1].", "partial It is half so. [2][1]", "unsupported wrong", "unchecked other [2]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	done := decode[docent.DoneData](t, last(events))
	if done.Grounded == nil || *done.Grounded != 0.5 {
		t.Errorf("grounded is %v, want 0.5: of three, one and a half", done.Grounded)
	}
	if m := stored(t, store, started.MessageID); m.Grounded == nil || *m.Grounded != 0.5 {
		t.Errorf("stored as %v", m.Grounded)
	}
}

func TestWhereNothingIsCheckedGroundedIsUnknown(t *testing.T) {
	for _, s := range []*Service{
		verifying(t, VerifyOff, newMemory(), "It is so [1]."),
		verifying(t, VerifyMark, newMemory(), "The other [1]. Hello!"),
	} {
		if _, events := ask(t, s, question); decode[docent.DoneData](t, last(events)).Grounded != nil {
			t.Errorf("done is %s", last(events).Data)
		}
	}
}

func TestASentenceThatWasCutIsNotJudged(t *testing.T) {
	store := newMemory()
	c := testConfig()
	c.Answer.Verify = VerifyMark
	s := New(c, store, finds(found), &scripted{deltas: []string{"So it is. And wrong"}, err: docent.Errorf(docent.CodeModelCut, "cut")}, quotes, judged, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { s.Shutdown(t.Context()) })
	started, events := ask(t, s, question)
	if n := strings.Count(names(events), docent.EventSupport); n != 1 {
		t.Errorf("%d sentences were judged of %q", n, names(events))
	}
	if m := stored(t, store, started.MessageID); m.Grounded == nil || *m.Grounded != 1 {
		t.Errorf("grounded is %v", m.Grounded)
	}
}

func TestUnsupportedSentencesAreWithheld(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"It is [1]. This is wrong [2]. It goes on [2].", "It is [1]. It goes on [2]."},
		{"This is wrong. It is so.", "It is so."},
		{"- one [1]\n- wrong [1]\n- three [2]\n", "- one [1]\n- three [2]\n"},
		{"- wrong. But so [1].\n- two", "- But so [1].\n- two"},
		{"1. one\n2. This is wrong. This too is wrong.\n3. three", "1. one\n3. three"},
		{"It is.\n\nAll wrong here.\n\nIt ends.", "It is.\n\nIt ends."},
		{"Run [1]:\n\n```sh\nwrong. Or so\n```\n\nThis is wrong. Done.", "Run [1]:\n\n```sh\nwrong. Or so\n```\n\nDone."},
		{"| a | wrong |\n|---|---|\n| b | c |\n| d | wrong |\n| e | f |\n", "| a | wrong |\n|---|---|\n| b | c |\n| e | f |\n"},
		{"It is.\nThis wraps and is\nwrong. It ends.", "It is.\nIt ends."},
	} {
		for _, size := range []int{1, 4, 1000} {
			var deltas []string
			for at := 0; at < len(c.text); at += size {
				deltas = append(deltas, c.text[at:min(at+size, len(c.text))])
			}
			store := newMemory()
			started, events := ask(t, verifying(t, VerifyWithhold, store, deltas...), question)
			text := said(t, events)
			if text != c.want || stored(t, store, started.MessageID).Text != text {
				t.Errorf("%q in pieces of %d: %q, want %q", c.text, size, text, c.want)
			}
			for _, cited := range decode[docent.DoneData](t, last(events)).Citations {
				if at := regexp.MustCompile(`\[\d\]`).FindString(text[cited.Start:]); !strings.HasPrefix(text[cited.Start:], at) || at == "" {
					t.Errorf("%q: citation %d is not at %d", text, cited.N, cited.Start)
				}
			}
		}
	}
}

func TestAnAnswerThatIsWithheldWholeIsRefused(t *testing.T) {
	_, events := ask(t, verifying(t, VerifyWithhold, newMemory(), "This is wrong [1]. ", "Also wrong [1]."), question)
	done := decode[docent.DoneData](t, last(events))
	if done.FinishReason != docent.FinishRefused || len(done.Citations) != 0 || said(t, events) == "" {
		t.Errorf("done is %+v", done)
	}
}

func TestASentenceIsWithheldForNoLongerThanItTakesToCheckIt(t *testing.T) {
	var shown strings.Builder
	w := &withhold{sentences: sentences{judge: judged("", nil), known: func(int) bool { return true }}, pass: func(s string) error { shown.WriteString(s); return nil }}
	for _, step := range []struct{ write, shown string }{
		{"It is so", ""}, {". ", ""}, {"I", "It is so."}, {"t goes on.\n\n", "It is so. It goes on.\n\n"},
		{"```\ncode\n", "It is so. It goes on.\n\n```\ncode\n"}, {"more", "It is so. It goes on.\n\n```\ncode\nmore"},
	} {
		if err := w.Write(step.write); err != nil {
			t.Fatal(err)
		}
		if shown.String() != step.shown {
			t.Errorf("after %q: %q is shown, want %q", step.write, shown.String(), step.shown)
		}
	}
}

func TestTheWaysOfVerifyingAreKnown(t *testing.T) {
	for mode, fits := range map[string]bool{"mark": true, "withhold": true, "model": true, "off": true, "": false, "on": false} {
		if err := (AnswerConfig{Mode: ModeDocs, Verify: mode}).Validate(); (err == nil) != fits {
			t.Errorf("%q: %v", mode, err)
		}
	}
}
