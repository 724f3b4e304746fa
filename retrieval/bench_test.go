package retrieval

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"docent"
)

// synthetic makes chunks whose words are spread like those of a manual: few are
// common, most are rare.
func synthetic(n int) []docent.Chunk {
	r := rand.New(rand.NewPCG(7, 8))
	zipf := rand.NewZipf(r, 1.1, 4, 30000)
	chunks := make([]docent.Chunk, n)
	for i := range chunks {
		var b strings.Builder
		for range 150 {
			fmt.Fprintf(&b, "word%x ", zipf.Uint64())
		}
		path := fmt.Sprintf("page%d.md", i/8)
		chunks[i] = docent.Chunk{ID: fmt.Sprint(i), Path: path, Title: fmt.Sprintf("Page word%x", zipf.Uint64()),
			Headings: []string{fmt.Sprintf("Section word%x", zipf.Uint64())}, Text: b.String(), Ordinal: i % 8, Section: i % 8 / 2}
	}
	return chunks
}

// proposing gives the same candidates and bodies to every query, so that the
// ranking is measured and not the fake's search.
type proposing struct {
	*memory
	candidates []docent.Candidate
	bodies     map[string]docent.Chunk
}

func (p proposing) Candidates(context.Context, docent.CandidateQuery) ([]docent.Candidate, error) {
	return p.candidates, nil
}

func (p proposing) Bodies(context.Context, []docent.Candidate) (map[string]docent.Chunk, error) {
	return p.bodies, nil
}

func BenchmarkSearch(b *testing.B) {
	m := published(map[docent.Unit][]docent.Chunk{unit: synthetic(10000)})
	q := docent.Query{Site: docent.DefaultSite, Text: "how does word1f relate to word3a7 and word12, word9 or word2?"}
	candidates, err := m.Candidates(b.Context(), docent.CandidateQuery{Releases: m.releases, Terms: ask(q.Text, "en").terms, Limit: 100})
	if err != nil {
		b.Fatal(err)
	}
	bodies, err := m.Bodies(b.Context(), candidates)
	if err != nil {
		b.Fatal(err)
	}
	s := New(proposing{m, candidates, bodies}, standard())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Search(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
}
