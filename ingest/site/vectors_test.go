package site

import (
	"encoding/json"
	"os"
	"testing"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

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
	documents := map[string]Anchors{
		"github-slugger":  plainAnchors{slugger: newSlugger(), literal: true},
		"docusaurus":      &docusaurusAnchors{slugger: newSlugger()},
		"vitepress":       vitepressAnchors{lower: cases.Lower(language.Und), seen: ids{}},
		"starlight-astro": starlightAnchors{slugger: newSlugger(), smart: true},
		"nextra":          nextraAnchors{slugger: newSlugger()},
	}
	seen := map[string]int{}
	for _, row := range rows {
		anchors := documents[row.Framework]
		if anchors == nil {
			continue // of another test
		}
		seen[row.Framework]++
		if got := anchors.Anchor(headingOf(row.Heading)).ID; got != row.Slug {
			t.Errorf("%s: heading %q: anchor %q, want %q", row.Framework, row.Heading, got, row.Slug)
		}
	}
	for name := range documents {
		if seen[name] != 42 {
			t.Errorf("%s: %d rows were read, want 42", name, seen[name])
		}
	}
}
