package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"docent"
	"docent/ingest"
	"docent/ingest/push"
	"docent/llm/llmtest"
)

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
