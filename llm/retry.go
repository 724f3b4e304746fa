package llm

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"docent"
)

const (
	// firstBackoff and maxBackoff bound the waits that double from try to try,
	// where a reader waits.
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 8 * time.Second
	// maxWait is how long a reader is let wait for one further try.
	maxWait = 30 * time.Second
	// maxPause is how far a server's Retry-After is believed.
	maxPause = 5 * time.Minute
)

// pause is until when a server asked not to be called, by any caller. The zero
// value is none.
type pause struct {
	mu    sync.Mutex
	until time.Time
}

// extend moves the pause's end to t, never back.
func (p *pause) extend(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.After(p.until) {
		p.until = t
	}
}

// left is how long the pause lasts from now on; 0 or less is not at all.
func (p *pause) left(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(now)
}

// patience is how long an answer is worth waiting for.
type patience struct {
	retries  int           // further tries
	backoff  time.Duration // bound of the waits that double
	wait     time.Duration // the longest wait for one further try
	deadline time.Time     // when all must be over; zero is never
}

// left is the longest wait that still leaves time for an answer.
func (p patience) left(now time.Time) time.Duration {
	if p.deadline.IsZero() {
		return p.wait
	}
	return min(p.wait, p.deadline.Sub(now))
}

// gate says when a server, or the first of several, may be called again.
type gate interface {
	// left is how long it asked not to be called; 0 or less is not at all.
	left(now time.Time) time.Duration
	limited(after time.Duration, cause error) *failure
}

func (s *server) left(now time.Time) time.Duration { return s.pause.left(now) }

// try calls once with as much patience as p is.
func (s *server) try(ctx context.Context, p patience, once func() error) error {
	return try(ctx, s.clock, s, p, func(n int) error {
		err := once()
		var f *failure
		if errors.As(err, &f) {
			s.heed(f, n, p.backoff)
		}
		return err
	})
}

// try calls once, with the number of the try from 0, until it succeeds, fails
// for good, or no further try is left. ctx ends the waits; once has its own.
func try(ctx context.Context, c clock, g gate, p patience, once func(n int) error) error {
	for n := 0; ; n++ {
		if err := awaitPause(ctx, c, g, p); err != nil {
			return err
		}
		err := once(n)
		var f *failure
		if !errors.As(err, &f) || !f.again || n >= p.retries || f.wait > p.left(c.now()) {
			return err
		}
		if f.shared {
			continue // the pause that all callers await
		}
		if err := c.sleep(ctx, f.wait); err != nil {
			return interrupted(ctx, err)
		}
	}
}

var errPaused = errors.New("in the pause that the server asked for")

// awaitPause waits until g may be called, or fails at once where that is too
// far off. Up to a quarter is added by chance, so that not all callers come
// back in the same moment.
func awaitPause(ctx context.Context, c clock, g gate, p patience) error {
	for {
		if err := ctx.Err(); err != nil {
			return interrupted(ctx, err)
		}
		left := g.left(c.now())
		if left <= 0 {
			return nil
		}
		wait := left + time.Duration(c.random()*float64(left)/4)
		if wait > p.left(c.now()) {
			return g.limited(left, errPaused)
		}
		if err := c.sleep(ctx, wait); err != nil {
			return interrupted(ctx, err)
		}
	}
}

// heed sets how long to wait after f before the try that follows the one with
// the number n: what the server asked for, or a backoff. Where f concerns all
// callers, their pause is extended by it.
func (s *server) heed(f *failure, n int, most time.Duration) *failure {
	f.wait = f.err.RetryAfter
	if f.wait <= 0 {
		f.wait = s.backoff(n, most)
	}
	if f.shared {
		s.pause.extend(s.clock.now().Add(min(f.wait, maxPause)))
	}
	return f
}

// backoff doubles from try to try up to most, less up to a half by chance.
func (s *server) backoff(try int, most time.Duration) time.Duration {
	d := min(firstBackoff<<min(try, 16), most)
	return d - time.Duration(s.clock.random()*float64(d)/2)
}

// interrupted says why ctx ended a request: the watchdog's failure, or the
// caller's reason; err where it did not.
func interrupted(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// retryAfter reads a Retry-After header: seconds, or a date. 0 where there is
// none that makes sense.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(value, 64); err == nil {
		if s > 0 && s < float64(24*time.Hour/time.Second) {
			return time.Duration(s * float64(time.Second))
		}
		if s > 0 {
			return 24 * time.Hour
		}
		return 0
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// limited is the failure of a server that wants fewer requests.
func (s *server) limited(after time.Duration, cause error) *failure {
	return &failure{again: true, shared: true, err: &docent.Error{
		Code:       docent.CodeModelLimited,
		Message:    s.called + " has too many requests now",
		RetryAfter: after,
		Err:        cause,
	}}
}
