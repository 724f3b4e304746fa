package retrieval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"docent"
)

// Choose gives the releases that a query with the filters searches: of every
// source, or the one named, the version asked for in the language that fits
// best. The zero filters choose each source's default version in its main
// language; of all versions it comes first. Which version is the default and what others are called says the
// site, see docent.Edition; of a source whose site does not, names tell.
//
// A version that a source does not have falls back to its default one, and
// note says so. A source without versions is searched whatever version is
// asked for. A source that is not there is docent.CodeInvalid; no releases at
// all are docent.CodeNoIndex.
func Choose(releases []docent.Release, f docent.Filters) (chosen []docent.Release, note string, err error) {
	if len(releases) == 0 {
		return nil, "", docent.NoIndex()
	}
	bySource := groupBy(releases, func(u docent.Unit) string { return u.Source })
	if f.Source != "" {
		if _, known := bySource[f.Source]; !known {
			return nil, "", unknownSource(f.Source, sortedKeys(bySource))
		}
	}
	var notes []string
	for _, source := range sortedKeys(bySource) {
		if f.Source != "" && f.Source != source {
			continue
		}
		byVersion := groupBy(bySource[source], func(u docent.Unit) string { return u.Version })
		versions, known := saidOf(bySource[source]).resolve(sortedKeys(byVersion), f.Version)
		if !known {
			notes = append(notes, fmt.Sprintf("%s has no version %q: version %q was searched", sourceName(source), f.Version, versions[0]))
		}
		for _, v := range versions {
			chosen = append(chosen, inLanguage(byVersion[v], f.Lang))
		}
	}
	return chosen, strings.Join(notes, "; "), nil
}

func groupBy(releases []docent.Release, key func(docent.Unit) string) map[string][]docent.Release {
	groups := make(map[string][]docent.Release)
	for _, r := range releases {
		k := key(r.Unit)
		groups[k] = append(groups[k], r)
	}
	return groups
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func sourceName(source string) string {
	if source == "" {
		return "the documentation"
	}
	return fmt.Sprintf("source %q", source)
}

func unknownSource(name string, known []string) error {
	e := docent.Errorf(docent.CodeInvalid, "there is no source %q", name)
	e.Hint = "sources: " + strings.Join(known, ", ")
	e.Fields = []docent.FieldError{{Field: "filters.source", Message: "must be one of: " + strings.Join(known, ", ")}}
	return e
}

// inLanguage gives, of one version's releases, the one in lang, then in its
// base language ("pt" and "pt-br" are each other's), then the main one.
func inLanguage(releases []docent.Release, lang string) docent.Release {
	lang = strings.ToLower(strings.ReplaceAll(lang, "_", "-"))
	fit := func(r docent.Release) int {
		have := strings.ToLower(r.Unit.Lang)
		switch {
		case lang == "" || have == "":
			return 0
		case have == lang:
			return 3
		case have == baseLang(lang):
			return 2
		case baseLang(have) == baseLang(lang):
			return 1
		}
		return 0
	}
	return slices.MinFunc(releases, func(a, b docent.Release) int {
		return cmp.Or(cmp.Compare(fit(b), fit(a)), mainFirst(a, b))
	})
}

// mainFirst puts a unit's main language first: the one that the site says, else
// the one that isn't named, then the one with the most pages, since translations
// lag behind.
func mainFirst(a, b docent.Release) int {
	unnamed := func(r docent.Release) int {
		switch {
		case r.Main:
			return -1
		case r.Unit.Lang == "":
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(unnamed(a), unnamed(b)), cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.Unit.Lang, b.Unit.Lang))
}

func baseLang(lang string) string {
	b, _, _ := strings.Cut(lang, "-")
	return b
}
