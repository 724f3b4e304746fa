package llm

import (
	"context"
	"slices"
	"sync"
	"time"
)

// fakeClock stands still, but for sleeps, which pass at once. Its timers go off
// only when a test says so. Nothing is left to chance.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	sleeps []time.Duration
	timers []*fakeTimer
}

// fakeTimer records how it was set. Its fields are guarded by the clock's mu.
type fakeTimer struct {
	clock   *fakeClock
	f       func()
	sets    []time.Duration
	running bool
}

func newFakeClock() *fakeClock {
	return &fakeClock{now: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (c *fakeClock) clock() clock {
	return clock{now: c.time, sleep: c.sleep, afterFunc: c.afterFunc, random: func() float64 { return 0 }}
}

func (c *fakeClock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.sleeps = append(c.sleeps, d)
	return ctx.Err()
}

func (c *fakeClock) slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sleeps)
}

func (c *fakeClock) afterFunc(d time.Duration, f func()) timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &fakeTimer{clock: c, f: f, sets: []time.Duration{d}, running: true}
	c.timers = append(c.timers, t)
	return t
}

// ring lets the running timer go off, and tells how it had been set.
func (c *fakeClock) ring() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.timers {
		if t.running {
			t.running = false
			go t.f()
			return t.sets
		}
	}
	return nil
}

func (t *fakeTimer) Reset(d time.Duration) bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	was := t.running
	t.running = true
	t.sets = append(t.sets, d)
	return was
}

func (t *fakeTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	was := t.running
	t.running = false
	return was
}

// last is what the newest timer was set to.
func (c *fakeClock) last() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.timers) == 0 {
		return 0
	}
	sets := c.timers[len(c.timers)-1].sets
	return sets[len(sets)-1]
}
