package llm

import (
	"context"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

func TestAModelThatKeepsFailingIsLeftAlone(t *testing.T) {
	s := llmtest.For(t)
	fake := newFakeClock()
	c := newClient(t, s, nil)
	setClock(c, fake.clock())
	s.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.Broken() })
	for range openAfter + 3 {
		_, _, err := ask(c)
		wantError(t, err, docent.CodeModelFailed)
	}
	if n := len(s.Requests()); n != openAfter {
		t.Errorf("asked %d times, want %d", n, openAfter)
	}
	pass := func(d time.Duration) { fake.sleep(context.Background(), d) }
	pass(openFor)
	for range 3 {
		if _, _, err := ask(c); err == nil {
			t.Fatal("an answer")
		}
	}
	if n := len(s.Requests()); n != openAfter+1 {
		t.Errorf("asked %d times, want one question more", n)
	}
	s.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.Say("back") })
	pass(openFor - 1)
	if _, _, err := ask(c); err == nil {
		t.Error("asked too soon")
	}
	pass(1)
	for range 3 {
		if _, _, err := ask(c); err != nil {
			t.Errorf("after it came back: %v", err)
		}
	}
}

// TestOneQuestionAtATimeFindsOutWhetherAModelIsBack holds that the others are
// not held up by one that waits for it.
func TestOneQuestionAtATimeFindsOutWhetherAModelIsBack(t *testing.T) {
	now := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	var b breaker
	f := &failure{err: docent.Errorf(docent.CodeModelFailed, "down"), again: true}
	for range openAfter {
		if b.open(now) != nil {
			t.Fatal("open too soon")
		}
		b.fail(now, f)
	}
	got := b.open(now.Add(openFor - second))
	if got == nil || got.again || got.err.RetryAfter != second || f.err.RetryAfter != 0 {
		t.Fatalf("open: %+v", got)
	}
	now = now.Add(openFor)
	if b.open(now) != nil || b.open(now) == nil {
		t.Error("not exactly one question was let through")
	}
	b.close()
	if b.open(now) != nil {
		t.Error("still open")
	}
}

// TestWhatSaysThatAServerLivesOpensNothing holds that refusals, limits and
// answers that break off are no reason to ask no more.
func TestWhatSaysThatAServerLivesOpensNothing(t *testing.T) {
	for name, reply := range map[string]llmtest.Reply{
		"429": llmtest.Limited("0"), "400": llmtest.Fail(400, "bad", "No."), "401": llmtest.Unauthorized(),
		"cut after text": llmtest.CutAfter("one"), "HTML": llmtest.HTML(),
	} {
		s := llmtest.For(t)
		s.Script(llmtest.Times(2*openAfter, reply)...)
		c := newClient(t, s, nil)
		setClock(c, newFakeClock().clock())
		for range 2 * openAfter {
			ask(c)
		}
		if n := len(s.Requests()); n != 2*openAfter {
			t.Errorf("%s: asked %d times", name, n)
		}
	}
}
