package qdrant

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
)

// benchmarked is how many chunks the benchmarks are about.
const benchmarked = 5000

// words draws words as unevenly as text does: few are common, most are rare.
type words struct {
	rng  *rand.Rand
	zipf *rand.Zipf
}

func newWords() words {
	rng := rand.New(rand.NewSource(1))
	return words{rng, rand.NewZipf(rng, 1.15, 60, 60000)}
}

func (w words) draw(n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "w%xk ", w.zipf.Uint64()*7919)
	}
	return b.String()
}

// vector draws a direction of 256 dimensions.
func (w words) vector() []float32 {
	v := make([]float32, 256)
	for i := range v {
		v[i] = float32(w.rng.NormFloat64())
	}
	return v
}

// pages draws pages of ten chunks of about 170 words.
func (w words) pages(chunks int) map[string][]docent.IndexedChunk {
	pages := map[string][]docent.IndexedChunk{}
	for i := range chunks {
		path := fmt.Sprintf("part%d/page%d.md", i/10%20, i/10)
		pages[path] = append(pages[path], chunk(path, i%10, w.draw(140+w.rng.Intn(60)), w.vector()...))
	}
	return pages
}

// fill publishes pages.
func fill(b *testing.B, x *Index, pages map[string][]docent.IndexedChunk) docent.Release {
	b.Helper()
	build := begin(b, x)
	defer build.Close()
	_, _, stats := build.Base()
	for path, chunks := range pages {
		must(b, add(b, build, stats, path, chunks...))
	}
	r, err := build.Publish(b.Context(), stats)
	must(b, err)
	return r
}

var benchStamp = docent.Stamp{Embedding: "bench", Dimensions: 256, Analyzer: "1", Splitter: "1"}

// benchIndex opens an index of a real server that is deleted at the end.
func benchIndex(b *testing.B) *Index {
	return openIndex(b, cleared(b, realServer(b, prefixOf(b.TempDir()))), benchStamp)
}

// BenchmarkPublish writes and publishes a documentation that is new, and then
// the same with a page changed.
func BenchmarkPublish(b *testing.B) {
	realServer(b, "")
	w := newWords()
	pages := w.pages(benchmarked)
	for b.Loop() {
		x := benchIndex(b)
		begun := time.Now()
		fill(b, x, pages)
		b.ReportMetric(benchmarked/time.Since(begun).Seconds(), "chunks/s")
		begun = time.Now()
		fill(b, x, map[string][]docent.IndexedChunk{"part0/page0.md": {chunk("part0/page0.md", 0, w.draw(100), w.vector()...)}})
		b.ReportMetric(float64(time.Since(begun).Milliseconds()), "ms/changed-page")
	}
}

// BenchmarkQuestion asks as retrieval does: for the releases, then for the
// candidates of both lists.
func BenchmarkQuestion(b *testing.B) {
	realServer(b, "")
	w := newWords()
	pages := w.pages(benchmarked)
	x := benchIndex(b)
	fill(b, x, pages)
	for name, q := range map[string]docent.CandidateQuery{
		"lexical": {Limit: 100}, "both": {Limit: 100, Vector: w.vector()},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				terms := strings.Fields(w.draw(5))
				begun := time.Now()
				releases, err := x.Releases(b.Context(), unit.Site)
				must(b, err)
				q.Releases, q.Terms = releases, terms
				found, err := x.Candidates(b.Context(), q)
				must(b, err)
				if len(found) == 0 {
					b.Fatal("nothing is found")
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			for _, p := range []int{50, 95} {
				b.ReportMetric(float64(took[len(took)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
			}
		})
	}
}
