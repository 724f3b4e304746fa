package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// other is a second unit of guide's source.
var other = docent.Unit{Site: guide.Site, Source: guide.Source, Version: "2", Lang: guide.Lang}

// described publishes docs as the next release of guide, with what is said of it.
func described(t *testing.T, s IndexStore, e docent.Edition) docent.Release {
	t.Helper()
	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	defer b.Close()
	_, _, stats := b.Base()
	b.Describe(e)
	r, err := b.Publish(t.Context(), stats)
	must(t, err)
	return r
}

func editionsComeBack(t *testing.T, o opener) {
	s := o.index(t)
	said := docent.Edition{Default: true, Main: true, Aliases: []string{"latest", "ü \"quoted\""}, Covers: "*/*"}
	want := []docent.Release{publish(t, s, guide, corpus{"a.md": {"apple"}}), described(t, s, said), described(t, s, docent.Edition{})}
	if diff := cmp.Diff(said, want[1].Edition); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
	want[0].Active, want[1].Active = false, false
	for _, reader := range []IndexStore{s, o.index(t)} {
		got, err := reader.AllReleases(t.Context(), guide.Site)
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("releases (-want +got):\n%s", diff)
		}
	}
	must(t, s.Activate(t.Context(), guide, 2))
	active, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	if diff := cmp.Diff(said, active[0].Edition); diff != "" {
		t.Errorf("rolled back (-want +got):\n%s", diff)
	}
	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	defer b.Close()
	if base, _, _ := b.Base(); !cmp.Equal(base.Edition, docent.Edition{}) {
		t.Errorf("the base says %+v", base.Edition)
	}
}

// units gives those of guide's site that have an active release.
func units(t *testing.T, s IndexStore) (list []docent.Unit) {
	t.Helper()
	releases, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	for _, r := range releases {
		list = append(list, r.Unit)
	}
	return list
}

func retiredUnitComesBack(t *testing.T, o opener) {
	s, elsewhere := o.index(t), o.index(t)
	publish(t, s, guide, corpus{"a.md": {"apple one"}})
	publish(t, s, guide, corpus{"a.md": {"apple two"}})
	publish(t, s, other, corpus{"a.md": {"apple of the second"}})
	must(t, s.Retire(t.Context(), guide))
	for _, reader := range []IndexStore{s, elsewhere} {
		if diff := cmp.Diff([]docent.Unit{other}, units(t, reader)); diff != "" {
			t.Errorf("searched (-want +got):\n%s", diff)
		}
	}
	code(t, s.Retire(t.Context(), guide), docent.CodeNotFound)
	code(t, s.Retire(t.Context(), docent.Unit{Source: "unknown"}), docent.CodeNotFound)
	if diff := cmp.Diff([]int{1, 2, 1}, kept(t, s)); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	must(t, s.Activate(t.Context(), guide, 1))
	releases, err := elsewhere.Releases(t.Context(), guide.Site)
	must(t, err)
	if got := found(t, elsewhere, in(releases[0]), "apple"); !cmp.Equal(got, []string{"apple one"}) {
		t.Errorf("brought back: %q", got)
	}
	must(t, s.Retire(t.Context(), guide))
	if r := publish(t, s, guide, corpus{"a.md": {"apple three"}}); r.Number != 3 || len(units(t, elsewhere)) != 2 {
		t.Errorf("release %d, searched %v", r.Number, units(t, elsewhere))
	}
}

func gcDeletesRetired(t *testing.T, o opener) {
	s := o.index(t)
	r := publish(t, s, guide, corpus{"a.md": {"apple"}})
	publish(t, s, other, corpus{"a.md": {"apple of the second"}})
	b, err := s.Begin(t.Context(), other)
	must(t, err)
	for _, u := range []docent.Unit{guide, other} {
		must(t, s.Retire(t.Context(), u))
	}
	must(t, s.GC(t.Context(), "", KeepReleases))
	must(t, b.Close())
	code(t, s.Activate(t.Context(), guide, 1), docent.CodeNotFound)
	_, err = s.Pages(t.Context(), r)
	code(t, err, docent.CodeNotFound)
	must(t, s.Activate(t.Context(), other, 1)) // it was being built
	must(t, s.GC(t.Context(), "", KeepReleases))
	if diff := cmp.Diff([]docent.Unit{other}, units(t, s)); diff != "" {
		t.Errorf("searched (-want +got):\n%s", diff)
	}
}

func droppedUnitIsGone(t *testing.T, o opener) {
	s, elsewhere := o.index(t), o.index(t)
	docs := large("apple")
	publish(t, s, guide, corpus{"a.md": {"apple one"}})
	old := publish(t, s, guide, docs)
	stays := publish(t, s, other, corpus{"a.md": {"apple of the second"}})
	_, err := elsewhere.Stats(t.Context(), old)
	must(t, err)
	must(t, s.Drop(t.Context(), guide))
	for _, reader := range []IndexStore{s, elsewhere} {
		if diff := cmp.Diff([]docent.Unit{other}, units(t, reader)); diff != "" {
			t.Errorf("searched (-want +got):\n%s", diff)
		}
		_, err := reader.Pages(t.Context(), old)
		code(t, err, docent.CodeNotFound)
		_, err = reader.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{old, stays}, Terms: []string{"appl"}, Limit: 5})
		code(t, err, docent.CodeNotFound)
	}
	for _, u := range []docent.Unit{guide, {Source: "unknown"}} {
		code(t, s.Drop(t.Context(), u), docent.CodeNotFound)
		code(t, s.Activate(t.Context(), u, 2), docent.CodeNotFound)
	}
	r := publish(t, s, guide, corpus{"a.md": {"apple again"}})
	if r.Number <= old.Number {
		t.Errorf("the number %d is given twice", r.Number)
	}
	if r.Pages != 1 || r.Chunks != 1 {
		t.Errorf("something is left: %+v", r)
	}
	stats, err := elsewhere.Stats(t.Context(), r)
	must(t, err)
	if stats.Chunks != 1 {
		t.Errorf("statistics of %d chunks", stats.Chunks)
	}
	if diff := cmp.Diff([]string{"apple again", "apple of the second"}, found(t, elsewhere, in(r, stays), "apple"), sorted); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

func builtUnitIsNotDropped(t *testing.T, o opener) {
	s, elsewhere := o.index(t), o.index(t)
	publish(t, s, guide, corpus{"a.md": {"apple"}})
	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	code(t, elsewhere.Drop(t.Context(), guide), docent.CodeConflict)
	must(t, b.Close())
	must(t, elsewhere.Drop(t.Context(), guide))
}
