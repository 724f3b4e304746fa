package sqlite

import (
	"context"
	"slices"
)

// job is a write that shares a transaction with those that wait beside it.
type job struct {
	ctx  context.Context
	fn   func(*tx) error
	err  error
	done chan struct{}
}

// atOnce is how many jobs share a transaction, at most: the first one waits for
// the last.
const atOnce = 32

// writeTogether is write for what is small and comes from many at the same time,
// as questions and answers do: beginning and ending a transaction costs more than
// what is in it. fn may run twice, and is not stopped once it runs.
func (d *database) writeTogether(ctx context.Context, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: context.WithoutCancel(ctx), fn: fn, done: make(chan struct{})}
	d.mu.Lock()
	d.waiting = append(d.waiting, j)
	d.mu.Unlock()
	select {
	case <-d.turn:
		d.writeWaiting(j)
	case <-j.done:
	case <-ctx.Done():
		if d.withdraw(j) {
			return ctx.Err()
		}
	}
	<-j.done
	return j.err
}

// withdraw takes a job back; false where it is being written.
func (d *database) withdraw(j *job) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.waiting, j)
	if i >= 0 {
		d.waiting = slices.Delete(d.waiting, i, i+1)
	}
	return i >= 0
}

// writeWaiting writes jobs until j is among them, and gives the token back.
func (d *database) writeWaiting(j *job) {
	defer func() { d.turn <- struct{}{} }()
	for {
		d.mu.Lock()
		jobs := d.waiting[:min(len(d.waiting), atOnce)]
		d.waiting = d.waiting[len(jobs):]
		d.mu.Unlock()
		d.writeJobs(jobs)
		select {
		case <-j.done:
			return
		default:
		}
	}
}

// writeJobs writes jobs in one transaction. Where one of them fails, nothing of
// that is stored, and each is written alone.
func (d *database) writeJobs(jobs []*job) {
	together := len(jobs) > 1 && d.transaction(jobs[0].ctx, func(w *tx) error {
		for _, j := range jobs {
			if err := j.fn(w); err != nil {
				return err
			}
		}
		return nil
	}) == nil
	for _, j := range jobs {
		if !together {
			j.err = d.transaction(j.ctx, j.fn)
		}
		close(j.done)
	}
}
