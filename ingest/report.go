package ingest

import (
	"slices"
	"time"

	"docent"
)

// Plan counts pages by what becomes of them.
type Plan struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Removed   int `json:"removed"`
	Unchanged int `json:"unchanged"`
}

// Report says what an ingest did.
type Report struct {
	// Release is the one that is active now: the one made, or the last one
	// where nothing had changed.
	Release   docent.Release   `json:"release"`
	Published bool             `json:"published"` // false: nothing had changed
	Plan      Plan             `json:"plan"`
	Chunks    int              `json:"chunks"`   // of the release
	Hidden    int              `json:"hidden"`   // pages that say that they are not to be published
	Skipped   []Skip           `json:"skipped"`  // never nil; the rest is in
	Copies    []Copy           `json:"copies"`   // never nil
	Warnings  []docent.Warning `json:"warnings"` // never nil
	// BrokenLinks are those of the pages that were read: all of them where a
	// file was added, removed or renamed, and otherwise those of changed pages.
	BrokenLinks []BrokenLink  `json:"broken_links"` // never nil
	Duration    time.Duration `json:"duration_ns"`
	// Units are the parts of a source with several versions or languages; there
	// is always one, unless nothing could be read. The fields above are then of
	// all of them, and Release is that of the first, which is the default.
	Units []UnitReport `json:"units"`
	// Retired are units that an earlier run of the same part of the source made
	// and that it no longer has. They are not searched any more; the index keeps
	// their releases until its old ones are collected. Never nil.
	Retired []docent.Unit `json:"retired"`
}

// UnitReport says what became of one version in one language.
type UnitReport struct {
	Release   docent.Release `json:"release"`
	Published bool           `json:"published"`
	Plan      Plan           `json:"plan"`
	Chunks    int            `json:"chunks"`
	Duration  time.Duration  `json:"duration_ns"`
}

func newReport() Report {
	return Report{Skipped: []Skip{}, Copies: []Copy{}, Warnings: []docent.Warning{}, BrokenLinks: []BrokenLink{}, Units: []UnitReport{}, Retired: []docent.Unit{}}
}

// add joins what became of one unit to r.
func (r *Report) add(one Report) {
	if len(r.Units) == 0 {
		r.Release = one.Release
	}
	r.Units = append(r.Units, UnitReport{Release: one.Release, Published: one.Published, Plan: one.Plan, Chunks: one.Chunks, Duration: one.Duration})
	r.Published = r.Published || one.Published
	r.Plan.add(one.Plan)
	r.Chunks += one.Chunks
	r.Hidden += one.Hidden
	r.Copies = append(r.Copies, one.Copies...)
	r.Warnings = append(r.Warnings, one.Warnings...)
	r.Skipped = joinSkips(r.Skipped, one.Skipped)
}

// joinSkips joins what units skipped: what all of them did stands there once.
func joinSkips(all, more []Skip) []Skip {
	for _, s := range more {
		if i := slices.IndexFunc(all, func(known Skip) bool { return known.Path == s.Path }); i >= 0 {
			all[i].Kept = all[i].Kept || s.Kept
			continue
		}
		all = append(all, s)
	}
	return all
}

func (p *Plan) add(more Plan) {
	p.Added += more.Added
	p.Changed += more.Changed
	p.Removed += more.Removed
	p.Unchanged += more.Unchanged
}

// Preview says what an ingest would do, and what its pages would be.
type Preview struct {
	Pages       []PreviewPage `json:"pages"`
	BrokenLinks []BrokenLink  `json:"broken_links"`
	Plan        Plan          `json:"plan"`
	Skipped     []Skip        `json:"skipped"`
	Copies      []Copy        `json:"copies"`
	// Warnings are of the folder; those of pages stand with them.
	Warnings []docent.Warning `json:"warnings"`
	// Retire are the units that would be taken out of what is searched, see
	// Report.Retired; never nil.
	Retire []docent.Unit `json:"retire"`
	// Embedding is what vectors would take; all 0 without an embedder.
	Embedding Cost `json:"embedding"`
}

// Cost is what an ingest's vectors would take beyond those that are known.
type Cost struct {
	Texts  int     `json:"texts"`
	Tokens int     `json:"tokens"` // estimated
	USD    float64 `json:"usd"`    // 0 where no price is known
}

// Join adds another cost to c.
func (c *Cost) Join(other Cost) {
	c.Texts += other.Texts
	c.Tokens += other.Tokens
	c.USD += other.USD
}

// Join adds another source's preview to p.
func (p *Preview) Join(other Preview) {
	p.Pages = append(p.Pages, other.Pages...)
	p.BrokenLinks = append(p.BrokenLinks, other.BrokenLinks...)
	p.Skipped = append(p.Skipped, other.Skipped...)
	p.Copies = append(p.Copies, other.Copies...)
	p.Warnings = append(p.Warnings, other.Warnings...)
	p.Retire = append(p.Retire, other.Retire...)
	p.Embedding.Join(other.Embedding)
	p.Plan.add(other.Plan)
}

// PreviewPage is a page as it would be.
type PreviewPage struct {
	Source      string           `json:"source"`
	Path        string           `json:"path"`
	URL         string           `json:"url"`
	Title       string           `json:"title"`
	Breadcrumbs []string         `json:"breadcrumbs"`
	Order       int              `json:"order,omitempty"` // see docent.Page
	Lang        string           `json:"lang"`
	Version     string           `json:"version"`
	Sections    []PreviewSection `json:"sections"`
	Warnings    []docent.Warning `json:"warnings"`
	Base        string           `json:"-"` // of the site: see site.About
}

// PreviewSection is a section as it would be.
type PreviewSection struct {
	Heading string `json:"heading"`
	Level   int    `json:"level"`
	Anchor  string `json:"anchor"`
	URL     string `json:"url"`
	Tokens  int    `json:"tokens"` // of its chunks in sum; 0 without text
}

// previewOf makes a preview of a page and its chunks.
func previewOf(p *page, chunks []docent.Chunk) PreviewPage {
	out := PreviewPage{
		Path: p.Path, URL: p.URL, Title: p.Title, Breadcrumbs: p.Breadcrumbs, Order: p.Order, Lang: p.Lang, Version: p.Version,
		Sections: make([]PreviewSection, len(p.Sections)), Warnings: append([]docent.Warning{}, p.Warnings...),
	}
	for i, s := range p.Sections {
		out.Sections[i] = PreviewSection{Heading: s.Heading, Level: s.Level, Anchor: s.Anchor, URL: s.URL}
	}
	for _, c := range chunks {
		out.Sections[c.Section].Tokens += c.Tokens
	}
	return out
}
