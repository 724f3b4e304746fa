package access

import (
	"container/list"
	"sync"
	"time"
)

// maxKeys bounds a Limiter's memory. Beyond it the key that was quiet for
// longest is forgotten, and may then ask a little more than its share.
const maxKeys = 100_000

// Limiter lets each key do at most a number of things in any stretch of time
// as long as its window: an exact sliding window, not a bucket that refills.
// It is safe for concurrent use and keeps no goroutine: keys that were quiet
// for a window are dropped as others come.
type Limiter struct {
	limit  int
	window time.Duration
	now    func() time.Time

	mu   sync.Mutex
	keys map[string]*list.Element // of *usage
	used *list.List               // latest use in front
}

// usage is what one key did within the window, oldest first.
type usage struct {
	key   string
	times []time.Time
}

// Decision is what a Limiter says to one request.
type Decision struct {
	Allowed   bool
	Limit     int           // within a window
	Remaining int           // of the key that has least left
	Reset     time.Duration // until that key may do one more than Remaining
}

// NewLimiter makes a Limiter for limit uses (at least 1) in any window. now is
// the clock; nil is time.Now.
func NewLimiter(limit int, window time.Duration, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{limit: max(limit, 1), window: window, now: now, keys: map[string]*list.Element{}, used: list.New()}
}

// Window is the stretch of time that the limit is for.
func (l *Limiter) Window() time.Duration { return l.window }

// Allow counts one use for every key, or, where one of them has none left, for
// no key: what was refused costs nothing. A refused use is allowed again after
// Decision.Reset, if nothing else comes in between. Keys differ from each other.
func (l *Limiter) Allow(keys ...string) Decision {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.forget(now)
	d := Decision{Allowed: true, Limit: l.limit, Remaining: l.limit}
	for _, key := range keys {
		if u := l.current(key, now); u != nil && len(u.times) >= l.limit {
			d = Decision{Limit: l.limit, Reset: max(d.Reset, l.untilFree(u, now))}
		}
	}
	if !d.Allowed {
		return d
	}
	for _, key := range keys {
		u := l.count(key, now)
		if left := l.limit - len(u.times); left < d.Remaining {
			d.Remaining, d.Reset = left, l.untilFree(u, now)
		}
	}
	return d
}

// current gives a key's usage without what is older than the window; nil where
// there is none. It adds no key, so that refused ones cannot crowd out others.
func (l *Limiter) current(key string, now time.Time) *usage {
	e := l.keys[key]
	if e == nil {
		return nil
	}
	u := e.Value.(*usage)
	for len(u.times) > 0 && now.Sub(u.times[0]) >= l.window {
		u.times = u.times[1:]
	}
	return u
}

func (l *Limiter) count(key string, now time.Time) *usage {
	e := l.keys[key]
	if e == nil {
		e = l.used.PushFront(&usage{key: key})
		l.keys[key] = e
	}
	u := e.Value.(*usage)
	u.times = append(u.times, now)
	l.used.MoveToFront(e)
	return u
}

func (l *Limiter) untilFree(u *usage, now time.Time) time.Duration {
	return l.window - now.Sub(u.times[0])
}

// forget drops keys from the quiet end: all that were quiet for a window, and
// whatever is above the bound.
func (l *Limiter) forget(now time.Time) {
	for e := l.used.Back(); e != nil; e = l.used.Back() {
		u := e.Value.(*usage)
		quiet := len(u.times) == 0 || now.Sub(u.times[len(u.times)-1]) >= l.window
		if !quiet && l.used.Len() <= maxKeys {
			return
		}
		l.used.Remove(e)
		delete(l.keys, u.key)
	}
}
