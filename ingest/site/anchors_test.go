package site

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// algorithms are the anchors of testdata/slug-vectors.json.
var algorithms = map[string]func() Anchors{
	"github-slugger":                func() Anchors { return plainAnchors{slugger: newSlugger(), literal: true} },
	"docusaurus":                    func() Anchors { return &docusaurusAnchors{slugger: newSlugger()} },
	"vitepress":                     func() Anchors { return vitepressAnchors{lower: cases.Lower(language.Und), seen: ids{}} },
	"starlight-astro":               func() Anchors { return starlightAnchors{slugger: newSlugger(), smart: true} },
	"nextra":                        func() Anchors { return nextraAnchors{slugger: newSlugger()} },
	"mkdocs-python-markdown":        newPythonMarkdown(attrListOn, slugify{}, "-").anchors,
	"mkdocs-no-attr_list":           newPythonMarkdown(nil, slugify{}, "-").anchors,
	"mkdocs-toc-slugify_unicode":    newPythonMarkdown(attrListOn, slugify{function: slugifyUnicode}, "-").anchors,
	"mkdocs-pymdownx-lower":         newPythonMarkdown(attrListOn, slugify{function: slugifyPymdownx, casing: "lower"}, "-").anchors,
	"mkdocs-pymdownx-lower-percent": newPythonMarkdown(attrListOn, slugify{function: slugifyPymdownx, casing: "lower", percent: true}, "-").anchors,
	"mkdocs-pymdownx-none":          newPythonMarkdown(attrListOn, slugify{function: slugifyPymdownx}, "-").anchors,
	"hugo-github":                   newHugoMarkdown("github", false, false, true, nil).anchors,
	"hugo-github-ascii":             newHugoMarkdown("github-ascii", false, false, true, nil).anchors,
	"hugo-blackfriday":              newHugoMarkdown("blackfriday", false, false, true, nil).anchors,
	"jekyll-kramdown-gfm":           kramdown{}.anchors,
	"kramdown":                      kramdown{native: true}.anchors,
	"mdbook":                        func() Anchors { return mdBookAnchors{ids{}, true} },
	"myst-heading-anchors":          mystSlugs,
	"myst-sphinx-section-id":        (&mystMarkdown{}).anchors,
}

// underived are rows that no source tells how to make, and why.
var underived = map[string]string{
	"mdbook-master":       "a release to come, and a book does not say which one builds it: a heading without letters has another anchor there",
	"sphinx-rst-docutils": "pages of reStructuredText, which are not read; docutils' ids are held by myst-sphinx-section-id",
}

var attrListOn = map[string]bool{"attr_list": true}

// mystSlugs gives MyST's own anchor alone.
func mystSlugs() Anchors {
	return onlySlugs{(&mystMarkdown{headings: 6}).anchors().(mystAnchors)}
}

type onlySlugs struct{ mystAnchors }

func (a onlySlugs) Anchor(h Heading) Anchor {
	return Anchor{ID: a.slugs.free(a.slugOf(a.text(h)))}
}

// TestAnchorsAreThoseOfTheLibraries compares with testdata/slug-vectors.json:
// headings of one document as each framework's own library turned them into
// anchors. Each row names the library and its version.
func TestAnchorsAreThoseOfTheLibraries(t *testing.T) {
	raw, err := os.ReadFile("testdata/slug-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Framework, Heading, Slug string }
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	documents, seen := map[string]Anchors{}, map[string]int{}
	for _, row := range rows {
		name := row.Framework
		if seen[name]++; underived[name] != "" {
			continue
		}
		if algorithms[name] == nil {
			t.Fatalf("%s is not known", name)
		}
		if documents[name] == nil {
			documents[name] = algorithms[name]()
		}
		if got := documents[name].Anchor(headingOf(row.Heading)).ID; got != row.Slug {
			t.Errorf("%s: heading %q: anchor %q, want %q", name, row.Heading, got, row.Slug)
		}
	}
	for name := range algorithms {
		if seen[name] != 42 {
			t.Errorf("%s: %d rows were read, want 42", name, seen[name])
		}
	}
	for name := range underived {
		if seen[name] == 0 {
			t.Errorf("%s has no rows", name)
		}
	}
}

// headingOf is a heading of level 2 as the parser of pages gives it.
func headingOf(written string) Heading {
	const before = `  (preceded by "(My_Id)=")`
	h := Heading{Level: 2, Raw: strings.TrimSuffix(strings.TrimSuffix(written, before), " ##")}
	if strings.HasSuffix(written, before) {
		h.Labels = []string{"My_Id"}
	}
	for i, piece := range strings.Split(h.Raw, "`") {
		kind := PartCode
		if i%2 == 0 {
			kind = PartText
			for _, m := range inlineMarkup {
				piece = m.pattern.ReplaceAllString(piece, m.with)
			}
		}
		if piece != "" {
			h.Parts = append(h.Parts, Part{kind, piece})
		}
	}
	return h
}
