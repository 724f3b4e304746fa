package retrieval

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"docent"
)

// allVersions asks for every version.
const allVersions = "*"

// released and unreleased are names that projects give to versions which move:
// the first of released that is there is a source's default version.
var (
	released   = []string{"stable", "current", "latest"}
	unreleased = []string{"next", "main", "master", "dev", "develop", "development", "edge", "nightly", "canary", "unreleased", "preview"}
)

// said is what a source's site says of its versions; the zero value is nothing.
type said struct {
	standard *string           // the default version
	aliases  map[string]string // versions by their other names, in lower case
}

// saidOf gathers what releases of one source say. Where they contradict each
// other, the one that was made last is right; of those made at once, the higher
// version.
func saidOf(releases []docent.Release) said {
	var s said
	sorted := slices.SortedFunc(slices.Values(releases), func(a, b docent.Release) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), compareVersions(a.Unit.Version, b.Unit.Version))
	})
	for _, r := range sorted {
		if r.Default {
			s.standard = &r.Unit.Version
		}
		for _, alias := range r.Aliases {
			if s.aliases == nil {
				s.aliases = map[string]string{}
			}
			s.aliases[strings.ToLower(alias)] = r.Unit.Version
		}
	}
	return s
}

// resolve gives the versions of have (never empty) that want asks for, of all of them
// the default one first, and whether want is known. What is not known falls back to the default version.
func (s said) resolve(have []string, want string) (versions []string, known bool) {
	def := defaultVersion(have)
	if s.standard != nil {
		def = *s.standard
	}
	alias, isAlias := s.aliases[strings.ToLower(want)]
	switch {
	case want == allVersions:
		return append([]string{def}, slices.DeleteFunc(slices.Clone(have), func(v string) bool { return v == def })...), true
	case slices.Contains(have, want) && want != "":
		return []string{want}, true
	case isAlias:
		return []string{alias}, true
	case want == "", len(have) == 1 && have[0] == "", slices.Contains(released, want):
		return []string{def}, true
	}
	for _, match := range []func(v string) bool{
		func(v string) bool { return want == "next" && slices.Contains(unreleased, v) },
		func(v string) bool { return want == "next" && isNumbered(v) && compareVersions(v, def) > 0 },
		func(v string) bool { return bare(v) == bare(want) },
		func(v string) bool { return strings.HasPrefix(bare(v), bare(want)+".") }, // 3 finds 3.2
		func(v string) bool { return v != "" && strings.HasPrefix(bare(want), bare(v)+".") },
	} {
		if found := newest(have, match); found != nil {
			return found, true
		}
	}
	return []string{def}, false
}

// defaultVersion gives the version that readers mean who name none: a moving
// name for what is released, else the highest number (finished before
// pre-releases), else the documentation without a version, else what is left.
func defaultVersion(have []string) string {
	for _, name := range released {
		if slices.Contains(have, name) {
			return name
		}
	}
	for _, kind := range []func(v string) bool{
		func(v string) bool { return isNumbered(v) && !isPrerelease(v) },
		isNumbered,
		func(v string) bool { return v == "" },
		func(v string) bool { return !slices.Contains(unreleased, v) },
	} {
		if found := newest(have, kind); found != nil {
			return found[0]
		}
	}
	return have[0]
}

// newest gives the highest of the versions that match, nil where none does.
func newest(have []string, match func(string) bool) []string {
	var best []string
	for _, v := range have {
		if match(v) && (best == nil || compareVersions(v, best[0]) > 0) {
			best = []string{v}
		}
	}
	return best
}

// bare is a version without its "v" and without ".x" at its end.
func bare(v string) string {
	v = strings.TrimSuffix(v, ".x")
	if len(v) > 1 && (v[0] == 'v' || v[0] == 'V') && v[1] >= '0' && v[1] <= '9' {
		return v[1:]
	}
	return v
}

func isNumbered(v string) bool {
	v = bare(v)
	return v != "" && v[0] >= '0' && v[0] <= '9'
}

func isPrerelease(v string) bool { return strings.Contains(bare(v), "-") }

// compareVersions orders numbers as numbers, part by part; a pre-release is
// below its release, as in Semantic Versioning.
func compareVersions(a, b string) int {
	aCore, aPre, aHas := strings.Cut(bare(a), "-")
	bCore, bPre, bHas := strings.Cut(bare(b), "-")
	pre := 0
	switch {
	case aHas && !bHas:
		pre = -1
	case !aHas && bHas:
		pre = 1
	}
	return cmp.Or(compareParts(aCore, bCore), pre, compareParts(aPre, bPre), cmp.Compare(a, b))
}

func compareParts(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(as, bs, func(x, y string) int {
		n, errX := strconv.Atoi(x)
		m, errY := strconv.Atoi(y)
		if errX == nil && errY == nil {
			return cmp.Compare(n, m)
		}
		return cmp.Compare(x, y)
	})
}
