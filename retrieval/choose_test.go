package retrieval

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// releases makes releases of "source version lang pages" lines, "-" being "".
func releases(lines ...string) []docent.Release {
	var out []docent.Release
	for _, line := range lines {
		f := strings.Split(line, " ")
		for i := range f {
			if f[i] == "-" {
				f[i] = ""
			}
		}
		out = append(out, docent.Release{Unit: docent.Unit{Site: docent.DefaultSite, Source: f[0], Version: f[1], Lang: f[2]}, Number: 1, Pages: len(f[3])})
	}
	return out
}

// unitNames writes releases as their units.
func unitNames(chosen []docent.Release) string {
	var names []string
	for _, r := range chosen {
		line := []string{r.Unit.Source, r.Unit.Version, r.Unit.Lang}
		for i := range line {
			if line[i] == "" {
				line[i] = "-"
			}
		}
		names = append(names, strings.Join(line, " "))
	}
	return strings.Join(names, ", ")
}

// edition says of the releases of a version what their site says, and when they
// were made, in minutes.
func edition(from []docent.Release, version string, minute int, e docent.Edition) []docent.Release {
	out := slices.Clone(from)
	for i := range out {
		if out[i].Unit.Version == version {
			out[i].Edition, out[i].CreatedAt = e, time.Unix(int64(60*minute), 0)
		}
	}
	return out
}

// TestTheSiteSaysWhatItsVersionsAre has versions whose names tell otherwise.
func TestTheSiteSaysWhatItsVersionsAre(t *testing.T) {
	all := releases("app 1.9 en x", "app 2.0 en x", "app 2.0 de xx", "app next en x", "cli 1 en x", "cli 2 en x")
	all[1].Main = true
	lts := edition(all, "1.9", 1, docent.Edition{Default: true, Aliases: []string{"live", "Long-term"}})
	lts = edition(lts, "next", 1, docent.Edition{Aliases: []string{"current"}})
	moved := edition(lts, "2.0", 2, docent.Edition{Default: true, Aliases: []string{"live"}})
	moved[1].Main = true
	for name, c := range map[string]struct {
		from    []docent.Release
		filters docent.Filters
		want    string
	}{
		"the default is not the highest":          {lts, docent.Filters{}, "app 1.9 en, cli 2 en"},
		"what names tell stays for other sources": {lts, docent.Filters{Source: "cli"}, "cli 2 en"},
		"an alias":                                  {lts, docent.Filters{Source: "app", Version: "live"}, "app 1.9 en"},
		"a label, in any case":                      {lts, docent.Filters{Source: "app", Version: "long-Term"}, "app 1.9 en"},
		"an alias that would mean the default":      {lts, docent.Filters{Source: "app", Version: "current"}, "app next en"},
		"latest is the default where it is no name": {lts, docent.Filters{Source: "app", Version: "latest"}, "app 1.9 en"},
		"a number is itself":                        {lts, docent.Filters{Source: "app", Version: "2"}, "app 2.0 en"},
		"an unknown one falls back to it":           {lts, docent.Filters{Source: "app", Version: "7"}, "app 1.9 en"},
		"next":                                      {lts, docent.Filters{Source: "app", Version: "next"}, "app next en"},
		"what was said last counts":                 {moved, docent.Filters{Source: "app"}, "app 2.0 en"},
		"and of aliases":                            {moved, docent.Filters{Source: "app", Version: "live"}, "app 2.0 en"},
		"in the reader's language":                  {moved, docent.Filters{Source: "app", Lang: "de"}, "app 2.0 de"},
	} {
		chosen, _, err := Choose(c.from, c.filters)
		if got := unitNames(chosen); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestChoose(t *testing.T) {
	many := releases(
		"app 1.9 en xxx", "app 1.10 en xxx", "app 2.0-rc.1 en xxx", "app 1.10 de xx",
		"cli - en x",
		"web stable en x", "web next en x",
	)
	tests := map[string]struct {
		from    []docent.Release
		filters docent.Filters
		want    string // "source version lang", commas between
		note    string
	}{
		"each source's default":           {many, docent.Filters{}, "app 1.10 en, cli - en, web stable en", ""},
		"one source":                      {many, docent.Filters{Source: "cli"}, "cli - en", ""},
		"every version":                   {many, docent.Filters{Source: "app", Version: "*"}, "app 1.10 en, app 1.9 en, app 2.0-rc.1 en", ""},
		"an exact version":                {many, docent.Filters{Source: "app", Version: "1.9"}, "app 1.9 en", ""},
		"with a v":                        {many, docent.Filters{Source: "app", Version: "v1.9"}, "app 1.9 en", ""},
		"the newest of a major":           {many, docent.Filters{Source: "app", Version: "1"}, "app 1.10 en", ""},
		"written as 1.x":                  {many, docent.Filters{Source: "app", Version: "1.x"}, "app 1.10 en", ""},
		"a patch of a documented minor":   {many, docent.Filters{Source: "app", Version: "1.9.4"}, "app 1.9 en", ""},
		"latest is the default":           {many, docent.Filters{Source: "app", Version: "latest"}, "app 1.10 en", ""},
		"current too":                     {many, docent.Filters{Source: "web", Version: "current"}, "web stable en", ""},
		"next is a pre-release":           {many, docent.Filters{Source: "app", Version: "next"}, "app 2.0-rc.1 en", ""},
		"next by name":                    {many, docent.Filters{Source: "web", Version: "next"}, "web next en", ""},
		"next is main":                    {releases("a 1.0 en x", "a main en x"), docent.Filters{Version: "next"}, "a main en", ""},
		"main is not the default":         {releases("a main en x", "a 0.9 en x"), docent.Filters{}, "a 0.9 en", ""},
		"latest may be a name":            {releases("a 1.0 en x", "a latest en x"), docent.Filters{}, "a latest en", ""},
		"only pre-releases":               {releases("a 1.0-beta.2 en x", "a 1.0-beta.10 en x"), docent.Filters{}, "a 1.0-beta.10 en", ""},
		"names without an order":          {releases("a blue en x", "a red en x", "a nightly en x"), docent.Filters{}, "a red en", ""},
		"unknown falls back":              {many, docent.Filters{Source: "app", Version: "7"}, "app 1.10 en", `source "app" has no version "7": version "1.10" was searched`},
		"a source without versions fits":  {many, docent.Filters{Source: "cli", Version: "7"}, "cli - en", ""},
		"the note names each that lacks":  {many, docent.Filters{Version: "1.9"}, "app 1.9 en, cli - en, web stable en", `source "web" has no version "1.9": version "stable" was searched`},
		"exact language":                  {many, docent.Filters{Source: "app", Lang: "de"}, "app 1.10 de", ""},
		"base language":                   {many, docent.Filters{Source: "app", Lang: "de-AT"}, "app 1.10 de", ""},
		"a region of the language":        {releases("a - en xx", "a - pt-br x"), docent.Filters{Lang: "pt"}, "a - pt-br", ""},
		"another language is main's":      {many, docent.Filters{Source: "app", Lang: "fr"}, "app 1.10 en", ""},
		"main has the most pages":         {releases("a - de x", "a - en xx", "a - fr x"), docent.Filters{}, "a - en", ""},
		"main is not named":               {releases("a - de xxx", "a - - x"), docent.Filters{Lang: "fr"}, "a - -", ""},
		"underscores and case":            {releases("a - en x", "a - pt-br x"), docent.Filters{Lang: "pt_BR"}, "a - pt-br", ""},
		"the language is within versions": {releases("a 1 de x", "a 2 en x"), docent.Filters{Lang: "de"}, "a 2 en", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			chosen, note, err := Choose(tt.from, tt.filters)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, unitNames(chosen)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if note != tt.note {
				t.Errorf("note %q, want %q", note, tt.note)
			}
		})
	}
}

func TestChooseRefuses(t *testing.T) {
	_, _, err := Choose(nil, docent.Filters{})
	if docent.CodeOf(err) != docent.CodeNoIndex || !strings.Contains(err.(*docent.Error).Hint, "docent ingest DIR") {
		t.Errorf("without releases: %#v", err)
	}
	_, _, err = Choose(releases("app 1 en x", "cli - en x"), docent.Filters{Source: "ap"})
	if docent.CodeOf(err) != docent.CodeInvalid || !strings.Contains(err.(*docent.Error).Fields[0].Message, "app, cli") {
		t.Errorf("unknown source: %#v", err)
	}
}

func TestVersionOrder(t *testing.T) {
	ascending := []string{"0.9", "1.0-alpha.2", "1.0-alpha.10", "1.0-beta", "1.0", "1.0.1", "v1.2", "1.10", "2", "10.0"}
	for i, a := range ascending {
		for j, b := range ascending {
			if got := compareVersions(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
	}
}
