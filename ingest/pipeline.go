package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"golang.org/x/sync/errgroup"

	"docent"
	"docent/analysis"
	"docent/ingest/site"
)

// maker turns files into pages and chunks. It is shared by the workers, and
// nothing in it changes while they work.
type maker struct {
	parsing
	cfg         Config
	unit        docent.Unit
	folder      *folder
	files       []string        // those of the folder that are the unit's
	partials    map[string]bool // files that only stand in others
	fingerprint string
	base        map[string]docent.Page // of the last release
	copies      map[string]string      // files whose text another one has, by their paths: that one's
}

// made is what became of one file.
type made struct {
	path      string
	skip      string // why it could not be read; "" where it could
	hash      string
	unchanged bool   // as in the last release; it was not parsed
	page      *page  // nil where it was skipped or unchanged
	copyOf    string // of a hidden page: the path of the one that has its text
	chunks    []docent.IndexedChunk
}

func newMaker(src Source, cfg Config, siteName string, f *folder) (*maker, error) {
	rules, err := src.rules(f)
	if err != nil {
		return nil, err
	}
	f.warnings = append(f.warnings, rules.About().Warnings...)
	m := &maker{parsing: newParsing(src, rules, f.files).including(f.root, cfg.MaxFileBytes), cfg: cfg, unit: src.unit(siteName), folder: f, files: f.files}
	m.partials = m.findPartials()
	m.fingerprint = m.fingerprintOf()
	return m, nil
}

// fingerprintOf names all but its bytes that changes what becomes of a file.
// The names of the files and their URLs are part of it, since links are
// resolved against them: a file that comes, goes or moves has every page read
// again.
func (m *maker) fingerprintOf() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %d %q %+v", SplitterVersion, analysis.Version, m.cfg.ChunkTokens, m.rules.Fingerprint(), m.unit)
	for _, f := range m.folder.files {
		fmt.Fprintf(h, "\n%s %s", f, m.resolve.urls[f])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// job is a file on its way to a worker and back.
type job struct {
	path string
	done chan made // holds one
}

// each makes all files and gives them to fn, which is called from this
// goroutine and in the order of paths. Only a few files per worker are in
// memory at any time: workers wait for fn. With all set unchanged files are
// parsed too.
func (m *maker) each(ctx context.Context, all bool, fn func(made) error) (err error) {
	if m.copies, err = m.findCopies(ctx); err != nil {
		return err
	}
	workers := m.cfg.workers()
	g, ctx := errgroup.WithContext(ctx)
	jobs, order := make(chan job), make(chan job, 2*workers)
	g.Go(func() error {
		defer close(jobs)
		defer close(order)
		return m.feed(ctx, order, jobs)
	})
	for range workers {
		g.Go(func() error {
			for j := range jobs {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				j.done <- m.make(j.path, all)
			}
			return nil
		})
	}
	if err := drain(ctx, order, fn); err != nil {
		g.Go(func() error { return err }) // ends the others
		g.Wait()
		return err
	}
	return g.Wait()
}

// feed sends every file to both: where its result is waited for, and to a
// worker.
func (m *maker) feed(ctx context.Context, order, jobs chan<- job) error {
	for _, path := range m.files {
		j := job{path, make(chan made, 1)}
		for _, c := range []chan<- job{order, jobs} {
			select {
			case c <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// drain gives the results to fn, in order.
func drain(ctx context.Context, order <-chan job, fn func(made) error) error {
	for j := range order {
		select {
		case one := <-j.done:
			if err := fn(one); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// make reads one file and makes its chunks.
func (m *maker) make(path string, all bool) (out made) {
	out.path = path
	raw, why := readFile(m.folder.abs(path), m.cfg.MaxFileBytes)
	if why != "" {
		out.skip = why
		return out
	}
	defer func() {
		// A page on which a parser gives up must not end an ingest of thousands.
		if r := recover(); r != nil {
			out = made{path: path, skip: fmt.Sprintf("the Markdown can't be parsed: %v", r)}
		}
	}()
	var s *source
	if m.dialect.includes(raw) {
		if s, out.skip = m.open(path, raw); s == nil {
			return out
		}
	}
	var built *builtPage
	if m.src.AnchorsFrom != "" {
		built = m.built(path)
	}
	out.hash, out.copyOf = m.hash(path, raw, s, built), m.copies[path]
	if out.unchanged = m.base[path].Hash == out.hash; out.unchanged && !all {
		return out
	}
	if s == nil {
		if s, out.skip = m.open(path, raw); s == nil {
			return out
		}
	}
	out.page = m.page(s)
	out.page.Version, out.page.Lang = m.unit.Version, m.unit.Lang
	if out.page.hidden == "" && m.partials[path] {
		out.page.hidden = "a partial: other pages include it"
	}
	if out.copyOf != "" {
		out.page.hidden, out.page.shown = "the same text as "+out.copyOf, true
	}
	if out.page.hidden != "" {
		return out
	}
	if m.src.AnchorsFrom != "" {
		out.page.takeAnchors(built)
	}
	for _, c := range splitPage(out.page, m.unit, m.cfg.ChunkTokens) {
		out.chunks = append(out.chunks, docent.IndexedChunk{Chunk: c, Terms: analysis.ChunkTerms(&c)})
	}
	return out
}

// hash is a page's: of its file, of what it takes in from others, and of what
// it owes to them otherwise (the label of its folder, the headings of its built
// page).
func (m *maker) hash(path string, raw []byte, s *source, built *builtPage) string {
	parts := [][]byte{raw}
	if s != nil {
		for _, u := range s.used {
			parts = append(parts, fmt.Appendf(nil, "%s %t", u.file, u.text == nil), u.text)
		}
	}
	if built != nil {
		parts = append(parts, fmt.Appendf(nil, "%q", built.headings))
	}
	if m.copies[path] != "" {
		parts = append(parts, []byte("a copy"))
	}
	return hashFile(fmt.Sprintf("%s %+v %t", m.fingerprint, m.rules.Page(site.File{Path: path}), m.partials[path]), parts...)
}
