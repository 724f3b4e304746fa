package retrieval

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"docent"
)

// onPage is how far a section of the page that the reader is on is raised towards
// the best score. 129 questions to the manual have a MRR@10 of .844; asked on a page
// that answers them .880, and .849 on a page that answers another one.
const onPage = 0.3

// reading is the page that a reader is on, as the index has it; the zero value is
// none of it.
type reading struct {
	unit docent.Unit
	path string
}

// raise brings the sections of the page nearer to the best score.
func (r reading) raise(hits []*hit) {
	if r.path == "" {
		return
	}
	for _, h := range hits {
		if h.Path == r.path && h.Unit == r.unit {
			h.score += onPage * (1 - h.score)
		}
	}
}

// filters are those of a query, and where it has none the language of the page.
func (r reading) filters(f docent.Filters) docent.Filters {
	if f.Lang == "" {
		f.Lang = r.unit.Lang
	}
	return f
}

// versions puts the version of the page in the place of its source's default one,
// where the filters ask for none. chosen is not changed.
func (r reading) versions(chosen, all []docent.Release, f docent.Filters) []docent.Release {
	if r.path == "" || f.Version != "" {
		return chosen
	}
	var same []docent.Release
	for _, release := range all {
		if u := release.Unit; u.Source == r.unit.Source && u.Version == r.unit.Version {
			same = append(same, release)
		}
	}
	chosen = slices.Clone(chosen)
	for i, release := range chosen {
		if release.Unit.Source == r.unit.Source && len(same) > 0 {
			chosen[i] = inLanguage(same, r.filters(f).Lang)
		}
	}
	return chosen
}

// maxReadings is how many pages' addresses are remembered.
const maxReadings = 2000

// readings remembers which addresses are pages of the index, of one state of it.
type readings struct {
	mu    sync.Mutex
	state string
	pages map[string]reading
}

// of gives what is remembered of an address, and whether anything is.
func (r *readings) of(state, address string) (reading, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != state || len(r.pages) >= maxReadings {
		r.state, r.pages = state, map[string]reading{}
	}
	page, known := r.pages[address]
	return page, known
}

func (r *readings) keep(state, address string, page reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == state {
		r.pages[address] = page
	}
}

// reading finds the page at an address in releases; nothing where it is none of
// theirs. Failures of the store are left to the search.
func (s *Searcher) reading(ctx context.Context, releases []docent.Release, address string) reading {
	if address == "" {
		return reading{}
	}
	state := identity(releases)
	if page, known := s.readings.of(state, address); known {
		return page
	}
	page := reading{}
	for _, at := range s.addresses(address) {
		for _, r := range releases {
			found, _, err := s.index.Page(ctx, r, at)
			if err == nil {
				page = reading{r.Unit, found.Path}
			} else if docent.CodeOf(err) != docent.CodeNotFound {
				return reading{}
			}
			if page.path != "" {
				s.readings.keep(state, address, page)
				return page
			}
		}
	}
	s.readings.keep(state, address, page)
	return page
}

// addresses are the forms in which an index may have a page's address: without
// what follows the page, rooted where Docent itself shows it, with and without
// the last slash.
func (s *Searcher) addresses(address string) []string {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	u.RawQuery, u.Fragment, u.RawFragment, u.ForceQuery = "", "", "", false
	var forms []string
	add := func(form string) {
		if isURL(form) && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	for _, form := range []string{u.String(), strings.TrimPrefix(u.String(), s.config.PublicURL), u.EscapedPath()} {
		form = strings.TrimSuffix(form, "index.html")
		add(form)
		add(strings.TrimSuffix(form, "/"))
		add(strings.TrimSuffix(form, "/") + "/")
		add(strings.TrimSuffix(form, ".html"))
	}
	return forms
}
