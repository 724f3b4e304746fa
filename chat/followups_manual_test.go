package chat

import (
	"context"
	"testing"

	"go.yaml.in/yaml/v3"

	"docent"
	"docent/analysis"
	"docent/embedding"
	"docent/ingest"
	"docent/retrieval"
	"docent/store/sqlite"
)

// building widens the store's Begin to what ingest asks for.
type building struct{ *sqlite.Index }

func (b building) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	return b.Index.Begin(ctx, unit)
}

// TestTheManualAnswersTheQuestionsThatItsHeadingsMake asks each question that a
// heading of docs-sample becomes.
func TestTheManualAnswersTheQuestionsThatItsHeadingsMake(t *testing.T) {
	var c struct {
		Retrieval retrieval.Config `yaml:"retrieval"`
		Ingest    ingest.Config    `yaml:"ingest"`
	}
	if err := yaml.Unmarshal(docent.DefaultConfig, &c); err != nil {
		t.Fatal(err)
	}
	model := embedding.Builtin()
	stamp := docent.Stamp{Embedding: model.Model(), Dimensions: model.Dimensions(), Analyzer: analysis.Version, Splitter: ingest.SplitterVersion}
	index, err := sqlite.OpenIndex(t.TempDir(), stamp, sqlite.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	if _, err := ingest.Run(t.Context(), building{index}, ingest.Source{Name: "docs", Dir: "../docs-sample", Lang: "en"}, c.Ingest, ingest.Options{Embedder: model}); err != nil {
		t.Fatal(err)
	}
	s := retrieval.New(index, c.Retrieval, retrieval.WithEmbed(model.Query), retrieval.WithBuiltin())
	asked, answered := map[string]bool{}, 0
	for _, path := range headings(t, index) {
		q := asQuestion(path)
		if q == "" || asked[q] {
			continue
		}
		asked[q] = true
		found, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: q})
		if err != nil {
			t.Fatal(err)
		}
		there := false
		for _, p := range found.Passages[:min(5, len(found.Passages))] {
			there = there || asQuestion(p.Heading()) == q || asQuestion(p.Title) == q
		}
		if there && !found.Refuse {
			answered++
		}
	}
	if len(asked) < 60 || answered*100 < 97*len(asked) {
		t.Errorf("%d of %d questions are answered", answered, len(asked))
	}
}

// headings gives those of all sections.
func headings(t *testing.T, index *sqlite.Index) []string {
	t.Helper()
	releases, err := index.Releases(t.Context(), docent.DefaultSite)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, r := range releases {
		pages, err := index.Pages(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pages {
			_, chunks, err := index.Page(t.Context(), r, p.Path)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range chunks {
				list = append(list, c.Heading())
			}
		}
	}
	return list
}
