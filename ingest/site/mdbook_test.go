package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMdBooksPagesAreThoseOfItsSummary(t *testing.T) {
	files := map[string]string{
		"book/book.toml":       "[book]\ntitle = 'B'\nsrc = 'text'\nlanguage = 'en'\n[output.html]\ncname = 'book.example.com'\nsite-url = '/b/'\n[output.html.redirect]\n'/old/a.html' = '../intro.html'\n'/x.html' = 'https://y.org/#z'\n",
		"book/text/SUMMARY.md": "# Summary\n\n[Introduction](intro.md)\n\n# First part\n\n- [Chapter `one`](one/README.md)\n    - [Inner](./one/inner%20page.md)\n- [Draft]()\n  - [Below it](below.md)\n\n---\n\n# Second & last\n\n1. [End](end.md)\n\n[Colophon](colophon.md)\n",
		"book/text/intro.md":   "# Hello", "book/text/one/README.md": "# One", "book/text/one/inner page.md": "# In", "book/text/below.md": "", "book/text/end.md": "---\ntitle: no front matter\n---\n",
		"book/text/colophon.md": "# C", "book/text/part.md": "# Part", "README.md": "# R",
	}
	s := repoOf(".", files)
	r := made(t, "mdbook", s)
	diffShown(t, map[string]string{
		"book/text/intro.md":          "https://book.example.com/b/intro.html 1 Introduction [en ]",
		"book/text/one/README.md":     "https://book.example.com/b/one/index.html 2 First part > Chapter one [en ]",
		"book/text/one/inner page.md": "https://book.example.com/b/one/inner%20page.html 3 First part > Chapter one > Inner [en ]",
		"book/text/below.md":          "https://book.example.com/b/below.html 4 First part > Draft > Below it [en ]",
		"book/text/end.md":            "https://book.example.com/b/end.html 5 Second & last > End [en ]",
		"book/text/colophon.md":       "https://book.example.com/b/colophon.html 6 Second & last > Colophon [en ]",
		"book/text/part.md":           "hidden: not in SUMMARY.md", "book/text/SUMMARY.md": "hidden: it is the table of contents",
		"README.md": "hidden: outside of book/text, where the site's pages are",
	}, r, s)
	want := map[string]string{"https://book.example.com/b/old/a.html": "https://book.example.com/b/intro.html", "https://book.example.com/b/x.html": "https://y.org/#z"}
	if diff := cmp.Diff(want, r.About().Redirects); diff != "" {
		t.Error(diff)
	}
	if s = repoOf("book/text", files); made(t, "mdbook", s).Page(File{Path: "intro.md"}).URL != "https://book.example.com/b/intro.html" {
		t.Error("the folder of pages alone gives other URLs")
	}
}

func TestMdBooksAnchorsFollowItsConfiguration(t *testing.T) {
	for config, want := range map[string]string{
		"": "a-b", "[output.html]\nsmart-punctuation = false": "a----b", "[output.html]\ncurly-quotes = false": "a----b",
	} {
		s := repoOf(".", map[string]string{"book.toml": config, "src/SUMMARY.md": "[A](a.md)", "src/a.md": ""})
		if got := made(t, "mdbook", s).Anchors().Anchor(headingOf("a--- b")).ID; got != want {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
	a := mdBookAnchors{ids{}, true}
	for i, want := range []string{"x", "x", "x-1", "b", "words", "a-b-c"} { // a chosen id is not counted
		if got := a.Anchor(headingOf([]string{"Other { #x .y }", "X", "X", "A {#a}{#b}", "Words {name}", "A {b} c"}[i])).ID; got != want {
			t.Errorf("heading %d: %q, want %q", i, got, want)
		}
	}
	if got := a.Anchor(Heading{HTML: true, Parts: []Part{{PartText, "X"}}}); got.ID != "" {
		t.Errorf("a heading in HTML: %q", got.ID)
	}
}
