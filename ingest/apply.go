package ingest

import (
	"context"
	"errors"
	"slices"
	"time"

	"docent"
	"docent/analysis"
)

// Delivery is the next release of a unit, of pages that were parsed elsewhere.
type Delivery struct {
	Unit    docent.Unit
	Edition docent.Edition
	Base    int               // the number of the release that it is made upon
	Pages   []docent.PushPage // all, each path once
	Keep    []string          // see docent.PushManifest
	// Open gives a page that the base does not have by its hash. It has been
	// checked.
	Open func(docent.PushPage) (Parsed, error)
	// Written is called when all pages are written, before they are published;
	// nil is nobody.
	Written func()
}

// ErrSuperseded is in the chain of the error of a delivery whose base is not
// the unit's newest release any more.
var ErrSuperseded = errors.New("another release was published first")

// Compare tells what a unit's newest release lacks of pages: its number, and
// those pages that it has not, or has with other hashes.
func Compare(ctx context.Context, index Index, unit docent.Unit, pages []docent.PushPage) (base int, missing []docent.PushPage, err error) {
	w, err := begin(ctx, index, unit, Options{})
	if err != nil {
		return 0, nil, err
	}
	defer w.close(&err)
	for _, p := range pages {
		if w.before[p.Path].Hash != p.Hash {
			missing = append(missing, p)
		}
	}
	return w.from.Number, missing, nil
}

// Apply makes a release of a delivery and publishes it, like Run: at once, and
// nothing where nothing changed. A delivery that is the newest release already,
// since this process or another one was stopped right after publishing, counts
// as published.
func Apply(ctx context.Context, index Index, d Delivery, opts Options) (report Report, err error) {
	start := time.Now()
	report = newReport()
	defer func() { report.Duration = time.Since(start) }()
	w, err := begin(ctx, index, d.Unit, opts)
	if err != nil {
		return report, err
	}
	defer w.close(&err)
	report.Release = w.from
	if w.from.Number != d.Base {
		if w.from.Number == d.Base+1 && w.holds(d) {
			report.Published = true
			return report, nil
		}
		return report, superseded(w.from.Number)
	}
	w.describe(d.Edition)
	if back, err := retired(ctx, index, w.from); err != nil {
		return report, err
	} else if back {
		w.dirty = true
	}
	if err := w.deliver(ctx, d, opts); err != nil {
		return report, err
	}
	if err := w.finish(ctx); err != nil {
		return report, err
	}
	if len(w.live) == 0 {
		return report, docent.Errorf(docent.CodeInvalid, "it has no page that can be published")
	}
	if d.Written != nil {
		d.Written()
	}
	report.Plan, report.Chunks = w.plan, w.stats.Chunks
	report.Release, report.Published, err = w.publish(ctx)
	return report, err
}

// retired reports whether a unit has a release, and it is not searched.
func retired(ctx context.Context, index Index, r docent.Release) (bool, error) {
	lister, tells := index.(retirer)
	if !tells || r.Number == 0 {
		return false, nil
	}
	searched, err := lister.Releases(ctx, r.Unit.Site)
	return err == nil && !slices.ContainsFunc(searched, func(now docent.Release) bool { return now.Unit == r.Unit }), err
}

func superseded(number int) error {
	return &docent.Error{Code: docent.CodeConflict, Err: ErrSuperseded,
		Message: "the index has changed since this push began", Hint: "push again: it is compared with the newest release then, and what is known is not embedded again"}
}

// deliver writes what the base does not have.
func (w *writer) deliver(ctx context.Context, d Delivery, opts Options) error {
	for _, path := range d.Keep {
		w.keep(path)
	}
	for i, p := range d.Pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.before[p.Path].Hash == p.Hash {
			w.same(p.Path)
		} else if page, err := d.Open(p); err != nil {
			return err
		} else if err := w.put(ctx, page.Page, indexed(page.Chunks)); err != nil {
			return err
		}
		if opts.Progress != nil {
			opts.Progress(i+1, len(d.Pages), p.Path)
		}
	}
	return nil
}

// holds reports whether the last release is what a delivery would make.
func (w *writer) holds(d Delivery) bool {
	for _, path := range d.Keep {
		w.keep(path)
	}
	for _, p := range d.Pages {
		if w.before[p.Path].Hash != p.Hash {
			return false
		}
		w.live[p.Path] = true
	}
	return len(gone(w.before, w.live)) == 0
}

// indexed gives chunks what the index computes from.
func indexed(chunks []docent.Chunk) []docent.IndexedChunk {
	out := make([]docent.IndexedChunk, len(chunks))
	for i := range chunks {
		out[i] = docent.IndexedChunk{Chunk: chunks[i], Terms: analysis.ChunkTerms(&chunks[i])}
	}
	return out
}

// PlanOf tells what Apply would do, and writes nothing.
func PlanOf(ctx context.Context, index Index, d Delivery, opts Options) (out docent.PushPlan, err error) {
	w, err := begin(ctx, index, d.Unit, opts)
	if err != nil {
		return out, err
	}
	defer w.close(&err)
	if w.from.Number != d.Base {
		return out, superseded(w.from.Number)
	}
	for _, path := range d.Keep {
		w.keep(path)
	}
	var added []docent.IndexedChunk
	for _, p := range d.Pages {
		w.live[p.Path] = true
		if w.before[p.Path].Hash == p.Hash {
			w.plan.Unchanged++
			continue
		}
		page, err := d.Open(p)
		if err != nil {
			return out, err
		}
		add, retire, differs, err := w.difference(ctx, page.Page, unindexed(page.Chunks))
		if err != nil {
			return out, err
		}
		w.count(p.Path, differs)
		out.Chunks.Added += len(add)
		out.Chunks.Removed += len(retire)
		if w.queue.embedder != nil {
			added = append(added, add...)
		}
	}
	for _, path := range gone(w.before, w.live) {
		w.plan.Removed++
		out.Chunks.Removed += w.before[path].Chunks
	}
	out.Pages = w.plan
	cost, err := costOf(ctx, Options{Embedder: w.queue.embedder, Vectors: opts.Vectors}, added)
	out.Embedding.Texts, out.Embedding.Tokens, out.Embedding.USD = cost.Texts, cost.Tokens, cost.USD
	return out, err
}

// unindexed are chunks of which only the words matter.
func unindexed(chunks []docent.Chunk) []docent.IndexedChunk {
	out := make([]docent.IndexedChunk, len(chunks))
	for i := range chunks {
		out[i].Chunk = chunks[i]
	}
	return out
}
