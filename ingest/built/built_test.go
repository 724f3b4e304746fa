package built

import (
	"bytes"
	"compress/zlib"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/ingest"
)

// pages are a built site's files.
var pages = map[string]string{
	"index.html":             `<h1 id="home">Home</h1>`,
	"guide/index.html":       `<h2 id="set-up">Set up</h2><a name="old"></a>`,
	"guide/install.html":     `<h2 id=plain>x</h2><h2 id='caf&eacute;'>y</h2>`,
	"search_index.json":      `{"docs": [{"location": ""}, {"location": "guide/"}, {"location": "guide/#set-up"}]}`,
	"folder.html/readme.txt": `no page`,
}

func site(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range pages {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, at string) Site {
	t.Helper()
	s, err := Open(t.Context(), at, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAPagesAddressIsAnsweredAsServersDo(t *testing.T) {
	dir := site(t)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	for name, s := range map[string]Site{"folder": open(t, dir), "address": open(t, server.URL)} {
		for page, want := range map[string]map[string]bool{
			"":                   {"home": true},
			"guide/":             {"set-up": true, "old": true},
			"guide/install.html": {"plain": true, "café": true},
			"guide/none":         nil,
			"../etc/passwd":      nil,
		} {
			got, found, err := s.Anchors(t.Context(), page)
			if err != nil || found != (want != nil) {
				t.Errorf("%s, %q: found %v, %v", name, page, found, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %q (-want +got):\n%s", name, page, diff)
			}
		}
	}
	for _, page := range []string{"guide", "guide/install"} {
		if _, found, err := open(t, dir).Anchors(t.Context(), page); !found || err != nil {
			t.Errorf("%q: found %v, %v", page, found, err)
		}
	}
	if _, found, _ := open(t, dir).Anchors(t.Context(), "folder"); found {
		t.Error("a folder is taken for a page")
	}
}

func inventory(t *testing.T, lines string) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# The remainder of this file is compressed using zlib.\n")
	z := zlib.NewWriter(&b)
	z.Write([]byte(lines))
	z.Close()
	return b.Bytes()
}

func TestListsOfGeneratorsAreRead(t *testing.T) {
	s := open(t, filepath.Join(site(t), "search_index.json"))
	if ids, found, _ := s.Anchors(t.Context(), "guide/"); !found || !ids["set-up"] || Incomplete(s) {
		t.Errorf("MkDocs: %v, found %v", ids, found)
	}
	s, err := openList("objects.inv", inventory(t, "a.b py:function 1 api.html#$ -\nthe long name std:label -1 guide.html#set-up Set up\nguide std:doc -1 guide.html Guide\n"))
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{"api.html": "a.b", "guide.html": "set-up"} {
		if ids, found, _ := s.Anchors(t.Context(), page); !found || !ids[want] {
			t.Errorf("Sphinx, %s: %v, found %v", page, ids, found)
		}
	}
	if !Incomplete(s) {
		t.Error("an inventory is taken for complete")
	}
}

func TestWhatIsNoSiteIsTold(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, raw []byte) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, raw, 0o644); err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, at := range map[string]string{
		"missing":          filepath.Join(dir, "none"),
		"another file":     write("readme.txt", nil),
		"broken list":      write("search_index.json", []byte(`{"docs": `)),
		"broken inventory": write("objects.inv", []byte("# Sphinx inventory version 2\na\nb\nc\nnot packed")),
		"no server":        "http://127.0.0.1:1/search_index.json",
	} {
		if _, err := Open(t.Context(), at, http.DefaultClient); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryPageAndSectionIsCompared(t *testing.T) {
	const base = "https://docs.example.com/v1/"
	preview := ingest.Preview{Pages: []ingest.PreviewPage{
		{Path: "guide.md", Base: base, URL: base + "guide/", Sections: []ingest.PreviewSection{
			{Heading: "Lead", URL: base + "guide/"},
			{Heading: "Set up", Anchor: "set-up", URL: base + "guide/#set-up"},
			{Heading: "Gone", Anchor: "gone", URL: base + "guide/#gone"},
		}},
		{Path: "install.md", Base: base, URL: base + "guide/install?x=1", Sections: []ingest.PreviewSection{{Anchor: "café"}}},
		{Path: "lost.md", Base: base, URL: base + "lost/", Sections: []ingest.PreviewSection{{Anchor: "a"}}},
	}}
	got, err := Verify(t.Context(), preview, open(t, site(t)))
	if err != nil {
		t.Fatal(err)
	}
	want := Verification{
		Pages: 3, Anchors: 3,
		MissingPages:   []Missing{{Path: "lost.md", URL: base + "lost/"}},
		MissingAnchors: []Missing{{Path: "guide.md", Heading: "Gone", URL: base + "guide/#gone"}},
		MismatchRate:   2.0 / 6,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzInventory(f *testing.F) {
	f.Add("a.b py:function 1 api.html#$ -")
	f.Add("a b c:d -1 x y z")
	f.Add(": : 1")
	f.Fuzz(func(t *testing.T, line string) {
		if name, address, ok := inventoryLine(line); ok && (name == "") != (address == "") {
			t.Errorf("%q: name %q, address %q", line, name, address)
		}
	})
}
