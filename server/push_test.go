package server

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
	"docent/analysis"
	"docent/ingest"
	"docent/ingest/push"
	"docent/llm/llmtest"
)

// birds is a folder of pages, each of a bird.
func birds(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		bird(t, dir, name, "The "+name+" lives by the water.")
	}
	return dir
}

func bird(t *testing.T, dir, name, says string) {
	t.Helper()
	text := fmt.Sprintf("# The %s\n\n%s\n\n## What the %s eats\n\nFish, see [the web](https://example.com/%s).\n", name, says, name, name)
	if err := os.WriteFile(filepath.Join(dir, name+".md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// pusher pushes like the command, from a machine that has nothing else.
type pusher struct {
	t   *testing.T
	url string
	key string
}

// send parses a folder anew and uploads it.
func (p pusher) send(dir, preview string) (*push.Client, docent.Push, error) {
	p.t.Helper()
	client, err := push.NewClient(p.url, p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	terms, err := client.Terms(p.t.Context(), preview)
	if err != nil {
		return client, docent.Push{}, err
	}
	cfg := Defaults()
	cfg.DataDir = filepath.Join(p.t.TempDir(), "nothing")
	pages, _, err := Parse(p.t.Context(), cfg, ingest.Source{Name: "birds", Dir: dir}, terms.Site, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	sent, err := client.Send(p.t.Context(), pages, 0, terms, preview, func(int, int) {})
	if _, missing := os.Stat(cfg.DataDir); !os.IsNotExist(missing) {
		p.t.Errorf("pushing writes to its own data folder: %v", missing)
	}
	return client, sent.Push, err
}

// publish pushes a folder to its end.
func (p pusher) publish(dir string) docent.Push {
	p.t.Helper()
	client, sent, err := p.send(dir, "")
	if err == nil {
		sent, err = client.Commit(p.t.Context(), sent.ID)
	}
	if err == nil {
		sent, err = client.Follow(p.t.Context(), sent.ID, func(docent.Push) {})
	}
	if err != nil || sent.State != docent.PushPublished {
		p.t.Fatalf("%+v, %v", sent, err)
	}
	return sent
}

// publishAll pushes every unit of a source to its end.
func (p pusher) publishAll(src ingest.Source) (all []docent.Push) {
	p.t.Helper()
	client, err := push.NewClient(p.url, p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	terms, err := client.Terms(p.t.Context(), "")
	if err != nil {
		p.t.Fatal(err)
	}
	pages, _, err := Parse(p.t.Context(), Defaults(), src, terms.Site, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := range pages.Units() {
		sent, err := client.Send(p.t.Context(), pages, i, terms, "", func(int, int) {})
		if err == nil {
			sent.Push, err = client.Commit(p.t.Context(), sent.ID)
		}
		if err == nil {
			sent.Push, err = client.Follow(p.t.Context(), sent.ID, func(docent.Push) {})
		}
		if err != nil || sent.State != docent.PushPublished {
			p.t.Fatalf("%+v, %v", sent, err)
		}
		all = append(all, sent.Push)
	}
	return all
}

// TestAPushRetiresWhatItsSourceNoLongerHas, on every store.
func TestAPushRetiresWhatItsSourceNoLongerHas(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		p := pusher{t, serve(t, cfg).url, ""}
		dir := t.TempDir()
		for name, text := range map[string]string{
			"docusaurus.config.js":            "module.exports = {url: 'https://x.example', baseUrl: '/', presets: [['classic', {}]]}",
			"versions.json":                   `["2.0", "1.0"]`,
			"docs/a.md":                       "# A\n\nherons to come",
			"versioned_docs/version-2.0/a.md": "# A\n\nherons of today",
			"versioned_docs/version-1.0/a.md": "# A\n\nherons of yore",
		} {
			file := filepath.Join(dir, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		src := ingest.Source{Name: "birds", Dir: dir}
		searched := func() (versions []string) {
			var kept struct{ Releases []docent.Release }
			if status := p.desk("GET", "releases", "", &kept); status != http.StatusOK {
				t.Fatal(status)
			}
			for _, r := range kept.Releases {
				if r.Active {
					versions = append(versions, r.Unit.Version)
				}
			}
			return versions
		}
		p.publishAll(src)
		if diff := cmp.Diff([]string{"1.0", "2.0", "next"}, searched()); diff != "" {
			t.Error(diff)
		}
		if err := errors.Join(os.WriteFile(filepath.Join(dir, "versions.json"), []byte(`["2.0"]`), 0o600), os.RemoveAll(filepath.Join(dir, "versioned_docs/version-1.0"))); err != nil {
			t.Fatal(err)
		}
		var retired []docent.Unit
		for _, sent := range p.publishAll(src) {
			retired = append(retired, sent.Retired...)
		}
		if diff := cmp.Diff([]docent.Unit{{Site: docent.DefaultSite, Source: "birds", Version: "1.0"}}, retired); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"2.0", "next"}, searched()); diff != "" {
			t.Error(diff)
		}
		body := `{"unit":{"source":"birds"},"units":[{"version":"2.0"}],"analyzer":"` + analysis.Version + `","splitter":"` + ingest.SplitterVersion + `","pages":[{"path":"a.md","hash":"00000000000000000000000000000000"}]}`
		if status := p.desk("POST", "pushes", body, nil); status != http.StatusUnprocessableEntity {
			t.Errorf("units without its own: %d", status)
		}
	})
}

// titles are those of the pages that the served index has of a unit, by path.
func titles(t *testing.T, cfg Config, site string) map[string]string {
	t.Helper()
	index, err := OpenIndex(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	releases, err := index.Releases(t.Context(), site)
	if err != nil && docent.CodeOf(err) != docent.CodeNoIndex {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range releases {
		for _, name := range []string{"heron", "stork", "crane"} {
			_, chunks, err := index.Page(t.Context(), r, name+".md")
			if docent.CodeOf(err) == docent.CodeNotFound {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			all[name+".md"] = chunks[0].Text
		}
	}
	return all
}

// TestWhatIsPushedIsWhatAnIngestThereWouldMake compares the indexes chunk by
// chunk, on every store, after changes, too.
func TestWhatIsPushedIsWhatAnIngestThereWouldMake(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		cfg = cfg.embedding(llmtest.For(t), "m", 32)
		dir := birds(t, "heron", "stork")
		f := serve(t, cfg)
		p := pusher{t, f.url, ""}
		p.publish(dir)
		bird(t, dir, "crane", "Cranes dance.")
		bird(t, dir, "stork", "Storks clatter.")
		if err := os.Remove(filepath.Join(dir, "heron.md")); err != nil {
			t.Fatal(err)
		}
		got := p.publish(dir)
		if pages := got.Changes.Pages; pages.Added != 1 || pages.Changed != 1 || pages.Removed != 1 || got.Release.Number != 2 {
			t.Errorf("%+v", got)
		}
		own := cfg
		own.DataDir, own.Qdrant.Prefix = t.TempDir(), "own"
		in, err := OpenIngester(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		report, err := in.Run(t.Context(), ingest.Source{Name: "birds", Dir: dir}, nil)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := OpenIndex(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer theirs.Close()
		for _, path := range []string{"crane.md", "stork.md"} {
			want, wantChunks, err := in.Page(t.Context(), report.Release, path)
			if err != nil {
				t.Fatal(err)
			}
			page, chunks, err := theirs.Page(t.Context(), *got.Release, path)
			want.Hash, page.Hash = "", "" // of the file there, and of what it says here
			if diff := cmp.Diff(want, page, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("%s: %v", diff, err)
			}
			if diff := cmp.Diff(wantChunks, chunks); diff != "" {
				t.Error(diff)
			}
		}
		wantStats, err := in.Stats(t.Context(), report.Release)
		if err != nil {
			t.Fatal(err)
		}
		stats, err := theirs.Stats(t.Context(), *got.Release)
		if err != nil || !bytes.Equal(wantStats.Encode(), stats.Encode()) {
			t.Errorf("statistics differ, %v", err)
		}
		if again := p.publish(dir); !again.Unchanged || again.Release.Number != 2 {
			t.Errorf("the same again: %+v", again)
		}
	})
}

// TestAMachineThatHasNothingEmbedsOnlyWhatChanged pushes twice, from two machines
// with nothing but the documentation, and counts what the server's model is asked.
func TestAMachineThatHasNothingEmbedsOnlyWhatChanged(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model := llmtest.For(t)
		cfg = cfg.embedding(model, "m", 32)
		cfg.Embedding.PricePerMillionTokens = 1000
		dir := birds(t, "heron", "stork", "crane")
		f := serve(t, cfg)
		p := pusher{t, f.url, ""}
		p.publish(dir)
		before := model.Embedded()
		bird(t, dir, "stork", "Storks clatter.")
		client, sent, err := p.send(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		plan, err := client.Plan(t.Context(), sent.ID)
		if err != nil || plan.Embedding.Texts != 1 || plan.Embedding.Tokens == 0 || plan.Embedding.USD == 0 || !plan.Embedding.Priced ||
			plan.Pages.Changed != 1 || plan.Pages.Unchanged != 2 || plan.Chunks.Added != 1 || plan.Chunks.Removed != 1 {
			t.Errorf("the plan is %+v, %v", plan, err)
		}
		if now := model.Embedded(); !maps.Equal(before, now) {
			t.Errorf("planning embeds: %v", now)
		}
		p.publish(dir)
		checkEmbeddedOnce(t, before, model.Embedded(), "Storks clatter")
	})
}

// checkEmbeddedOnce holds that one text, with the words, was embedded beyond what
// was before.
func checkEmbeddedOnce(t *testing.T, before, now map[string]int, words string) {
	t.Helper()
	var more []string
	for text, n := range now {
		for range n - before[text] {
			more = append(more, text)
		}
	}
	if len(more) != 1 || !strings.Contains(more[0], words) {
		t.Errorf("embedded again: %q", more)
	}
}

// TestAnIngestWithoutItsDataFolderEmbedsOnlyWhatChanged loses the folder, and so
// the memory of vectors, between two ingests into Qdrant.
func TestAnIngestWithoutItsDataFolderEmbedsOnlyWhatChanged(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		if cfg.Qdrant.URL == "" {
			return // the index is in the folder
		}
		model := llmtest.For(t)
		cfg = cfg.embedding(model, "m", 32)
		dir := birds(t, "heron", "stork", "crane")
		ingested(t, cfg, "birds", dir)
		before := model.Embedded()
		cfg.DataDir = t.TempDir()
		bird(t, dir, "stork", "Storks clatter.")
		ingested(t, cfg, "birds", dir)
		checkEmbeddedOnce(t, before, model.Embedded(), "Storks clatter")
	})
}
