package retrieval

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"docent"
)

// cut makes a page with one section cut into chunks of the given texts, between
// two other sections.
func cut(tokens int, texts ...string) []docent.Chunk {
	chunks := page("long.md", "Long", "before", "Something else before.")
	for i, text := range texts {
		chunks = append(chunks, docent.Chunk{
			ID: fmt.Sprint("long.md#kiln", i), Path: "long.md", Title: "Long", URL: "/long.md#kiln", Anchor: "kiln", Headings: []string{"kiln"},
			Text: text, Ordinal: 1 + i, Section: 1, Tokens: tokens, Line: 10 + i, EndLine: 10 + i,
		})
	}
	last := page("long.md", "Long", "after", "Something else after.")[0]
	last.Ordinal, last.Section = 1+len(texts), 2
	return append(chunks, last)
}

// sayings gives the passages' texts with one space between words.
func sayings(found docent.Found) []string {
	var out []string
	for _, p := range found.Passages {
		out = append(out, strings.Join(strings.Fields(p.Text), " "))
	}
	return out
}

func TestAPassageForAnAnswerIsItsWholeSection(t *testing.T) {
	s := New(published(map[docent.Unit][]docent.Chunk{unit: cut(200, "Open the lid.", "Then glaze bowls.", "Close it.")}), standard())
	if got := sayings(search(t, s, docent.Query{Text: "glaze bowls"})); !slices.Equal(got, []string{"Then glaze bowls."}) {
		t.Errorf("a search found %q", got)
	}
	found := search(t, s, docent.Query{Text: "glaze bowls", Whole: true})
	if got := sayings(found); !slices.Equal(got, []string{"Open the lid. Then glaze bowls. Close it."}) {
		t.Fatalf("an answer has %q", got)
	}
	if p := found.Passages[0]; p.Line != 10 || p.EndLine != 12 || p.Tokens != 600 {
		t.Errorf("lines %d to %d with %d tokens", p.Line, p.EndLine, p.Tokens)
	}
}

func TestOfALongSectionComesWhatStandsAroundTheHit(t *testing.T) {
	s := New(published(map[docent.Unit][]docent.Chunk{unit: cut(300, "One.", "Two.", "Glaze bowls.", "Four.", "Five.")}), standard())
	found := search(t, s, docent.Query{Text: "glaze bowls", Whole: true})
	if got := sayings(found); !slices.Equal(got, []string{"Two. Glaze bowls. Four."}) {
		t.Errorf("found %q", got)
	}
}

func TestNothingStandsInTwoPassages(t *testing.T) {
	s := New(published(map[docent.Unit][]docent.Chunk{unit: cut(200, "Glaze bowls.", "Wait a day.", "Glaze many other cups and bowls.")}), standard())
	if got := sayings(search(t, s, docent.Query{Text: "glaze bowls"})); len(got) != 2 {
		t.Fatalf("a search found %q", got)
	}
	if got := sayings(search(t, s, docent.Query{Text: "glaze bowls", Whole: true})); len(got) != 1 || strings.Count(got[0], "Glaze") != 2 {
		t.Errorf("an answer has %q", got)
	}
}

func TestAHitWhoseSectionIsGoneStaysAsItIs(t *testing.T) {
	chunks := cut(200, "Open the lid.", "Then glaze bowls.")
	if got := grown(chunks[2:3], nil, map[string]bool{}); len(got) != 1 || got[0].ID != chunks[2].ID {
		t.Errorf("grown to %v", got)
	}
}
