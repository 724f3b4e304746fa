package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/ingest/site"
)

func TestAHeadIsTheFrontMatterAndTheFirstHeading(t *testing.T) {
	long := "---\nlist:\n" + strings.Repeat("  - a line of many that a page has before its words\n", 400) + "slug: far\n---\n\n# Long\n"
	dir := folderOf(t, map[string]string{
		"a.md":     "---\nslug: /x\n---\n\nWords.\n\n```sh\n# no heading\n```\n\n## Second\n\n# `First` **of all** {#id} ##\n",
		"b.md":     "no heading, and # none here",
		"crlf.md":  "---\r\ntitle: T\r\n---\r\n# C#\r\n",
		"long.md":  long,
		"empty.md": "",
		"far.md":   strings.Repeat("words and words\n", 2000) + "# Too far\n",
		"bad.md":   "---\na: [\n---\n# B\n",
	})
	h := newHeads(&folder{root: dir})
	for _, want := range []site.File{
		{Path: "a.md", Meta: map[string]any{"slug": "/x"}, Heading: "First of all"},
		{Path: "b.md"},
		{Path: "crlf.md", Meta: map[string]any{"title": "T"}, Heading: "C#"},
		{Path: "empty.md"},
		{Path: "far.md"},
		{Path: "bad.md", Heading: "B"},
		{Path: "none.md"},
	} {
		if diff := cmp.Diff(want, h.head(want.Path)); diff != "" {
			t.Errorf("%s:\n%s", want.Path, diff)
		}
	}
	if got := h.head("long.md"); got.Meta["slug"] != "far" || got.Heading != "Long" {
		t.Errorf("front matter longer than is read at first: %v", got)
	}
}

func TestTheRepositoryIsTheFolderOfVersionControl(t *testing.T) {
	top := t.TempDir()
	mkdir := func(parts ...string) string {
		dir := filepath.Join(append([]string{top}, parts...)...)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	mkdir("outer", ".github")
	mkdir("outer", "repo", ".git")
	mkdir("unpacked", ".github")
	write(t, top, "unpacked/docs/.gitignore", "x")
	for _, c := range []struct{ folder, root, at string }{
		{mkdir("outer", "repo", "docs", "deep"), "outer/repo", "docs/deep"},
		{mkdir("outer", "repo"), "outer/repo", "."},
		{mkdir("unpacked", "docs"), "unpacked", "docs"},
		{mkdir("alone", "docs"), "alone/docs", "."},
	} {
		root, at := repository(c.folder)
		if root != filepath.Join(top, filepath.FromSlash(c.root)) || at != c.at {
			t.Errorf("%s: %s in %s", c.folder, at, root)
		}
	}
}
