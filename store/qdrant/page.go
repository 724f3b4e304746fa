package qdrant

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// Page gives a page of a release, named by its path or its URL, with its chunks
// in order; docent.CodeNotFound where there is none.
func (x *Index) Page(ctx context.Context, r docent.Release, at string) (docent.Page, []docent.Chunk, error) {
	if err := x.read(ctx); err != nil {
		return docent.Page{}, nil, err
	}
	page, err := x.findPage(ctx, r, at)
	if err != nil {
		return docent.Page{}, nil, err
	}
	chunks, err := x.chunks(ctx, chunksAt(r, page.Path))
	if err == nil {
		err = x.kept(ctx, r)
	}
	if err != nil {
		return docent.Page{}, nil, err
	}
	return page, chunks, nil
}

// Section gives the chunks of one section of a page, in order; none where there is
// no such section.
func (x *Index) Section(ctx context.Context, r docent.Release, path string, section int) ([]docent.Chunk, error) {
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	at := chunksAt(r, path)
	at.Must = append(at.Must, api.NewMatchInt(fieldSection, int64(section)))
	return x.chunks(ctx, at)
}

// chunks gives the chunks of a page that a filter lets through, in order.
func (x *Index) chunks(ctx context.Context, filter *api.Filter) ([]docent.Chunk, error) {
	var chunks []docent.Chunk
	err := x.scroll(ctx, filter, bodyFields, func(p payload) error {
		c, err := readChunk(p)
		chunks = append(chunks, c)
		return err
	})
	slices.SortFunc(chunks, func(a, b docent.Chunk) int { return inOrder(&a, &b) })
	return chunks, err
}

// inOrder compares chunks of a page.
func inOrder(a, b *docent.Chunk) int {
	return cmp.Or(cmp.Compare(a.Ordinal, b.Ordinal), strings.Compare(a.ID, b.ID))
}

// Pages gives all pages of a release by path; docent.CodeNotFound where it is not
// kept.
func (x *Index) Pages(ctx context.Context, r docent.Release) ([]docent.Page, error) {
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	var pages []docent.Page
	err := x.scrollPages(ctx, r, func(page docent.Page) { pages = append(pages, page) })
	if err == nil {
		err = x.kept(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(pages, func(a, b docent.Page) int { return strings.Compare(a.Path, b.Path) })
	return pages, nil
}

// scrollPages calls each for every page of a release, in no order.
func (x *Index) scrollPages(ctx context.Context, r docent.Release, each func(docent.Page)) error {
	return x.scroll(ctx, all(append(visible(r), is(fieldKind, kindPage))...), []string{fieldPage}, func(p payload) error {
		page, err := readPage(p)
		if err == nil {
			each(page)
		}
		return err
	})
}

func (x *Index) findPage(ctx context.Context, r docent.Release, at string) (docent.Page, error) {
	var found *docent.Page
	missing := docent.Errorf(docent.CodeNotFound, "there is no page %q", at)
	if !utf8.ValidString(at) {
		return docent.Page{}, missing
	}
	named := api.NewFilterAsCondition(&api.Filter{Should: []*api.Condition{is(fieldPath, at), is(fieldPageURL, at)}})
	err := x.scroll(ctx, all(append(visible(r), is(fieldKind, kindPage), named)...), []string{fieldPage}, func(p payload) error {
		page, err := readPage(p)
		found = &page
		return err
	})
	switch {
	case err != nil:
		return docent.Page{}, err
	case found == nil:
		return docent.Page{}, missing
	}
	return *found, nil
}
