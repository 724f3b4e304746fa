package ingest

import (
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
	Warnings  []docent.Warning `json:"warnings"` // never nil
	// BrokenLinks are those of the pages that were read: all of them where a
	// file was added, removed or renamed, and otherwise those of changed pages.
	BrokenLinks []BrokenLink  `json:"broken_links"` // never nil
	Duration    time.Duration `json:"duration_ns"`
}

// Preview says what an ingest would do, and what its pages would be.
type Preview struct {
	Pages       []PreviewPage `json:"pages"`
	BrokenLinks []BrokenLink  `json:"broken_links"`
	Plan        Plan          `json:"plan"`
	Skipped     []Skip        `json:"skipped"`
	// Warnings are of the folder; those of pages stand with them.
	Warnings []docent.Warning `json:"warnings"`
	// Embedding is what vectors would take; all 0 without an embedder.
	Embedding Cost `json:"embedding"`
}

// Cost is what an ingest's vectors would take beyond those that are known.
type Cost struct {
	Texts  int     `json:"texts"`
	Tokens int     `json:"tokens"` // estimated
	USD    float64 `json:"usd"`    // 0 where no price is known
}

// Join adds another source's preview to p.
func (p *Preview) Join(other Preview) {
	p.Pages = append(p.Pages, other.Pages...)
	p.BrokenLinks = append(p.BrokenLinks, other.BrokenLinks...)
	p.Skipped = append(p.Skipped, other.Skipped...)
	p.Warnings = append(p.Warnings, other.Warnings...)
	p.Embedding.Texts += other.Embedding.Texts
	p.Embedding.Tokens += other.Embedding.Tokens
	p.Embedding.USD += other.Embedding.USD
	p.Plan.Added += other.Plan.Added
	p.Plan.Changed += other.Plan.Changed
	p.Plan.Removed += other.Plan.Removed
	p.Plan.Unchanged += other.Plan.Unchanged
}

// PreviewPage is a page as it would be.
type PreviewPage struct {
	Source      string           `json:"source"`
	Path        string           `json:"path"`
	URL         string           `json:"url"`
	Title       string           `json:"title"`
	Breadcrumbs []string         `json:"breadcrumbs"`
	Lang        string           `json:"lang"`
	Version     string           `json:"version"`
	Sections    []PreviewSection `json:"sections"`
	Warnings    []docent.Warning `json:"warnings"`
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
		Path: p.Path, URL: p.URL, Title: p.Title, Breadcrumbs: p.Breadcrumbs, Lang: p.Lang, Version: p.Version,
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
