package qdrant

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
	"docent/analysis"
)

// Build is a release in the making: it implements ingest.Build. Its points
// carry a number that no reader asks for before it is published. Its methods
// are called from one goroutine.
type Build struct {
	x     *Index
	lease *lease // nil after Close

	base    docent.Release
	pages   map[string]docent.Page
	stats   *analysis.Stats
	number  int
	edition docent.Edition

	listed  map[string]bool // paths of the base
	touched map[string]bool // paths that this build has changed
	batch   batch
	ended   bool
}

// Begin starts the next release of unit, as ingest.Index has it.
// docent.CodeConflict where another build of unit runs, here or elsewhere; that
// is known after about a beat. Of one that was killed it is known after five.
func (x *Index) Begin(ctx context.Context, unit docent.Unit) (*Build, error) {
	ctx = patiently(ctx)
	if x.closed.Load() {
		return nil, errClosed()
	}
	if err := x.create(ctx); err != nil {
		return nil, err
	}
	l, err := x.acquire(ctx, unit)
	if err != nil {
		return nil, err
	}
	b := &Build{x: x, lease: l, base: docent.Release{Unit: unit}, listed: map[string]bool{}, touched: map[string]bool{}}
	if err := b.start(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// start undoes what an abandoned build left behind, and reads the base.
func (b *Build) start(ctx context.Context) error {
	r, _, err := b.x.record(ctx, b.base.Unit)
	if err != nil {
		return err
	}
	if newest, ok := r.release(r.newest()); ok {
		b.base = newest
	}
	b.number = max(b.base.Number, r.dropped) + 1
	if err := b.x.undo(ctx, b.base.Unit, b.base.Number); err != nil {
		return err
	}
	b.pages, b.stats = map[string]docent.Page{}, &analysis.Stats{}
	if b.base.Number == 0 {
		return nil
	}
	if b.stats, err = b.x.readStats(ctx, b.base); err != nil {
		return err
	}
	return b.x.scrollPages(ctx, b.base, func(page docent.Page) { b.pages[page.Path], b.listed[page.Path] = page, true })
}

// Base gives what the build starts from, see ingest.Build.
func (b *Build) Base() (docent.Release, map[string]docent.Page, *analysis.Stats) {
	return b.base, b.pages, b.stats
}

// Describe says what is stored with the release, see ingest.Build.
func (b *Build) Describe(e docent.Edition) { b.edition = e }

// Chunks gives the chunks that path has in the base, in page order.
func (b *Build) Chunks(ctx context.Context, path string) ([]docent.ChunkRef, error) {
	if !b.listed[path] {
		return nil, nil
	}
	var refs []docent.ChunkRef
	ordinals := map[string]int{}
	fields := []string{fieldChunk, fieldOrdinal, fieldTerms}
	err := b.x.scroll(patiently(ctx), chunksAt(b.base, path), fields, func(p payload) error {
		terms, err := base64.StdEncoding.DecodeString(p[fieldTerms].GetStringValue())
		if err != nil {
			return damaged("a chunk", err)
		}
		ref := docent.ChunkRef{ID: p[fieldChunk].GetStringValue(), Terms: terms}
		refs, ordinals[ref.ID] = append(refs, ref), integer(p, fieldOrdinal)
		return nil
	})
	slices.SortStableFunc(refs, func(a, b docent.ChunkRef) int { return ordinals[a.ID] - ordinals[b.ID] })
	return refs, err
}

// chunksAt is the filter of the chunks that r has of a page.
func chunksAt(r docent.Release, path string) *api.Filter {
	return all(append(visible(r), is(fieldKind, kindChunk), is(fieldPath, path))...)
}

// Close ends the build; without Publish it undoes what was written. A server
// that can't be reached is an error, and the next build undoes it.
func (b *Build) Close() error {
	if b.lease == nil {
		return nil
	}
	l := b.lease
	b.lease = nil
	ctx, done := context.WithTimeout(context.Background(), 2*defaultTimeout)
	defer done()
	var err error
	if !b.ended {
		b.ended = true
		err = b.takeBack(ctx, l)
	}
	return errors.Join(err, l.release(ctx))
}

// takeBack undoes what was written. It asks what is published, since a Publish
// whose answer was lost may have succeeded; after rename, none can any more.
func (b *Build) takeBack(ctx context.Context, l *lease) error {
	if err := l.rename(ctx); docent.CodeOf(err) == docent.CodeConflict {
		return nil // another build has the lease, and has undone this one
	} else if err != nil {
		return err
	}
	r, _, err := b.x.record(ctx, b.base.Unit)
	if err != nil {
		return err
	}
	return b.x.undo(ctx, b.base.Unit, r.newest())
}

// undo takes back what was written for releases of unit after the newest
// published one.
func (x *Index) undo(ctx context.Context, unit docent.Unit, newest int) error {
	ours := is(fieldUnit, unitKey(unit))
	return x.write(ctx,
		remove(all(ours, above(fieldFrom, newest))),
		set(payload{fieldTo: number(open)}, all(ours, api.NewMatchKeywords(fieldKind, kindPage, kindChunk),
			above(fieldTo, newest), below(fieldTo, open))),
	)
}

func pagePoint(u docent.Unit, first int, page docent.Page) (*api.PointStruct, error) {
	encoded, err := json.Marshal(page)
	if err != nil {
		return nil, err
	}
	p := ofUnit(kindPage, u)
	p[fieldFrom], p[fieldTo] = number(first), number(open)
	p[fieldPath], p[fieldFolders], p[fieldPageURL] = text(page.Path), texts(foldersOf(page.Path)), text(page.URL)
	p[fieldPage] = text(string(encoded))
	return &api.PointStruct{Id: pointID(kindPage, u, first, page.Path), Payload: p, Vectors: noVectors()}, nil
}

// noVectors are the vectors of a point that has none.
func noVectors() *api.Vectors { return api.NewVectorsMap(map[string]*api.Vector{}) }

func readPage(p payload) (docent.Page, error) {
	var page docent.Page
	if err := json.Unmarshal([]byte(p[fieldPage].GetStringValue()), &page); err != nil {
		return page, damaged("a page", err)
	}
	return page, nil
}
