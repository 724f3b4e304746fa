package server

import (
	"context"

	"docent"
	"docent/retrieval"
	"docent/tools/docs"
	"docent/web"
)

// Choose implements web.Library.
func (s *search) Choose(ctx context.Context, site string, f docent.Filters) (web.Choice, error) {
	now := s.enter()
	defer now.users.Done()
	releases, err := now.index.Releases(ctx, site)
	if err != nil {
		return web.Choice{}, err
	}
	var c web.Choice
	if c.Releases, c.Note, err = retrieval.Choose(releases, f); err != nil {
		return web.Choice{}, err
	}
	meant := map[docent.Unit]bool{}
	for _, r := range c.Releases {
		meant[r.Unit] = true
	}
	for _, r := range releases {
		if !meant[r.Unit] && (f.Source == "" || f.Source == r.Unit.Source) {
			c.Others = append(c.Others, r)
		}
	}
	return c, nil
}

// Pages implements web.Library.
func (s *search) Pages(ctx context.Context, r docent.Release) ([]docent.Page, error) {
	now := s.enter()
	defer now.users.Done()
	return now.index.Pages(ctx, r)
}

// Read implements web.Library.
func (s *search) Read(ctx context.Context, r docent.Release, path string) (docent.Page, []docent.Chunk, error) {
	now := s.enter()
	defer now.users.Done()
	return now.index.Page(ctx, r, path)
}

// Listing implements docs.Library.
func (s *search) Listing(ctx context.Context, site string, f docent.Filters) ([]docs.Listed, error) {
	now := s.enter()
	defer now.users.Done()
	releases, err := now.Chosen(ctx, site, f)
	if err != nil {
		return nil, err
	}
	var listed []docs.Listed
	for _, r := range releases {
		pages, err := now.index.Pages(ctx, r)
		if err != nil {
			return nil, err
		}
		listed = append(listed, docs.Listed{Unit: r.Unit, Pages: pages})
	}
	return listed, nil
}
