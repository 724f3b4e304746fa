package qdrant

import (
	"context"
	"time"

	"docent"
	"docent/analysis"
)

// Publish makes the release the active one, see ingest.Build. Then it deletes
// what only releases held that are no longer kept, and moves the alias here.
func (b *Build) Publish(ctx context.Context, stats *analysis.Stats) (docent.Release, error) {
	if b.ended {
		return docent.Release{}, errEnded()
	}
	ctx = patiently(ctx)
	r := docent.Release{Unit: b.base.Unit, Number: b.number, Active: true, CreatedAt: time.Now().UTC().Truncate(time.Millisecond), Edition: b.edition}
	for _, p := range statsPoints(r, stats) {
		b.batch.addPoint(p)
		if err := b.flushFull(ctx); err != nil {
			return docent.Release{}, err
		}
	}
	if err := b.flush(ctx); err != nil {
		return docent.Release{}, err
	}
	if err := b.verify(ctx, &r, stats); err != nil {
		return docent.Release{}, err
	}
	if err := b.lease.beat(ctx); err != nil {
		return docent.Release{}, err
	}
	// From here on a caller that goes away would not know what became of it.
	ctx = context.WithoutCancel(ctx)
	oldest, err := b.enter(ctx, r)
	if err != nil {
		return docent.Release{}, err
	}
	b.ended = true
	// The release is published. What fails now is done by the next one.
	_ = b.x.collect(ctx, r.Unit, oldest)
	_ = b.x.pointAlias(ctx)
	return r, nil
}

// verify counts what the release holds.
func (b *Build) verify(ctx context.Context, r *docent.Release, stats *analysis.Stats) (err error) {
	if r.Pages, err = b.x.count(ctx, append(visible(*r), is(fieldKind, kindPage))...); err != nil {
		return err
	}
	if r.Chunks, err = b.x.count(ctx, append(visible(*r), is(fieldKind, kindChunk))...); err != nil {
		return err
	}
	if r.Chunks != stats.Chunks {
		return docent.Errorf(docent.CodeInternal, "release %d holds %d chunks, and its statistics count %d: it was not published",
			r.Number, r.Chunks, stats.Chunks)
	}
	return nil
}

// enter makes r the unit's active release: the step that readers see. It gives
// the oldest release that is still kept.
func (b *Build) enter(ctx context.Context, r docent.Release) (oldest int, err error) {
	err = b.x.update(ctx, r.Unit, func(now *record) error {
		if !b.lease.is(now.owner) {
			return taken(r.Unit)
		}
		if _, done := now.release(r.Number); !done {
			now.releases = append(now.releases, r)
			now.active = r.Number
		}
		oldest = now.keep(b.x.options.KeepReleases)
		return nil
	})
	return oldest, err
}

// collect deletes what only releases before oldest held. They are out of the
// catalogue already, so whoever still reads them finds, afterwards, that they
// are gone.
func (x *Index) collect(ctx context.Context, unit docent.Unit, oldest int) error {
	return x.write(ctx, remove(all(is(fieldUnit, unitKey(unit)), below(fieldTo, oldest+1))))
}

// Activate makes a kept release of unit the active one: an older one to roll
// back, a newer one to roll forward. docent.CodeNotFound where it is not kept.
func (x *Index) Activate(ctx context.Context, unit docent.Unit, number int) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	return x.update(ctx, unit, func(r *record) error {
		if _, kept := r.release(number); !kept {
			return noRelease(docent.Release{Unit: unit, Number: number})
		}
		r.active = number
		return nil
	})
}

// GC keeps of every unit of site and its previews the newest keep releases (at
// least one), the active one and all that are newer than it, and deletes the
// others. Of retired units it deletes all, unless a build of them runs. Site "" is
// all of them.
func (x *Index) GC(ctx context.Context, site string, keep int) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	ctx = patiently(ctx) // deleting may take long
	all, err := x.allRecords(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if !r.unit.Of(site) {
			continue
		}
		if len(r.releases) == 0 {
			if err := x.forget(ctx, r, time.Now().Add(-remembered)); err != nil && docent.CodeOf(err) != docent.CodeConflict {
				return err
			}
			continue
		}
		if r.active == 0 {
			if err := x.drop(ctx, r.unit, true); err != nil && docent.CodeOf(err) != docent.CodeConflict {
				return err
			}
			continue
		}
		oldest := 0
		err := x.update(ctx, r.unit, func(r *record) error {
			oldest = r.keep(keep)
			return nil
		})
		if err != nil {
			return err
		}
		if err := x.collect(ctx, r.unit, oldest); err != nil {
			return err
		}
	}
	return nil
}
