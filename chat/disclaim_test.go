package chat

import (
	"os"
	"strings"
	"testing"
)

// phrasings are lines of testdata/disclaimers.txt: "+ " begins an answer that
// refuses, "- " one that only sounds like it.
func phrasings(t *testing.T) (refusals, lookalikes []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/disclaimers.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "+ "):
			refusals = append(refusals, line[2:])
		case strings.HasPrefix(line, "- "):
			lookalikes = append(lookalikes, line[2:])
		}
	}
	return refusals, lookalikes
}

func TestARefusalInAModelsOwnWordsIsToldFromAnAnswer(t *testing.T) {
	refusals, lookalikes := phrasings(t)
	if len(refusals) < 40 || len(lookalikes) < 40 {
		t.Fatalf("%d refusals and %d others; want at least 40 of each", len(refusals), len(lookalikes))
	}
	for _, text := range refusals {
		if !refuses(text) {
			t.Errorf("not recognised: %s", text)
		}
	}
	for _, text := range lookalikes {
		if refuses(text) {
			t.Errorf("taken for a refusal: %s", text)
		}
	}
}

func BenchmarkRefuses(b *testing.B) {
	text := "The documentation describes the port setting [1], and the server is not restarted when it changes [2]. " +
		"Set PORT, or server.port in the file [1]. It does not matter in which order."
	for b.Loop() {
		refuses(text)
	}
}
