package analysis

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"docent"
)

// manual is prose and code with the vocabulary of a large manual, about 1 MB.
func manual() string {
	r := rand.New(rand.NewPCG(5, 6))
	words := strings.Fields("the server to a configuration of reads and Sets index when `--log.level` is release running documents MAX_RETRIES getElementById v1.2.3 in config.yaml")
	for i := range 5000 {
		words = append(words, fmt.Sprintf("term%c%c%cing", 'a'+i%26, 'a'+i/26%26, 'a'+i/676))
	}
	var b strings.Builder
	for b.Len() < 1<<20 {
		// Common words are common: half of the text is of the first 20.
		n := 20
		if r.IntN(2) == 0 {
			n = len(words)
		}
		b.WriteString(words[r.IntN(n)] + " ")
		if r.IntN(12) == 0 {
			b.WriteString(". ")
		}
	}
	return b.String()
}

func BenchmarkTerms(b *testing.B) {
	text := manual()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Terms(text, "en")
	}
}

func BenchmarkChunkTerms(b *testing.B) {
	c := &docent.Chunk{Title: "Serving", Headings: []string{"Options"}, Text: manual()[:1600]}
	b.SetBytes(int64(len(c.Text)))
	b.ReportAllocs()
	for b.Loop() {
		ChunkTerms(c)
	}
}

func BenchmarkSentences(b *testing.B) {
	text := manual()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Sentences(text)
	}
}

func BenchmarkTokens(b *testing.B) {
	text := manual()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Tokens(text)
	}
}
