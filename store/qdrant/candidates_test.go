package qdrant

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestBothListsComeByOneCall(t *testing.T) {
	s, x := opened(t, stamps["dense"])
	r := publish(t, x,
		chunk("a.md", 0, "apple and pear", 1, 0, 0),
		chunk("a.md", 1, "apple", 0, 3, 0),
		chunk("a.md", 2, "plum", 0.6, 0.8, 0),
		chunk("a.md", 3, "fig without a vector"),
	)
	before := s.Calls("QueryBatch")
	got, err := x.Candidates(t.Context(), docent.CandidateQuery{
		Releases: []docent.Release{r}, Terms: []string{"appl"}, Vector: []float32{0, 5, 0}, Limit: 2,
	})
	must(t, err)
	if n := s.Calls("QueryBatch") - before; n != 1 {
		t.Errorf("%d calls", n)
	}
	type place struct {
		Text           string
		Lexical, Dense int
		Cosine         float64
	}
	bodies, err := x.Bodies(t.Context(), got)
	must(t, err)
	var places []place
	for _, c := range got {
		places = append(places, place{bodies[c.ID].Text, c.Lexical, c.Dense, math.Round(c.Cosine*1e4) / 1e4})
	}
	want := []place{{"apple", 1, 1, 1}, {"apple and pear", 2, 0, 0}, {"plum", 0, 2, 0.8}}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
}

func TestAnEmptyListIsNotAskedFor(t *testing.T) {
	s, x := opened(t, stamps["lexical"])
	r := publish(t, x, chunk("a.md", 0, "apple"))
	for name, q := range map[string]docent.CandidateQuery{
		"no terms, no vector":    {Releases: []docent.Release{r}, Limit: 5},
		"a vector without index": {Releases: []docent.Release{r}, Limit: 5, Vector: []float32{1}},
		"no releases":            {Terms: []string{"appl"}, Limit: 5},
		"no limit":               {Releases: []docent.Release{r}, Terms: []string{"appl"}},
	} {
		got, err := x.Candidates(t.Context(), q)
		if err != nil || len(got) != 0 {
			t.Errorf("%s gives %v, %v", name, got, err)
		}
	}
	if n := s.Calls("QueryBatch"); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestAVectorThatDoesNotFitIsRefused(t *testing.T) {
	_, x := opened(t, stamps["dense"])
	r := publish(t, x, chunk("a.md", 0, "apple", 1, 0, 0))
	_, err := x.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{r}, Vector: []float32{1}, Limit: 5})
	code(t, err, docent.CodeIndexStamp)

	b := begin(t, x)
	_, _, stats := b.Base()
	code(t, add(t, b, stats, "b.md", chunk("b.md", 0, "plum", 1, 2)), docent.CodeIndexStamp)
	nan := float32(math.NaN())
	code(t, add(t, b, stats, "c.md", chunk("c.md", 0, "plum", 1, nan, 0)), docent.CodeInvalid)
}

func TestAnAnswerMayBeLargerThanTheDefaultOfGRPC(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	var chunks []docent.IndexedChunk
	for i := range 60 {
		chunks = append(chunks, chunk("a.md", i, fmt.Sprint("apple ", i, strings.Repeat(" word", 30_000))))
	}
	r := publish(t, x, chunks...)
	if got := found(t, x, in(r, "appl")); len(got) != len(chunks) {
		t.Errorf("%d are found", len(got))
	}
	if _, got, err := x.Page(t.Context(), r, "a.md"); err != nil || len(got) != len(chunks) {
		t.Errorf("the page has %d, %v", len(got), err)
	}
}

func TestAReleaseThatIsGoneIsGoneWhole(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	old := publish(t, x, chunk("a.md", 0, "apple"), chunk("a.md", 1, "apple stays"))
	for _, word := range []string{"two", "three", "four"} {
		publish(t, x, chunk("a.md", 0, "apple "+word), chunk("a.md", 1, "apple stays"))
	}
	q := in(old, "appl")
	q.Limit = 10
	_, err := x.Candidates(t.Context(), q)
	code(t, err, docent.CodeNotFound)
	_, err = x.Stats(t.Context(), old)
	code(t, err, docent.CodeNotFound)
}

func TestAPrefixMayEndAnywhere(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	b := begin(t, x)
	_, _, stats := b.Base()
	for _, path := range []string{"guide/in.md", "guide/intro/a.md", "guide/intro/deep/b.md", "guide/out.md", "guides/in.md"} {
		must(t, add(t, b, stats, path, chunk(path, 0, "apple in "+path)))
	}
	r, err := b.Publish(t.Context(), stats)
	must(t, err)
	for prefix, want := range map[string]int{
		"": 5, "g": 5, "guide": 5, "guide/": 4, "guide/in": 3, "guide/intro": 2, "guide/intro/": 2, "guide/intro/deep/b.md": 1,
		"guide/intro/deep/b.md/": 0, "/": 0, "\xff": 0, "guide/\xff": 0,
	} {
		q := in(r, "appl")
		q.PathPrefix = prefix
		if got := found(t, x, q); len(got) != want {
			t.Errorf("prefix %q finds %q, want %d", prefix, got, want)
		}
	}
}

func TestNamesThatNoPageHasAreNotFound(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	r := publish(t, x, chunk("a.md", 0, "apple"))
	for _, at := range []string{"", "b.md", "\xff", "a.md/", "A.md"} {
		_, _, err := x.Page(t.Context(), r, at)
		code(t, err, docent.CodeNotFound)
	}
}
