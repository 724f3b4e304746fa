package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"docent"
)

// Options are what belongs to one run.
type Options struct {
	Site string // "" is docent.DefaultSite
	// Progress is called after each file, from Run's own goroutine; nil is
	// nobody.
	Progress func(done, total int, path string)
	// Embedder gives the chunks their vectors; nil where the index has none.
	Embedder Embedder
	// Languages are those that Embedder knows, as "en"; nil is any. Units of
	// other languages get no vectors, and the report says so.
	Languages []string
	// Vectors remembers what Embedder gave; nil remembers nothing.
	Vectors VectorCache
	// Missing are files that the source has and its folder hasn't in their
	// newest state, since they could not be fetched. They are reported, and
	// pages that the last release has of them stay.
	Missing []Skip
}

// knows reports whether Embedder knows the unit's language. What has no language
// is of any.
func (o Options) knows(u docent.Unit) bool {
	lang, _, _ := strings.Cut(strings.ToLower(u.Lang), "-")
	return lang == "" || o.Languages == nil || slices.Contains(o.Languages, lang)
}

// unspoken warns of a unit whose language Embedder does not know.
func (o Options) unspoken(u docent.Unit) []docent.Warning {
	if o.Embedder == nil || o.knows(u) {
		return nil
	}
	return []docent.Warning{{Message: fmt.Sprintf(
		"pages in %q are found by their words alone: the embedding model knows only %s", u.Lang, strings.Join(o.Languages, ", "))}}
}

// run is the ingest of one unit on its way.
type run struct {
	*maker
	*writer
	check    *checker
	report   Report
	searched bool // the unit has a release that is
}

// Run makes a release of a source and publishes it; of a source with several
// versions or languages one of each, apart from the others: one that fails
// does not keep them back. After them, those that the source no longer has are
// retired; see Report. Where nothing changed there is no new release, and
// unchanged files are not parsed. On an error nothing of its unit is published,
// and the report holds what was found until then. Errors are *docent.Error
// where the source is at fault, those of the index, or the context's.
func Run(ctx context.Context, index Index, src Source, cfg Config, opts Options) (Report, error) {
	start := time.Now()
	report := newReport()
	m, err := prepare(ctx, src, cfg, opts)
	if err == nil {
		err = m.runAll(ctx, index, opts, &report)
	}
	report.Duration = time.Since(start)
	return report, err
}

// runAll ingests one unit of the source after the other.
func (m *maker) runAll(ctx context.Context, index Index, opts Options, report *Report) error {
	report.Warnings = append(report.Warnings, m.folder.warnings...)
	check, step := newChecker(m), m.steps(opts)
	searched, err := searched(ctx, index, m.unit)
	if err != nil {
		return err
	}
	var failures []error
	shares := m.shares()
	for _, s := range shares {
		r := run{maker: m.of(s), check: check, report: newReport()}
		r.searched = slices.ContainsFunc(searched, func(now docent.Release) bool { return now.Unit == s.unit })
		start := time.Now()
		err := r.run(ctx, index, opts, step)
		r.report.Duration = time.Since(start)
		report.add(r.report)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			failures = append(failures, err)
		}
	}
	report.BrokenLinks = check.broken()
	gone, warnings := m.left(searched, shares)
	report.Warnings = append(report.Warnings, warnings...)
	if len(failures) == 0 {
		if err := m.retire(ctx, index, gone, report); err != nil {
			failures = append(failures, err)
		}
	}
	if len(failures) == 1 {
		return failures[0]
	}
	return errors.Join(failures...)
}

// steps gives what is to be called after each file.
func (m *maker) steps(opts Options) func(path string) {
	done := 0
	return func(path string) {
		if done++; opts.Progress != nil {
			opts.Progress(done, len(m.folder.files), path)
		}
	}
}

// prepare walks the source's folder and makes ready what the workers need.
func prepare(ctx context.Context, src Source, cfg Config, opts Options) (*maker, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	src, err := src.Normalised()
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(src.AnchorsFrom); src.AnchorsFrom != "" && (err != nil || !info.IsDir()) {
		return nil, badFolder("build the site first, and give the folder that it was built into", err, "anchors_from %s is no folder", src.AnchorsFrom)
	}
	f, err := walk(ctx, src)
	if err != nil {
		return nil, err
	}
	f.skipped = append(f.skipped, opts.Missing...)
	return newMaker(src, cfg, opts.Site, f)
}

func (r *run) run(ctx context.Context, index Index, opts Options, step func(path string)) (err error) {
	if r.writer, err = begin(ctx, index, r.unit, opts); err != nil {
		return err
	}
	defer r.writer.close(&err)
	r.base, r.report.Release = r.before, r.from
	r.describe(r.edition())
	if _, tells := index.(retirer); tells && r.from.Number > 0 && !r.searched {
		r.dirty = true // it was retired, and is back
	}
	r.report.Warnings = append(r.report.Warnings, opts.unspoken(r.unit)...)
	for _, s := range r.folder.skipped {
		r.skip(s.Path, s.Reason)
	}
	err = r.each(ctx, false, func(one made) error {
		if err := r.take(ctx, one); err != nil {
			return err
		}
		step(one.path)
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.finish(ctx); err != nil {
		return err
	}
	if len(r.live) == 0 {
		return badFolder("see what was skipped and why", nil, "%s holds no page that can be published", r.src.Dir)
	}
	r.report.Plan, r.report.Chunks = r.plan, r.stats.Chunks
	r.report.Release, r.report.Published, err = r.publish(ctx)
	return err
}

// take brings what became of a file into the release.
func (r *run) take(ctx context.Context, one made) error {
	switch {
	case one.skip != "":
		r.skip(one.path, one.skip)
		return nil
	case one.unchanged:
		r.same(one.path)
		r.report.Warnings = append(r.report.Warnings, r.check.claim(one.path, r.base[one.path].URL)...)
		return nil
	}
	if !one.same { // else it only has other names now
		r.report.Warnings = append(r.report.Warnings, one.page.Warnings...)
		r.check.add(one.page)
	}
	if one.copyOf != "" {
		r.report.Copies = append(r.report.Copies, Copy{one.path, one.copyOf})
		return nil
	}
	if one.page.hidden != "" {
		r.report.Hidden++
		return nil
	}
	r.report.Warnings = append(r.report.Warnings, r.check.claim(one.path, one.page.URL)...)
	return r.put(ctx, pageOf(one), one.chunks)
}

// skip reports a file, or a folder with all below it, that could not be read.
// Pages that the last release has of it stay.
func (r *run) skip(path, why string) {
	r.report.Skipped = append(r.report.Skipped, Skip{Path: path, Reason: why, Kept: r.keep(path)})
}
