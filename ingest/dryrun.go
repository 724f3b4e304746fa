package ingest

import (
	"context"

	"docent"
)

// DryRun tells what Run would do, and writes nothing. All files are parsed, so
// its warnings and broken links are complete. index may be nil where there is
// none yet: everything is to be added. Errors are those of Run.
func DryRun(ctx context.Context, index Index, src Source, cfg Config, opts Options) (Preview, error) {
	out := newPreview()
	m, err := prepare(ctx, src, cfg, opts)
	if err != nil {
		return out, err
	}
	out.Warnings = append(out.Warnings, m.folder.warnings...)
	check, step := newChecker(m), m.steps(opts)
	shares := m.shares()
	for _, s := range shares {
		r := run{maker: m.of(s), writer: &writer{live: map[string]bool{}}, check: check}
		one, err := r.dryRun(ctx, index, opts, step)
		if err != nil {
			return out, err
		}
		one.Skipped, out.Skipped = nil, joinSkips(out.Skipped, one.Skipped)
		out.Join(one)
	}
	out.BrokenLinks = check.broken()
	searched, err := searched(ctx, index, m.unit)
	gone, warnings := m.left(searched, shares)
	out.Warnings = append(out.Warnings, warnings...)
	if len(m.folder.skipped) == 0 {
		out.Retire = append(out.Retire, gone...)
	}
	return out, err
}

func newPreview() Preview {
	return Preview{Pages: []PreviewPage{}, BrokenLinks: []BrokenLink{}, Skipped: []Skip{}, Copies: []Copy{}, Warnings: []docent.Warning{}, Retire: []docent.Unit{}}
}

// dryRun tells what run would do with one unit.
func (r *run) dryRun(ctx context.Context, index Index, opts Options, step func(path string)) (out Preview, err error) {
	if index != nil {
		if r.writer, err = begin(ctx, index, r.unit, opts); err != nil {
			return out, err
		}
		defer r.writer.close(&err)
		r.base = r.before
	}
	for _, s := range r.folder.skipped {
		r.skip(s.Path, s.Reason)
	}
	var added []docent.IndexedChunk
	err = r.each(ctx, true, func(one made) error {
		page, add, err := r.preview(ctx, one)
		if err != nil {
			return err
		}
		if opts.Embedder != nil {
			added = append(added, add...)
		}
		if page != nil {
			out.Pages = append(out.Pages, *page)
		}
		step(one.path)
		return nil
	})
	if err != nil {
		return out, err
	}
	r.plan.Removed = len(gone(r.base, r.live))
	out.Plan, out.Skipped, out.Copies = r.plan, r.report.Skipped, r.report.Copies
	out.Embedding, err = costOf(ctx, opts, added)
	return out, err
}

// preview counts a file, and gives its page (nil where it will have none) with
// the chunks that would be added.
func (r *run) preview(ctx context.Context, one made) (*PreviewPage, []docent.IndexedChunk, error) {
	if one.skip != "" {
		r.skip(one.path, one.skip)
		return nil, nil, nil
	}
	r.check.add(one.page)
	if one.copyOf != "" {
		r.report.Copies = append(r.report.Copies, Copy{one.path, one.copyOf})
	}
	if one.page.hidden != "" {
		return nil, nil, nil
	}
	r.live[one.path] = true
	one.page.Warnings = append(one.page.Warnings, r.check.claim(one.path, one.page.URL)...)
	var add []docent.IndexedChunk
	differs := false
	if !one.unchanged {
		var err error
		if add, _, differs, err = r.difference(ctx, pageOf(one), one.chunks); err != nil {
			return nil, nil, err
		}
	}
	r.count(one.path, differs)
	chunks := make([]docent.Chunk, len(one.chunks))
	for i, c := range one.chunks {
		chunks[i] = c.Chunk
	}
	page := previewOf(one.page, chunks)
	page.Source, page.Base = r.unit.Source, r.rules.About().Base
	return &page, add, nil
}

// costOf estimates the vectors of chunks that are not known yet.
func costOf(ctx context.Context, opts Options, chunks []docent.IndexedChunk) (Cost, error) {
	if opts.Embedder == nil {
		return Cost{}, nil
	}
	texts, _ := distinctTexts(chunks)
	missing, err := fromCache(ctx, opts.Vectors, texts, func(string, []float32) {})
	if err != nil {
		return Cost{}, err
	}
	tokens, usd := opts.Embedder.Estimate(missing)
	return Cost{Texts: len(missing), Tokens: tokens, USD: usd}, nil
}
