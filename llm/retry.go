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
	// firstBackoff and maxBackoff bound the waits that double from try to try.
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 8 * time.Second
	// maxWait is how long a reader is let wait for one further try. What is
	// left of first_token_timeout bounds it too.
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

// awaitPause waits until the server may be called again, or fails at once
// where that is too far off. Up to a quarter is added by chance, so that not
// all callers come back in the same moment.
func (c *Client) awaitPause(ctx context.Context, deadline time.Time) error {
	for {
		left := c.pause.left(c.clock.now())
		if left <= 0 {
			return nil
		}
		wait := left + time.Duration(c.clock.random()*float64(left)/4)
		if wait > c.longest(deadline) {
			return limited(left, errors.New("in the pause that the server asked for"))
		}
		if err := c.clock.sleep(ctx, wait); err != nil {
			return interrupted(ctx, err)
		}
	}
}

// waitAfter is how long to wait after f before the next try, counted from 0:
// what the server asked for, or a backoff. Where f concerns all callers, their
// pause is extended by it.
func (c *Client) waitAfter(f *failure, try int) time.Duration {
	wait := f.err.RetryAfter
	if wait <= 0 {
		wait = c.backoff(try)
	}
	if f.shared {
		c.pause.extend(c.clock.now().Add(min(wait, maxPause)))
	}
	return wait
}

// backoff doubles from try to try, less up to a half by chance.
func (c *Client) backoff(try int) time.Duration {
	d := maxBackoff
	if try < 4 { // 500 ms << 4 is maxBackoff
		d = firstBackoff << try
	}
	return d - time.Duration(c.clock.random()*float64(d)/2)
}

// longest is the longest wait that still leaves time for an answer.
func (c *Client) longest(deadline time.Time) time.Duration {
	if deadline.IsZero() {
		return maxWait
	}
	return min(maxWait, deadline.Sub(c.clock.now()))
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
func limited(after time.Duration, cause error) *failure {
	return &failure{again: true, shared: true, err: &docent.Error{
		Code:       docent.CodeModelLimited,
		Message:    "the model's server has too many requests now",
		RetryAfter: after,
		Err:        cause,
	}}
}
