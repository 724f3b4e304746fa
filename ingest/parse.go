package ingest

import (
	"context"
	"fmt"

	"docent"
)

// Parsing makes a source's pages for an index that is elsewhere. Its methods
// are called from one goroutine.
type Parsing struct {
	maker  *maker
	check  *checker
	step   func(path string)
	shares []share
	called []map[string]mentions // of each share that Pages was called for
}

// Parse makes a source ready to be parsed. opts.Site is the site that the index
// has the pages under; opts.Progress is called by each Pages.
func Parse(ctx context.Context, src Source, cfg Config, opts Options) (*Parsing, error) {
	m, err := prepare(ctx, src, cfg, opts)
	if err != nil {
		return nil, err
	}
	p := &Parsing{maker: m, check: newChecker(m), step: m.steps(opts), shares: m.shares()}
	p.called = make([]map[string]mentions, len(p.shares))
	return p, nil
}

// Units are the source's versions and languages, the default one first; there
// is always one.
func (p *Parsing) Units() []docent.Unit {
	units := make([]docent.Unit, len(p.shares))
	for i, s := range p.shares {
		units[i] = s.unit
	}
	return units
}

// Edition is what is stored with the releases of the unit at place i in Units.
func (p *Parsing) Edition(i int) docent.Edition { return p.maker.of(p.shares[i]).edition() }

// Whole reports whether all of the source's folder could be read: else a unit that
// is missing may only be out of sight.
func (p *Parsing) Whole() bool { return len(p.maker.folder.skipped) == 0 }

// Warnings are of the source's folder.
func (p *Parsing) Warnings() []docent.Warning { return p.maker.folder.warnings }

// BrokenLinks lists the links that lead nowhere, of the units that Pages was
// called for.
func (p *Parsing) BrokenLinks() []BrokenLink { return p.check.broken() }

// Left says what became of files that are no pages.
type Left struct {
	Skipped  []Skip // the files, and folders, that could not be read
	Copies   []Copy
	Hidden   int
	Warnings []docent.Warning
}

// Pages gives all pages of the unit at place i in Units to fn, in the order of
// paths. Only a few are in memory at any time. Those that are as they were when
// notes were taken (by path; nil is none) are not parsed: fn has their notes, and
// a zero Parsed.
func (p *Parsing) Pages(ctx context.Context, i int, notes map[string]Note, fn func(Note, Parsed) error) (Left, error) {
	m := p.maker.of(p.shares[i])
	m.base = asBase(notes)
	left := Left{Skipped: append([]Skip{}, m.folder.skipped...)}
	found, err := m.survey(ctx, false)
	if err != nil {
		return left, err
	}
	p.called[i] = m.mentioned(found)
	err = m.makeAll(ctx, found, p.called[i], false, func(one made) error {
		p.step(one.path)
		if one.unchanged {
			note := notes[one.path]
			left.Warnings = append(left.Warnings, p.check.claim(note.Path, note.URL)...)
			return fn(note, Parsed{})
		}
		if !p.counts(one, &left) {
			return nil
		}
		page := parsed(one)
		if err := page.Check(m.unit); err != nil {
			left.Skipped = append(left.Skipped, Skip{Path: one.path, Reason: fmt.Sprintf("another machine would refuse it: %v", err)})
			return nil
		}
		return fn(noteOf(one, page), page)
	})
	return left, err
}

// counts reports whether a file that was read has a page; where not, left says
// why.
func (p *Parsing) counts(one made, left *Left) bool {
	if one.skip != "" {
		left.Skipped = append(left.Skipped, Skip{Path: one.path, Reason: one.skip})
		return false
	}
	if !one.same { // else it only has other names now
		left.Warnings = append(left.Warnings, one.page.Warnings...)
		p.check.add(one.page)
	}
	if one.copyOf != "" {
		left.Copies = append(left.Copies, Copy{one.path, one.copyOf})
		return false
	}
	if one.page.hidden != "" {
		left.Hidden++
		return false
	}
	left.Warnings = append(left.Warnings, p.check.claim(one.path, one.page.URL)...)
	return true
}

// Again gives some of the pages of the unit at place i once more, those whose
// paths are named, after Pages gave all of them. One that can't be read any more is
// docent.CodeConflict, with ErrChanged.
func (p *Parsing) Again(ctx context.Context, i int, paths []string, fn func(Parsed) error) error {
	m := p.maker.of(p.shares[i])
	found := make([]made, len(paths))
	for at, path := range paths {
		found[at].path = path
	}
	return m.makeAll(ctx, found, p.called[i], true, func(one made) error {
		if one.skip != "" || one.page.hidden != "" {
			return Changed(one.path)
		}
		return fn(parsed(one))
	})
}
