package storetest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
)

func releaseHoldsWhatItHeld(t *testing.T, o opener) {
	s := o.index(t)
	first := publish(t, s, guide, corpus{"a.md": {"fruit stays", "fruit leaves"}, "gone.md": {"fruit of a page that leaves"}})
	second := publish(t, s, guide, corpus{"a.md": {"fruit stays", "fruit arrives"}, "new.md": {"fruit of a page that arrives"}})
	third := publish(t, s, guide, corpus{"a.md": {"fruit stays", "fruit leaves"}})
	for _, check := range []struct {
		release docent.Release
		want    []string
	}{
		{first, []string{"fruit leaves", "fruit of a page that leaves", "fruit stays"}},
		{second, []string{"fruit arrives", "fruit of a page that arrives", "fruit stays"}},
		{third, []string{"fruit leaves", "fruit stays"}},
	} {
		if diff := cmp.Diff(check.want, found(t, s, in(check.release), "fruit"), sorted); diff != "" {
			t.Errorf("release %d (-want +got):\n%s", check.release.Number, diff)
		}
	}
	_, _, err := s.Page(t.Context(), second, "gone.md")
	code(t, err, docent.CodeNotFound)
	_, chunks, err := s.Page(t.Context(), first, "gone.md")
	must(t, err)
	if len(chunks) != 1 {
		t.Errorf("the page had %d chunks", len(chunks))
	}
	if got := found(t, s, docent.CandidateQuery{}, "fruit"); got != nil {
		t.Errorf("no release holds %q", got)
	}
}

func releaseListsItsPages(t *testing.T, o opener) {
	s := o.index(t)
	old := corpus{"b.md": {"plum"}, "a/ü.md": {"apple", "pear"}, "a.md": {"cherry"}, "gone.md": {"quince"}}
	now := corpus{"b.md": {"plum, but another"}, "a/ü.md": {"apple", "pear"}, "a.md": {"cherry"}, "new.md": {"fig"}}
	for _, docs := range []corpus{large("apple"), old, now} {
		r := publish(t, s, guide, docs)
		publish(t, s, docent.Unit{Site: guide.Site, Source: "other"}, corpus{"other.md": {"apple"}})
		var want []docent.Page
		for _, path := range slices.Sorted(maps.Keys(docs)) {
			want = append(want, pageOf(path, docs[path]))
		}
		got, err := s.Pages(t.Context(), r)
		must(t, err)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("release %d (-want +got):\n%s", r.Number, diff)
		}
	}
	got, err := s.Pages(t.Context(), docent.Release{Unit: guide, Number: 2})
	must(t, err)
	if len(got) != len(old) {
		t.Errorf("an older release lists %d pages", len(got))
	}
	_, err = s.Pages(t.Context(), docent.Release{Unit: guide, Number: 4})
	code(t, err, docent.CodeNotFound)
	_, err = s.Pages(t.Context(), docent.Release{Unit: docent.Unit{Source: "unknown"}, Number: 1})
	code(t, err, docent.CodeNotFound)
}

func unitsAreIndependent(t *testing.T, o opener) {
	s := o.index(t)
	other := docent.Unit{Site: guide.Site, Source: "guide", Version: "2", Lang: "en"}
	publish(t, s, guide, corpus{"a.md": {"apple of the first"}})
	publish(t, s, other, corpus{"a.md": {"apple of the second"}})
	publish(t, s, other, corpus{"a.md": {"apple of the second, again"}})
	must(t, s.Activate(t.Context(), other, 1))
	releases, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	if len(releases) != 2 || releases[0].Unit != guide || releases[0].Number != 1 || releases[1].Unit != other || releases[1].Number != 1 {
		t.Fatalf("releases %v", releases)
	}
	if got := found(t, s, in(releases[1]), "apple"); !cmp.Equal(got, []string{"apple of the second"}) {
		t.Errorf("candidates %q", got)
	}
	want := []string{"apple of the first", "apple of the second"}
	if diff := cmp.Diff(want, found(t, s, in(releases...), "apple"), sorted); diff != "" {
		t.Errorf("both units (-want +got):\n%s", diff)
	}
}

func sitesAreApart(t *testing.T, o opener) {
	s := o.index(t)
	there := docent.Unit{Site: "there", Source: guide.Source, Lang: guide.Lang}
	here := publish(t, s, guide, corpus{"a.md": {"apple here"}})
	publish(t, s, there, corpus{"a.md": {"apple there"}})
	releases, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	if diff := cmp.Diff([]docent.Release{here}, releases); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
	all, err := s.AllReleases(t.Context(), "there")
	must(t, err)
	if len(all) != 1 || all[0].Unit != there {
		t.Errorf("releases there %v", all)
	}
	if got := found(t, s, in(here), "apple"); !cmp.Equal(got, []string{"apple here"}) {
		t.Errorf("candidates %q", got)
	}
}

func rollingBackAndForward(t *testing.T, o opener) {
	s := o.index(t)
	publish(t, s, guide, corpus{"a.md": {"apple one"}})
	publish(t, s, guide, corpus{"a.md": {"apple two"}})
	active := func() int {
		t.Helper()
		releases, err := s.Releases(t.Context(), guide.Site)
		must(t, err)
		if len(releases) != 1 || !releases[0].Active {
			t.Fatalf("releases %v", releases)
		}
		return releases[0].Number
	}
	must(t, s.Activate(t.Context(), guide, 1))
	if n := active(); n != 1 {
		t.Errorf("release %d is active after rolling back", n)
	}
	code(t, s.Activate(t.Context(), guide, 3), docent.CodeNotFound)
	code(t, s.Activate(t.Context(), docent.Unit{Source: "unknown"}, 1), docent.CodeNotFound)
	must(t, s.Activate(t.Context(), guide, 2))
	if n := active(); n != 2 {
		t.Errorf("release %d is active after rolling forward", n)
	}
	must(t, s.Activate(t.Context(), guide, 1))

	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	base, _, _ := b.Base()
	must(t, b.Close())
	if base.Number != 2 || base.Active {
		t.Errorf("a build begins from the newest release, not from %+v", base)
	}
	if r := publish(t, s, guide, corpus{"a.md": {"apple three"}}); r.Number != 3 || active() != 3 {
		t.Errorf("published %d, active %d", r.Number, active())
	}
}

func oldReleasesAreDeleted(t *testing.T, o opener) {
	s := o.index(t)
	words := []string{"one", "two", "three", "four", "five"}
	var releases []docent.Release
	for _, w := range words[:4] {
		releases = append(releases, publish(t, s, guide, corpus{"a.md": {"apple " + w}, "b.md": {"apple stays"}}))
	}
	if diff := cmp.Diff([]int{2, 3, 4}, kept(t, s)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	_, _, err := s.Page(t.Context(), releases[0], "a.md")
	code(t, err, docent.CodeNotFound)
	code(t, s.Activate(t.Context(), guide, 1), docent.CodeNotFound)
	if diff := cmp.Diff([]string{"apple stays", "apple two"}, found(t, s, in(releases[1]), "apple"), sorted); diff != "" {
		t.Errorf("the oldest one that is kept (-want +got):\n%s", diff)
	}
}

func gcOfASite(t *testing.T, o opener) {
	s := o.index(t)
	units := []docent.Unit{guide, guide, guide, guide}
	units[1].Site, units[2].Site, units[3].Site = "other", docent.PreviewSite(guide.Site, "pr-1"), guide.Site+"2"
	for _, u := range units {
		for _, w := range []string{"one", "two"} {
			publish(t, s, u, corpus{"a.md": {"apple " + w}})
		}
	}
	must(t, s.Retire(t.Context(), units[1]))
	must(t, s.GC(t.Context(), guide.Site, 1))
	for i, want := range []int{1, 2, 1, 2} {
		all, err := s.AllReleases(t.Context(), units[i].Site)
		must(t, err)
		if len(all) != want {
			t.Errorf("of site %s %d releases are kept, want %d", units[i].Site, len(all), want)
		}
	}
}

func gcKeepsActive(t *testing.T, o opener) {
	s := o.index(t)
	for _, w := range []string{"one", "two", "three"} {
		publish(t, s, guide, corpus{"a.md": {"apple " + w}})
	}
	must(t, s.Activate(t.Context(), guide, 2))
	must(t, s.GC(t.Context(), "", 1))
	if diff := cmp.Diff([]int{2, 3}, kept(t, s)); diff != "" {
		t.Errorf("kept beside the active one (-want +got):\n%s", diff)
	}
	must(t, s.Activate(t.Context(), guide, 3))
	must(t, s.GC(t.Context(), "", 0))
	if diff := cmp.Diff([]int{3}, kept(t, s)); diff != "" {
		t.Errorf("kept at least (-want +got):\n%s", diff)
	}
	releases, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	if got := found(t, s, in(releases...), "apple"); !cmp.Equal(got, []string{"apple three"}) {
		t.Errorf("candidates %q", got)
	}
	publish(t, s, guide, corpus{"a.md": {"apple four"}})
}

func bodyIsWhatWasProposed(t *testing.T, o opener) {
	s := o.index(t)
	old := publish(t, s, guide, corpus{"a.md": {"apple stays", "apple leaves"}})
	proposed, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{old}, Terms: []string{"appl"}, Limit: 10})
	must(t, err)
	texts := func() (list []string) {
		t.Helper()
		bodies, err := s.Bodies(t.Context(), proposed)
		must(t, err)
		for id, c := range bodies {
			if c.ID != id {
				t.Errorf("%s has the body %+v", id, c)
			}
			list = append(list, c.Text)
		}
		return list
	}
	for i := range KeepReleases {
		if diff := cmp.Diff([]string{"apple leaves", "apple stays"}, texts(), sorted); diff != "" {
			t.Errorf("%d releases later (-want +got):\n%s", i, diff)
		}
		publish(t, s, guide, corpus{"a.md": {"apple stays", fmt.Sprint("apple ", i)}})
	}
	if diff := cmp.Diff([]string{"apple stays"}, texts()); diff != "" {
		t.Errorf("after the release was deleted (-want +got):\n%s", diff)
	}
	proposed = nil
	if got := texts(); len(got) != 0 {
		t.Errorf("nothing was picked, and %q comes", got)
	}
}

// kept gives the numbers of guide's releases.
func kept(t *testing.T, s IndexStore) []int {
	t.Helper()
	releases, err := s.AllReleases(t.Context(), guide.Site)
	must(t, err)
	var numbers []int
	for _, r := range releases {
		numbers = append(numbers, r.Number)
	}
	return numbers
}

func othersReleaseIsNoticed(t *testing.T, o opener) {
	writer, reader := o.index(t), o.index(t)
	_, err := reader.Releases(t.Context(), guide.Site)
	code(t, err, docent.CodeNoIndex)
	for n, text := range []string{"apple one", "apple two"} {
		r := publish(t, writer, guide, corpus{"a.md": {text}})
		releases, err := reader.Releases(t.Context(), guide.Site)
		must(t, err)
		if diff := cmp.Diff([]docent.Release{r}, releases); diff != "" {
			t.Fatalf("release %d is not noticed (-want +got):\n%s", n+1, diff)
		}
		if got := found(t, reader, in(releases...), "apple"); !cmp.Equal(got, []string{text}) {
			t.Errorf("candidates %q", got)
		}
	}
	must(t, writer.Activate(t.Context(), guide, 1))
	releases, err := reader.Releases(t.Context(), guide.Site)
	must(t, err)
	if releases[0].Number != 1 {
		t.Error("the rolling back is not noticed")
	}
}
