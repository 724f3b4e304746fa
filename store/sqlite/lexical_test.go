package sqlite

import (
	"cmp"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"docent"
	"docent/analysis"
)

// manual is what an index should hold: each page's texts.
type manual map[string][]string

// sync publishes m as the next release: pages that differ are replaced, and
// those that are not there removed.
func (m manual) sync(t *testing.T, x *Index, before manual) docent.Release {
	t.Helper()
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	_, _, stats := b.Base()
	for path := range before {
		if m[path] == nil {
			retired(t, b, path)
			if err := b.Remove(t.Context(), path); err != nil {
				t.Fatal(err)
			}
		}
	}
	for path, texts := range m {
		if slices.Equal(texts, before[path]) {
			continue
		}
		var add []docent.IndexedChunk
		for i, text := range texts {
			c := docent.IndexedChunk{Chunk: docent.Chunk{ID: path + text, Unit: unit, Path: path, Text: text, Ordinal: i}}
			c.Terms = analysis.ChunkTerms(&c.Chunk)
			if err := stats.Add(c.Terms); err != nil {
				t.Fatal(err)
			}
			add = append(add, c)
		}
		if err := b.Put(t.Context(), docent.Page{Path: path, Chunks: len(add)}, add, retired(t, b, path)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := b.Publish(t.Context(), stats)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// retired counts out the chunks that the base has of a page.
func retired(t *testing.T, b *Build, path string) (ids []string) {
	t.Helper()
	refs, err := b.Chunks(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	_, _, stats := b.Base()
	for _, ref := range refs {
		ids = append(ids, ref.ID)
		if err := stats.Remove(ref.Terms); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// best gives the scores of the chunks that hold any of the terms, best first,
// from the texts alone.
func (m manual) best(stats *analysis.Stats, terms []string, limit int) (scores []float64) {
	for _, texts := range m {
		for _, text := range texts {
			var score float64
			analysis.EachWeight(analysis.ChunkTerms(&docent.Chunk{Unit: unit, Text: text}), func(term []byte, weight float32, length int) {
				if slices.Contains(terms, string(term)) {
					n, holding := float64(stats.Chunks), float64(stats.DF[string(term)])
					score += float64(analysis.Impact(weight, length)) * math.Log(1+(n-holding+0.5)/(holding+0.5))
				}
			})
			if score > 0 {
				scores = append(scores, score)
			}
		}
	}
	slices.SortFunc(scores, func(a, b float64) int { return cmp.Compare(b, a) })
	return scores[:min(limit, len(scores))]
}

// texts draws the texts of a page.
func texts(rng *rand.Rand) []string {
	words := strings.Fields("apple pear plum cherry grape quince medlar sloe damson berry fig olive")
	page := make([]string, 1+rng.Intn(5))
	for i := range page {
		for range 1 + rng.Intn(8) {
			page[i] += words[min(rng.Intn(len(words)), rng.Intn(len(words)))] + " "
		}
		page[i] += fmt.Sprint("x", rng.Intn(1e9))
	}
	return page
}

// TestEveryReleaseFindsItsBest publishes again and again, with segments that
// fill up soon, and asks all releases that are kept.
func TestEveryReleaseFindsItsBest(t *testing.T) {
	rng := rand.New(rand.NewSource(11))
	x := openIndex(t, t.TempDir())
	x.largest = 40
	held := map[releaseKey]manual{}
	now := manual{}
	for range 40 {
		next := manual{}
		for path, page := range now {
			if rng.Intn(12) > 0 {
				next[path] = page
			}
		}
		for range 1 + rng.Intn(3) {
			next[fmt.Sprintf("part%d/p%d.md", rng.Intn(3), rng.Intn(20))] = texts(rng)
		}
		held[keyOf(next.sync(t, x, now))] = next
		now = next
		few(t, x)
	}
	kept, err := x.AllReleases(t.Context(), unit.Site)
	if err != nil || len(kept) < 2 {
		t.Fatal(kept, err)
	}
	for _, r := range kept {
		finds(t, x, r, held[keyOf(r)], rng)
	}
}

// few holds that each chunk is in one segment, and that there are few.
func few(t *testing.T, x *Index) {
	t.Helper()
	var segments, listed, rows int
	err := x.opened.Load().reader.QueryRow(`SELECT count(*), (SELECT count(*) FROM chunks), sum(listed) FROM segments`).Scan(&segments, &rows, &listed)
	if err != nil {
		t.Fatal(err)
	}
	if listed < rows || listed > 2*rows || segments > 2*rows/x.largest+7 {
		t.Errorf("%d segments of %d chunks, and %d are there", segments, listed, rows)
	}
}

// finds holds that questions find the best chunks of a release.
func finds(t *testing.T, x *Index, r docent.Release, m manual, rng *rand.Rand) {
	t.Helper()
	stats, err := x.Stats(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"apple", "fig olive", "apple pear plum cherry", "sloe absent"} {
		for _, prefix := range []string{"", "part1/", "part1/p1"} {
			q := docent.CandidateQuery{Releases: []docent.Release{r}, Terms: analysis.QueryTerms(words, "en"), PathPrefix: prefix, Limit: 1 + rng.Intn(30)}
			under := manual{}
			for path, page := range m {
				if strings.HasPrefix(path, prefix) {
					under[path] = page
				}
			}
			want := under.best(stats, q.Terms, q.Limit)
			found, err := x.Candidates(t.Context(), q)
			if err != nil || len(found) != len(want) {
				t.Fatalf("release %d, %q under %q: %d candidates, want %d, %v", r.Number, words, prefix, len(found), len(want), err)
			}
			for i, c := range found {
				alone := manual{"": {textOf(t, x, c)}}.best(stats, q.Terms, 1)
				if len(alone) == 0 || math.Abs(alone[0]-want[i]) > 0.02*want[i] || !strings.HasPrefix(c.Path, prefix) {
					t.Errorf("release %d, %q under %q: place %d has %v, want %v", r.Number, words, prefix, i+1, alone, want[i])
				}
			}
		}
	}
}

func textOf(t *testing.T, x *Index, c docent.Candidate) string {
	t.Helper()
	bodies, err := x.Bodies(t.Context(), []docent.Candidate{c})
	if err != nil || len(bodies) != 1 {
		t.Fatal(bodies, err)
	}
	return bodies[c.ID].Text
}
