package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docent"
	"docent/access"
	"docent/ingest"
	"docent/llm/llmtest"
	"docent/store/qdrant/qdranttest"
)

// cut leaves the first bytes of the files that the pattern names.
func cut(t *testing.T, left int64, pattern ...string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil || len(files) == 0 {
		t.Fatalf("%q names %v, %v", pattern, files, err)
	}
	for _, file := range files {
		if err := os.Truncate(file, left); err != nil {
			t.Fatal(err)
		}
	}
}

// TestADoctorSaysWhatIsWrongAndWhatToDo breaks one thing after another.
func TestADoctorSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	store := func(t *testing.T, c *Config, key string) *qdranttest.Server {
		s := qdranttest.Start(t)
		s.Key = "the-right-key"
		c.Qdrant.URL, c.Qdrant.APIKey = s.URL(), key
		return s
	}
	embeddings := func(answer func(llmtest.EmbeddingRequest) llmtest.Reply) func(*testing.T, *Config) {
		return func(t *testing.T, c *Config) {
			model := llmtest.For(t)
			*c = c.embedding(model, "stand-in", 0)
			ingested(t, *c, "docs", edition(t, "first"))
			model.AnswerEmbeddings(answer)
		}
	}
	for name, c := range map[string]struct {
		spoil             func(*testing.T, *Config)
		check, says, does string
	}{
		"an index cut short": {func(t *testing.T, c *Config) { cut(t, 4096+100, c.DataDir, "index-*.db") }, "store", "damaged", "docent ingest"},
		"an index that is none": {func(t *testing.T, c *Config) {
			cut(t, 0, c.DataDir, "index-*.db")
			files, _ := filepath.Glob(filepath.Join(c.DataDir, "index-*.db"))
			if err := os.WriteFile(files[0], []byte(strings.Repeat("no database\n", 999)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "store", "damaged", "docent ingest"},
		"another model": {func(t *testing.T, c *Config) { *c = c.embedding(llmtest.For(t), "other", 8) },
			"index", "made with embedding docent-static-1 instead of other", "docent ingest"},
		"conversations cut short": {func(t *testing.T, c *Config) {
			f := serve(t, *c)
			if _, err := f.Answers().Start(t.Context(), access.Local(), docent.Ask{Message: "How is the harbour 1 run?"}); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			cut(t, 4096+100, c.DataDir, "docent.db")
		}, "database", "damaged", "backup"},
		"no Qdrant there":                {func(t *testing.T, c *Config) { c.Qdrant.URL = "127.0.0.1:1" }, "store", "can't be reached", "QDRANT_URL"},
		"a wrong key":                    {func(t *testing.T, c *Config) { store(t, c, "another") }, "store", "refuses the key", "QDRANT_API_KEY"},
		"an old Qdrant":                  {func(t *testing.T, c *Config) { store(t, c, "the-right-key").Version = "1.12.0" }, "store", "too old", "newer"},
		"an empty Qdrant":                {func(t *testing.T, c *Config) { store(t, c, "the-right-key") }, "index", "nothing was ingested", "docent ingest"},
		"embeddings of other dimensions": {embeddings(llmtest.Dimensions(48)), "embeddings", "48 dimensions, and before of 64", "ingest again"},
		"embeddings with NaN":            {embeddings(llmtest.NotANumber), "embeddings", "a vector that can't be used", "embedding.model"},
		"embeddings in HTML":             {embeddings(llmtest.Instead(llmtest.HTML())), "embeddings", "did not answer as one does", "embedding.base_url"},
		"too few embeddings":             {embeddings(llmtest.TooFew), "embeddings", "gave 0 vectors for 1 text", "embedding.batch_texts"},
		"embeddings with 500":            {embeddings(llmtest.Instead(llmtest.Broken())), "embeddings", "the embedding server failed", "server runs"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Defaults()
			cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
			ingested(t, cfg, "docs", edition(t, "first"))
			c.spoil(t, &cfg)
			got := finding(t, Doctor(t.Context(), cfg), c.check)
			if got.State != StateProblem || !strings.Contains(got.Detail, c.says) || !strings.Contains(got.Fix, c.does) {
				t.Errorf("%+v; want %q and %q", got, c.says, c.does)
			}
		})
	}
}

// misbehaviours are an embedding server's.
var misbehaviours = map[string]func(llmtest.EmbeddingRequest) llmtest.Reply{
	"other dimensions": llmtest.Dimensions(48), "NaN": llmtest.NotANumber, "zeros": llmtest.Zeros, "too few": llmtest.TooFew,
	"HTML": llmtest.Instead(llmtest.HTML()), "500": llmtest.Instead(llmtest.Broken()), "401": llmtest.Instead(llmtest.Unauthorized()),
}

func TestAQuestionWithoutAVectorIsAnsweredByWords(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model := llmtest.For(t)
		cfg = cfg.embedding(model, "stand-in", 0)
		ingested(t, cfg, "docs", edition(t, "first"))
		f := serve(t, cfg)
		for name, answer := range misbehaviours {
			model.AnswerEmbeddings(answer)
			if found := searchOnce(t, f.Server); len(found.Passages) == 0 || !strings.Contains(found.Note, "by words alone") {
				t.Errorf("%s: %d passages, note %q", name, len(found.Passages), found.Note)
			}
		}
		model.AnswerEmbeddings(llmtest.Embed)
		if found := searchOnce(t, f.Server); found.Note != "" {
			t.Errorf("when it answers again: note %q", found.Note)
		}
	})
}

// TestAnIngestThatGetsNoVectorsLeavesTheOldRelease lets the embedding server
// misbehave in the middle of an ingest, and then not.
func TestAnIngestThatGetsNoVectorsLeavesTheOldRelease(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model := llmtest.For(t)
		cfg = cfg.embedding(model, "stand-in", 64)
		cfg.Embedding.BatchTexts, cfg.Embedding.Concurrency = 2, 1
		ingested(t, cfg, "docs", edition(t, "first"))
		f := serve(t, cfg)
		second := edition(t, "second")
		for name, answer := range misbehaviours {
			model.ScriptEmbeddings(llmtest.Embed, answer)
			in, err := OpenIngester(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, err = in.Run(t.Context(), ingest.Source{Name: "docs", Dir: second}, nil)
			if !docent.CodeOf(err).OfModel() {
				t.Errorf("%s: the ingest gives %v", name, err)
			}
			if err := in.Close(); err != nil {
				t.Error(err)
			}
			if found := searchOnce(t, f.Server); len(found.Passages) == 0 || !strings.Contains(found.Passages[0].Text, "first edition") {
				t.Errorf("%s: found %+v", name, found.Passages)
			}
		}
		before := len(model.EmbeddingRequests())
		ingested(t, cfg, "docs", second)
		if found := searchOnce(t, f.Server); len(found.Passages) == 0 || !strings.Contains(found.Passages[0].Text, "second edition") {
			t.Errorf("afterwards: found %+v", found.Passages)
		}
		texts, asked := 0, 0
		for text := range model.Embedded() {
			if strings.Contains(text, "second edition") {
				texts++
			}
		}
		for _, r := range model.EmbeddingRequests()[before:] {
			for _, text := range r.Input {
				if strings.Contains(text, "second edition") {
					asked++
				}
			}
		}
		if want := texts - cfg.Embedding.BatchTexts*len(misbehaviours); asked != want || want <= 0 {
			t.Errorf("the last ingest asks for %d texts of %d, want %d: each before had got a batch", asked, texts, want)
		}
	})
}
