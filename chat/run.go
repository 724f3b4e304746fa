package chat

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"docent"
	"docent/access"
)

// run is one answer in the making: the log of its events, and who follows it.
// One goroutine (Service.answer) appends; any number follow.
type run struct {
	who     access.Principal
	ask     docent.Ask
	turn    docent.Turn
	arrived time.Time

	ctx    context.Context // of the answering, not of any connection; ends with cancel
	cancel context.CancelCauseFunc
	ended  chan struct{} // closed after the last event was appended

	mu        sync.Mutex
	events    []docent.Event
	changed   chan struct{} // closed at the next append; nil while nobody waits
	followers int
	abandon   *time.Timer // runs while nobody follows
}

func newRun(p access.Principal, a docent.Ask, t docent.Turn, arrived time.Time) *run {
	r := &run{who: p, ask: a, turn: t, arrived: arrived, ended: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	return r
}

// event encodes the next event of the log without appending it.
func (r *run) event(name string, data any) docent.Event {
	encoded, err := json.Marshal(data)
	if err != nil { // only a type that JSON does not know can do that
		panic("chat: " + name + ": " + err.Error())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return docent.Event{ID: len(r.events) + 1, Name: name, Data: encoded}
}

// emit appends an event and wakes the followers.
func (r *run) emit(name string, data any) { r.append(r.event(name, data)) }

func (r *run) append(e docent.Event) {
	r.mu.Lock()
	r.events = append(r.events, e)
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
	r.mu.Unlock()
	if e.Last() {
		close(r.ended)
	}
}

// log gives the events so far. They are never changed, only added to.
func (r *run) log() []docent.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[:len(r.events):len(r.events)]
}

// since gives the events after the ID, and a channel that closes when there
// are more.
func (r *run) since(after int) ([]docent.Event, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if after < len(r.events) {
		return r.events[after:len(r.events):len(r.events)], nil
	}
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	return nil, r.changed
}

func (r *run) follow(ctx context.Context, after int, detach time.Duration, fn func(docent.Event) error) error {
	r.enter()
	defer r.leave(detach)
	after = max(after, 0)
	for {
		events, more := r.since(after)
		for _, e := range events {
			if err := fn(e); err != nil {
				return err
			}
			if e.Last() {
				return nil
			}
			after = e.ID
		}
		if more == nil {
			continue
		}
		select {
		case <-more:
		case <-r.ended:
			if after >= len(r.log()) {
				return nil // the caller had seen it all, or more than there is
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *run) enter() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.followers++
	if r.abandon != nil {
		r.abandon.Stop()
		r.abandon = nil
	}
}

// leave counts a follower out; after the last one the run goes on for detach.
func (r *run) leave(detach time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.followers--
	if r.followers > 0 {
		return
	}
	if detach <= 0 {
		r.cancel(errAbandoned)
		return
	}
	r.startAbandon(detach)
}

// abandonAfter stops the run unless somebody follows it within d.
func (r *run) abandonAfter(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.followers == 0 {
		r.startAbandon(d)
	}
}

func (r *run) startAbandon(d time.Duration) {
	if r.ctx.Err() == nil {
		r.abandon = time.AfterFunc(d, func() { r.cancel(errAbandoned) })
	}
}
