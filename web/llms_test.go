package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// library gives a rig a release of four pages.
func library(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := newRig(t, change)
	moment := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	unit := docent.Unit{Site: docent.DefaultSite, Source: "manual", Version: "2"}
	old := docent.Unit{Site: docent.DefaultSite, Source: "manual", Version: "1", Lang: "de"}
	r.search.choice = Choice{
		Releases: []docent.Release{{Unit: unit, Number: 3, Pages: 4, CreatedAt: moment}},
		Others:   []docent.Release{{Unit: old, Number: 1}},
	}
	r.search.pages = []docent.Page{
		{Path: "guide/b.md", Title: "B [beta]", URL: "https://x.example/guide/b/", Breadcrumbs: []string{"Guide"}},
		{Path: "guide/index.mdx", Title: "Guide", URL: "https://x.example/guide/"},
		{Path: "index.md", Title: "The\nmanual", URL: "https://x.example/", Description: "All of it."},
		{Path: "here.md", Title: "Here", URL: "/docs/manual/2/here", Description: "Shown\nhere."},
	}
	r.search.chunks = []docent.Chunk{{Text: "Words."}}
	return r
}

func TestLLMsTextListsThePagesInGroups(t *testing.T) {
	r := library(t, func(c *Config) { c.Server.PublicURL = "https://d.example/ask" })
	w := r.do("GET", "/ask/llms.txt?version=2", "", "Host", "d.example")
	want := `# The manual

> All of it.

All of it in one file: https://d.example/ask/llms-full.txt?version=2. To find passages instead of reading pages: https://d.example/ask/api/v1/search?q=WORDS.

Other versions and languages: [manual 1 de](https://d.example/ask/llms.txt?lang=de&source=manual&version=1).

## Overview

- [The manual](https://d.example/ask/docs/manual/index.md?version=2): All of it.
- [Here](https://d.example/ask/docs/manual/2/here.md): Shown here.

## Guide

- [Guide](https://d.example/ask/docs/manual/guide/index.mdx.md?version=2)
- [B \[beta\]](https://d.example/ask/docs/manual/guide/b.md?version=2)
`
	if d := cmp.Diff(want, w.Body.String()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(docent.Filters{Version: "2"}, r.search.filter); d != "" {
		t.Error(d)
	}
	if got := w.Header().Get("Content-Type"); got != markdownType {
		t.Errorf("it is %q", got)
	}
}

func TestLLMsTextNamesEachSourceWhereThereAreSeveral(t *testing.T) {
	r := library(t, nil)
	more := r.search.choice.Releases[0]
	more.Unit.Source, more.Unit.Version = "more", ""
	r.search.choice.Releases = append(r.search.choice.Releases, more)
	got := r.do("GET", "/llms.txt", "").Body.String()
	for _, part := range []string{"# Documentation\n", "> The documentation of manual 2, more.\n", "## manual 2: Guide\n", "## more: Guide\n", "](/docs/more/guide/b.md)\n"} {
		if !strings.Contains(got, part) {
			t.Errorf("it lacks %q:\n%s", part, got)
		}
	}
}

func TestTheWholeIsEveryPageAfterAnother(t *testing.T) {
	r := library(t, nil)
	want := `# The manual

Source: https://x.example/

> All of it.

Words.

---

# Here

Source: /docs/manual/2/here

> Shown here.

Words.

---

# Guide

Source: https://x.example/guide/

Words.

---

# B [beta]

Source: https://x.example/guide/b/

Words.
`
	if d := cmp.Diff(want, r.do("GET", "/llms-full.txt", "").Body.String()); d != "" {
		t.Error(d)
	}
}

// TestWhatIsKnownIsNotSentAgain until another release takes the place of one.
func TestWhatIsKnownIsNotSentAgain(t *testing.T) {
	for _, path := range []string{"/llms.txt", "/llms-full.txt", "/docs/manual/a.md"} {
		r := library(t, nil)
		first := r.do("GET", path, "")
		etag := first.Header().Get("ETag")
		if first.Code != 200 || etag == "" || first.Body.Len() == 0 {
			t.Fatalf("%s: %d %q", path, first.Code, etag)
		}
		if w := r.do("GET", path, "", "If-None-Match", etag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s again: %d", path, w.Code)
		}
		if w := r.do("HEAD", path, ""); w.Code != 200 || w.Header().Get("ETag") != etag || w.Body.Len() > 0 {
			t.Errorf("HEAD %s: %d", path, w.Code)
		}
		r.search.choice.Releases[0].Number = 2 // rolled back
		r.search.page.Title = "Another"
		if w := r.do("GET", path, "", "If-None-Match", etag); w.Code != 200 {
			t.Errorf("%s of another release: %d", path, w.Code)
		}
	}
}

func TestPagesStandAsTheNavigationListsThem(t *testing.T) {
	page := func(path string, order int, above ...string) docent.Page {
		return docent.Page{Path: path, URL: "https://x.example/" + path, Title: path, Order: order, Breadcrumbs: above}
	}
	pages := []docent.Page{
		page("a-appendix.md", 0), page("b-late.md", 3, "Z guide"), page("c-early.md", 2, "Z guide"), page("d-first.md", 1),
		page("e-last.md", 4, "A reference"), page("news/x.md", 0, "News"), page("readme.md", 0),
	}
	var got []string
	for _, p := range InOrder(pages) {
		got = append(got, p.Path)
	}
	want := []string{"readme.md", "d-first.md", "c-early.md", "b-late.md", "e-last.md", "a-appendix.md", "news/x.md"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var b strings.Builder
	l := LLMs{Shelves: []Shelf{{Pages: pages}}, Link: func(_ docent.Unit, p docent.Page) string { return p.URL }}
	if err := l.Write(&b); err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, name := range []string{"## Overview", "## Z guide", "c-early.md", "## A reference", "## News"} {
		at := strings.Index(b.String(), name)
		if at <= last {
			t.Errorf("%s does not follow:\n%s", name, b.String())
		}
		last = at
	}
}

// TestAWholeThatBreaksOffIsNoWhole: a reader can't take a part for all of it.
func TestAWholeThatBreaksOffIsNoWhole(t *testing.T) {
	r := library(t, nil)
	r.search.gone = "guide/b.md" // the last one
	s := httptest.NewServer(r)
	defer s.Close() // closing twice is no error
	answer, err := http.Get(s.URL + "/llms-full.txt")
	if err == nil {
		defer answer.Body.Close()
		_, err = answer.Body.Read(make([]byte, 1<<20))
		for err == nil {
			_, err = answer.Body.Read(make([]byte, 1<<20))
		}
		if err.Error() == "EOF" {
			t.Error("it ended well")
		}
	}
	s.Close()                  // its handler reads what follows changes
	r.search.gone = "index.md" // the first one
	wantProblem(t, r.do("GET", "/llms-full.txt", ""), 404, docent.CodeNotFound)
}

func TestFewReadTheWholeAtTheSameTime(t *testing.T) {
	r := library(t, nil)
	for range maxWhole {
		r.whole <- struct{}{}
	}
	w := r.do("GET", "/llms-full.txt", "")
	wantProblem(t, w, 429, docent.CodeRateLimited)
	if w.Header().Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	<-r.whole
	if w := r.do("GET", "/llms-full.txt", ""); w.Code != 200 {
		t.Errorf("with a place that is free: %d", w.Code)
	}
}

func TestATwinIsFoundByThePagesAddressAndByItsFile(t *testing.T) {
	for path, want := range map[string]string{
		"/docs/manual/guide/a%20b.md": "/docs/manual/guide/a%20b",
		"/docs/manual/index.md":       "/docs/manual/",
	} {
		r := newRig(t, nil)
		r.search.page = docent.Page{Title: "A", URL: "https://x.example/a>b"}
		w := r.do("GET", path, "")
		if w.Code != 200 || r.search.path != want || w.Header().Get("Content-Type") != markdownType {
			t.Errorf("%s: %d %q %q", path, w.Code, r.search.path, w.Header().Get("Content-Type"))
		}
		if got := w.Header().Get("Link"); got != `<https://x.example/a%3Eb>; rel="canonical"` {
			t.Errorf("the page itself is %s", got)
		}
	}
	r := newRig(t, nil)
	r.search.byPath = true
	if w := r.do("GET", "/docs/manual/guide/a%20b.md?lang=de", ""); w.Code != 200 || r.search.path != "guide/a b.md" || r.search.filter.Lang != "de" {
		t.Errorf("%d %q", w.Code, r.search.path)
	}
}

func TestAPageBecomesMarkdownAgain(t *testing.T) {
	code := func(line, end int) []docent.Block {
		return []docent.Block{{Kind: docent.BlockCode, Lang: "go", Line: line, EndLine: end}}
	}
	table := func(line, end int) []docent.Block {
		return []docent.Block{{Kind: docent.BlockTable, Line: line, EndLine: end}}
	}
	text := func(line, end int) []docent.Block {
		return []docent.Block{{Kind: docent.BlockParagraph, Line: line, EndLine: end}}
	}
	chunks := []docent.Chunk{
		{Section: 0, Text: "Lead, see the end.", Links: []docent.Link{{Text: "the end", URL: "/docs/m/end"}}},
		{Section: 2, Headings: []string{"A", "B"}, Text: "```go\none()\n```", Blocks: code(3, 4)},
		{Section: 2, Headings: []string{"A", "B"}, Text: "```go\ntwo()\n```", Blocks: code(5, 6)},
		{Section: 2, Headings: []string{"A", "B"}, Text: "```go\napart()\n```", Blocks: code(9, 10)},
		{Section: 3, Headings: []string{"A", "B"}, Text: "| a |\n| - |\n| 1 |", Blocks: table(12, 14)},
		{Section: 3, Headings: []string{"A", "B"}, Text: "| a |\n| - |\n| 2 |", Blocks: table(15, 15)},
		{Section: 4, Headings: []string{"C"}, Text: "One sentence.", Blocks: text(20, 20)},
		{Section: 4, Headings: []string{"C"}, Text: "Another one.", Blocks: text(20, 20)},
		{Section: 4, Headings: []string{"C"}, Text: "A paragraph.", Blocks: text(22, 22)},
	}
	want := `# Title

Source: https://d.example/docs/m/a

Lead, see [the end](https://d.example/docs/m/end).

## A

### B

` + "```go\none()\ntwo()\n```\n\n```go\napart()\n```" + `

### B

| a |
| - |
| 1 |
| 2 |

## C

One sentence. Another one.

A paragraph.
`
	var b strings.Builder
	if err := Markdown(&b, docent.Page{Title: "Title", URL: "/docs/m/a"}, chunks, "https://d.example"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}
