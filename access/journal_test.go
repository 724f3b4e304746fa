package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// shelf keeps uses in memory. While gate is open-ended it can hold a write up.
type shelf struct {
	mu     sync.Mutex
	uses   []Use
	writes int
	err    error
	begun  chan struct{} // nil, or told of each write
	held   chan struct{} // nil, or a write waits for it
}

func (s *shelf) SaveUses(_ context.Context, uses []Use) error {
	if s.begun != nil {
		s.begun <- struct{}{}
		<-s.held
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	if s.err != nil {
		return s.err
	}
	s.uses = append(s.uses, uses...)
	return nil
}

func (s *shelf) LoadUses(_ context.Context, limit string, since time.Time) ([]Use, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Use
	for _, u := range s.uses {
		if u.Limit == limit && u.At.After(since) {
			found = append(found, u)
		}
	}
	return found, s.err
}

func (s *shelf) ForgetUses(_ context.Context, limit string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses = slices.DeleteFunc(s.uses, func(u Use) bool { return u.Limit == limit && !u.At.After(until) })
	return s.err
}

// kept makes a limiter that a journal in s keeps.
func kept(t *testing.T, s *shelf, c *clock, name string, limit int) (*Limiter, *Journal) {
	t.Helper()
	j := NewJournal(s, slog.New(slog.DiscardHandler))
	t.Cleanup(j.Close)
	l := NewLimiter(name, limit, time.Minute, c.now)
	if err := j.Keep(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return l, j
}

func TestARestartForgetsNoUse(t *testing.T) {
	s, c := &shelf{}, &clock{}
	l, j := kept(t, s, c, "default", 5)
	for range 3 {
		l.Allow("k")
		c.advance(10 * time.Second)
	}
	j.Close()
	l, j = kept(t, s, c, "default", 5)
	if q, ok := l.Allow("k"); !ok || q.Remaining != 1 || q.Reset != 30*time.Second {
		t.Errorf("after a restart: %+v, %v", q, ok)
	}
	if q, ok := l.Allow("other"); !ok || q.Remaining != 4 {
		t.Errorf("another key: %+v, %v", q, ok)
	}
	j.Close()
	l, _ = kept(t, s, c, "site", 5)
	if q, _ := l.Allow("k"); q.Remaining != 4 {
		t.Errorf("another limit: %+v", q)
	}
}

func TestUsesBeforeTheClockWasPutBackDoNotCount(t *testing.T) {
	s, c := &shelf{}, &clock{}
	c.advance(time.Hour)
	l, j := kept(t, s, c, "default", 1)
	l.Allow("k")
	j.Close()
	c.advance(-30 * time.Minute)
	if l, _ = kept(t, s, c, "default", 1); !allows(l, "k") {
		t.Error("refused for a use that is still to come")
	}
}

func TestUsesThatComeWhileAWriteRunsAreOneWrite(t *testing.T) {
	s, c := &shelf{begun: make(chan struct{}), held: make(chan struct{})}, &clock{}
	l, j := kept(t, s, c, "default", 100)
	l.Allow("first")
	<-s.begun
	for i := range 50 {
		l.Allow(fmt.Sprint(i)) // none waits
	}
	s.held <- struct{}{}
	<-s.begun
	s.held <- struct{}{}
	j.Close()
	if s.writes != 2 || len(s.uses) != 51 {
		t.Errorf("%d uses in %d writes, want 51 in 2", len(s.uses), s.writes)
	}
}

func TestWhatHasLeftItsWindowIsDeleted(t *testing.T) {
	s, c := &shelf{}, &clock{}
	l, j := kept(t, s, c, "default", 5)
	l.Allow("k")
	j.Close()
	c.advance(2 * time.Minute)
	l, j = kept(t, s, c, "default", 5)
	l.Allow("k")
	j.Close()
	if len(s.uses) != 1 {
		t.Errorf("%d uses are kept, want the later one", len(s.uses))
	}
}

func TestAStoreThatFailsIsToldOnce(t *testing.T) {
	s, c := &shelf{begun: make(chan struct{}), held: make(chan struct{})}, &clock{}
	var log strings.Builder
	j := NewJournal(s, slog.New(slog.NewTextHandler(&log, nil)))
	l := NewLimiter("default", 5, time.Minute, c.now)
	if err := j.Keep(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	s.err = errors.New("the disk is full")
	for range 3 {
		if !allows(l, "k") {
			t.Error("refused, since the store failed")
		}
		<-s.begun
		s.held <- struct{}{}
	}
	j.Close()
	if n := strings.Count(log.String(), "the disk is full"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
}
