package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/eval"
	"docent/retrieval"
	"docent/server"
)

func newIndexDiff() *cobra.Command {
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two releases, or a preview with what is published",
		Long: `Tells which pages and sections B has beside those of A, which it says otherwise and
which it has no more. A and B are SOURCE for the active release, SOURCE@7 for a kept
one, or SOURCE@NAME for the preview of that name. With --questions it also tells which
questions of a file, as docent eval reads them, find another section first.

The report is Markdown, to be posted to a pull request.`,
		Example: `  docent index diff docs@3 docs
  docent index diff docs docs@pr-42 --questions questions.jsonl
  docent index diff docs@3 docs@4 --version 2.0 --json`,
		Args: args(cobra.ExactArgs(2)),
	}
	unit := unitFlags(c)
	asJSON := c.Flags().Bool("json", false, "print JSON")
	file := c.Flags().String("questions", "", "file of questions, one {\"question\": ...} a line")
	c.RunE = func(c *cobra.Command, words []string) (err error) {
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		index, search, err := server.OpenReleases(c.Context(), s.Config)
		if err != nil {
			return err
		}
		defer index.Close()
		var d indexDiff
		if d.From, err = namedRelease(c.Context(), index, *unit, words[0]); err != nil {
			return err
		}
		if d.To, err = namedRelease(c.Context(), index, *unit, words[1]); err != nil {
			return err
		}
		if err := d.comparePages(c.Context(), index); err != nil {
			return err
		}
		if *file != "" {
			if err := d.ask(c.Context(), *file, search(d.From), search(d.To)); err != nil {
				return err
			}
		}
		if *asJSON {
			return printJSON(c, d)
		}
		return d.print(c.OutOrStdout())
	}
	return c
}

// namedRelease finds the release that a word names: SOURCE, SOURCE@7 or
// SOURCE@preview.
func namedRelease(ctx context.Context, index server.Index, unit docent.Unit, word string) (docent.Release, error) {
	source, at, _ := strings.Cut(word, "@")
	unit.Source = source
	if _, err := strconv.Atoi(at); err == nil {
		return findRelease(ctx, index, unit, []string{at})
	}
	if at != "" {
		if err := server.CheckPreviewName(at); err != nil {
			return docent.Release{}, &exitError{exitUsage, err}
		}
		unit.Site = docent.PreviewSite(unit.Site, at)
	}
	return findRelease(ctx, index, unit, nil)
}

// indexDiff is what `docent index diff --json` prints.
type indexDiff struct {
	From      docent.Release `json:"from"`
	To        docent.Release `json:"to"`
	Pages     []pageDiff     `json:"pages"`               // that differ, by path
	Asked     int            `json:"asked,omitempty"`     // questions
	Questions []foundDiff    `json:"questions,omitempty"` // that find another section first
}

// pageDiff is a page that differs.
type pageDiff struct {
	Path     string        `json:"path"`
	URL      string        `json:"url"`
	Change   string        `json:"change"` // added, changed or removed
	Sections []sectionDiff `json:"sections"`
}

// sectionDiff is a section that differs.
type sectionDiff struct {
	Anchor  string `json:"anchor"`
	Heading string `json:"heading"`
	Change  string `json:"change"` // added, changed or removed
}

// foundDiff is a question that finds another section first; "" is none.
type foundDiff struct {
	Question string `json:"question"`
	From     string `json:"from"`
	To       string `json:"to"`
}

// comparePages fills Pages.
func (d *indexDiff) comparePages(ctx context.Context, index server.Index) error {
	d.Pages = []pageDiff{}
	before, err := index.Pages(ctx, d.From)
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
		if p.Change != "changed" || len(p.Sections) > 0 {
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
func comparePage(ctx context.Context, index server.Index, from docent.Release, was *docent.Page, to docent.Release, is *docent.Page) (p pageDiff, err error) {
	p.Sections = []sectionDiff{}
	page, change := is, "changed"
	switch {
	case was == nil:
		change = "added"
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
			p.Sections = append(p.Sections, sectionDiff{anchor, now.heading, "added"})
		case *now != *then:
			p.Sections = append(p.Sections, sectionDiff{anchor, now.heading, "changed"})
		}
	}
	for _, anchor := range before.anchors {
		if after.of[anchor] == nil {
			p.Sections = append(p.Sections, sectionDiff{anchor, before.of[anchor].heading, "removed"})
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

func sectionsOf(ctx context.Context, index server.Index, r docent.Release, page *docent.Page) (sections, error) {
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

// ask fills Questions.
func (d *indexDiff) ask(ctx context.Context, file string, before, after *retrieval.Searcher) error {
	f, err := os.Open(file)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	defer f.Close()
	questions, err := eval.Read(f, file)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	d.Asked = len(questions)
	for _, q := range questions {
		change := foundDiff{Question: q.Question}
		if change.From, err = top(ctx, before, d.From.Unit.Site, q.Question); err != nil {
			return err
		}
		if change.To, err = top(ctx, after, d.To.Unit.Site, q.Question); err != nil {
			return err
		}
		if change.From != change.To {
			d.Questions = append(d.Questions, change)
		}
	}
	return nil
}

// top names the section that a question finds first; "" where it finds none.
func top(ctx context.Context, search *retrieval.Searcher, site, question string) (string, error) {
	found, err := search.Search(ctx, docent.Query{Site: site, Text: question, Limit: 1})
	if err != nil || len(found.Passages) == 0 {
		return "", err
	}
	p := found.Passages[0]
	if p.Anchor == "" {
		return p.Path, nil
	}
	return fmt.Sprintf("%s#%s", p.Path, p.Anchor), nil
}
