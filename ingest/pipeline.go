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
	files       []string          // those of the folder that are the unit's
	partials    map[string]bool   // files that only stand in others
	sums        map[string]uint64 // of files that may have copies, the same for those
	fingerprint string
	base        map[string]docent.Page // of the last release
	copies      map[string]string      // files whose text another one has, by their paths: that one's
}

// made is what became of one file.
type made struct {
	path      string
	skip      string // why it could not be read; "" where it could
	hash      string
	same      bool   // its file is as in the last release
	unchanged bool   // so is what other pages call it
	size      int    // of the file, in bytes
	page      *page  // nil where it was skipped, or as it was and nobody asked for it
	copyOf    string // of a hidden page: the path of the one that has its text
	links     []docent.PageLink
	chunks    []docent.IndexedChunk
}

func newMaker(src Source, cfg Config, siteName string, f *folder) (*maker, error) {
	rules, err := src.rules(f)
	if err != nil {
		return nil, err
	}
	f.warnings = append(f.warnings, rules.About().Warnings...)
	m := &maker{parsing: newParsing(src, rules, f.files).including(f.root, cfg.MaxFileBytes), cfg: cfg, unit: src.unit(siteName), folder: f, files: f.files}
	m.partials, m.sums = m.skim()
	m.fingerprint = m.fingerprintOf()
	return m, nil
}

// pageVersion is raised where more is noted of a page whose chunks stay as they
// were: pages are read again then, and nothing is embedded again.
const pageVersion = 2

// fingerprintOf names all but its bytes that changes what becomes of a file.
// The names of the files and their URLs are part of it, since links are
// resolved against them: a file that comes, goes or moves has every page read
// again.
func (m *maker) fingerprintOf() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %q %d %q %+v", pageVersion, SplitterVersion, analysis.Version, m.cfg.ChunkTokens, m.rules.Fingerprint(), m.unit)
	for _, f := range m.folder.files {
		fmt.Fprintf(h, "\n%s %s", f, m.resolve.urls[f])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// each makes all files and gives them to fn, which is called from this
// goroutine and in the order of paths. With all set unchanged files are parsed
// too.
func (m *maker) each(ctx context.Context, all bool, fn func(made) error) error {
	found, err := m.survey(ctx, all)
	if err != nil {
		return err
	}
	return m.makeAll(ctx, found, m.mentioned(found), all, fn)
}

// maxKept is how much of the files that were read is kept as pages until their
// chunks are made, in bytes. The others are read a second time.
const maxKept = 16 << 20

// survey reads all files, so that it is known what pages are called before any is
// made chunks of.
func (m *maker) survey(ctx context.Context, all bool) (found []made, err error) {
	m.copies = m.findCopies()
	kept := 0
	err = inOrder(ctx, m.cfg.workers(), len(m.files), func(i int) made { return m.read(m.files[i], all) }, func(one made) error {
		if kept += one.size; kept > maxKept {
			one.page = nil
		}
		found = append(found, one)
		return nil
	})
	return found, err
}

// makeAll makes chunks of what survey found, and gives it to fn as each does.
func (m *maker) makeAll(ctx context.Context, found []made, called map[string]mentions, all bool, fn func(made) error) error {
	return inOrder(ctx, m.cfg.workers(), len(found), func(i int) made {
		one := found[i]
		found[i].page = nil // not kept longer than needed
		return m.split(one, called[one.path], all)
	}, fn)
}

// job is a piece of work on its way to a worker and back.
type job struct {
	place int
	done  chan made // holds one
}

// inOrder has n pieces of work done and gives the results to fn, which is called
// from this goroutine and in their order. Only a few results per worker are in
// memory at any time: workers wait for fn.
func inOrder(ctx context.Context, workers, n int, work func(i int) made, fn func(made) error) error {
	g, ctx := errgroup.WithContext(ctx)
	jobs, order := make(chan job), make(chan job, 2*workers)
	g.Go(func() error {
		defer close(jobs)
		defer close(order)
		return feed(ctx, n, order, jobs)
	})
	for range workers {
		g.Go(func() error {
			for j := range jobs {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				j.done <- work(j.place)
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

// feed sends every job to both: where its result is waited for, and to a worker.
func feed(ctx context.Context, n int, order, jobs chan<- job) error {
	for i := range n {
		j := job{i, make(chan made, 1)}
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

// read reads one file, and makes a page of it unless it is as it was.
func (m *maker) read(path string, all bool) (out made) {
	out.path = path
	defer guarded(&out)
	raw, why := readFile(m.folder.abs(path), m.cfg.MaxFileBytes)
	if why != "" {
		out.skip = why
		return out
	}
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
	out.size, out.hash, out.copyOf = len(raw), m.hash(path, raw, s, built), m.copies[path]
	if out.same = sameFile(m.base[path].Hash, out.hash); out.same && !all {
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
	out.links = out.page.outgoing()
	return out
}

// split makes chunks of a file that was read, unless nothing of it changed.
func (m *maker) split(one made, called mentions, all bool) (out made) {
	out = one
	defer guarded(&out)
	if out.unchanged = m.base[out.path].Hash == out.hash+called.digest(); out.skip != "" || out.unchanged && !all {
		return out
	}
	if out.page == nil {
		if out = m.read(out.path, true); out.skip != "" {
			return out
		}
		out.unchanged = one.unchanged
	}
	if out.page.hidden != "" {
		return out
	}
	out.hash += called.digest()
	out.page.mentions = called
	for _, c := range splitPage(out.page, m.unit, m.cfg.ChunkTokens) {
		out.chunks = append(out.chunks, docent.IndexedChunk{Chunk: c, Terms: analysis.ChunkTerms(&c)})
	}
	return out
}

// guarded makes a skipped file of one on which a parser gives up: it must not
// end an ingest of thousands.
func guarded(out *made) {
	if r := recover(); r != nil {
		*out = made{path: out.path, skip: fmt.Sprintf("the Markdown can't be parsed: %v", r)}
	}
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
