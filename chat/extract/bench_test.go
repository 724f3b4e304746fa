package extract

import (
	"testing"

	"docent"
)

// BenchmarkAnswer answers questions to the manual of each kind; one that asks
// two things is read for each of them.
func BenchmarkAnswer(b *testing.B) {
	s := manual(b)
	for name, question := range map[string]string{
		"how":     "How do I put the widget on my site?",
		"what":    "What is a release?",
		"several": "Which port does it listen on, and how do I change it?",
		"compare": "What is the difference between a release and a preview?",
	} {
		found, err := s.Search(b.Context(), docent.Query{Site: docent.DefaultSite, Text: question})
		if err != nil {
			b.Fatal(err)
		}
		passages := number(found.Passages)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := Answer(question, "en", passages); !ok {
					b.Fatal("nothing fits")
				}
			}
		})
	}
}
