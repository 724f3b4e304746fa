package sqlite

import (
	"fmt"
	"math"
	"math/rand"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"docent"
	"docent/analysis"
)

// benchStamp is of an index with vectors of a common length.
var benchStamp = docent.Stamp{Embedding: "bench", Dimensions: 256, Analyzer: "1", Splitter: "1"}

// directions gives n vectors around centres, a tenth as many.
func directions(rng *rand.Rand, n int) [][]float32 {
	centres := make([][]float32, n/10+1)
	for i := range centres {
		centres[i] = direction(rng, nil)
	}
	vectors := make([][]float32, n)
	for i := range vectors {
		vectors[i] = direction(rng, centres[rng.Intn(len(centres))])
	}
	return vectors
}

func direction(rng *rand.Rand, near []float32) []float32 {
	v := make([]float32, benchStamp.Dimensions)
	square := 0.0
	for i := range v {
		v[i] = float32(rng.NormFloat64()) / 16
		if near != nil {
			v[i] = v[i]*0.7 + near[i]
		}
		square += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(square))
	}
	return v
}

// fillVectors publishes n chunks of few words with vectors.
func fillVectors(b *testing.B, x *Index, rng *rand.Rand, n int) docent.Release {
	b.Helper()
	build, err := x.Begin(b.Context(), unit)
	if err != nil {
		b.Fatal(err)
	}
	defer build.Close()
	_, _, stats := build.Base()
	terms := analysis.ChunkTerms(&docent.Chunk{Text: "a few words"})
	var page []docent.IndexedChunk
	for i, v := range directions(rng, n) {
		path := fmt.Sprintf("part%d/page%d.md", i/10%20, i/10)
		page = append(page, docent.IndexedChunk{
			Chunk: docent.Chunk{ID: itoa(i), Unit: unit, Path: path, Ordinal: i % 10, Text: "a few words"}, Terms: terms, Vector: v,
		})
		if err := stats.Add(terms); err != nil {
			b.Fatal(err)
		}
		if len(page) == 10 || i == n-1 {
			if err := build.Put(b.Context(), docent.Page{Path: path, Chunks: len(page)}, page, nil); err != nil {
				b.Fatal(err)
			}
			page = nil
		}
	}
	r, err := build.Publish(b.Context(), stats)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// sizes has a million only with DOCENT_BENCH_LARGE set: it takes minutes and a
// few gigabytes.
func sizes() []int {
	if os.Getenv("DOCENT_BENCH_LARGE") != "" {
		return []int{10_000, 100_000, 1_000_000}
	}
	return []int{10_000, 100_000}
}

// BenchmarkDense measures searches by vector alone, at 256 dimensions.
func BenchmarkDense(b *testing.B) {
	if testing.Short() {
		b.Skip("it fills an index first")
	}
	for _, n := range sizes() {
		x := openStamped(b, b.TempDir(), benchStamp)
		rng := rand.New(rand.NewSource(1))
		r := fillVectors(b, x, rng, n)
		ask := func(b *testing.B, prefix string) time.Duration {
			asked := time.Now()
			_, err := x.Candidates(b.Context(), docent.CandidateQuery{
				Releases: []docent.Release{r}, Vector: direction(rng, nil), PathPrefix: prefix, Limit: 100,
			})
			if err != nil {
				b.Fatal(err)
			}
			return time.Since(asked)
		}
		before := heap()
		loaded := ask(b, "")
		bytes := float64(heap()-before) / float64(n)
		for name, prefix := range map[string]string{"all": "", "prefix": "part7/"} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				var took []time.Duration
				for b.Loop() {
					took = append(took, ask(b, prefix))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
				b.ReportMetric(bytes, "bytes/vector")
				b.ReportMetric(float64(loaded.Milliseconds()), "load-ms")
			})
		}
		x.Close()
	}
}

// BenchmarkNearest measures the scan alone.
func BenchmarkNearest(b *testing.B) {
	for _, n := range sizes() {
		rng := rand.New(rand.NewSource(1))
		l := loader{dimensions: benchStamp.Dimensions, set: &vectorSet{}}
		for i, v := range directions(rng, n) {
			if l.last.add(int64(i), itoa(i/10), v); len(l.last.ids) == slabRows {
				l.end()
			}
		}
		l.end()
		b.Run(itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := nearest(b.Context(), l.set.slabs, direction(rng, nil), "", 400); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
