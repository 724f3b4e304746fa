package server

import (
	"context"
	"strings"
	"testing"

	"docent"
	"docent/ingest"
	"docent/llm"
	"docent/llm/llmtest"
	"docent/store/qdrant/qdranttest"
)

// onEachStore runs a test on both stores.
func onEachStore(t *testing.T, test func(t *testing.T, cfg Config)) {
	for name, store := range map[string]func(*testing.T, *Config){
		"sqlite": func(*testing.T, *Config) {},
		"qdrant": func(t *testing.T, c *Config) { c.Qdrant.URL = qdranttest.Start(t).URL() },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Defaults()
			cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
			store(t, &cfg)
			test(t, cfg)
		})
	}
}

// embedding gives the configuration another embedding model.
func (c Config) embedding(model *llmtest.Server, name string, dimensions int) Config {
	c.Embedding.Provider, c.Embedding.BaseURL = "openai", model.URL
	c.Embedding.Model, c.Embedding.Dimensions, c.Embedding.Retries = name, dimensions, 0
	return c
}

func stampOf(t *testing.T, cfg Config) docent.Stamp {
	t.Helper()
	index, err := OpenIndex(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	if releases, err := index.Releases(t.Context(), docent.DefaultSite); err != nil || len(releases) == 0 {
		t.Errorf("%s: %v, %v", DescribeStamp(index.Stamp), releases, err)
	}
	return index.Stamp
}

func TestTheEmbeddingModelIsChangedWithoutAFailedQuestion(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model := llmtest.For(t)
		old, next := cfg.embedding(model, "old", 32), cfg.embedding(model, "next", 48)
		ingested(t, old, "docs", edition(t, "first"))
		f := serve(t, old)
		c := gather(t, f.url)
		c.hears("first")

		if err := f.Reload(t.Context(), next); docent.CodeOf(err) != docent.CodeIndexStamp || !strings.Contains(err.Error(), "old instead of next") {
			t.Errorf("before the ingest: %v", err)
		}
		c.hears("first")
		ingested(t, next, "docs", edition(t, "second"))
		if err := f.lookAgain(t.Context()); err != nil {
			t.Error(err)
		}
		c.hears("first") // its questions are still embedded by the old model
		if err := f.Reload(t.Context(), next); err != nil {
			t.Error(err)
		}
		c.hears("second")
		if err := f.Reload(t.Context(), old); err != nil { // the old index stays
			t.Error(err)
		}
		c.hears("first")
		if err := f.Reload(t.Context(), next); err != nil {
			t.Error(err)
		}
		c.hears("second")
		c.leave()
		if was, is := stampOf(t, old), stampOf(t, next); was.Embedding != "old" || is.Embedding != "next" {
			t.Errorf("there are the indexes of %s and %s", was.Embedding, is.Embedding)
		}
	})
}

// TestAnotherVersionsIndexIsTakenUpWhenItIsComplete has an index that was split
// by another version, of two sources.
func TestAnotherVersionsIndexIsTakenUpWhenItIsComplete(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		cfg.Embedding.Provider = llm.EmbeddingNone
		first, second := edition(t, "first"), edition(t, "second")
		before := lexicalStamp()
		before.Splitter = "another"
		index, err := openIndex(t.Context(), cfg, before)
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range []string{"docs", "more"} {
			if _, err := ingest.Run(t.Context(), index, ingest.Source{Name: source, Dir: first}, cfg.Ingest.Config, ingest.Options{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := index.Close(); err != nil {
			t.Fatal(err)
		}
		f := serve(t, cfg)
		ctx, stop := context.WithCancel(context.Background())
		address, ended := make(chan string, 1), make(chan error, 1)
		go func() { ended <- f.Run(ctx, func(url string) { address <- url }) }()
		c := gather(t, <-address)
		c.hears("first")
		if got := finding(t, checkIndex(t.Context(), &cfg), "index"); got.State != StateWarning || !strings.Contains(got.Detail, "another") {
			t.Errorf("%+v", got)
		}

		ingested(t, cfg, "docs", second)
		if err := f.lookAgain(t.Context()); err == nil || !strings.Contains(err.Error(), "lacks more") {
			t.Errorf("an index that lacks a source: %v", err)
		}
		c.hears("first")
		if got := finding(t, checkIndex(t.Context(), &cfg), "index"); got.State != StateWarning || !strings.Contains(got.Detail, "lacks more") {
			t.Errorf("%+v", got)
		}
		if got := stampOf(t, cfg); got != before {
			t.Errorf("a new process would answer from the index of %s", DescribeStamp(got))
		}
		ingested(t, cfg, "more", second)
		c.until("second") // Run follows
		c.hears("second")
		c.leave()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestASourceThatWasGivenUpKeepsNoIndexBack(t *testing.T) {
	unit := func(source string) docent.Unit { return docent.Unit{Site: docent.DefaultSite, Source: source} }
	at := func(splitter string, sources ...string) docent.IndexInfo {
		i := docent.IndexInfo{Name: splitter, Stamp: lexicalStamp()}
		i.Stamp.Splitter = splitter
		for _, s := range sources {
			i.Units = append(i.Units, unit(s))
		}
		return i
	}
	foreign := at("3", "docs", "legacy")
	foreign.Stamp.Analyzer = "another"
	for name, c := range map[string]struct {
		configured []ingest.Source
		newestLast []docent.IndexInfo
		want       string
	}{
		"nothing is there":               {nil, nil, ""},
		"only another analyzer's":        {nil, []docent.IndexInfo{foreign}, ""},
		"the newest":                     {nil, []docent.IndexInfo{at("1", "docs"), foreign, at("2", "docs", "more")}, "2"},
		"one that lacks a source waits":  {nil, []docent.IndexInfo{at("1", "docs", "legacy"), at("2", "docs")}, "1"},
		"a source that was given up":     {[]ingest.Source{{Dir: "x/docs"}}, []docent.IndexInfo{at("1", "docs", "legacy"), at("2", "docs")}, "2"},
		"a source that is to come":       {[]ingest.Source{{Dir: "docs"}, {Dir: "y", Name: "legacy"}}, []docent.IndexInfo{at("1", "docs", "legacy"), at("2", "docs")}, "1"},
		"the old one was taken up again": {nil, []docent.IndexInfo{at("2", "docs"), at("1", "docs")}, "1"},
	} {
		cfg := Defaults()
		cfg.Sources = c.configured
		s := &serving{cfg: cfg, wants: lexicalStamp()}
		var list []docent.IndexInfo
		for _, i := range c.newestLast {
			list = append([]docent.IndexInfo{i}, list...)
		}
		if got := s.fitting(list).Name; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestAServerIsReplacedByOneWithAnotherModel starts a second server on the same
// data folder, leads readers there, and ends the first one; then a third. Each
// has an answer in the making when the next one starts.
func TestAServerIsReplacedByOneWithAnotherModel(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model, gate := llmtest.For(t), make(chan struct{})
		withModel(model)(&cfg)
		held := func(f *fixture) (*events, []docent.Event) {
			model.Script(llmtest.HeldAt(1, gate, "It is ", "run well [1]."))
			stream := f.ask(t, `{"message": "How is the harbour 1 run, says this edition?"}`)
			return stream, stream.until(t, docent.EventDelta)
		}
		end := func(f *fixture, stream *events, seen []docent.Event) {
			t.Helper()
			gate <- struct{}{}
			seen = append(seen, stream.rest(t)...)
			last := seen[len(seen)-1]
			if last.Name != docent.EventDone {
				t.Fatalf("the last event is %s: %s", last.Name, last.Data)
			}
			if m := f.message(t, data[docent.SessionData](t, seen[0])); m.FinishReason != docent.FinishStop || m.Text != text(t, seen) {
				t.Errorf("stored is %+v", m)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		old, next := cfg.embedding(model, "old", 32), cfg.embedding(model, "next", 48)
		ingested(t, old, "docs", edition(t, "first"))
		first := serve(t, old)
		stream, seen := held(first)
		c := gather(t, first.url)
		c.hears("first")
		ingested(t, next, "docs", edition(t, "second"))
		second := serve(t, next)
		c.hears("first")
		c.moves(second.url)
		c.hears("second")
		end(first, stream, seen)
		c.leave()

		stream, seen = held(second)
		third := serve(t, next)
		c = gather(t, third.url)
		c.hears("second")
		end(second, stream, seen)
		c.hears("second")
	})
}
