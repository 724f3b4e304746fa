package site

import (
	"os"
	"strings"
	"testing"
)

// algorithms are the anchors of testdata/anchors.tsv.
var algorithms = map[string]func() Anchors{
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

var attrListOn = map[string]bool{"attr_list": true}

// mystSlugs gives MyST's own anchor alone.
func mystSlugs() Anchors {
	return onlySlugs{(&mystMarkdown{headings: 6}).anchors().(mystAnchors)}
}

type onlySlugs struct{ mystAnchors }

func (a onlySlugs) Anchor(h Heading) Anchor {
	return Anchor{ID: a.slugs.free(a.slugOf(a.text(h)))}
}

func TestAnchorsAreThoseOfTheGenerators(t *testing.T) {
	raw, err := os.ReadFile("testdata/anchors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	documents, rows := map[string]Anchors{}, map[string]int{}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		name := cols[0]
		if algorithms[name] == nil {
			t.Fatalf("%s is not known", name)
		}
		if documents[name] == nil {
			documents[name] = algorithms[name]()
		}
		rows[name]++
		if got := documents[name].Anchor(headingOf(cols[1])).ID; got != cols[2] {
			t.Errorf("%s: heading %q: anchor %q, want %q", name, cols[1], got, cols[2])
		}
	}
	for name := range algorithms {
		if rows[name] != 42 {
			t.Errorf("%s: %d rows were read, want 42", name, rows[name])
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
