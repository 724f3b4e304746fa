package qdrant

import (
	"context"
	"sync"
	"time"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// silence is how many beats an owner may miss before it counts as dead.
const silence = 5

// lease is the right to build the next release of a unit. The owner shows that
// it lives by a new token every beat. Whoever else wants the lease watches for
// a change: one means that the owner lives, none for five beats that it is
// gone. Both measure time by their own monotonic clock, so it does not matter
// what the clocks say, or whether they jump.
//
// An owner that was merely stopped for longer finds, before it writes again,
// that the lease is another's. What was under way at that moment is found by
// the counts that Publish checks.
type lease struct {
	x    *Index
	unit docent.Unit
	stop context.CancelFunc
	done chan struct{} // closed when nobody beats any more

	calls sync.Mutex // one call at a time speaks for the owner
	mu    sync.Mutex // of what follows
	owner string
	last  time.Time // of the last beat that the server confirmed
	lost  bool
}

// acquire takes the lease of unit, whose point it makes where there is none.
// docent.CodeConflict where its owner lives.
func (x *Index) acquire(ctx context.Context, unit docent.Unit) (*lease, error) {
	r, err := x.idle(ctx, unit)
	if err != nil {
		return nil, err
	}
	l := &lease{x: x, unit: unit, owner: token(), done: make(chan struct{})}
	err = x.write(ctx, set(payload{fieldOwner: text(l.owner), fieldBeat: text(token())},
		all(api.NewHasID(recordID(unit)), is(fieldOwner, r.owner), is(fieldBeat, r.beat))))
	if err != nil {
		return nil, err
	}
	if err := l.confirm(ctx); err != nil {
		return nil, err
	}
	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	go l.keep(beating)
	return l, nil
}

// idle gives the record of unit once nobody owns it, or its owner has been
// silent for too long.
func (x *Index) idle(ctx context.Context, unit docent.Unit) (record, error) {
	first, there, err := x.record(ctx, unit)
	if err == nil && !there {
		if err = x.enter(ctx, unit); err == nil {
			first, _, err = x.record(ctx, unit)
		}
	}
	if err != nil || first.owner == nobody {
		return first, err
	}
	for begun := time.Now(); time.Since(begun) < silence*x.options.Beat; {
		if !sleep(ctx, x.options.Beat/4) {
			return first, ctx.Err()
		}
		r, _, err := x.record(ctx, unit)
		switch {
		case err != nil:
			return first, err
		case r.owner == nobody:
			return r, nil
		case r.owner != first.owner || r.beat != first.beat:
			return first, taken(unit)
		}
	}
	return first, nil
}

// enter makes the point of a unit that has none. The filter is met by nothing,
// so that a point which another process made meanwhile stays as it is.
func (x *Index) enter(ctx context.Context, unit docent.Unit) error {
	r := record{unit: unit, revision: token(), releases: []docent.Release{}, gone: time.UnixMilli(0)}
	p := ofUnit(kindUnit, unit)
	for field, value := range r.catalogue() {
		p[field] = value
	}
	p[fieldOwner], p[fieldBeat] = text(nobody), text(token())
	return x.write(ctx, api.NewPointsUpdateUpsert(&api.PointsUpdateOperation_PointStructList{
		Points:       []*api.PointStruct{{Id: recordID(unit), Payload: p, Vectors: noVectors()}},
		UpdateFilter: all(is(fieldKind, "none")),
	}))
}

func taken(unit docent.Unit) error {
	return &docent.Error{Code: docent.CodeConflict, Message: "another ingest of source \"" + unit.Source + "\" is running",
		Hint: "wait until it has ended"}
}

// keep beats until its context ends or the lease is lost.
func (l *lease) keep(ctx context.Context) {
	defer close(l.done)
	for sleep(ctx, l.x.options.Beat) {
		if docent.CodeOf(l.beat(ctx)) == docent.CodeConflict {
			return
		}
	}
}

// beat shows that the owner lives.
func (l *lease) beat(ctx context.Context) error {
	l.calls.Lock()
	defer l.calls.Unlock()
	err := l.x.write(ctx, set(payload{fieldBeat: text(token())}, l.own()))
	if err != nil {
		return err
	}
	return l.confirm(ctx)
}

// own is the filter of the unit's point, as long as the lease is ours.
func (l *lease) own() *api.Filter {
	l.mu.Lock()
	defer l.mu.Unlock()
	return all(api.NewHasID(recordID(l.unit)), is(fieldOwner, l.owner))
}

// confirm reads whether the lease is ours; docent.CodeConflict where it is not.
func (l *lease) confirm(ctx context.Context) error {
	asked := time.Now()
	r, _, err := l.x.record(ctx, l.unit)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.owner != l.owner {
		l.lost = true
		return taken(l.unit)
	}
	l.last = asked
	return nil
}

// check is called before anything is written: docent.CodeConflict where the
// lease is lost. It asks the server only when the last beat is long ago.
func (l *lease) check(ctx context.Context) error {
	l.mu.Lock()
	lost, since := l.lost, time.Since(l.last)
	l.mu.Unlock()
	switch {
	case lost:
		return taken(l.unit)
	case since < silence*l.x.options.Beat/2:
		return ctx.Err()
	}
	return l.beat(ctx)
}

// rename makes the owner another, so that a call of this build that is still
// under way somewhere changes the unit's point no more.
func (l *lease) rename(ctx context.Context) error {
	l.calls.Lock()
	defer l.calls.Unlock()
	own, owner := l.own(), token()
	l.mu.Lock()
	l.owner = owner
	l.mu.Unlock()
	if err := l.x.write(ctx, set(payload{fieldOwner: text(owner)}, own)); err != nil {
		return err
	}
	return l.confirm(ctx)
}

// release ends the beating and gives the lease back, if it is still ours.
func (l *lease) release(ctx context.Context) error {
	l.stop()
	<-l.done
	return l.x.write(ctx, set(payload{fieldOwner: text(nobody)}, l.own()))
}

// is reports whether owner is this lease's.
func (l *lease) is(owner string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return owner == l.owner
}
