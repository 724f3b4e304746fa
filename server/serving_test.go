package server

import (
	"strings"
	"testing"

	"docent"
	"docent/llm/llmtest"
	"docent/store/qdrant/qdranttest"
)

// searchOnce asks a server one question.
func searchOnce(t *testing.T, s *Server) docent.Found {
	t.Helper()
	found, err := s.Search().Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "How is the harbour 1 run?"})
	if err != nil {
		t.Error(err)
	}
	return found
}

func TestDimensionsAreTheIndexsWithoutAskingTheModel(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model := llmtest.For(t)
		cfg = cfg.embedding(model, "stand-in", 0)
		ingested(t, cfg, "docs", edition(t, "first"))
		asked := len(model.EmbeddingRequests())
		f := serve(t, cfg)
		if n := len(model.EmbeddingRequests()) - asked; n > 0 {
			t.Errorf("a start asks the model %d times", n)
		}
		if found := searchOnce(t, f.Server); len(found.Passages) == 0 || found.Note != "" {
			t.Errorf("%d passages, note %q", len(found.Passages), found.Note)
		}
	})
}

func TestAServerThatStartedBeforeItsModelAndItsIndexTakesThemUp(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model := llmtest.For(t)
		cfg = cfg.embedding(model, "stand-in", 0)
		model.AnswerEmbeddings(llmtest.Instead(llmtest.Broken()))
		f := serve(t, cfg)
		if err := f.Ready(t.Context()); docent.CodeOf(err) != docent.CodeNoIndex {
			t.Errorf("before the ingest: %v", err)
		}
		if err := f.lookAgain(t.Context()); err != nil {
			t.Error(err)
		}
		model.AnswerEmbeddings(llmtest.Embed)
		ingested(t, cfg, "docs", edition(t, "first"))
		if err := f.lookAgain(t.Context()); err != nil {
			t.Error(err)
		}
		if found := searchOnce(t, f.Server); len(found.Passages) == 0 || found.Note != "" {
			t.Errorf("%d passages, note %q", len(found.Passages), found.Note)
		}
	})
}

// TestTheFirstQuestionFindsWhatItNeedsReadAlready counts the reading calls of
// questions before and after the server looked at its index, and again after a
// new release.
func TestTheFirstQuestionFindsWhatItNeedsReadAlready(t *testing.T) {
	store := qdranttest.Start(t)
	cfg := Defaults()
	cfg.DataDir, cfg.Qdrant.URL = t.TempDir(), store.URL()
	f := serve(t, cfg)
	for _, name := range []string{"first", "second"} {
		ingested(t, cfg, "docs", edition(t, name))
		if err := f.lookAgain(t.Context()); err != nil {
			t.Error(err)
		}
		reading := func() int {
			before := store.Calls("Scroll")
			found := searchOnce(t, f.Server)
			if len(found.Passages) == 0 || !strings.Contains(found.Passages[0].Text, name) {
				t.Errorf("found %+v", found.Passages)
			}
			return store.Calls("Scroll") - before
		}
		if first, later := reading(), reading(); first != later {
			t.Errorf("the first question reads %d times, a later one %d", first, later)
		}
	}
}
