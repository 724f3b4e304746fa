package ingest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// shelf is an index of many units, each a memory.
type shelf struct {
	units   map[docent.Unit]*memory
	fail    docent.Unit // a unit whose build can't begin
	retired map[docent.Unit]bool
}

func (s *shelf) Begin(ctx context.Context, unit docent.Unit) (Build, error) {
	if unit == s.fail {
		return nil, docent.Errorf(docent.CodeConflict, "another ingest is running")
	}
	if s.units == nil {
		s.units = map[docent.Unit]*memory{}
	}
	if s.units[unit] == nil {
		s.units[unit] = &memory{}
	}
	return s.units[unit].Begin(ctx, unit)
}

func (s *shelf) Releases(context.Context, string) ([]docent.Release, error) {
	var all []docent.Release
	for unit, m := range s.units {
		if !s.retired[unit] {
			all = append(all, docent.Release{Unit: unit, Edition: m.release.Edition, CreatedAt: m.release.CreatedAt})
		}
	}
	return all, nil
}

func (s *shelf) Retire(_ context.Context, unit docent.Unit) error {
	if s.retired == nil {
		s.retired = map[docent.Unit]bool{}
	}
	s.retired[unit] = true
	return nil
}

// paths gives the pages of each unit, which is written as "version lang".
func (s *shelf) paths() map[string][]string {
	all := map[string][]string{}
	for unit, m := range s.units {
		all[unit.Version+" "+unit.Lang] = slices.Sorted(maps.Keys(m.chunks))
	}
	return all
}

// versioned is a repository with two versions, two languages and a blog.
func versioned(t *testing.T) string {
	return folderOf(t, map[string]string{
		"docusaurus.config.js":            `module.exports = {url: 'https://x.example', baseUrl: '/', presets: [['classic', {}]], i18n: {defaultLocale: 'en', locales: ['en', 'de']}}`,
		"versions.json":                   `["2.0", "1.0"]`,
		"README.md":                       "# Not of the site",
		"docs/a.md":                       "# A\n\nnext, see [b](b.md)",
		"docs/b.md":                       "# B\n\nnext",
		"blog/2024-01-02-x.md":            "# Post\n\nnews",
		"versioned_docs/version-2.0/a.md": "# A\n\ntwo",
		"versioned_docs/version-1.0/a.md": "# A\n\none, see [two](/docs/a)",
		"i18n/de/docusaurus-plugin-content-docs/version-2.0/a.md":             "# A\n\nzwei",
		"i18n/de/docusaurus-plugin-content-docs/version-2.0/no/more/_part.md": "teil",
	})
}

func TestAVersionInALanguageIsAUnitOfItsOwn(t *testing.T) {
	dir, index := versioned(t), &shelf{}
	r, err := Run(context.Background(), index, Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"2.0 en":  {"blog/2024-01-02-x.md", "versioned_docs/version-2.0/a.md"}, // what has no version is the default's
		"2.0 de":  {"i18n/de/docusaurus-plugin-content-docs/version-2.0/a.md"},
		"1.0 en":  {"versioned_docs/version-1.0/a.md"},
		"next en": {"docs/a.md", "docs/b.md"},
	}
	if diff := cmp.Diff(want, index.paths()); diff != "" {
		t.Error(diff)
	}
	if len(r.Units) != 4 || r.Units[0].Release.Unit.Version != "2.0" || r.Units[0].Release.Unit.Lang != "en" || r.Plan.Added != 6 || r.Hidden != 2 {
		t.Errorf("%+v", r)
	}
	if len(r.BrokenLinks) != 0 || len(r.Warnings) != 0 {
		t.Errorf("broken %v, warnings %v", r.BrokenLinks, r.Warnings)
	}
	for unit, m := range index.units {
		for _, chunks := range m.chunks {
			for _, c := range chunks {
				if c.Unit != unit {
					t.Errorf("a chunk of %v stands in %v", c.Unit, unit)
				}
			}
		}
	}
}

func TestUnitsThatDidNotChangeAreNotReleased(t *testing.T) {
	dir, index := versioned(t), &shelf{}
	src := Source{Name: "s", Dir: dir}
	if _, err := Run(context.Background(), index, src, testConfig(), Options{}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "docs/b.md", "# B\n\nnew words")
	r, err := Run(context.Background(), index, src, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range r.Units {
		if u.Published != (u.Release.Unit.Version == "next") {
			t.Errorf("%+v", u)
		}
	}
}

func TestAUnitThatFailsDoesNotKeepTheOthersBack(t *testing.T) {
	unit := docent.Unit{Site: docent.DefaultSite, Source: "s", Version: "2.0", Lang: "en"}
	index := &shelf{fail: unit}
	_, err := Run(context.Background(), index, Source{Name: "s", Dir: versioned(t)}, testConfig(), Options{})
	var e *docent.Error
	if !errors.As(err, &e) || e.Code != docent.CodeConflict || len(index.units) != 3 {
		t.Errorf("%v, %v", err, index.paths())
	}
}

func TestAVersionThatIsAskedForIsTheOnlyOne(t *testing.T) {
	index := &shelf{}
	_, err := Run(context.Background(), index, Source{Name: "s", Dir: versioned(t), Version: "1.0", Lang: "en"}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"1.0 en": {"blog/2024-01-02-x.md", "versioned_docs/version-1.0/a.md"}}
	if diff := cmp.Diff(want, index.paths()); diff != "" {
		t.Error(diff)
	}
}

func TestAUnitThatTheFolderNoLongerHasIsTold(t *testing.T) {
	old := docent.Unit{Site: docent.DefaultSite, Source: "s"}
	other := docent.Unit{Site: docent.DefaultSite, Source: "t"}
	index := &shelf{units: map[docent.Unit]*memory{old: {}, other: {}}}
	r, err := Run(context.Background(), index, Source{Name: "s", Dir: versioned(t)}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Message, `version "" in language ""`) {
		t.Errorf("%v", r.Warnings)
	}
}

func TestADryRunShowsVersionsAndLanguages(t *testing.T) {
	p, err := DryRun(context.Background(), nil, Source{Name: "s", Dir: versioned(t)}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, page := range p.Pages {
		got[page.URL] = page.Version + " " + page.Lang
	}
	want := map[string]string{
		"https://x.example/docs/a":            "2.0 en",
		"https://x.example/blog/2024/01/02/x": "2.0 en",
		"https://x.example/de/docs/a":         "2.0 de",
		"https://x.example/docs/1.0/a":        "1.0 en",
		"https://x.example/docs/next/a":       "next en",
		"https://x.example/docs/next/b":       "next en",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAPagesPlaceInTheNavigationIsStored, and follows a navigation in which nothing
// but the order changed: without new chunks.
func TestAPagesPlaceInTheNavigationIsStored(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"mkdocs.yml":    "site_name: S\nnav: [index.md, b.md, a.md]\n",
		"docs/a.md":     "# A\n\nfirst by its name",
		"docs/b.md":     "# B\n\nsecond by its name",
		"docs/c.md":     "# C\n\nin no navigation",
		"docs/index.md": "# Home\n\nwelcome",
	})
	index, src := &memory{}, Source{Name: "s", Dir: dir}
	for _, round := range []struct {
		nav  string
		want map[string]int
	}{
		{"[index.md, b.md, a.md]", map[string]int{"index.md": 1, "b.md": 2, "a.md": 3, "c.md": 0}},
		{"[index.md, a.md, b.md]", map[string]int{"index.md": 1, "a.md": 2, "b.md": 3, "c.md": 0}},
	} {
		write(t, dir, "mkdocs.yml", "site_name: S\nnav: "+round.nav+"\n")
		before := index.release.Chunks
		r, err := Run(t.Context(), index, src, testConfig(), Options{})
		if err != nil || !r.Published || before > 0 && (r.Plan.Unchanged != 4 || index.release.Chunks != before) {
			t.Fatalf("%s: %v, %+v", round.nav, err, r)
		}
		for path, want := range round.want {
			if got := index.pages["docs/"+path].Order; got != want {
				t.Errorf("%s: %s has place %d, want %d", round.nav, path, got, want)
			}
		}
	}
}
