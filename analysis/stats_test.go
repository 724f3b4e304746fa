package analysis

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// chunks gives encoded chunks of a few words each.
func chunks(n int) [][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([][]byte, n)
	for i := range out {
		c := &docent.Chunk{Title: fmt.Sprint("page", i%7)}
		for range r.IntN(30) {
			c.Text += fmt.Sprintf("word%d ", r.IntN(50))
		}
		out[i] = ChunkTerms(c)
	}
	return out
}

func added(t *testing.T, encoded [][]byte) *Stats {
	t.Helper()
	s := new(Stats)
	for _, e := range encoded {
		if err := s.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestStatsAreTheSameInAnyOrder(t *testing.T) {
	all := chunks(60)
	want := added(t, all)
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if diff := cmp.Diff(want, added(t, all)); diff != "" {
		t.Errorf("another order (-want +got):\n%s", diff)
	}
	half := added(t, all[:25])
	half.Merge(added(t, all[25:]))
	if diff := cmp.Diff(want, half); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
}

func TestRemoveUndoesAdd(t *testing.T) {
	all := chunks(40)
	s := added(t, all)
	for _, e := range all[10:] {
		if err := s.Remove(e); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(added(t, all[:10]), s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRemovingWhatWasNeverAddedChangesNothing(t *testing.T) {
	s := added(t, chunks(5))
	before := s.Clone()
	if err := s.Remove(ChunkTerms(&docent.Chunk{Title: "page1", Text: "something else"})); err == nil {
		t.Error("no error")
	}
	if diff := cmp.Diff(before, s); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if err := new(Stats).Remove(ChunkTerms(new(docent.Chunk))); err == nil {
		t.Error("an empty chunk was removed from nothing")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	s := added(t, chunks(5))
	df := maps.Clone(s.DF)
	if err := s.Clone().Add(chunks(9)[8]); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(df, s.DF) || s.Chunks != 5 {
		t.Error("a change of the clone changed the original")
	}
}

func TestMergeLeavesTheOther(t *testing.T) {
	other := added(t, chunks(3))
	want := other.Clone()
	s := new(Stats)
	s.Merge(other)
	s.Merge(other)
	if diff := cmp.Diff(want, other); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStatsEncoding(t *testing.T) {
	for _, n := range []int{0, 1, 50} {
		s := added(t, chunks(n))
		got, err := DecodeStats(s.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if got.Chunks != s.Chunks || got.Length != s.Length || !maps.Equal(got.DF, s.DF) {
			t.Errorf("%d chunks: got %v, want %v", n, got, s)
		}
		if !bytes.Equal(got.Encode(), s.Encode()) {
			t.Errorf("%d chunks: equal statistics give different bytes", n)
		}
	}
}

func TestBadStatsAreErrors(t *testing.T) {
	good := added(t, chunks(9)).Encode()
	bad := map[string][]byte{
		"trailing bytes":              append(bytes.Clone(good), 0),
		"another version":             append([]byte{7}, good[1:]...),
		"more chunks than there are":  {statsEncoding, 1, 0, 0, 1, 0, 1, 0, 1, 'a', 2},
		"a prefix that is not there":  {statsEncoding, 1, 0, 0, 1, 0, 1, 3, 1, 'a', 1},
		"terms twice":                 {statsEncoding, 1, 0, 0, 1, 0, 2, 0, 1, 'a', 1, 1, 0, 1},
		"a count of terms far beyond": {statsEncoding, 1, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f},
	}
	for i := range good {
		bad[fmt.Sprintf("cut at %d", i)] = good[:i]
	}
	for name, b := range bad {
		if _, err := DecodeStats(b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
