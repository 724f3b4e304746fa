package access

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Use is one use that a limit counted.
type Use struct {
	Limit string   // the limit's name
	Who   [16]byte // a digest of who used it
	At    time.Time
}

// Uses keeps what limits counted for longer than a process lives.
type Uses interface {
	// SaveUses stores uses.
	SaveUses(ctx context.Context, uses []Use) error
	// LoadUses gives the uses of a limit after since, oldest first.
	LoadUses(ctx context.Context, limit string, since time.Time) ([]Use, error)
	// ForgetUses deletes the uses of a limit up to a moment.
	ForgetUses(ctx context.Context, limit string, until time.Time) error
}

// Journal writes down what limiters count, so that a restart forgets nothing.
// One goroutine writes as soon as there is something, and while it writes
// gathers what comes: a request never waits for it. What a process did not get
// to write when it was killed, the last milliseconds, is forgotten.
type Journal struct {
	uses Uses
	log  *slog.Logger

	mu      sync.Mutex
	waiting []Use
	kept    []*Limiter
	closed  bool
	wake    chan struct{} // holds one; closed with closed
	done    chan struct{}

	failing bool      // the last write failed, and it was said; like the next one only of run
	swept   time.Time // when what is too old was deleted
}

// sweepEvery is how often what has left its window is deleted.
const sweepEvery = time.Minute

// journalTimeout bounds one write, and the last one at Close.
const journalTimeout = 10 * time.Second

// maxWaiting bounds what a store that takes nothing costs in memory.
const maxWaiting = 100_000

// NewJournal begins a journal in a store. Close ends it.
func NewJournal(uses Uses, log *slog.Logger) *Journal {
	j := &Journal{uses: uses, log: log, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go j.run()
	return j
}

// Keep gives l what the journal has of it, and from then on writes down what it
// counts. It is called before l is used.
func (j *Journal) Keep(ctx context.Context, l *Limiter) error {
	now := l.now()
	uses, err := j.uses.LoadUses(ctx, l.name, now.Add(-l.window))
	if err != nil {
		return err
	}
	j.mu.Lock()
	j.kept = append(j.kept, l)
	j.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range uses {
		if !u.At.After(now) { // else it was counted before the clock was put back
			l.count(u.Who, u.At)
		}
	}
	l.journal = j
	return nil
}

// add notes a use; on a nil Journal it does nothing.
func (j *Journal) add(u Use) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return
	}
	if len(j.waiting) < maxWaiting {
		j.waiting = append(j.waiting, u)
	}
	select {
	case j.wake <- struct{}{}:
	default: // it is awake
	}
}

// run writes until Close.
func (j *Journal) run() {
	defer close(j.done)
	for range j.wake {
		j.flush()
	}
	j.flush()
}

func (j *Journal) flush() {
	j.mu.Lock()
	uses, kept := j.waiting, j.kept
	j.waiting = nil
	j.mu.Unlock()
	if len(uses) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), journalTimeout)
	defer cancel()
	err := j.uses.SaveUses(ctx, uses)
	if now := time.Now(); err == nil && now.Sub(j.swept) > sweepEvery {
		j.swept = now
		for _, l := range kept {
			err = errors.Join(err, j.uses.ForgetUses(ctx, l.name, l.now().Add(-l.window)))
		}
	}
	if err != nil && !j.failing {
		j.log.Error("what limits counted can't be stored; a restart would forget it", "error", err)
	}
	j.failing = err != nil
}

// Close writes what is left and ends the journal. What limiters count after it
// is not written down. Closing twice, or a nil Journal, does nothing.
func (j *Journal) Close() {
	if j == nil {
		return
	}
	j.mu.Lock()
	if !j.closed {
		j.closed = true
		close(j.wake)
	}
	j.mu.Unlock()
	<-j.done
}
