package extract

import (
	"context"
	"strings"
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

// manual searches docs-sample as a server does that nobody configured.
func manual(t testing.TB) *retrieval.Searcher {
	t.Helper()
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
	source := ingest.Source{Name: "docs", Dir: "../../docs-sample", Lang: "en"}
	if _, err := ingest.Run(t.Context(), building{index}, source, c.Ingest, ingest.Options{Embedder: model}); err != nil {
		t.Fatal(err)
	}
	return retrieval.New(index, c.Retrieval, retrieval.WithEmbed(model.Query), retrieval.WithBuiltin())
}

func TestFollowUpsAreAnsweredFromWhatTheyLeanOn(t *testing.T) {
	s := manual(t)
	for _, tt := range []struct{ first, then, want string }{
		{"How do I limit requests per minute?", "and how do I turn it off?", "0 is off"},
		{"How do I roll back to an earlier release?", "can I list them first?", "docent index list"},
		{"How many releases are kept?", "how do I change that?", "ingest.keep_releases"},
		{"How do I run it with Docker Compose?", "and where does it keep the data?", "/data"},
		{"How do I connect Ollama?", "what about vLLM?", "vLLM"},
		{"How do I allow another origin?", "and in the environment?", "ALLOWED_ORIGINS"},
		{"How do I put the widget on my site?", "can I change its colour?", "colour"},
		{"What does exit code 3 mean?", "and 2?", "| 2 |"},
		{"How do I ingest a folder?", "what if some files fail?", "exit code 3"},
		{"How do I cancel an answer?", "does it keep what was said?", "what was said so far is stored"},
		{"How do I connect Ollama?", "and who won the world cup in 2014?", ""},
	} {
		history := []docent.ModelMessage{{Role: docent.RoleUser, Text: tt.first}, {Role: docent.RoleAssistant, Text: "So [1]."}}
		found, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: tt.then, History: history})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if !found.Refuse {
			got, _ = Answer(found.Asked, "en", number(found.Passages))
		}
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s %s (%.2f): it lacks %q:\n%s", tt.first, tt.then, found.Answerable, tt.want, got)
		}
	}
}
