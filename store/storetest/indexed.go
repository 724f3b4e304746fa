package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
)

// indexedAsPut holds that what was put of a release can be read again, to be put
// elsewhere: each release's own, vectors included.
func indexedAsPut(t *testing.T, o opener) {
	s := o.index(t)
	docs := corpus{"a.md": {"first", "second", "third"}, "b.md": {"alone"}}
	old := publishWith(t, s, guide, docs, vectorOf)
	docs["a.md"] = []string{"first", "another"}
	next := publishWith(t, s, guide, docs, vectorOf)
	for _, want := range []struct {
		release docent.Release
		texts   []string
	}{
		{old, []string{"first", "second", "third"}}, {next, docs["a.md"]},
	} {
		chunks := chunksOf(guide, "a.md", want.texts)
		for i := range chunks {
			chunks[i].Vector = vectorOf(chunks[i].Text)
		}
		got, err := s.Indexed(t.Context(), want.release, "a.md")
		must(t, err)
		if d := cmp.Diff(chunks, got, cmpopts.EquateEmpty(), cmpopts.EquateApprox(0, 1e-6)); d != "" {
			t.Errorf("release %d (-put +read):\n%s", want.release.Number, d)
		}
	}
	if got, err := s.Indexed(t.Context(), next, "none.md"); err != nil || len(got) > 0 {
		t.Errorf("a page that is not there: %v, %v", got, err)
	}
}
