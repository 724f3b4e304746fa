package fetch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// folderOf writes files into a folder.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAFolderOfHTMLIsRead(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"index.html": simplePage, "guide/index.html": simplePage, "guide/a b.html": simplePage, "404.html": simplePage, "search.html": simplePage,
		".cache/x.html": simplePage, "assets/app.js": "x", "old.html": `<head><link rel="canonical" href="/base/guide/"></head><main>x</main>`,
		"hidden.html": `<head><meta name="robots" content="noindex"></head>`, "_modules/x.html": simplePage,
	})
	got, err := Fetch(t.Context(), Source{HTML: dir, BaseURL: "https://docs.example.com/base"}, Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"index.md": "/base/", "guide/index.md": "/base/guide/", "guide/a b.md": "/base/guide/a%20b.html"}
	if diff := cmp.Diff(want, urlsOf(t, got.Dir, "https://docs.example.com")); diff != "" {
		t.Error(diff)
	}
}

func TestBuiltPagesStandWhereTheySay(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"index.html": `<head><link rel="canonical" href="https://docs.example.com/"></head><main>x</main>`, "a.html": simplePage,
	})
	got, err := Fetch(t.Context(), Source{HTML: dir}, Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	found := urlsOf(t, got.Dir, "")
	if found["index.md"] != "https://docs.example.com/" || found["a.md"] != "" {
		t.Errorf("%v", found)
	}
}

func TestABuiltSiteIsToldFromItsSource(t *testing.T) {
	for want, files := range map[bool][]map[string]string{
		true:  {{"index.html": "x", "a/b.html": "y"}},
		false: {{"index.html": "x", "a/b.md": "# B"}, {"a.html": "x"}, {"index.md": "# A"}},
	} {
		for _, f := range files {
			if got := IsBuilt(folderOf(t, f)); got != want {
				t.Errorf("%v: %v", f, got)
			}
		}
	}
}

func TestAFolderWithoutHTMLSaysSo(t *testing.T) {
	for _, dir := range []string{folderOf(t, map[string]string{"a.txt": "x"}), filepath.Join(t.TempDir(), "missing")} {
		if _, err := Fetch(t.Context(), Source{HTML: dir}, Config{Dir: t.TempDir()}); err == nil {
			t.Error("it was read")
		}
	}
}
