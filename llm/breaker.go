package llm

import (
	"sync"
	"time"
)

const (
	// openAfter is how many questions in a row must have failed before a model is
	// asked no more, and openFor for how long.
	openAfter = 5
	openFor   = 15 * time.Second
)

// breaker keeps questions from a model that does not answer, so that readers
// don't wait for it and it can recover. It counts what takes a reader's time:
// failures of the server, silence, connections. A model that is asked again
// after openFor gets one question; if it answers that, it is asked as before.
// The zero value lets questions through.
type breaker struct {
	mu     sync.Mutex
	failed int
	until  time.Time
	last   *failure
}

// open gives the failure to tell in place of asking; nil lets a question
// through.
func (b *breaker) open(now time.Time) *failure {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < openAfter {
		return nil
	}
	left := b.until.Sub(now)
	if left <= 0 {
		b.until = now.Add(openFor) // for all but this question
		return nil
	}
	err := *b.last.err
	err.RetryAfter = left
	return &failure{err: &err}
}

// fail counts a question that the model did not answer.
func (b *breaker) fail(now time.Time, f *failure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed++
	b.until, b.last = now.Add(openFor), f
}

// close forgets all failures.
func (b *breaker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed, b.last = 0, nil
}
