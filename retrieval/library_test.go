package retrieval

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/embedding"
)

func TestPassagesAreFoundAgainByTheirSources(t *testing.T) {
	c := standard()
	c.PublicURL = "https://example.com/ask"
	s := New(ingested(t, "../docs-sample"), c, WithEmbed(embedding.Builtin().Query), WithBuiltin())
	found, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "How do I connect Ollama?", Whole: true})
	if err != nil || len(found.Passages) < 3 {
		t.Fatal(found.Passages, err)
	}
	var sources []docent.Source
	for i, p := range found.Passages[:3] {
		sources = append(sources, docent.Source{N: i + 1, ID: p.ID, URL: p.URL, Score: p.Score, Snippet: p.Snippet})
	}
	sources[1].ID = "chk_of_an_older_release"
	gone := docent.Source{N: 9, ID: "chk_gone", URL: "https://example.com/ask/docs/docs/gone#gone"}
	again, err := s.Again(t.Context(), docent.DefaultSite, docent.Filters{}, append(sources, gone))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, p := range found.Passages[:3] {
		want = append(want, p.URL)
	}
	for _, p := range again {
		got = append(got, p.URL)
	}
	if diff := cmp.Diff(want, got); diff != "" || again[2].N != 3 || again[0].Text != found.Passages[0].Text {
		t.Errorf("(-found +again) %s", diff)
	}
}

func TestTheLanguagesAreThoseOfWhatTheFiltersChoose(t *testing.T) {
	s := New(ingested(t, "../docs-sample"), standard())
	langs, err := s.Languages(t.Context(), docent.DefaultSite, docent.Filters{Lang: "de"})
	if diff := cmp.Diff([]string{"en"}, langs); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := s.Languages(t.Context(), docent.DefaultSite, docent.Filters{Source: "other"}); docent.CodeOf(err) != docent.CodeInvalid {
		t.Errorf("an unknown source: %v", err)
	}
}
