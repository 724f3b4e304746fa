package qdrant

import (
	"context"
	"errors"
	"time"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// Retire takes unit out of what is searched. Its releases stay until GC, and
// Activate brings it back. docent.CodeNotFound where it has no active release.
func (x *Index) Retire(ctx context.Context, unit docent.Unit) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	asked := false
	return x.update(ctx, unit, func(r *record) error {
		if r.active == 0 && !asked {
			return noUnit(unit)
		}
		asked, r.active = true, 0
		return nil
	})
}

// Drop deletes unit with all its releases. docent.CodeNotFound where it has
// none, docent.CodeConflict while a build of it runs.
func (x *Index) Drop(ctx context.Context, unit docent.Unit) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	r, _, err := x.record(ctx, unit)
	if err == nil && len(r.releases) == 0 {
		err = noUnit(unit)
	}
	if err != nil {
		return err
	}
	return x.drop(patiently(ctx), unit, false)
}

// drop deletes a unit; with retired set only one that is not searched.
func (x *Index) drop(ctx context.Context, unit docent.Unit, retired bool) error {
	l, err := x.acquire(ctx, unit)
	if err != nil {
		return err
	}
	err = x.update(ctx, unit, func(r *record) error {
		switch {
		case !l.is(r.owner):
			return taken(unit)
		case retired && r.active > 0: // it was brought back meanwhile
			return taken(unit)
		}
		r.dropped, r.active, r.releases, r.gone = max(r.dropped, r.newest()), 0, []docent.Release{}, time.Now()
		return nil
	})
	if err == nil {
		// Out of the catalogue already. What is left of it here, the unit's next
		// build undoes.
		err = x.write(ctx, remove(all(is(fieldUnit, unitKey(unit)), api.NewMatchKeywords(fieldKind, kindPage, kindChunk, kindStats))))
	}
	return errors.Join(err, l.release(context.WithoutCancel(ctx)))
}

// remembered is how long a dropped unit's point stays: readers remember by the numbers
// of releases, which are not given twice as long as it is there, and ask anew with
// each question.
const remembered = 24 * time.Hour

// forget deletes the point of a unit that holds nothing and was dropped before a
// moment, with all that is left of it. docent.CodeConflict while a build of it runs.
func (x *Index) forget(ctx context.Context, r record, before time.Time) error {
	if len(r.releases) > 0 || !r.gone.Before(before) {
		return nil
	}
	l, err := x.acquire(ctx, r.unit)
	if err != nil {
		return err
	}
	now, there, err := x.record(ctx, r.unit)
	if err == nil && there && now.revision == r.revision {
		err = x.write(ctx, remove(all(is(fieldUnit, unitKey(r.unit)), api.NewMatchKeywords(fieldKind, kindPage, kindChunk, kindStats))))
		if err == nil {
			err = x.write(ctx, remove(l.own()))
		}
	}
	return errors.Join(err, l.release(context.WithoutCancel(ctx)))
}
