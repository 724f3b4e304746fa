package ingest

import (
	"slices"

	"docent"
)

// gone lists the pages of base that are not live, in order.
func gone(base map[string]docent.Page, live map[string]bool) []string {
	var paths []string
	for p := range base {
		if !live[p] {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

// diff compares the chunks of a page with those of the last release.
func diff(chunks []docent.IndexedChunk, refs []docent.ChunkRef) (add []docent.IndexedChunk, retire []docent.ChunkRef) {
	old, now := map[string]bool{}, map[string]bool{}
	for _, ref := range refs {
		old[ref.ID] = true
	}
	for _, c := range chunks {
		now[c.ID] = true
		if !old[c.ID] {
			add = append(add, c)
		}
	}
	for _, ref := range refs {
		if !now[ref.ID] {
			retire = append(retire, ref)
		}
	}
	return add, retire
}

func pageOf(one made) docent.Page {
	p := one.page
	return docent.Page{
		Path: p.Path, Title: p.Title, URL: p.URL, Description: p.Description, Breadcrumbs: p.Breadcrumbs, Order: p.Order,
		Hash: one.hash, Chunks: len(one.chunks), Links: one.links,
	}
}

// sameButHash reports whether readers would see the same page.
func sameButHash(a, b docent.Page) bool {
	return a.Title == b.Title && a.URL == b.URL && a.Description == b.Description && slices.Equal(a.Breadcrumbs, b.Breadcrumbs)
}
