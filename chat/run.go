package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
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
	lang    string // the reader's language, BCP 47, once the message is understood; "" where nothing tells it

	about string // the question whose answer the message is about; "" of a question

	ctx    context.Context // of the answering, not of any connection; ends with cancel
	cancel context.CancelCauseFunc
	ended  chan struct{} // closed after the last event was appended, or when there will be none

	mu        sync.Mutex
	over      bool // ended is closed
	events    []docent.Event
	followers []follower
	abandon   *time.Timer // runs while nobody follows; holds the run
}

// follower holds a token where events were added since it last looked.
type follower chan struct{}

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
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	if e.Last() {
		r.end()
	}
	for _, f := range r.followers {
		select {
		case f <- struct{}{}:
		default:
		}
	}
}

// end says that no event comes any more. It may be called again; with mu.
func (r *run) end() {
	if !r.over {
		r.over = true
		r.stay()
		close(r.ended)
	}
}

// log gives the events so far. They are never changed, only added to.
func (r *run) log() []docent.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[:len(r.events):len(r.events)]
}

// since gives the events after the ID, and whether there will be no more.
func (r *run) since(after int) (events []docent.Event, over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.events[:len(r.events):len(r.events)]
	return all[min(after, len(all)):], r.over
}

func (r *run) follow(ctx context.Context, after int, detach time.Duration, fn func([]docent.Event) error) error {
	f := r.enter()
	defer r.leave(f, detach)
	after = max(after, 0)
	for {
		events, over := r.since(after)
		if len(events) > 0 {
			if err := fn(events); err != nil {
				return err
			}
			after += len(events)
		}
		if over {
			return nil
		}
		select {
		case <-f:
		case <-r.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *run) enter() follower {
	f := make(follower, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.followers = append(r.followers, f)
	r.stay()
	return f
}

// stay stops the time that a run goes on without followers; with mu.
func (r *run) stay() {
	if r.abandon != nil {
		r.abandon.Stop()
		r.abandon = nil
	}
}

// leave counts a follower out; after the last one the run goes on for detach.
func (r *run) leave(f follower, detach time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.followers = slices.DeleteFunc(r.followers, func(other follower) bool { return other == f })
	over := len(r.events) > 0 && r.events[len(r.events)-1].Last()
	if len(r.followers) > 0 || over {
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
	if len(r.followers) == 0 {
		r.startAbandon(d)
	}
}

func (r *run) startAbandon(d time.Duration) {
	if !r.over && r.ctx.Err() == nil {
		r.abandon = time.AfterFunc(d, func() { r.cancel(errAbandoned) })
	}
}

// contained makes an error of a panic of fn: a defect in one answer is that
// answer's failure, not the end of all others.
func contained(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}
