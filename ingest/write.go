package ingest

import (
	"context"
	"strings"

	"docent"
	"docent/analysis"
)

// writer writes the difference between a unit's last release and the pages that
// it is given.
type writer struct {
	build  Build
	from   docent.Release         // the last one; Number 0 where there is none
	before map[string]docent.Page // its pages
	stats  *analysis.Stats
	queue  queue           // pages that wait for their vectors
	live   map[string]bool // paths that have a page, or keep the one they had
	plan   Plan
	dirty  bool // something was written
}

// begin begins a unit's next release. The caller ends with close.
func begin(ctx context.Context, index Index, unit docent.Unit, opts Options) (*writer, error) {
	build, err := index.Begin(ctx, unit)
	if err != nil {
		return nil, err
	}
	w := &writer{build: build, live: map[string]bool{}, queue: queue{vectors: opts.Vectors}}
	if opts.knows(unit) {
		w.queue.embedder = opts.Embedder
	}
	if w.from, w.before, w.stats = build.Base(); w.stats == nil {
		w.stats = &analysis.Stats{}
	}
	return w, nil
}

// close ends the build. A full disk fails it and closing alike: the next build
// undoes what this one could not. err is the error until then.
func (w *writer) close(err *error) {
	if closed := w.build.Close(); *err == nil {
		*err = closed
	}
}

// describe says what is stored with the release. Where that is not what the last
// one says, another one is due.
func (w *writer) describe(e docent.Edition) {
	w.build.Describe(e)
	w.dirty = w.dirty || w.from.Number > 0 && !e.Equal(w.from.Edition)
}

// same takes over the page that the last release has at path.
func (w *writer) same(path string) {
	w.live[path] = true
	w.plan.Unchanged++
}

// keep takes over what the last release has at path or below it, and reports
// whether that is anything.
func (w *writer) keep(path string) (kept bool) {
	below(w.before, path, func(p string) { w.live[p], kept = true, true })
	return kept
}

// below calls fn for the pages that stand at path or below it, in no order.
func below(pages map[string]docent.Page, path string, fn func(path string)) {
	for p := range pages {
		if p == path || path == "." || strings.HasPrefix(p, path+"/") {
			fn(p)
		}
	}
}

// difference compares a page with the last release's; differs says whether
// readers would see another one.
func (w *writer) difference(ctx context.Context, page docent.Page, chunks []docent.IndexedChunk) (add []docent.IndexedChunk, retire []docent.ChunkRef, differs bool, err error) {
	before, known := w.before[page.Path]
	if !known {
		return chunks, nil, true, nil
	}
	refs, err := w.build.Chunks(ctx, page.Path)
	if err != nil {
		return nil, nil, false, err
	}
	add, retire = diff(chunks, refs)
	changed := len(add)+len(retire) > 0 && !sameFile(before.Hash, page.Hash)
	return add, retire, changed || !sameButHash(before, page), nil
}

// put writes the difference between a page and the last release's.
func (w *writer) put(ctx context.Context, page docent.Page, chunks []docent.IndexedChunk) error {
	add, retire, differs, err := w.difference(ctx, page, chunks)
	if err != nil {
		return err
	}
	w.count(page.Path, differs)
	ids := make([]string, len(retire))
	for i, ref := range retire {
		ids[i] = ref.ID
	}
	if err := w.retire(retire); err != nil {
		return err
	}
	for _, c := range add {
		if err := w.stats.Add(c.Terms); err != nil {
			return err
		}
	}
	w.live[page.Path], w.dirty = true, true
	return w.queue.add(ctx, w.build, pageChange{page, add, ids})
}

func (w *writer) count(path string, differs bool) {
	switch _, known := w.before[path]; {
	case !known:
		w.plan.Added++
	case differs:
		w.plan.Changed++
	default:
		w.plan.Unchanged++
	}
}

// retire takes chunks out of the statistics.
func (w *writer) retire(refs []docent.ChunkRef) error {
	for _, ref := range refs {
		if err := w.stats.Remove(ref.Terms); err != nil {
			return err
		}
	}
	return nil
}

// finish writes what waits, and retires the pages that are not live.
func (w *writer) finish(ctx context.Context) error {
	if err := w.queue.flush(ctx, w.build); err != nil {
		return err
	}
	for _, path := range gone(w.before, w.live) {
		refs, err := w.build.Chunks(ctx, path)
		if err != nil {
			return err
		}
		if err := w.retire(refs); err != nil {
			return err
		}
		if err := w.build.Remove(ctx, path); err != nil {
			return err
		}
		w.plan.Removed++
		w.dirty = true
	}
	return nil
}

// publish ends the build; where nothing changed the last release stays.
func (w *writer) publish(ctx context.Context) (r docent.Release, published bool, err error) {
	if !w.dirty {
		return w.from, false, nil
	}
	if r, err = w.build.Publish(ctx, w.stats); err != nil {
		return w.from, false, err
	}
	return r, true, nil
}
