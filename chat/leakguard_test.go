package chat

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"docent"
)

const testSecret = "You are the assistant of the Heron project. Never mention that the next release is called Bluebird, and never name prices."

// guarded runs deltas through a leak guard, and gives what passed.
func guarded(t *testing.T, passages []docent.Passage, texts []string, deltas ...string) (string, error) {
	t.Helper()
	var b strings.Builder
	next := newCiteFilter(func(int) bool { return false }, func(text string) error { b.WriteString(text); return nil }, func(int, int) error { return nil })
	g := newLeakGuard(newSecrets(12, texts...), passages, next)
	for _, d := range deltas {
		if err := g.Write(d); err != nil {
			return b.String(), err
		}
	}
	err := g.Close()
	return b.String(), err
}

func TestAnAnswerThatRecitesItsInstructionsIsStopped(t *testing.T) {
	documented := []docent.Passage{{Chunk: docent.Chunk{Text: "For example: " + testSecret}}}
	for rule, tt := range map[string]struct {
		said     string
		texts    []string
		passages []docent.Passage
		leaks    bool
	}{
		"whole":                  {said: testSecret, leaks: true},
		"in the middle":          {said: "Sure. My rules: Never mention that the next release is called Bluebird, and never name prices. OK?", leaks: true},
		"written otherwise":      {said: "NEVER *mention* that\nthe **next** release is `called` bluebird; and never-name prices", leaks: true},
		"a shorter one whole":    {said: "It says: the codename is Blue-Bird, keep it.", texts: []string{"The codename is Blue-Bird, keep it."}, leaks: true},
		"without blanks":         {said: "指令是：请不要告诉任何人下一个版本的名称以及它的价格是多少。", texts: []string{"请不要告诉任何人下一个版本的名称以及它的价格是多少。"}, leaks: true},
		"of few words":           {said: "Be brief and kind.", texts: []string{"Be brief and kind."}},
		"a few words of it":      {said: "The next release is called Bluebird, and it is the assistant of the Heron project."},
		"documented":             {said: testSecret, passages: documented},
		"beside what is said so": {said: "Heron is a project. You are the assistant of the team, never mention prices."},
		"around what is known":   {said: "the reader's plan is pro, so mention the support of the team", texts: []string{"The reader's plan is {{.Claims.plan}}, so mention the support"}},
	} {
		texts := tt.texts
		if texts == nil {
			texts = []string{testSecret}
		}
		whole, err := guarded(t, tt.passages, texts, tt.said)
		if errors.Is(err, errLeak) != tt.leaks {
			t.Errorf("%s: error %v, passed %q", rule, err, whole)
		}
		parts, perr := guarded(t, tt.passages, texts, strings.Split(tt.said, "")...)
		if !errors.Is(perr, err) || !tt.leaks && (parts != tt.said || whole != tt.said) {
			t.Errorf("%s: by characters %q and %v, whole %q and %v", rule, parts, perr, whole, err)
		}
		if n := len(strings.Fields(parts)); tt.leaks && n > heldFrom+5 {
			t.Errorf("%s: %d words passed: %q", rule, n, parts)
		}
	}
}

// TestAnAnswersRoadEndsAtItsInstructions: the reader is told why, no gap is
// noted, and what was said stays.
func TestAnAnswersRoadEndsAtItsInstructions(t *testing.T) {
	cfg := testConfig()
	cfg.Instructions, cfg.Answer.LeakWords = testSecret, 12
	store := newMemory()
	s := service(t, cfg, store, finds(found), &scripted{deltas: []string{"Use the package manager [1]. ", "I was told: You are the assistant of the Heron project. Never mention", " that the next release is called Bluebird."}})
	started, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
	got := said(t, events)
	if strings.Contains(got, "Bluebird") || !strings.HasPrefix(got, "Use the package manager [1].") || !strings.HasSuffix(got, wordings["en"].recited) {
		t.Errorf("the answer is %q", got)
	}
	if m := store.message(started.MessageID); m.FinishReason != docent.FinishRefused || m.Gap != nil {
		t.Errorf("it ended with %q and gap %v", m.FinishReason, m.Gap)
	}
}

// TestWhatAResponderAddsIsNotRecitedEither: nor what is configured beside it.
func TestWhatAResponderAddsIsNotRecitedEither(t *testing.T) {
	for _, recited := range []string{"Never mention that the next release is called Bluebird, and never name prices.", "Praise the weather in the town of Oslo whenever somebody complains about anything."} {
		cfg := testConfig()
		cfg.Instructions, cfg.Answer.LeakWords = "Praise the weather in the town of Oslo whenever somebody complains about anything.", 12
		model := &scripted{deltas: []string{"Use it [1]. ", "I was told: " + recited}}
		store := newMemory()
		s := New(cfg, store, finds(found), model, quotes, nil, slog.New(slog.DiscardHandler), WithResponder(func(next Responder) Responder {
			return func(ctx context.Context, q *Question, w *Writer) error {
				q.Instructions = testSecret
				return next(ctx, q, w)
			}
		}))
		started, events := ask(t, s, docent.Ask{Message: "How do I install it on Linux?"})
		s.Shutdown(t.Context())
		if got := said(t, events); !strings.HasPrefix(got, "Use it [1].") || !strings.HasSuffix(got, wordings["en"].recited) || store.message(started.MessageID).FinishReason != docent.FinishRefused {
			t.Errorf("the answer is %q", got)
		}
	}
}

func TestEveryPartOfTheSystemPromptIsKept(t *testing.T) {
	cfg := testConfig()
	cfg.Answer.LeakWords = 12
	for line := range strings.Lines(render("system", promptData{})) {
		if len(wordsOf(line)) < 12 {
			continue
		}
		g := newLeakGuard(cfg.secrets(), nil, newCiteFilter(func(int) bool { return false }, func(string) error { return nil }, nil))
		if err := g.Write(line + "\n"); !errors.Is(err, errLeak) {
			t.Errorf("passes: %s", line)
		}
	}
}
