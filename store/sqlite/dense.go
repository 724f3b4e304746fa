package sqlite

import (
	"context"
	"sync"

	"docent"
)

// dense keeps the vectors of releases in memory, for as long as the file is
// open. A release's are read when it is first asked for: from the file where no
// other release of its unit is there, else only what differs from that one.
type dense struct {
	dimensions int
	turn       chan struct{} // holds one token: whose turn it is to load

	mu   sync.Mutex
	sets map[releaseKey]*vectorSet
}

func newDense(dimensions int) *dense {
	d := &dense{dimensions: dimensions, turn: make(chan struct{}, 1), sets: map[releaseKey]*vectorSet{}}
	d.turn <- struct{}{}
	return d
}

// vectorSet is the vectors of a release. It never changes, so a question keeps
// the one it began with, and shares slabs with those of other releases.
type vectorSet struct {
	number int
	slabs  []*slab
}

// known gives the set of a release; nil where it was not read yet.
func (d *dense) known(key releaseKey) *vectorSet {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sets[key]
}

// base gives a set of the unit to begin from, the newest one; nil without any.
func (d *dense) base(unit docent.Unit) *vectorSet {
	d.mu.Lock()
	defer d.mu.Unlock()
	var newest *vectorSet
	for key, set := range d.sets {
		if key.unit == unit && (newest == nil || set.number > newest.number) {
			newest = set
		}
	}
	return newest
}

// keep remembers the set of a release and forgets the unit's others but the
// active one's. Questions under way go on with theirs.
func (d *dense) keep(key releaseKey, set *vectorSet, active func(releaseKey) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for other := range d.sets {
		if other.unit == key.unit && !active(other) {
			delete(d.sets, other)
		}
	}
	d.sets[key] = set
}

// forget lets go of the sets of units that are gone.
func (d *dense) forget(gone func(docent.Unit) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key := range d.sets {
		if gone(key.unit) {
			delete(d.sets, key)
		}
	}
}

// vectors gives the set of a release, and reads it where it is not there.
func (o *opened) vectors(ctx context.Context, w wanted) (*vectorSet, error) {
	key := keyOf(w.release)
	if set := o.dense.known(key); set != nil {
		return set, nil
	}
	select {
	case <-o.dense.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { o.dense.turn <- struct{}{} }()
	if set := o.dense.known(key); set != nil {
		return set, nil
	}
	var set *vectorSet
	base := o.dense.base(w.release.Unit)
	err := o.snapshot(ctx, func(s *snapshot) (err error) {
		set, err = loadVectors(s, o.dense.dimensions, w, base)
		return err
	})
	if err != nil {
		return nil, err
	}
	o.dense.keep(key, set, o.catalogue.isActive)
	return set, nil
}
