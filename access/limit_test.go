package access

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"docent"
)

// clock is a time that only the test moves.
type clock struct{ nanos atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()) }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

func allows(l *Limiter, keys ...string) bool {
	_, ok := l.Allow(keys...)
	return ok
}

func TestParallelUsesAreCountedExactly(t *testing.T) {
	c := &clock{}
	l := NewLimiter("default", 60, time.Minute, c.now)
	var allowed atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if allows(l, "subject", "address") {
				allowed.Add(1)
			}
		})
	}
	all.Wait()
	if got := allowed.Load(); got != 60 {
		t.Errorf("%d of 200 were allowed, want 60", got)
	}
}

// TestNoWindowHoldsMoreThanTheLimit tries what a bucket or a fixed window lets
// through: a burst at the end of one minute and another at the next one's start.
func TestNoWindowHoldsMoreThanTheLimit(t *testing.T) {
	c := &clock{}
	l := NewLimiter("default", 5, time.Minute, c.now)
	var uses []time.Time
	for range 1000 {
		if allows(l, "k") {
			uses = append(uses, c.now())
		}
		c.advance(1700 * time.Millisecond)
	}
	for i := 5; i < len(uses); i++ {
		if gap := uses[i].Sub(uses[i-5]); gap < time.Minute {
			t.Fatalf("uses %d to %d lie within %s", i-5, i, gap)
		}
	}
	if len(uses) < 100 {
		t.Errorf("only %d uses in 1700 s: the share is not used", len(uses))
	}
}

func TestARefusedUseIsAllowedAfterItsReset(t *testing.T) {
	c := &clock{}
	l := NewLimiter("default", 2, time.Minute, c.now)
	l.Allow("k")
	c.advance(10 * time.Second)
	want := docent.Quota{Policy: "default", Limit: 2, Window: time.Minute, Reset: 50 * time.Second}
	if q, ok := l.Allow("k"); !ok || q != want {
		t.Errorf("second use: %+v", q)
	}
	d, ok := l.Allow("k")
	if ok || d != want {
		t.Fatalf("third use: %+v", d)
	}
	c.advance(d.Reset - 1)
	if allows(l, "k") {
		t.Error("allowed a nanosecond early")
	}
	c.advance(1)
	if !allows(l, "k") {
		t.Error("refused after the reset")
	}
}

func TestARefusalCostsNoKeyAnything(t *testing.T) {
	c := &clock{}
	l := NewLimiter("default", 1, time.Minute, c.now)
	l.Allow("full")
	for range 10 {
		if allows(l, "other", "full") {
			t.Fatal("allowed although one key has none left")
		}
	}
	if !allows(l, "other") {
		t.Error("refused uses were counted")
	}
}

func TestKeysDoNotShare(t *testing.T) {
	l := NewLimiter("default", 1, time.Minute, (&clock{}).now)
	for i := range 10_000 {
		if !allows(l, fmt.Sprint(i)) {
			t.Fatalf("key %d was refused its first use", i)
		}
	}
	if allows(l, "9999") || allows(l, "0") {
		t.Error("a key was forgotten within its window")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c := &clock{}
	l := NewLimiter("default", 1, time.Minute, c.now)
	for i := range maxKeys + 500 {
		l.Allow(fmt.Sprint(i))
	}
	if n := len(l.keys); n > maxKeys+1 || n != l.used.Len() {
		t.Errorf("%d keys (%d in the list) are kept, want at most %d", n, l.used.Len(), maxKeys+1)
	}
	c.advance(time.Minute)
	l.Allow("late")
	if n := len(l.keys); n != 1 {
		t.Errorf("%d keys are kept after a quiet minute, want 1", n)
	}
}

// TestRefusedKeysAreNotKept: whoever invents a new subject for each request
// must not push the address that limits them out of memory.
func TestRefusedKeysAreNotKept(t *testing.T) {
	l := NewLimiter("default", 1, time.Minute, (&clock{}).now)
	l.Allow("address")
	for i := range 1000 {
		l.Allow("address", fmt.Sprint("subject", i))
	}
	if n := len(l.keys); n != 1 {
		t.Errorf("%d keys are kept, want 1", n)
	}
}

func BenchmarkAllow(b *testing.B) {
	l := NewLimiter("default", 60, time.Minute, nil)
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = fmt.Sprint(i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Allow(keys[i%len(keys)], "address")
	}
}
