package site

import "testing"

func TestRoutesFillNamedPartsIn(t *testing.T) {
	for _, c := range []struct{ from, to, path, want string }{
		{"en/:rest*", ":rest*", "en/a/b.md", "a/b.md"},
		{"en/:rest*", ":rest*", "en/index.md", "index.md"},
		{"en/:rest*", ":rest*", "de/a.md", ""},
		{"packages/:pkg/src/(.*)", ":pkg/index.md", "packages/x/src/a/b.md", "x/index.md"},
		{"a.md", "b/c.md", "a.md", "b/c.md"},
		{"a.md", "b/c.md", "axmd", ""},
		{":slug(one|two(?:x)?)/y", "z/:slug", "twox/y", "z/twox"},
		{":a?/b", "c/:a?", "b", ""},
		{"/x/:a?", "/c/:a?", "/x", "/c"},
		{"/x/:a+", "/c/:a+", "/x/1/2", "/c/1/2"},
	} {
		r, ok := newRoute(c.from)
		if !ok {
			t.Errorf("%s can't be read", c.from)
			continue
		}
		if got, _ := r.rewrite(c.path, c.to); got != c.want {
			t.Errorf("%s with %s to %s: %q, want %q", c.path, c.from, c.to, got, c.want)
		}
	}
	if _, ok := newRoute("a/:b([)"); ok {
		t.Error("a broken expression was taken")
	}
}

func TestGlobsMatchAsJavaScriptsToolsDo(t *testing.T) {
	g := newGlobs([]any{"**/README.md", "./drafts/*.md", "{a,b}/**/*.{md,mdx}", "!kept.md", "x?.md", 7})
	for path, want := range map[string]bool{
		"README.md": true, "a/b/README.md": true, "aREADME.md": false, "drafts/x.md": true, "drafts/x/y.md": false,
		"a/x.md": true, "b/c/d.mdx": true, "c/x.md": false, "kept.md": false, "x1.md": true, "x12.md": false,
	} {
		if g.match(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}
