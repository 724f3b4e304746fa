package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
)

func nearestOfRandom(t *testing.T, o opener) {
	rng := rand.New(rand.NewSource(3))
	nearestAreFound(t, o, vectorOf, func() []float32 { return around(rng, nil, 1) })
}

// nearestOfClustered has many vectors that hardly differ, as pages on one
// subject have.
func nearestOfClustered(t *testing.T, o opener) {
	rng := rand.New(rand.NewSource(5))
	var centres [][]float32
	for range 20 {
		centres = append(centres, around(rng, nil, 1))
	}
	vector := func(text string) []float32 {
		number := 0
		fmt.Sscanf(text, "text %d", &number)
		return around(rand.New(rand.NewSource(int64(number))), centres[number%len(centres)], 0.05)
	}
	nearestAreFound(t, o, vector, func() []float32 { return around(rng, centres[rng.Intn(len(centres))], 0.1) })
}

// nearestAreFound holds that of the ten nearest at most one in a hundred is
// missed, and that similarities are exact.
func nearestAreFound(t *testing.T, o opener, vector func(string) []float32, question func() []float32) {
	s := o.index(t)
	docs, vectors := wide(2500), map[string][]float32{}
	for _, texts := range docs {
		for _, text := range texts {
			vectors[text] = vector(text)
		}
	}
	known := func(text string) []float32 { return vectors[text] }
	r := publishWith(t, s, guide, docs, known)
	const questions, best = 50, 10
	hits := 0
	for range questions {
		v := question()
		texts, cosines := byHand(docs, known, v, best)
		found, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{r}, Vector: v, Limit: best})
		must(t, err)
		if len(found) != best {
			t.Fatalf("%d candidates, want %d", len(found), best)
		}
		got, err := textsOf(t.Context(), s, found)
		must(t, err)
		for at, c := range found {
			if i := slices.Index(texts, got[at]); i >= 0 {
				hits++
				if math.Abs(c.Cosine-cosines[i]) > 1e-4 {
					t.Errorf("similarity %v, want %v", c.Cosine, cosines[i])
				}
			}
		}
	}
	if recall := float64(hits) / (questions * best); recall < 0.99 {
		t.Errorf("%.3f of the ten nearest are found, want 0.99", recall)
	}
}

func vectorFindsRelease(t *testing.T, o opener) {
	s := o.index(t)
	versions := []corpus{
		{"a.md": {"stays", "leaves"}, "gone.md": {"on a page that leaves"}},
		{"a.md": {"stays", "arrives"}, "new.md": {"on a page that arrives"}},
		{"a.md": {"stays", "leaves"}},
	}
	var releases []docent.Release
	for _, docs := range versions {
		releases = append(releases, publishWith(t, s, guide, docs, vectorOf))
	}
	question := vectorOf("leaves")
	for _, i := range []int{2, 0, 1, 0, 2, 1} { // forward and back, what one has leads to the other
		want, _ := byHand(versions[i], vectorOf, question, 10)
		if diff := cmp.Diff(want, nearTo(t, s, question, "", 10, releases[i])); diff != "" {
			t.Errorf("release %d (-want +got):\n%s", i+1, diff)
		}
	}
	if got := nearTo(t, s, question, "", 10); got != nil {
		t.Errorf("no release holds %q", got)
	}
	publishWith(t, s, guide, corpus{"a.md": {"alone"}}, vectorOf)
	last := publishWith(t, s, guide, corpus{"a.md": {"alone", "and another"}}, vectorOf)
	if got := nearTo(t, s, vectorOf("alone"), "", 10, last); !cmp.Equal(got, []string{"alone", "and another"}) {
		t.Errorf("the releases between were deleted; candidates %q", got)
	}
}

func vectorFindsUnits(t *testing.T, o opener) {
	s := o.index(t)
	other := docent.Unit{Site: guide.Site, Source: "guide", Version: "2", Lang: "en"}
	first := publishWith(t, s, guide, corpus{"a.md": {"one", "two"}}, vectorOf)
	second := publishWith(t, s, other, corpus{"a.md": {"three", "four"}}, vectorOf)
	want, _ := byHand(corpus{"": {"one", "two", "three", "four"}}, vectorOf, vectorOf("three"), 3)
	if diff := cmp.Diff(want, nearTo(t, s, vectorOf("three"), "", 3, first, second)); diff != "" {
		t.Errorf("both units (-want +got):\n%s", diff)
	}
	if got := nearTo(t, s, vectorOf("three"), "", 1, first); len(got) != 1 || got[0] == "three" {
		t.Errorf("the first unit holds %q", got)
	}
}

func vectorRespectsPrefix(t *testing.T, o opener) {
	s := o.index(t)
	docs := wide(400)
	r := publishWith(t, s, guide, docs, vectorOf)
	for _, prefix := range []string{"part3/", "part3/p1", "part", "", "none/"} {
		inside := corpus{}
		for path, texts := range docs {
			if strings.HasPrefix(path, prefix) {
				inside[path] = texts
			}
		}
		want, _ := byHand(inside, vectorOf, vectorOf("text 7"), 20)
		if diff := cmp.Diff(want, nearTo(t, s, vectorOf("text 7"), prefix, 20, r)); diff != "" {
			t.Errorf("prefix %q (-want +got):\n%s", prefix, diff)
		}
	}
}

func listsComeAsOne(t *testing.T, o opener) {
	s := o.index(t)
	docs := corpus{"a.md": {"quince and medlar", "quince", "sloe", "damson", "cherry"}}
	r := publishWith(t, s, guide, docs, vectorOf)
	q := docent.CandidateQuery{Releases: []docent.Release{r}, Terms: analysis.QueryTerms("quince", "en"), Vector: vectorOf("quince"), Limit: 3}
	found, err := s.Candidates(t.Context(), q)
	must(t, err)
	got, err := textsOf(t.Context(), s, found)
	must(t, err)
	texts, _ := byHand(docs, vectorOf, q.Vector, q.Limit)
	cosineOf := map[string]float64{}
	for all, cosines := byHand(docs, vectorOf, q.Vector, 5); len(all) > 0; all, cosines = all[1:], cosines[1:] {
		cosineOf[all[0]] = cosines[0]
	}
	lexical, dense, last := 0, 0, 0
	for i, c := range found {
		place := slices.Index(texts, got[i])
		if c.Dense != place+1 || math.Abs(c.Cosine-cosineOf[got[i]]) > 1e-4 {
			t.Errorf("%q is at %d with similarity %v", got[i], c.Dense, c.Cosine)
		}
		if mentions := strings.Contains(got[i], "quince"); mentions != (c.Lexical > 0) {
			t.Errorf("%q is at %d of the lexical list", got[i], c.Lexical)
		}
		if c.Lexical != 0 && c.Lexical != i+1 || c.Lexical == 0 && c.Dense <= last {
			t.Errorf("%q, at %d and %d, comes in place %d", got[i], c.Lexical, c.Dense, i+1)
		}
		if c.Lexical == 0 {
			last = c.Dense
		}
		lexical, dense = lexical+min(c.Lexical, 1), dense+min(c.Dense, 1)
	}
	if lexical != 2 || dense != 3 {
		t.Errorf("%d by words and %d by vector in %+v", lexical, dense, found)
	}
}

func vectorMustFit(t *testing.T, o opener) {
	s := o.index(t)
	first := publishWith(t, s, guide, corpus{"a.md": {"apple"}}, vectorOf)
	none := vectorOf("x")
	none[3] = float32(math.NaN())
	for name, vector := range map[string][]float32{"short": vectorOf("x")[1:], "long": append(vectorOf("x"), 0), "no number": none} {
		_, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{first}, Vector: vector, Limit: 5})
		told(t, name+" question", err)

		b, err := s.Begin(t.Context(), guide)
		must(t, err)
		_, _, stats := b.Base()
		chunks := chunksOf(guide, "b.md", []string{"pear"})
		chunks[0].Vector = vector
		must(t, stats.Add(chunks[0].Terms))
		err = b.Put(t.Context(), pageOf("b.md", []string{"pear"}), chunks, nil)
		if err == nil { // writes may be gathered
			_, err = b.Publish(t.Context(), stats)
		}
		told(t, name+" passage", err)
		must(t, b.Close())
	}
	releases, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	if diff := cmp.Diff([]docent.Release{first}, releases); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
}

func vectorMayBeMissing(t *testing.T, o opener) {
	s := o.index(t)
	r := publishWith(t, s, guide, corpus{"a.md": {"apple", "pear"}}, func(text string) []float32 {
		if text == "pear" {
			return nil
		}
		return vectorOf(text)
	})
	if got := nearTo(t, s, vectorOf("pear"), "", 10, r); !cmp.Equal(got, []string{"apple"}) {
		t.Errorf("near by are %v", got)
	}
	texts, _, err := ask(t.Context(), s, docent.CandidateQuery{Terms: analysis.QueryTerms("pear", "en"), Vector: vectorOf("apple"), Limit: 10})
	slices.Sort(texts)
	if must(t, err); !cmp.Equal(texts, []string{"apple", "pear"}) {
		t.Errorf("by words and vector %v are found", texts)
	}
}

// told holds that err is for a person to read.
func told(t *testing.T, what string, err error) {
	t.Helper()
	var e *docent.Error
	if !errors.As(err, &e) || e.Code == docent.CodeInternal || e.Message == "" {
		t.Errorf("%s: %v", what, err)
	}
}

func readerSeesVectorsOfOneRelease(t *testing.T, o opener) {
	writer, reader := o.index(t), o.index(t)
	const pages = 60
	version := func(n int) corpus {
		docs := corpus{}
		for i := range pages {
			from := n // of most pages, the version before stays
			if i%3 > 0 {
				from = n / 2
			}
			docs[fmt.Sprintf("p%d.md", i)] = []string{fmt.Sprintf("version %d of page %d", from, i)}
		}
		return docs
	}
	publishWith(t, writer, guide, version(1), vectorOf)
	ctx, stop := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for range 3 {
		reading.Go(func() {
			for ctx.Err() == nil {
				if err := vectorsOfOne(ctx, reader, version); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := 2; n <= 4+KeepReleases; n++ {
		publishWith(t, writer, guide, version(n), vectorOf)
	}
	stop()
	reading.Wait()
	must(t, vectorsOfOne(t.Context(), reader, version))
}

// vectorsOfOne asks once and says where the answer is not that of its release.
// A release that was deleted meanwhile may be gone, but whole.
func vectorsOfOne(ctx context.Context, s IndexStore, version func(int) corpus) error {
	question := vectorOf("anything")
	texts, asked, err := ask(ctx, s, docent.CandidateQuery{Vector: question, Limit: 25})
	if err != nil || texts == nil {
		return err
	}
	want, _ := byHand(version(asked.Number), vectorOf, question, 25)
	if diff := cmp.Diff(want, texts); diff != "" {
		return fmt.Errorf("release %d (-want +got):\n%s", asked.Number, diff)
	}
	return nil
}

func endedContextStopsDense(t *testing.T, o opener) {
	s := o.index(t)
	r := publishWith(t, s, guide, corpus{"a.md": {"apple"}}, vectorOf)
	q := docent.CandidateQuery{Releases: []docent.Release{r}, Vector: vectorOf("apple"), Limit: 1}
	ended, end := context.WithCancel(t.Context())
	end()
	for range 2 { // before the vectors were read, and after
		if _, err := s.Candidates(ended, q); !errors.Is(err, context.Canceled) {
			t.Errorf("Candidates gives %v, want the context's error", err)
		}
		_, err := s.Candidates(t.Context(), q)
		must(t, err)
	}
}
