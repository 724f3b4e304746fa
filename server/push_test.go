package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
	"docent/access"
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

// manifest parses a folder and gives what a client would send of it.
func (p pusher) manifest(dir, site string) (docent.PushManifest, map[string]ingest.Parsed) {
	p.t.Helper()
	pages, _, err := Parse(p.t.Context(), Defaults(), ingest.Source{Name: "birds", Dir: dir}, site, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	terms, err := (&push.Receiver{}).Terms(site, "")
	if err != nil {
		p.t.Fatal(err)
	}
	m := docent.PushManifest{Unit: docent.Unit{Source: "birds"}, Edition: pages.Edition(0), Analyzer: terms.Analyzer, Splitter: terms.Splitter}
	all := map[string]ingest.Parsed{}
	_, err = pages.Pages(p.t.Context(), 0, func(page ingest.Parsed) error {
		m.Pages = append(m.Pages, docent.PushPage{Path: page.Page.Path, Hash: page.Page.Hash})
		all[page.Page.Path] = page
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return m, all
}

// call sends a request with any body, and decodes the answer where it is one.
func (p pusher) call(method, path string, body []byte, into any, headers ...string) (status int, answer string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1/index/pushes"+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if p.key != "" {
		r.Header.Set("Authorization", "Bearer "+p.key)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if got.StatusCode < 300 && into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			p.t.Fatalf("%s: %v", text, err)
		}
	}
	return got.StatusCode, string(text)
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// begin begins a push with a manifest that fits.
func (p pusher) begin(m docent.PushManifest) docent.Push {
	p.t.Helper()
	var began docent.Push
	if status, answer := p.call("POST", "", encode(p.t, m), &began); status != 200 {
		p.t.Fatalf("%d %s", status, answer)
	}
	return began
}

func TestPartsMayComeInAnyOrderAndAgain(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	f := serve(t, cfg)
	p := pusher{t, f.url, ""}
	dir := birds(t, "heron", "stork", "crane")
	m, pages := p.manifest(dir, docent.DefaultSite)
	began := p.begin(m)
	if began.State != docent.PushPlanned || began.Lacking != 3 || len(began.Missing) != 3 {
		t.Errorf("%+v", began)
	}
	at := "/" + began.ID
	if status, answer := p.call("POST", at+"/commit", nil, nil); status != 409 || !strings.Contains(answer, "3 pages of the push are missing") {
		t.Errorf("committed without its pages: %d %s", status, answer)
	}
	if status, _ := p.call("GET", at+"/plan", nil, nil); status != 409 {
		t.Errorf("planned without its pages: %d", status)
	}
	for i, path := range []string{"stork.md", "heron.md", "stork.md"} {
		var now docent.Push
		status, answer := p.call("PUT", at+"/pages", encode(t, pages[path]), &now)
		if want := []int{2, 1, 1}[i]; status != 200 || now.Lacking != want || now.State != docent.PushUploading {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	// The client was killed here. Another one does the same again.
	again := p.begin(m)
	if again.ID != began.ID || !slices.Equal(again.Missing, []string{"crane.md"}) {
		t.Errorf("%+v", again)
	}
	if got := p.publish(dir); got.ID != began.ID || got.Release.Pages != 3 {
		t.Errorf("%+v", got)
	}
	var ended docent.Push
	if status, answer := p.call("POST", at+"/commit", nil, &ended); status != 202 || ended.State != docent.PushPublished {
		t.Errorf("committed again: %d %s", status, answer)
	}
	if status, answer := p.call("PUT", at+"/pages", encode(t, pages["heron.md"]), nil); status != 409 {
		t.Errorf("a part after the end: %d %s", status, answer)
	}
}

// TestWhatDoesNotFitIsRefused sends what only a broken or hostile client sends.
func TestWhatDoesNotFitIsRefused(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	cfg.Ingest.Push.MaxRequestBytes, cfg.Ingest.Push.MaxPages = 64<<10, 5
	cfg.Ingest.MaxFileBytes = 32 << 10
	f := serve(t, cfg)
	p := pusher{t, f.url, ""}
	m, pages := p.manifest(birds(t, "heron", "stork"), docent.DefaultSite)
	for name, c := range map[string]struct {
		change func(*docent.PushManifest)
		status int
		says   string
	}{
		"another splitter":          {func(m *docent.PushManifest) { m.Splitter = "0" }, 409, "same version of docent"},
		"another analyzer":          {func(m *docent.PushManifest) { m.Analyzer = "" }, 409, "same version of docent"},
		"another site":              {func(m *docent.PushManifest) { m.Unit.Site = "b" }, 403, "a key of that site"},
		"no source":                 {func(m *docent.PushManifest) { m.Unit.Source = "" }, 422, ""},
		"a source that is a path":   {func(m *docent.PushManifest) { m.Unit.Source = "../x" }, 422, ""},
		"a language that is none":   {func(m *docent.PushManifest) { m.Unit.Lang = "EN" }, 422, ""},
		"a preview that is a path":  {func(m *docent.PushManifest) { m.Preview = "a/b" }, 422, "like pr-12"},
		"no pages":                  {func(m *docent.PushManifest) { m.Pages = nil }, 422, ""},
		"too many pages":            {func(m *docent.PushManifest) { m.Pages = append(m.Pages, make([]docent.PushPage, 9)...) }, 413, "ingest.push.max_pages"},
		"a page twice":              {func(m *docent.PushManifest) { m.Pages = append(m.Pages, m.Pages[0]) }, 422, ""},
		"a page outside the source": {func(m *docent.PushManifest) { m.Pages[0].Path = "../heron.md" }, 422, ""},
		"a hash that is a path":     {func(m *docent.PushManifest) { m.Pages[0].Hash = "../../../../secret" }, 422, ""},
		"it keeps what is no path":  {func(m *docent.PushManifest) { m.Keep = []string{"/etc"} }, 422, ""},
	} {
		sent := m
		sent.Pages = slices.Clone(m.Pages)
		c.change(&sent)
		if status, answer := p.call("POST", "", encode(t, sent), nil); status != c.status || !strings.Contains(answer, c.says) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	at := "/" + p.begin(m).ID + "/pages"
	heron := pages["heron.md"]
	altered := func(change func(*ingest.Parsed)) []byte {
		var page ingest.Parsed
		if err := json.Unmarshal(encode(t, heron), &page); err != nil {
			t.Fatal(err)
		}
		change(&page)
		return encode(t, page)
	}
	_, cranes := p.manifest(birds(t, "crane"), docent.DefaultSite)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	line := append(encode(t, heron), '\n')
	for range (32*64<<10)/len(line) + 10 {
		z.Write(line)
	}
	z.Close()
	for name, c := range map[string]struct {
		body    []byte
		status  int
		headers []string
	}{
		"a page that is not in the push":         {encode(t, cranes["crane.md"]), 422, nil},
		"text that its ID does not name":         {altered(func(p *ingest.Parsed) { p.Chunks[0].Text = "The heron is a fish, by now." }), 422, nil},
		"a chunk less":                           {altered(func(p *ingest.Parsed) { p.Chunks = p.Chunks[:1] }), 422, nil},
		"a title that its hash does not name":    {altered(func(p *ingest.Parsed) { p.Page.Title = "x" }), 422, nil},
		"an address that runs":                   {altered(func(p *ingest.Parsed) { p.Page.URL = "javascript:alert(1)" }), 422, nil},
		"an address of another host in disguise": {altered(func(p *ingest.Parsed) { p.Chunks[0].URL = "//evil.example/" }), 422, nil},
		"a block beyond its text":                {altered(func(p *ingest.Parsed) { p.Chunks[0].Blocks[0].End = 1 << 30 }), 422, nil},
		"a unit of another site":                 {altered(func(p *ingest.Parsed) { p.Chunks[0].Unit.Site = "b" }), 422, nil},
		"what is not UTF-8":                      {bytes.Replace(encode(t, heron), []byte("heron"), []byte("her\xff\xfe"), 1), 400, nil},
		"what is no JSON":                        {[]byte("{"), 400, nil},
		"what is not compressed":                 {encode(t, heron), 400, []string{"Content-Encoding", "gzip"}},
		"another compression":                    {encode(t, heron), 415, []string{"Content-Encoding", "br"}},
		"a body that is too large":               {bytes.Repeat([]byte(" "), 65<<10), 413, nil},
		"a little that becomes too much":         {bomb.Bytes(), 413, []string{"Content-Encoding", "gzip"}},
	} {
		if status, answer := p.call("PUT", at, c.body, nil, c.headers...); status != c.status {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	if got := titles(t, cfg, docent.DefaultSite); len(got) > 0 {
		t.Errorf("published: %v", got)
	}
}

func TestOfTwoPushesTheFirstCommitWins(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		f := serve(t, cfg)
		p := pusher{t, f.url, ""}
		one, other := birds(t, "heron"), birds(t, "stork")
		client, first, err := p.send(one, "")
		if err != nil {
			t.Fatal(err)
		}
		_, second, err := p.send(other, "")
		if err != nil || second.ID == first.ID || second.Base != first.Base {
			t.Fatalf("%+v, %v", second, err)
		}
		if _, err := client.Commit(t.Context(), first.ID); err != nil {
			t.Fatal(err)
		}
		_, err = client.Commit(t.Context(), second.ID)
		if docent.CodeOf(err) != docent.CodeConflict || !strings.Contains(err.Error(), "first") && !strings.Contains(err.Error(), "since this push began") {
			t.Errorf("the second commit: %v", err)
		}
		if won, err := client.Follow(t.Context(), first.ID, func(docent.Push) {}); err != nil || won.State != docent.PushPublished {
			t.Errorf("%+v, %v", won, err)
		}
		if _, err := client.Commit(t.Context(), second.ID); docent.CodeOf(err) != docent.CodeConflict {
			t.Errorf("after the first has ended: %v", err)
		}
		if lost, err := client.Follow(t.Context(), second.ID, func(docent.Push) {}); err != nil || lost.State != docent.PushSuperseded {
			t.Errorf("%+v, %v", lost, err)
		}
		if got := slices.Sorted(maps.Keys(titles(t, cfg, docent.DefaultSite))); !slices.Equal(got, []string{"heron.md"}) {
			t.Errorf("served are %v", got)
		}
		if got := p.publish(other); got.Changes.Pages.Added != 1 || got.Changes.Pages.Removed != 1 {
			t.Errorf("pushed again: %+v", got)
		}
	})
}

// TestAPushWaitsForAnIngestAndIsThenSuperseded commits while the unit is built by
// something else, which then publishes.
func TestAPushWaitsForAnIngestAndIsThenSuperseded(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	cfg.Embedding.Provider = "none"
	f := serve(t, cfg)
	p := pusher{t, f.url, ""}
	client, sent, err := p.send(birds(t, "stork"), "")
	if err != nil {
		t.Fatal(err)
	}
	index, err := OpenIngester(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	began, goOn := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		_, err := index.Run(t.Context(), ingest.Source{Name: "birds", Dir: birds(t, "heron")}, func(int, int, string) {
			close(began)
			<-goOn
		})
		ended <- err
	}()
	<-began
	if _, err := client.Commit(t.Context(), sent.ID); err != nil {
		t.Fatal(err)
	}
	waited := false
	last, err := client.Follow(t.Context(), sent.ID, func(now docent.Push) {
		if !waited && strings.Contains(now.Reason, "waiting for another ingest") {
			waited = true
			close(goOn)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil || last.State != docent.PushSuperseded {
		t.Errorf("%+v, %v", last, err)
	}
	if got := slices.Sorted(maps.Keys(titles(t, cfg, docent.DefaultSite))); !slices.Equal(got, []string{"heron.md"}) {
		t.Errorf("served are %v", got)
	}
}

// TestAPushOutlivesItsServer stops a server while it embeds: the release before is
// served on, and the next server goes on.
func TestAPushOutlivesItsServer(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		model := llmtest.For(t)
		cfg = cfg.embedding(model, "m", 32)
		dir := birds(t, "heron")
		first, h := listening(t, cfg)
		p := pusher{t, h.URL, ""}
		p.publish(dir)
		bird(t, dir, "stork", "Storks clatter.")
		model.AnswerEmbeddings(llmtest.Held(nil))
		client, sent, err := p.send(dir, "")
		if err == nil {
			sent, err = client.Commit(t.Context(), sent.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		h.Close()
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(titles(t, cfg, docent.DefaultSite))); !slices.Equal(got, []string{"heron.md"}) {
			t.Errorf("served meanwhile are %v", got)
		}
		model.AnswerEmbeddings(llmtest.Embed)
		f := serve(t, cfg)
		next, err := push.NewClient(f.url, "")
		if err != nil {
			t.Fatal(err)
		}
		got, err := next.Follow(t.Context(), sent.ID, func(docent.Push) {})
		if err != nil || got.State != docent.PushPublished || got.Release.Number != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		if got := slices.Sorted(maps.Keys(titles(t, cfg, docent.DefaultSite))); !slices.Equal(got, []string{"heron.md", "stork.md"}) {
			t.Errorf("served are %v", got)
		}
	})
}

// TestAPushThatWasPublishedAsItsServerDiedIsNotPublishedTwice puts back what stood
// on disk between publishing and noting it.
func TestAPushThatWasPublishedAsItsServerDiedIsNotPublishedTwice(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	first, h := listening(t, cfg)
	done := pusher{t, h.URL, ""}.publish(birds(t, "heron"))
	h.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(cfg.DataDir, "pushes", done.ID, "push.json")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var record map[string]any
	if err := json.Unmarshal(raw, &record); err != nil {
		t.Fatal(err)
	}
	record["state"] = docent.PushEmbedding
	delete(record, "release")
	if err := os.WriteFile(file, encode(t, record), 0o600); err != nil {
		t.Fatal(err)
	}
	f := serve(t, cfg)
	client, err := push.NewClient(f.url, "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Follow(t.Context(), done.ID, func(docent.Push) {})
	if err != nil || got.State != docent.PushPublished || got.Release.Number != 1 || got.Unchanged {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAFailedPushSaysWhyAndCanBeCommittedAgain has the model refuse.
func TestAFailedPushSaysWhyAndCanBeCommittedAgain(t *testing.T) {
	model := llmtest.For(t)
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	cfg = cfg.embedding(model, "m", 32)
	f := serve(t, cfg)
	p := pusher{t, f.url, ""}
	model.AnswerEmbeddings(llmtest.Instead(llmtest.Unauthorized()))
	client, sent, err := p.send(birds(t, "heron"), "")
	if err == nil {
		_, err = client.Commit(t.Context(), sent.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Follow(t.Context(), sent.ID, func(docent.Push) {})
	if err != nil || got.State != docent.PushFailed || !strings.Contains(got.Reason, "key") {
		t.Errorf("%+v, %v", got, err)
	}
	if got := titles(t, cfg, docent.DefaultSite); len(got) > 0 {
		t.Errorf("served are %v", got)
	}
	model.AnswerEmbeddings(llmtest.Embed)
	if _, err := client.Commit(t.Context(), sent.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := client.Follow(t.Context(), sent.ID, func(docent.Push) {}); err != nil || got.State != docent.PushPublished {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAPushIsItsSitesAlone attacks the push of site a with keys of site b, and
// with keys that may not push.
func TestAPushIsItsSitesAlone(t *testing.T) {
	f := twoSites(t)
	keyOf := func(site string, scopes ...string) pusher {
		return pusher{t, f.url, addKey(t, f.cfg, access.Key{Site: site, Scopes: scopes})}
	}
	owner := keyOf("a", access.ScopeIngest)
	_, sent, err := owner.send(birds(t, "heron"), "pr-1")
	if err != nil || sent.Unit.Site != "a@pr-1" {
		t.Fatalf("%+v, %v", sent, err)
	}
	m, pages := owner.manifest(birds(t, "stork"), "a")
	m.Unit.Site = "a"
	for name, c := range map[string]struct {
		as     pusher
		status int
	}{
		"another site's":    {keyOf("b", access.ScopeIngest, access.ScopeAdmin), 404},
		"without the scope": {keyOf("a", access.ScopeChat, access.ScopeSearch, access.ScopeAdmin), 403},
		"without credentials, and so without a site": {pusher{t, f.url, ""}, 422},
	} {
		for _, request := range []string{"GET ", "GET /plan", "PUT /pages", "POST /commit", "DELETE "} {
			method, rest, _ := strings.Cut(request, " ")
			var body []byte
			if method == "PUT" {
				body = encode(t, pages["stork.md"])
			}
			if status, answer := c.as.call(method, "/"+sent.ID+rest, body, nil); status != c.status || strings.Contains(answer, "heron") {
				t.Errorf("%s: %s: %d %s", name, request, status, answer)
			}
		}
		want := c.status
		if want == 404 {
			want = 403 // the site that it names is not the key's
		}
		if status, answer := c.as.call("POST", "", encode(t, m), nil); status != want {
			t.Errorf("%s: a push of site a: %d %s", name, status, answer)
		}
	}
	if status, answer := owner.call("DELETE", "/"+sent.ID, nil, nil); status != 204 {
		t.Errorf("its own: %d %s", status, answer)
	}
	if status, _ := owner.call("GET", "/"+sent.ID, nil, nil); status != 404 {
		t.Errorf("abandoned: %d", status)
	}
}

func TestPushesAreBoundedAndForgotten(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	cfg.Ingest.Push.MaxPushes = 1
	f := serve(t, cfg)
	p := pusher{t, f.url, ""}
	_, sent, err := p.send(birds(t, "heron"), "")
	if err != nil {
		t.Fatal(err)
	}
	other, _ := p.manifest(birds(t, "stork"), docent.DefaultSite)
	if status, answer := p.call("POST", "", encode(t, other), nil); status != 409 || !strings.Contains(answer, "after 24h") {
		t.Errorf("a second push: %d %s", status, answer)
	}
	old := time.Now().Add(-25 * time.Hour)
	dir := filepath.Join(cfg.DataDir, "pushes", sent.ID)
	if err := errors.Join(os.Chtimes(filepath.Join(dir, "push.json"), old, old), os.Chtimes(filepath.Join(dir, "pages"), old, old)); err != nil {
		t.Fatal(err)
	}
	p.begin(other)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("what is too old stays: %v", err)
	}
}

// TestPushesOfDifferentUnitsDoNotMeet commits both before either has ended.
func TestPushesOfDifferentUnitsDoNotMeet(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	f := serve(t, cfg)
	p := pusher{t, f.url, ""}
	client, site, err := p.send(birds(t, "heron"), "")
	if err != nil {
		t.Fatal(err)
	}
	_, preview, err := p.send(birds(t, "stork"), "pr-1")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{site.ID, preview.ID} {
		if _, err := client.Commit(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{site.ID, preview.ID} {
		if got, err := client.Follow(context.Background(), id, func(docent.Push) {}); err != nil || got.State != docent.PushPublished {
			t.Errorf("%+v, %v", got, err)
		}
	}
	for name, want := range map[string]string{docent.DefaultSite: "heron.md", docent.DefaultSite + "@pr-1": "stork.md"} {
		if got := slices.Sorted(maps.Keys(titles(t, cfg, name))); !slices.Equal(got, []string{want}) {
			t.Errorf("%s has %v", name, got)
		}
	}
}

// listening is a server that the caller closes, with its listener.
func listening(t *testing.T, cfg Config) (*Server, *httptest.Server) {
	t.Helper()
	s, err := New(cfg, WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	return s, httptest.NewServer(s.Handler())
}
