package sqlite

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/analysis"
)

// synthetic writes documentation whose words are as unevenly distributed as
// those of real text: after stop words, the most common one stands in about
// half of all chunks, most in a handful.
type synthetic struct {
	rng  *rand.Rand
	zipf *rand.Zipf
}

func newSynthetic() synthetic {
	rng := rand.New(rand.NewSource(1))
	return synthetic{rng, rand.NewZipf(rng, 1.15, 60, 60000)}
}

func (s synthetic) words(n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "w%xz ", s.zipf.Uint64()*7919)
	}
	return b.String()
}

// chunk is number i: about 170 words, a quarter of them code.
func (s synthetic) chunk(i int) docent.IndexedChunk {
	prose, code := s.words(100+s.rng.Intn(60)), s.words(40)
	c := docent.IndexedChunk{Chunk: docent.Chunk{
		ID: fmt.Sprint("chunk-", i), Unit: unit, Path: fmt.Sprintf("part%d/page%d.md", i%20, i/10), Title: s.words(3),
		Headings: []string{s.words(2), s.words(3)}, URL: fmt.Sprint("/page#", i), Text: prose + code, Ordinal: i % 10,
		Blocks: []docent.Block{
			{Kind: docent.BlockParagraph, End: len(prose)},
			{Kind: docent.BlockCode, Start: len(prose), End: len(prose) + len(code)},
		},
	}}
	c.Terms = analysis.ChunkTerms(&c.Chunk)
	return c
}

// questions gives the terms of questions: 2 to 8 words of a chunk each.
func (s synthetic) questions(n int, chunks []string) [][]string {
	var list [][]string
	for range n {
		words := strings.Fields(chunks[s.rng.Intn(len(chunks))])
		var terms []string
		for range 2 + s.rng.Intn(7) {
			terms = append(terms, words[s.rng.Intn(len(words))])
		}
		slices.Sort(terms)
		list = append(list, slices.Compact(terms))
	}
	return list
}

// fill publishes n synthetic chunks and gives questions about them.
func fill(b *testing.B, x *Index, n int) (docent.Release, [][]string) {
	b.Helper()
	s := newSynthetic()
	build, err := x.Begin(b.Context(), unit)
	if err != nil {
		b.Fatal(err)
	}
	defer build.Close()
	_, _, stats := build.Base()
	var texts []string
	for i := 0; i < n; i += 10 {
		var page []docent.IndexedChunk
		for j := range 10 {
			c := s.chunk(i + j)
			if err := stats.Add(c.Terms); err != nil {
				b.Fatal(err)
			}
			page = append(page, c)
		}
		if i%100 == 0 {
			texts = append(texts, page[0].Text)
		}
		if err := build.Put(b.Context(), docent.Page{Path: page[0].Path, Chunks: 10}, page, nil); err != nil {
			b.Fatal(err)
		}
	}
	r, err := build.Publish(b.Context(), stats)
	if err != nil {
		b.Fatal(err)
	}
	return r, s.questions(500, texts)
}

// commonest gives the terms that stand in the most chunks.
func commonest(b *testing.B, x *Index, r docent.Release, n int) []string {
	b.Helper()
	stats, err := x.Stats(b.Context(), r)
	if err != nil {
		b.Fatal(err)
	}
	terms := slices.SortedFunc(maps.Keys(stats.DF), func(s, t string) int { return stats.DF[t] - stats.DF[s] })
	return terms[:n]
}

// BenchmarkCandidates asks usual questions, and the worst ones: of common words
// alone.
func BenchmarkCandidates(b *testing.B) {
	if testing.Short() {
		b.Skip("it fills an index first")
	}
	for _, n := range []int{10_000, 100_000} {
		x := openIndex(b, b.TempDir())
		begun := time.Now()
		r, questions := fill(b, x, n)
		written := time.Since(begun)
		common := commonest(b, x, r, 3)
		for _, kind := range []struct {
			name      string
			questions [][]string
		}{
			{"usual", questions}, {"commonest", [][]string{common[:1]}}, {"three common", [][]string{common}},
		} {
			b.Run(fmt.Sprintf("%d/%s", n, kind.name), func(b *testing.B) {
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					asked := time.Now()
					_, err := x.Candidates(b.Context(), docent.CandidateQuery{
						Releases: []docent.Release{r}, Terms: kind.questions[i%len(kind.questions)], Limit: 100,
					})
					if err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(asked))
				}
				slices.Sort(took)
				b.ReportMetric(float64(n)/written.Seconds(), "chunks/s-analysed-and-written")
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			})
		}
		x.Close()
	}
}

func BenchmarkReleases(b *testing.B) {
	x := openIndex(b, b.TempDir())
	publish(b, x, chunk("a.md", "apple"))
	for b.Loop() {
		if _, err := x.Releases(b.Context(), unit.Site); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenIndex(b *testing.B) {
	dir := b.TempDir()
	publish(b, openIndex(b, dir), chunk("a.md", "apple"))
	for b.Loop() {
		x, err := OpenIndex(dir, stamp, IndexOptions{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := x.Releases(b.Context(), unit.Site); err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}

// BenchmarkTurn stores a question and its answer with 100 events.
func BenchmarkTurn(b *testing.B) {
	c := openStore(b, b.TempDir())
	var events []docent.Event
	for i := range 100 {
		events = append(events, docent.Event{ID: i + 1, Name: docent.EventDelta, Data: fmt.Appendf(nil, `{"text":"some words %d"}`, i)})
	}
	for i := 0; b.Loop(); i++ {
		turn, _, err := c.BeginTurn(b.Context(), owner, firstTurn(itoa(i)))
		if err != nil {
			b.Fatal(err)
		}
		turn.Answer.Text, turn.Answer.FinishReason = "an answer", docent.FinishStop
		if err := c.FinishTurn(b.Context(), owner, turn.Answer, events); err != nil {
			b.Fatal(err)
		}
	}
}
