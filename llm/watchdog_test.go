package llm

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

// TestSilenceIsAStall holds that neither comments nor empty deltas nor
// reasoning keep a silent server alive. The limits are short and the server
// waits for ever, so the result does not depend on the machine's speed.
func TestSilenceIsAStall(t *testing.T) {
	const short = 20 * time.Millisecond
	murmur := func(step llmtest.Step) llmtest.Step {
		return func(o *llmtest.Out) error {
			for {
				if err := step(o); err != nil {
					return err
				}
				if err := sleep(o.Context(), time.Millisecond); err != nil {
					return err
				}
			}
		}
	}
	for name, tc := range map[string]struct {
		reply llmtest.Reply
		first time.Duration
		text  string
	}{
		"before the response":     {llmtest.Reply{Before: llmtest.Stall()}, short, ""},
		"before the first token":  {llmtest.StallAfter(), short, ""},
		"comments first":          {llmtest.Stream(murmur(llmtest.Comment("wait"))), short, ""},
		"empty deltas first":      {llmtest.Stream(murmur(llmtest.Text(""))), short, ""},
		"reasoning first":         {llmtest.Stream(murmur(llmtest.Reasoning("hm"))), short, ""},
		"after a token":           {llmtest.StallAfter("one"), 0, "one"},
		"comments after a token":  {llmtest.Stream(llmtest.Text("one"), murmur(llmtest.Comment("wait"))), 0, "one"},
		"reasoning after a token": {llmtest.Stream(llmtest.Text("one"), murmur(llmtest.Reasoning("hm"))), 0, "one"},
		"in an error's body":      {llmtest.Reply{Status: 500, Steps: []llmtest.Step{llmtest.Stall()}}, short, ""},
		"in a whole answer":       {llmtest.Reply{ContentType: jsonType, Body: `{"choices":`, Steps: []llmtest.Step{llmtest.Stall()}}, short, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Script(tc.reply)
			c := newClient(t, s, func(c *Config) { c.Retries, c.FirstTokenTimeout, c.StallTimeout = 2, tc.first, short })
			deltas, _, err := ask(c)
			wantError(t, err, docent.CodeModelStalled)
			if got := strings.Join(deltas, ""); got != tc.text || len(s.Requests()) != 1 {
				t.Errorf("text %q after %d requests", got, len(s.Requests()))
			}
		})
	}
}

// TestOnlyTextMovesTheClock holds how the timers are set: to the first text what
// is left of the question's time, whatever comes before; then one that each text
// sets anew; then a short one for the rest.
func TestOnlyTextMovesTheClock(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Broken(), llmtest.Stream(llmtest.Comment(""), llmtest.Text(""), llmtest.Text("a"), llmtest.Comment(""),
		llmtest.Text("b"), llmtest.Reasoning("hm"), llmtest.Text("c"), llmtest.Finish("stop"), llmtest.Usage(), llmtest.Done()))
	fake := newFakeClock()
	c := newClient(t, s, func(c *Config) { c.Retries, c.FirstTokenTimeout, c.StallTimeout = 1, 30*second, 10*second })
	setClock(c, fake.clock())
	if _, _, err := ask(c); err != nil {
		t.Fatal(err)
	}
	want := [][]time.Duration{{30 * second}, {30*second - second/2}, {10 * second, 10 * second, 10 * second}, {finishGrace}}
	for i, timer := range fake.timers {
		if timer.running || i >= len(want) || !slices.Equal(timer.sets, want[i]) {
			t.Errorf("timer %d: set to %v, running %v", i, timer.sets, timer.running)
		}
	}
	if len(fake.timers) != len(want) {
		t.Errorf("%d timers, want %d", len(fake.timers), len(want))
	}
}

// TestPiecesOfCallsMoveTheClock holds that a model which writes long arguments
// is not taken for a silent one.
func TestPiecesOfCallsMoveTheClock(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.CallTool("a", "now", "{}"))
	fake := newFakeClock()
	c := newClient(t, s, func(c *Config) { c.FirstTokenTimeout, c.StallTimeout = 30*second, 10*second })
	setClock(c, fake.clock())
	if _, _, err := ask(c); err != nil {
		t.Fatal(err)
	}
	if len(fake.timers) < 2 || !slices.Equal(fake.timers[1].sets, []time.Duration{10 * second, 10 * second, 10 * second}) {
		t.Errorf("timers %+v", fake.timers)
	}
}

func TestASlowReaderIsNotASilentServer(t *testing.T) {
	s := llmtest.For(t)
	fake := newFakeClock()
	c := newClient(t, s, func(c *Config) { c.FirstTokenTimeout, c.StallTimeout = second, second })
	setClock(c, fake.clock())
	_, err := c.Stream(context.Background(), question, func(string) error {
		if sets := fake.ring(); sets != nil {
			t.Errorf("a timer ran (%v) while the text was taken", sets)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTheRestOfAStreamCanNotSpoilTheAnswer holds that a server which keeps the
// stream open after the finish costs a moment, not the answer.
func TestTheRestOfAStreamCanNotSpoilTheAnswer(t *testing.T) {
	s := llmtest.For(t)
	fake := newFakeClock()
	s.Script(llmtest.Stream(llmtest.Text("whole"), llmtest.Finish("stop"), func(o *llmtest.Out) error {
		for fake.last() != finishGrace { // until the client has read the finish
			if err := o.Raw(":\n"); err != nil {
				return err
			}
		}
		fake.ring()
		return llmtest.Stall()(o)
	}))
	c := newClient(t, s, nil)
	setClock(c, fake.clock())
	deltas, result, err := ask(c)
	if err != nil || len(deltas) != 1 || result.FinishReason != docent.FinishStop {
		t.Errorf("deltas %q, result %+v, error %v", deltas, result, err)
	}
}

func TestCancellingClosesTheRequest(t *testing.T) {
	s := llmtest.For(t)
	left := make(chan struct{})
	s.Script(llmtest.Stream(llmtest.Text("one"), func(o *llmtest.Out) error {
		<-o.Context().Done()
		close(left)
		return o.Context().Err()
	}))
	ctx, cancel := context.WithCancel(context.Background())
	_, err := newClient(t, s, func(c *Config) { c.Retries = 2 }).Stream(ctx, question, func(string) error { cancel(); return nil })
	if err != context.Canceled {
		t.Errorf("error %v, want context.Canceled as it is", err)
	}
	<-left
}

func TestACancelledContextAsksNothing(t *testing.T) {
	s := llmtest.For(t)
	ctx, cancel := context.WithTimeout(context.Background(), -1)
	defer cancel()
	_, err := newClient(t, s, nil).Stream(ctx, question, func(string) error { return nil })
	if !errors.Is(err, context.DeadlineExceeded) || len(s.Requests()) != 0 {
		t.Errorf("error %v after %d requests", err, len(s.Requests()))
	}
}

// TestNoGoroutineOutlivesStream waits until there are as few goroutines as
// before, however streams ended; with a leak it would wait for ever.
func TestNoGoroutineOutlivesStream(t *testing.T) {
	before := runtime.NumGoroutine()
	s, err := llmtest.New()
	if err != nil {
		t.Fatal(err)
	}
	s.Script(llmtest.Say("good"), llmtest.CutAfter("one"), llmtest.StallAfter("one"), llmtest.StallAfter(), llmtest.HTML(),
		llmtest.Broken(), llmtest.Stream(llmtest.Text("one"), llmtest.HugeLine(2<<20)))
	c := newClient(t, s, func(c *Config) { c.FirstTokenTimeout, c.StallTimeout = 20*time.Millisecond, 20*time.Millisecond })
	for range 7 {
		ask(c)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.Script(llmtest.StallAfter("one"))
	c.Stream(ctx, question, func(string) error { cancel(); return nil })
	s.Close() // which closes the idle connections
	for runtime.NumGoroutine() > before {
		runtime.Gosched()
	}
}
