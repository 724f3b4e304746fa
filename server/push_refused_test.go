package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/access"
	"docent/ingest"
	"docent/ingest/push"
)

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
	m := docent.PushManifest{Unit: docent.Unit{Source: "birds"}, Edition: pages.Edition(0), Analyzer: terms.Analyzer, Splitter: terms.Splitter, Units: []docent.Unit{{}}}
	all := map[string]ingest.Parsed{}
	_, err = pages.Pages(p.t.Context(), 0, nil, func(_ ingest.Note, page ingest.Parsed) error {
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
	return p.request(method, "pushes"+path, body, into, headers...)
}

// request asks the addresses of the index.
func (p pusher) request(method, path string, body []byte, into any, headers ...string) (status int, answer string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1/index/"+path, bytes.NewReader(body))
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
		if status, answer := c.as.call("GET", "/notes?source=birds&preview=pr-1", nil, nil); status != c.status || strings.Contains(answer, "heron") {
			t.Errorf("%s: notes: %d %s", name, status, answer)
		}
		want := c.status
		if want == 404 {
			want = 403 // the site that it names is not the key's
		}
		if status, answer := c.as.call("POST", "", encode(t, m), nil); status != want {
			t.Errorf("%s: a push of site a: %d %s", name, status, answer)
		}
	}
	if status, answer := owner.call("GET", "/notes?source=birds&preview=pr-1", nil, nil); status != 200 {
		t.Errorf("its own notes: %d %s", status, answer)
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
	if status, answer := p.call("POST", "", encode(t, other), nil); status != 409 || !strings.Contains(answer, "wait a minute") {
		t.Errorf("a second push: %d %s", status, answer)
	}
	leave := func(id string, ago time.Duration) (dir string) {
		dir, then := filepath.Join(cfg.DataDir, "pushes", id), time.Now().Add(-ago)
		if err := errors.Join(os.Chtimes(filepath.Join(dir, "push.json"), then, then), os.Chtimes(filepath.Join(dir, "pages"), then, then)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	abandoned := leave(sent.ID, 2*time.Minute)
	began := p.begin(other)
	if _, err := os.Stat(abandoned); !os.IsNotExist(err) {
		t.Errorf("what was abandoned keeps others out: %v", err)
	}
	old := leave(began.ID, 25*time.Hour)
	third, _ := p.manifest(birds(t, "crane"), docent.DefaultSite)
	p.begin(third)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("what is too old stays: %v", err)
	}
}
