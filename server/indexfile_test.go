package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"docent"
	"docent/ingest/indexfile"
	"docent/llm/llmtest"
)

// exported gives the file of an edition, as cfg's embedding model has it.
func exported(t *testing.T, cfg Config, name string) []byte {
	t.Helper()
	cfg.DataDir, cfg.Qdrant.URL, cfg.Index.From = t.TempDir(), "", ""
	ingested(t, cfg, "docs", edition(t, name))
	index, err := OpenIndex(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	releases, err := index.Releases(t.Context(), docent.DefaultSite)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := indexfile.Write(t.Context(), &b, index, indexfile.Header{Stamp: index.Stamp, Releases: releases}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// host serves a file as static hosts do.
type host struct {
	*httptest.Server
	mu      sync.Mutex
	file    []byte
	etag    string // "" where it tells none
	down    bool
	sent    int // whole files
	spared  int // answers that it is the same
	askedIn string
}

func newHost(t *testing.T) *host {
	h := &host{}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *host) has(file []byte, etag string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.file, h.etag, h.down = file, etag, false
}

func (h *host) fails() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = true
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.askedIn = r.URL.RawQuery
	switch {
	case h.down:
		w.WriteHeader(http.StatusBadGateway)
		return
	case h.etag != "" && r.Header.Get("If-None-Match") == h.etag:
		h.spared++
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.sent++
	if h.etag != "" {
		w.Header().Set("ETag", h.etag)
	}
	w.Write(h.file)
}

func fileConfig(t *testing.T, from string) Config {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port, cfg.Index.From, cfg.Embedding.Provider = t.TempDir(), 0, from, "none"
	return cfg
}

func folders(t *testing.T, cfg Config) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(cfg.DataDir, "served", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if filepath.Base(f) != "state.json" {
			names = append(names, filepath.Base(f))
		}
	}
	return names
}

// TestAnIndexFileIsSwappedWithoutAFailedQuestion puts a newer file in the place of
// one, and files that can't be used in the place of that.
func TestAnIndexFileIsSwappedWithoutAFailedQuestion(t *testing.T) {
	h := newHost(t)
	cfg := fileConfig(t, h.URL+"/docs.docent?signature=planted")
	first, second := exported(t, cfg, "first"), exported(t, cfg, "second")
	h.has(first, `"1"`)
	f := serve(t, cfg)
	if err := f.Ready(t.Context()); docent.CodeOf(err) != docent.CodeNotReady || strings.Contains(err.Error(), "planted") {
		t.Errorf("before the first look: %v", err)
	}
	look := func() error { return f.FetchIndex(t.Context()) }
	if err := errors.Join(look(), look(), f.Ready(t.Context())); err != nil {
		t.Fatal(err)
	}
	if h.sent != 1 || h.spared != 1 || h.askedIn != "signature=planted" {
		t.Errorf("the file was sent %d times, and %d times not; asked with %q", h.sent, h.spared, h.askedIn)
	}
	c := gather(t, f.url)
	c.hears("first")
	h.has(second, `"2"`)
	if err := look(); err != nil {
		t.Error(err)
	}
	c.hears("second")
	if got := folders(t, cfg); len(got) != 1 {
		t.Errorf("there are still %v", got)
	}

	flipped := bytes.Clone(first)
	flipped[len(flipped)/2] ^= 1
	foreign := cfg.embedding(llmtest.For(t), "another", 16)
	for _, bad := range []struct {
		file []byte
		says string
		code docent.Code
	}{
		{first[:len(first)-100], "cut or damaged", docent.CodeStore},
		{flipped, "cut or damaged", docent.CodeStore},
		{[]byte("<html>It is gone</html>"), "it begins otherwise", docent.CodeStore},
		{exported(t, foreign, "first"), "embedding another, 16 dimensions", docent.CodeIndexStamp},
	} {
		sent := h.sent
		h.has(bad.file, `"`+bad.says+`"`+bad.says)
		for range 2 { // the second time it is known already
			err := look()
			var told *docent.Error
			if !errors.As(err, &told) || told.Code != bad.code || !strings.Contains(err.Error(), bad.says) || told.Hint == "" {
				t.Errorf("%v", err)
			}
		}
		if h.sent > sent+1 {
			t.Errorf("%s: it was fetched %d times", bad.says, h.sent-sent)
		}
		if got := finding(t, checkIndexFile(t.Context(), &cfg), "index_file"); got.State != StateWarning || !strings.Contains(got.Detail, bad.says) {
			t.Errorf("%+v", got)
		}
		h.has(second, `"2"`) // another ETag than the last one's
		if err := look(); err != nil {
			t.Error(err)
		}
	}
	h.fails()
	if err := look(); err == nil || !strings.Contains(err.Error(), "502") || strings.Contains(err.Error(), "planted") {
		t.Errorf("a server that fails: %v", err)
	}
	h.Close()
	if err := look(); err == nil || strings.Contains(err.Error(), "planted") {
		t.Errorf("a server that is gone: %v", err)
	}
	c.hears("second")
	if err := f.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	c.leave()
}

func TestAnIndexFileIsServedAfterARestartWhileItsServerIsGone(t *testing.T) {
	h := newHost(t)
	cfg := fileConfig(t, h.URL)
	h.has(exported(t, cfg, "first"), "")
	if err := serve(t, cfg).FetchIndex(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Close()
	f := serve(t, cfg)
	if err := f.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	c := gather(t, f.url)
	c.hears("first")
	c.leave()
	if err := f.FetchIndex(t.Context()); docent.CodeOf(err) != docent.CodeNotReady {
		t.Errorf("the server that is gone: %v", err)
	}
}

func TestAFileOfThisMachineIsFollowed(t *testing.T) {
	cfg := fileConfig(t, filepath.Join(t.TempDir(), "docs.docent"))
	first, second := exported(t, cfg, "first"), exported(t, cfg, "second")
	if err := serve(t, cfg).Run(t.Context(), func(string) { t.Error("it serves") }); err == nil || !strings.Contains(err.Error(), "can't be opened") {
		t.Errorf("without the file: %v", err)
	}
	if err := os.WriteFile(cfg.Index.From, first, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Index.Poll = 1 // a nanosecond: as fast as it can
	f := serve(t, cfg)
	ctx, stop := context.WithCancel(t.Context())
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- f.Run(ctx, func(url string) { address <- url }) }()
	c := gather(t, <-address)
	c.hears("first")
	if err := os.WriteFile(cfg.Index.From+".new", second, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(cfg.Index.From+".new", cfg.Index.From); err != nil {
		t.Fatal(err)
	}
	c.until("second")
	c.hears("second")
	c.leave()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestASecondServerKeepsWhatTheFirstOneServes(t *testing.T) {
	h := newHost(t)
	cfg := fileConfig(t, h.URL)
	first, second := exported(t, cfg, "first"), exported(t, cfg, "second")
	h.has(first, `"1"`)
	one := serve(t, cfg)
	if err := one.FetchIndex(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.has(second, `"2"`)
	if err := serve(t, cfg).FetchIndex(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := folders(t, cfg); len(got) != 2 {
		t.Errorf("there are %v", got)
	}
	c := gather(t, one.url)
	c.hears("first")
	c.leave()
}

// TestTheModelIsChangedTogetherWithTheFile: the file that did not fit is taken up
// by the configuration that it fits.
func TestTheModelIsChangedTogetherWithTheFile(t *testing.T) {
	h := newHost(t)
	old := fileConfig(t, h.URL)
	next := old.embedding(llmtest.For(t), "next", 16)
	h.has(exported(t, old, "first"), `"1"`)
	f := serve(t, old)
	if err := f.FetchIndex(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := gather(t, f.url)
	c.hears("first")
	if err := f.Reload(t.Context(), next); docent.CodeOf(err) != docent.CodeIndexStamp {
		t.Errorf("a model that the file does not fit: %v", err)
	}
	h.has(exported(t, next, "second"), `"2"`)
	if err := f.FetchIndex(t.Context()); docent.CodeOf(err) != docent.CodeIndexStamp {
		t.Errorf("a file that the model does not fit: %v", err)
	}
	c.hears("first")
	if err := f.Reload(t.Context(), next); err != nil {
		t.Error(err)
	}
	c.hears("second")
	c.leave()
}

func TestAFileAboveTheBoundIsNotTaken(t *testing.T) {
	h := newHost(t)
	cfg := fileConfig(t, h.URL)
	h.has(exported(t, cfg, "first"), "")
	cfg.Index.MaxBytes = 1000
	f := serve(t, cfg)
	if err := f.FetchIndex(t.Context()); docent.CodeOf(err) != docent.CodeTooLarge {
		t.Error(err)
	}
	if got := folders(t, cfg); len(got) > 0 {
		t.Errorf("it left %v", got)
	}
	if err := f.Ready(t.Context()); docent.CodeOf(err) != docent.CodeTooLarge {
		t.Errorf("ready says %v", err)
	}
}

func TestAFileIsImportedIntoEachStore(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		cfg.Embedding.Provider = "none"
		path := filepath.Join(t.TempDir(), "docs.docent")
		if err := os.WriteFile(path, exported(t, cfg, "first"), 0o600); err != nil {
			t.Fatal(err)
		}
		foreign := cfg.embedding(llmtest.For(t), "another", 16)
		if _, err := ImportIndex(t.Context(), foreign, path); docent.CodeOf(err) != docent.CodeIndexStamp {
			t.Errorf("into an index of another model: %v", err)
		}
		active, err := ImportIndex(t.Context(), cfg, path)
		if err != nil || len(active) != 1 || active[0].Pages != 8 {
			t.Fatalf("%+v, %v", active, err)
		}
		c := gather(t, serve(t, cfg).url)
		c.hears("first")
		c.leave()
	})
}
