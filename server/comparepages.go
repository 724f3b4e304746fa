package server

import (
	"cmp"
	"context"

	"docent"
)

// comparePages fills d.Pages.
func comparePages(ctx context.Context, index Index, d *docent.Comparison) error {
	d.Pages = []docent.PageChange{}
	var before []docent.Page
	var err error
	if d.From.Number > 0 {
		before, err = index.Pages(ctx, d.From)
	}
	if err != nil {
		return err
	}
	after, err := index.Pages(ctx, d.To)
	if err != nil {
		return err
	}
	for len(before)+len(after) > 0 {
		was, is := next(&before, &after)
		if was != nil && is != nil && was.Hash == is.Hash {
			continue
		}
		p, err := comparePage(ctx, index, d.From, was, d.To, is)
		if err != nil {
			return err
		}
		if p.Change != docent.ChangeChanged || len(p.Sections) > 0 {
			d.Pages = append(d.Pages, p)
		}
	}
	return nil
}

// next takes the page with the smallest path off both lists; nil where one has
// not that page.
func next(before, after *[]docent.Page) (was, is *docent.Page) {
	order := 0
	switch {
	case len(*before) == 0:
		order = 1
	case len(*after) == 0:
		order = -1
	default:
		order = cmp.Compare((*before)[0].Path, (*after)[0].Path)
	}
	if order <= 0 {
		was, *before = &(*before)[0], (*before)[1:]
	}
	if order >= 0 {
		is, *after = &(*after)[0], (*after)[1:]
	}
	return was, is
}

// comparePage tells which sections of a page differ. Its hash says only that it
// may: it is of settings, too.
func comparePage(ctx context.Context, index Index, from docent.Release, was *docent.Page, to docent.Release, is *docent.Page) (p docent.PageChange, err error) {
	p.Sections = []docent.SectionChange{}
	page, change := is, docent.ChangeChanged
	switch {
	case was == nil:
		change = docent.ChangeAdded
	case is == nil:
		page, change = was, "removed"
	}
	p.Path, p.URL, p.Change = page.Path, page.URL, change
	before, err := sectionsOf(ctx, index, from, was)
	if err != nil {
		return p, err
	}
	after, err := sectionsOf(ctx, index, to, is)
	if err != nil {
		return p, err
	}
	for _, anchor := range after.anchors {
		now, then := after.of[anchor], before.of[anchor]
		switch {
		case then == nil:
			p.Sections = append(p.Sections, docent.SectionChange{Anchor: anchor, Heading: now.heading, Change: docent.ChangeAdded})
		case *now != *then:
			p.Sections = append(p.Sections, docent.SectionChange{Anchor: anchor, Heading: now.heading, Change: docent.ChangeChanged})
		}
	}
	for _, anchor := range before.anchors {
		if after.of[anchor] == nil {
			p.Sections = append(p.Sections, docent.SectionChange{Anchor: anchor, Heading: before.of[anchor].heading, Change: docent.ChangeRemoved})
		}
	}
	return p, nil
}

// sections are those of a page, by anchor.
type sections struct {
	anchors []string // in page order
	of      map[string]*section
}

type section struct{ heading, url, text string }

func sectionsOf(ctx context.Context, index Index, r docent.Release, page *docent.Page) (sections, error) {
	s := sections{of: map[string]*section{}}
	if page == nil {
		return s, nil
	}
	_, chunks, err := index.Page(ctx, r, page.Path)
	for i := range chunks {
		c := &chunks[i]
		if s.of[c.Anchor] == nil {
			s.anchors = append(s.anchors, c.Anchor)
			s.of[c.Anchor] = &section{heading: c.Heading(), url: c.URL}
		}
		s.of[c.Anchor].text += c.Text + "\n"
	}
	return s, err
}
