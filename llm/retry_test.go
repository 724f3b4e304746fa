package llm

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

const second = time.Second

func TestATryAfterAFailureGivesTheAnswer(t *testing.T) {
	inHalfAMinute := newFakeClock().now.Add(20 * second).Format(http.TimeFormat)
	unready := llmtest.Broken()
	unready.Status, unready.Header = 503, http.Header{"Retry-After": {"3"}}
	for name, tc := range map[string]struct {
		first []llmtest.Reply
		waits []time.Duration
	}{
		"500 twice":          {llmtest.Times(2, llmtest.Broken()), []time.Duration{second / 2, second}},
		"429 with seconds":   {llmtest.Times(2, llmtest.Limited("7")), []time.Duration{7 * second, 7 * second}},
		"429 with a date":    {llmtest.Times(1, llmtest.Limited(inHalfAMinute)), []time.Duration{20 * second}},
		"429 without":        {llmtest.Times(2, llmtest.Limited("")), []time.Duration{second / 2, second}},
		"429 with nonsense":  {llmtest.Times(1, llmtest.Limited("soon")), []time.Duration{second / 2}},
		"503 with seconds":   {llmtest.Times(1, unready), []time.Duration{3 * second}},
		"cut before text":    {llmtest.Times(1, llmtest.CutAfter()), []time.Duration{second / 2}},
		"limited in stream":  {llmtest.Times(1, llmtest.Stream(llmtest.Failure("rate_limit", ""))), []time.Duration{second / 2}},
		"nothing went wrong": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Script(tc.first...)
			fake := newFakeClock()
			c := newClient(t, s, func(c *Config) { c.Retries = 2 })
			setClock(c, fake.clock())
			if _, _, err := ask(c); err != nil {
				t.Fatal(err)
			}
			if got := fake.slept(); !slices.Equal(got, tc.waits) {
				t.Errorf("waits %v, want %v", got, tc.waits)
			}
		})
	}
}

func TestBackoffDoublesUpToABound(t *testing.T) {
	c := &server{clock: clock{random: func() float64 { return 0 }}}
	for try, want := range []time.Duration{second / 2, second, 2 * second, 4 * second, 8 * second, 8 * second} {
		if got := c.backoff(try, maxBackoff); got != want {
			t.Errorf("try %d: %v, want %v", try, got, want)
		}
	}
	if got := c.backoff(1000, maxBackoff); got != maxBackoff {
		t.Errorf("try 1000: %v", got)
	}
	c.clock.random = func() float64 { return 0.5 }
	if got := c.backoff(0, maxBackoff); got != 375*time.Millisecond {
		t.Errorf("with chance: %v", got)
	}
}

// TestOnePauseHoldsForAllCallers holds that what one caller was told spares
// the server the others' calls, too.
func TestOnePauseHoldsForAllCallers(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Limited("12"))
	fake := newFakeClock()
	c := newClient(t, s, nil)
	setClock(c, fake.clock())
	_, _, err := ask(c)
	wantError(t, err, docent.CodeModelLimited)
	if _, _, err := ask(c); err != nil {
		t.Fatal(err)
	}
	if got := fake.slept(); !slices.Equal(got, []time.Duration{12 * second}) {
		t.Errorf("waits %v, want the second caller's 12s", got)
	}
}

// TestALongPauseFailsAtOnce holds that no reader waits longer than they were
// promised, and that the server is left alone meanwhile.
func TestALongPauseFailsAtOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		after string
		first time.Duration
		left  time.Duration
	}{
		"longer than the first token may take": {"10", 9 * second, 10 * second},
		"longer than a reader is let wait":     {"31", 0, 31 * second},
		"longer than is believed":              {"86400", 0, maxPause},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Script(llmtest.Limited(tc.after))
			fake := newFakeClock()
			c := newClient(t, s, func(c *Config) { c.Retries, c.FirstTokenTimeout = 2, tc.first })
			setClock(c, fake.clock())
			for range 2 {
				_, _, err := ask(c)
				wantError(t, err, docent.CodeModelLimited)
			}
			_, _, err := ask(c)
			var e *docent.Error
			if errors.As(err, &e); e.RetryAfter != tc.left {
				t.Errorf("retry after %v, want %v", e.RetryAfter, tc.left)
			}
			if n := len(s.Requests()); n != 1 || len(fake.slept()) != 0 {
				t.Errorf("%d requests, waits %v; want one and none", n, fake.slept())
			}
		})
	}
}

func TestCancellingEndsAWaitAtOnce(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Limited("20"))
	c := newClient(t, s, func(c *Config) { c.Retries = 1 })
	ctx, cancel := context.WithCancelCause(context.Background())
	gone := errors.New("the reader left")
	k := realClock()
	k.sleep = func(inner context.Context, d time.Duration) error {
		cancel(gone)
		return sleep(inner, d)
	}
	setClock(c, k)
	_, err := c.Stream(ctx, question, func(string) error { return nil })
	if !errors.Is(err, context.Canceled) || !errors.Is(err, gone) {
		t.Errorf("error %v, want the context's with its cause", err)
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "-3": 0, "2": 2 * second, "0.5": second / 2, "1e300": 24 * time.Hour, "NaN": 0, "inf": 24 * time.Hour, "soon": 0,
		"Sat, 01 Mar 2025 12:00:09 GMT": 9 * second, "Sat, 01 Mar 2025 11:00:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
