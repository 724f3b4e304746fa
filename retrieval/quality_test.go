package retrieval

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
	"docent/embedding"
	"docent/eval"
	"docent/ingest"
	"docent/store/sqlite"
)

var update = flag.Bool("update", false, "rewrite testdata/quality.golden with what is found now")

// TestSearchFindsWhatReadersAskOfTheManual runs the questions over docs-sample
// through ingest and the SQLite index. The golden file shows what a change does
// to every question; the bounds are what no change may fall below.
func TestSearchFindsWhatReadersAskOfTheManual(t *testing.T) {
	s := New(ingested(t, "../docs-sample"), standard(), WithEmbed(embedding.Builtin().Query), WithBuiltin())
	results, err := eval.Run(t.Context(), readQuestions(t), func(ctx context.Context, q eval.Question, limit int) (docent.Found, error) {
		return s.Search(ctx, docent.Query{Site: docent.DefaultSite, Text: q.Question, History: q.History, Limit: limit, Filters: q.Filters})
	})
	if err != nil {
		t.Fatal(err)
	}
	report := eval.NewReport("the manual", results)
	golden(t, "testdata/quality.golden", report.Golden())
	if report.Page.Hit5 < 0.88 || report.Page.MRR < 0.80 || report.Section.Hit5 < 0.80 ||
		report.Refusal.FalseRate > 0.12 || report.Refusal.MissedRate > 0.6 {
		t.Errorf("search is worse than it was ever accepted to be: %+v", report.Summary)
	}
}

func readQuestions(t *testing.T) []eval.Question {
	t.Helper()
	file, err := os.Open("testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	questions, err := eval.Read(file, file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return questions
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s; review it and run with -update (-want +got):\n%s", file, diff)
	}
}

// building widens the store's Begin to what ingest asks for.
type building struct{ *sqlite.Index }

func (b building) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	return b.Index.Begin(ctx, unit)
}

// ingested makes an index of a folder.
func ingested(t *testing.T, dir string) *sqlite.Index {
	t.Helper()
	model := embedding.Builtin()
	stamp := docent.Stamp{Embedding: model.Model(), Dimensions: model.Dimensions(), Analyzer: analysis.Version, Splitter: ingest.SplitterVersion}
	index, err := sqlite.OpenIndex(t.TempDir(), stamp, sqlite.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	source := ingest.Source{Name: "docs", Dir: dir, Lang: "en"}
	report, err := ingest.Run(t.Context(), building{index}, source, readDefaults().Ingest, ingest.Options{Embedder: model})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Skipped) > 0 || report.Chunks == 0 {
		t.Fatalf("%d chunks, skipped %v", report.Chunks, report.Skipped)
	}
	return index
}

// TestEveryRelevantSectionIsThere holds the questions against the manual: an
// anchor that moved would count as a miss.
func TestEveryRelevantSectionIsThere(t *testing.T) {
	s := New(ingested(t, "../docs-sample"), standard(), WithEmbed(embedding.Builtin().Query), WithBuiltin())
	err := eval.Check(readQuestions(t), "testdata/questions.jsonl", func(q eval.Question, at eval.Target) error {
		_, chunks, err := s.Page(t.Context(), docent.DefaultSite, q.Filters, at.Path)
		if err != nil {
			return err
		}
		return at.In(chunks)
	})
	if err != nil {
		t.Error(err)
	}
}
