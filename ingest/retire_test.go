package ingest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// ingested runs an ingest into index.
func ingested(t *testing.T, index *shelf, src Source, opts Options) Report {
	t.Helper()
	r, err := Run(t.Context(), index, src, testConfig(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatTheSiteSaysOfAVersionIsStored(t *testing.T) {
	index := &shelf{}
	src := Source{Name: "s", Dir: versioned(t)}
	ingested(t, index, src, Options{})
	got := map[string]docent.Edition{}
	for u, m := range index.units {
		got[u.Version+" "+u.Lang] = m.release.Edition
	}
	want := map[string]docent.Edition{
		"2.0 en":  {Default: true, Aliases: []string{"latest"}, Main: true, Covers: "*/*"},
		"2.0 de":  {Default: true, Aliases: []string{"latest"}, Covers: "*/*"},
		"1.0 en":  {Main: true, Covers: "*/*"},
		"next en": {Main: true, Aliases: []string{"current"}, Covers: "*/*"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	config := `module.exports = {url: 'https://x.example', baseUrl: '/', presets: [['classic', {docs: {lastVersion: '1.0'}}]],
		i18n: {defaultLocale: 'en', locales: ['en', 'de']}}`
	write(t, src.Dir, "docusaurus.config.js", config)
	ingested(t, index, src, Options{})
	for u, m := range index.units {
		if m.release.Default != (u.Version == "1.0") {
			t.Errorf("after another one was made the default: %v %+v", u, m.release.Edition)
		}
	}
}

func TestAVersionThatTheUserNamesIsNotTheDefaultByThat(t *testing.T) {
	dir := folderOf(t, map[string]string{"conf.py": "project = 'x'\n", "index.md": "# A\n\nwords"})
	for version, want := range map[string]bool{"": true, "1.0": false} {
		index := &shelf{}
		ingested(t, index, Source{Name: "s", Dir: dir, Framework: "sphinx", BaseURL: "https://x.example/en/3.0/", Version: version}, Options{})
		for u, m := range index.units {
			if m.release.Default != want {
				t.Errorf("version %q: %v %+v", version, u, m.release.Edition)
			}
		}
	}
}

// german is a unit of the source that versioned makes.
var german = docent.Unit{Site: docent.DefaultSite, Source: "s", Version: "2.0", Lang: "de"}

func removeGerman(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, "i18n")); err != nil {
		t.Fatal(err)
	}
}

func TestAUnitThatTheSourceNoLongerHasIsRetired(t *testing.T) {
	dir, index := versioned(t), &shelf{}
	src := Source{Name: "s", Dir: dir}
	if r := ingested(t, index, src, Options{}); len(r.Retired) > 0 {
		t.Errorf("retired %v", r.Retired)
	}
	kept := t.TempDir()
	if err := os.Rename(filepath.Join(dir, "i18n"), filepath.Join(kept, "i18n")); err != nil {
		t.Fatal(err)
	}
	p, err := DryRun(t.Context(), index, src, testConfig(), Options{})
	if err != nil || !slices.Equal(p.Retire, []docent.Unit{german}) || index.retired[german] {
		t.Errorf("the plan would retire %v, %v", p.Retire, err)
	}
	r := ingested(t, index, src, Options{})
	if !slices.Equal(r.Retired, []docent.Unit{german}) || !index.retired[german] || len(r.Warnings) > 0 {
		t.Errorf("retired %v, warnings %v", r.Retired, r.Warnings)
	}
	if err := os.Rename(filepath.Join(kept, "i18n"), filepath.Join(dir, "i18n")); err != nil {
		t.Fatal(err)
	}
	r = ingested(t, index, src, Options{})
	if at := slices.IndexFunc(r.Units, func(u UnitReport) bool { return u.Release.Unit == german }); at < 0 || !r.Units[at].Published {
		t.Errorf("what is back is not published: %+v", r.Units)
	}
}

// TestOnlyWhatTheSameRunMadeIsRetired lets runs look at folders that have no
// translation any more, each with something that forbids to conclude from that.
func TestOnlyWhatTheSameRunMadeIsRetired(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Source, *Options, *shelf)
		warns  string
	}{
		"the run is of one version and language":  {func(s *Source, _ *Options, _ *shelf) { s.Version, s.Lang = "2.0", "en" }, ""},
		"the run is of one language":              {func(s *Source, _ *Options, _ *shelf) { s.Lang = "en" }, ""},
		"another run made it":                     {func(_ *Source, _ *Options, x *shelf) { x.units[german].release.Covers = "2.0/de" }, `version "2.0" in language "de"`},
		"an older index does not say who made it": {func(_ *Source, _ *Options, x *shelf) { x.units[german].release.Covers = "" }, `version "2.0" in language "de"`},
		"not all could be fetched":                {func(_ *Source, o *Options, _ *shelf) { o.Missing = []Skip{{Path: "i18n", Reason: "timeout"}} }, "stays in the index"},
	} {
		t.Run(name, func(t *testing.T) {
			src, opts, index := Source{Name: "s", Dir: versioned(t)}, Options{}, &shelf{}
			ingested(t, index, src, opts)
			removeGerman(t, src.Dir)
			c.change(&src, &opts, index)
			r := ingested(t, index, src, opts)
			if len(r.Retired) > 0 || len(index.retired) > 0 {
				t.Errorf("retired %v", r.Retired)
			}
			warned := slices.ContainsFunc(r.Warnings, func(w docent.Warning) bool { return c.warns != "" && strings.Contains(w.Message, c.warns) })
			if warned != (c.warns != "") {
				t.Errorf("warnings %v", r.Warnings)
			}
		})
	}
}

func TestARunThatFailsRetiresNothing(t *testing.T) {
	src, index := Source{Name: "s", Dir: versioned(t)}, &shelf{}
	ingested(t, index, src, Options{})
	removeGerman(t, src.Dir)
	index.fail = docent.Unit{Site: docent.DefaultSite, Source: "s", Version: "1.0", Lang: "en"}
	if _, err := Run(t.Context(), index, src, testConfig(), Options{}); err == nil || len(index.retired) > 0 {
		t.Errorf("%v, retired %v", err, index.retired)
	}
}

// TestADeliveryRetiresOnceAllOfItsSourceIsThere hands over what a run made after its
// translation went, which units of its own may still be on their way.
func TestADeliveryRetiresOnceAllOfItsSourceIsThere(t *testing.T) {
	src, index := Source{Name: "s", Dir: versioned(t)}, &shelf{}
	ingested(t, index, src, Options{})
	now := time.Now()
	var all []docent.Unit
	for u, m := range index.units {
		m.release.CreatedAt = now
		if u != german {
			all = append(all, u)
		}
	}
	said := index.units[german].release.Edition
	coming := all[0]
	coming.Version = "3.0"
	before, other := now.Add(-time.Minute), said
	other.Covers = "*/en"
	for name, c := range map[string]struct {
		said  docent.Edition
		all   []docent.Unit
		since time.Time
		gone  []docent.Unit
	}{
		"a unit is still to come":       {said, append(slices.Clone(all), coming), now, nil},
		"it was published after that":   {said, all, before, nil},
		"the run was of another part":   {other, all, now, nil},
		"the run does not say of which": {docent.Edition{}, all, now, nil},
		"all is there":                  {said, all, now, []docent.Unit{german}},
	} {
		index.retired = map[docent.Unit]bool{}
		gone, err := Retire(t.Context(), index, all[0], c.said, c.all, c.since)
		if err != nil || !slices.Equal(gone, c.gone) || index.retired[german] != (c.gone != nil) {
			t.Errorf("%s: retired %v, %v", name, gone, err)
		}
	}
}
