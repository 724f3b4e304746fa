package retrieval

import (
	"context"
	"slices"
	"strings"
	"time"

	"docent"
)

// WithPreviews lets previews that were made longer than life ago count as gone; 0
// lets them live for ever.
func WithPreviews(life time.Duration) Option { return func(s *Searcher) { s.life = life } }

// choose gives the releases that a query searches, see Choose, and the page that
// the reader is on: where the filters say nothing, its version and language count.
func (s *Searcher) choose(ctx context.Context, q docent.Query) (chosen []docent.Release, on reading, note string, err error) {
	releases, err := s.releases(ctx, q.Site, q.Filters.Index)
	if err != nil {
		return nil, on, "", err
	}
	on = s.reading(ctx, releases, q.Page)
	chosen, note, err = Choose(releases, on.filters(q.Filters))
	return on.versions(chosen, releases, q.Filters), on, note, err
}

// releases gives the active releases of a site as a preview shows them; "" is
// what is published. docent.CodeInvalid where there is no such preview.
func (s *Searcher) releases(ctx context.Context, site, preview string) ([]docent.Release, error) {
	published, err := s.index.Releases(ctx, site)
	if err != nil || preview == "" {
		return published, err
	}
	previewed, err := s.index.Releases(ctx, docent.PreviewSite(site, preview))
	if err != nil {
		return nil, err
	}
	if len(previewed) == 0 {
		return nil, noPreview("there is no preview %q", preview)
	}
	if end := PreviewEnd(previewed, s.life); !end.IsZero() && time.Now().After(end) {
		return nil, noPreview("the preview %q expired on %s", preview, end.Format(time.DateOnly))
	}
	return inPlace(published, previewed), nil
}

func noPreview(format string, args ...any) error {
	e := docent.Errorf(docent.CodeInvalid, format, args...)
	e.Hint = "`docent ingest --preview` makes one; leave index out to ask what is published"
	e.Fields = []docent.FieldError{{Field: "index", Message: e.Message}}
	return e
}

// PreviewEnd says when a preview of the releases expires: life after the last of
// them was made. The zero time is never, where life is 0.
func PreviewEnd(releases []docent.Release, life time.Duration) time.Time {
	if life == 0 || len(releases) == 0 {
		return time.Time{}
	}
	last := slices.MaxFunc(releases, func(a, b docent.Release) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return last.CreatedAt.Add(life)
}

// inPlace puts previewed releases in the place of the published ones that an
// ingest of the same would replace: those of the same units, and those that were
// made of the same part of a source and are not in it any more.
func inPlace(published, previewed []docent.Release) []docent.Release {
	replaced := func(r docent.Release) bool {
		return slices.ContainsFunc(previewed, func(p docent.Release) bool {
			u := p.Unit
			u.Site = r.Unit.Site
			return u == r.Unit || u.Source == r.Unit.Source && p.Covers != "" && p.Covers == r.Covers
		})
	}
	return append(slices.DeleteFunc(slices.Clone(published), replaced), previewed...)
}

// inPreview has an address of the pages that Docent shows itself lead to those of
// the preview that site is, if it is one: what is new there is not published.
func inPreview(address, site string) string {
	_, name, is := strings.Cut(site, "@")
	if !is || !strings.HasPrefix(address, "/docs/") {
		return address
	}
	page, anchor, anchored := strings.Cut(address, "#")
	separator := "?"
	if strings.Contains(page, "?") {
		separator = "&"
	}
	page += separator + "index=" + name
	if anchored {
		page += "#" + anchor
	}
	return page
}
