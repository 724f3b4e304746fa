package access

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"

	"docent"
)

// maxKeys bounds a Limiter's memory. Beyond it the key that was quiet for
// longest is forgotten, and may then ask a little more than its share.
const maxKeys = 100_000

// Limiter lets each key do at most a number of things in any stretch of time
// as long as its window: an exact sliding window, not a bucket that refills.
// It is safe for concurrent use and keeps no goroutine: keys that were quiet
// for a window are dropped as others come. A Journal keeps what it counted over
// a restart.
type Limiter struct {
	name    string
	limit   int
	window  time.Duration
	now     func() time.Time
	journal *Journal // nil keeps nothing

	mu   sync.Mutex
	keys map[digest]*list.Element // of *usage
	used *list.List               // latest use in front
}

// digest stands for a key: it has one size, and does not tell an address.
type digest [16]byte

func digestOf(key string) digest {
	sum := sha256.Sum256([]byte(key))
	return digest(sum[:])
}

// usage is what one key did within the window, oldest first.
type usage struct {
	key   digest
	times []time.Time
}

// NewLimiter makes a Limiter for limit uses (at least 1) in any window. Its name
// is its policy's, and what its journal keeps is found by. now is the clock; nil
// is time.Now.
func NewLimiter(name string, limit int, window time.Duration, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{name: name, limit: max(limit, 1), window: window, now: now, keys: map[digest]*list.Element{}, used: list.New()}
}

// Quota is the limit with nothing used.
func (l *Limiter) Quota() docent.Quota {
	return docent.Quota{Policy: l.name, Limit: l.limit, Window: l.window, Remaining: l.limit}
}

// Allow counts one use for every key, or, where one of them has none left, for
// no key: what was refused costs nothing, and is allowed again after the
// quota's Reset if nothing else comes in between. The quota is of the key that
// has least left. Keys differ from each other.
func (l *Limiter) Allow(keys ...string) (docent.Quota, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.forget(now)
	q, allowed := l.Quota(), true
	for _, key := range keys {
		if u := l.current(digestOf(key), now); u != nil && len(u.times) >= l.limit {
			allowed, q.Remaining, q.Reset = false, 0, max(q.Reset, l.untilFree(u, now))
		}
	}
	if !allowed {
		return q, false
	}
	for _, key := range keys {
		u := l.count(digestOf(key), now)
		l.journal.add(Use{l.name, u.key, now})
		if left := l.limit - len(u.times); left < q.Remaining {
			q.Remaining, q.Reset = left, l.untilFree(u, now)
		}
	}
	return q, true
}

// current gives a key's usage without what is older than the window; nil where
// there is none. It adds no key, so that refused ones cannot crowd out others.
func (l *Limiter) current(key digest, now time.Time) *usage {
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

func (l *Limiter) count(key digest, now time.Time) *usage {
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
