package indexfile

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"docent"
	"docent/analysis"
	"docent/ingest"
)

// Load puts the releases of a file into an index of its stamp: each becomes the
// next release of its unit, whatever the unit held before, or none where the unit
// holds the same already. All of the file is written and counted before the first
// is published. It gives those that are active now, in the file's order. It can be
// called once.
func (f *File) Load(ctx context.Context, into ingest.Index) (active []docent.Release, err error) {
	var units []*unit
	defer func() {
		for _, u := range units {
			if closed := u.build.Close(); err == nil {
				err = closed
			}
		}
	}()
	for _, r := range f.Releases {
		build, err := into.Begin(ctx, r.Unit)
		if err != nil {
			return nil, err
		}
		u := newUnit(r, build)
		units = append(units, u)
		if err := u.fill(ctx, f); err != nil {
			return nil, err
		}
	}
	if more, err := f.next(new(record)); err != nil || more {
		return nil, errors.Join(err, damaged("holds more than it says", nil))
	}
	for _, u := range units {
		release, err := u.publish(ctx)
		if err != nil {
			return active, err
		}
		active = append(active, release)
	}
	return active, nil
}

// unit is a release on its way into an index.
type unit struct {
	release docent.Release // the file's
	build   ingest.Build
	base    docent.Release
	pages   map[string]docent.Page // of the base, less those that were seen
	stats   *analysis.Stats
	dirty   bool // something differs from the base
}

func newUnit(r docent.Release, b ingest.Build) *unit {
	u := &unit{release: r, build: b, stats: new(analysis.Stats)}
	u.base, u.pages, _ = b.Base()
	u.dirty = !reflect.DeepEqual(u.base.Edition, r.Edition)
	b.Describe(r.Edition)
	return u
}

// fill takes the unit's pages out of the file and removes others.
func (u *unit) fill(ctx context.Context, f *File) error {
	last := ""
	for i := range u.release.Pages {
		var r record
		there, err := f.next(&r)
		if err != nil {
			return err
		}
		if !there || i > 0 && r.Page.Path <= last {
			return damaged("lacks a page, or has one twice", nil)
		}
		last = r.Page.Path
		if err := u.put(ctx, &r); err != nil {
			return err
		}
	}
	if u.stats.Chunks != u.release.Chunks {
		return damaged(fmt.Sprintf("holds %d chunks of source %q instead of %d", u.stats.Chunks, u.release.Unit.Source, u.release.Chunks), nil)
	}
	for path := range u.pages {
		u.dirty = true
		if err := u.build.Remove(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

// put writes the difference between a page and the base's.
func (u *unit) put(ctx context.Context, r *record) error {
	chunks, err := r.chunks(u.release.Unit)
	if err != nil {
		return err
	}
	retire := map[string]bool{}
	before, known := u.pages[r.Page.Path]
	delete(u.pages, r.Page.Path)
	if known {
		refs, err := u.build.Chunks(ctx, r.Page.Path)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			retire[ref.ID] = true
		}
	}
	var add []docent.IndexedChunk
	for _, c := range chunks {
		if err := u.stats.Add(c.Terms); err != nil {
			return damaged("holds terms that can't be read", err)
		}
		if retire[c.ID] {
			delete(retire, c.ID)
			continue
		}
		add = append(add, c)
	}
	if known && before.Hash == r.Page.Hash && len(add)+len(retire) == 0 {
		return nil
	}
	u.dirty = true
	old := make([]string, 0, len(retire))
	for id := range retire {
		old = append(old, id)
	}
	return u.build.Put(ctx, r.Page, add, old)
}

// publish ends the build; where questions are put to the same already, it stays.
func (u *unit) publish(ctx context.Context) (docent.Release, error) {
	if !u.dirty && u.base.Edition.Equal(u.release.Edition) && u.base.Active {
		return u.base, nil
	}
	u.build.Describe(u.release.Edition)
	return u.build.Publish(ctx, u.stats)
}
