package site

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestYAMLWithForeignTagsIsRead(t *testing.T) {
	repo := fstest.MapFS{"a.yml": {Data: []byte("\uFEFFa: !ENV [X, 1]\nb: !!python/name:m.f\nd: &d 3\nc: &c !t {x: [!u '2', *d]}\ne: *c\n1: {true: y}\nf: !!str 5\n")}}
	got, err := readTable(repo, "a.yml")
	if err != nil {
		t.Fatal(err)
	}
	inner := tagged{"!t", map[string]any{"x": []any{tagged{"!u", "2"}, 3}}}
	want := map[string]any{
		"a": tagged{"!ENV", []any{"X", 1}}, "b": tagged{"!!python/name:m.f", nil}, "c": inner, "d": 3, "e": inner, "1": map[string]any{"true": "y"}, "f": "5",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(tagged{})); diff != "" {
		t.Error(diff)
	}
}

func FuzzDecodeYAML(f *testing.F) {
	for _, seed := range []string{"", "a: !x", "- !y [1, {b: !!z c}]", "&a [*a]", "a: &b {<<: *b}", "!a &b !c d", "a: *x", "? [1]\n: 2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) { decodeYAML([]byte(src)) })
}

func TestGitignoresPatterns(t *testing.T) {
	g := newGitignore("# comment\n*.tmp\n/only-top.md\ndir/\na/**/z.md\n!a/keep/z.md\n\\#hash\nsub/file.md\n**/deep/x.md\nall/**\n")
	for file, want := range map[string]bool{
		"x.tmp": true, "q/x.tmp": true, "only-top.md": true, "q/only-top.md": false, "dir/x/y.md": true, "q/dir/y.md": true, "dir": false,
		"a/z.md": true, "a/b/c/z.md": true, "a/keep/z.md": false, "#hash": true, "sub/file.md": true, "q/sub/file.md": false, "q/deep/x.md": true, "deep/x.md": true, "all/x": true, "all": false,
	} {
		if got := g.has(file); got != want {
			t.Errorf("%s: %v, want %v", file, got, want)
		}
	}
}

func TestASummaryIsLinksListsAndHeadings(t *testing.T) {
	got := summary([]byte("# Summary\n\n[A & `b`](a%20b.md \"t\")\n[C](c.md)\n\n## Part\n\n* [One](1.md) more\n  * Only words\n    1. [Two](<2 x.md>)\n* [Draft]()\n\n  text\n\n  - [In](in.md)\n"))
	want := []summaryItem{
		{label: "Summary", part: true}, {label: "A & b", target: "a b.md", link: true}, {label: "C", target: "c.md", link: true}, {label: "Part", part: true},
		{label: "One", target: "1.md", link: true, inner: []summaryItem{{label: "Only words", inner: []summaryItem{{label: "Two", target: "2 x.md", link: true}}}}},
		{label: "Draft", link: true, inner: []summaryItem{{label: "In", target: "in.md", link: true}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(summaryItem{})); diff != "" {
		t.Error(diff)
	}
}

func TestPathsAreSeenFromTheSource(t *testing.T) {
	s := Settings{At: "docs/guide"}
	for name, want := range map[string]string{"docs/guide/a.yml": "a.yml", "mkdocs.yml": "../../mkdocs.yml", "docs/x": "../x", "docs/guide": ".", "other/docs/guide": "../../other/docs/guide"} {
		if got := s.relative(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// FuzzRules reads configurations and lists of pages of every kind.
func FuzzRules(f *testing.F) {
	files := [][2]string{
		{"mkdocs.yml", "docs/.pages"}, {"mkdocs.yml", "docs/.nav.yml"}, {"mkdocs.yml", "docs/SUMMARY.md"}, {"hugo.toml", "content/_index.md"}, {"hugo.yaml", "static/_redirects"},
		{"book.toml", "src/SUMMARY.md"}, {"conf.py", "index.md"}, {"_config.yml", "_toc.yml"}, {"_config.yml", "_data/nav.yml"},
	}
	for i := range files {
		f.Add(i, "plugins: [awesome-pages, awesome-nav, literate-nav, blog, meta, i18n]\nnav: [a.md, {b: [c, {d: e}]}, '...']\nexclude_docs: '!['", "nav: ['*', ..., {glob: '[*'}]\norder: desc")
		f.Add(i, "permalinks = {page = {a = ':sections[1:'}}\n[[cascade]]\n[cascade.target]\npath = '{['\n", "* [a](<b>\n  - c\n# d\n[e]()")
		f.Add(i, "extensions = ['myst_parser'\nexclude_patterns = ['[', '**']", "```{toctree}\n:glob:\n:reversed:\n[*\nA <b>\nself\n```\n.. toctree::\n")
		f.Add(i, "defaults: [{scope: {path: '[*'}, values: {permalink: ':x:y/:title_z'}}]\ncollections: {docs: {output: true, permalink: '/:path:'}}", "root: a\nparts: [{chapters: [{file: a, sections: [{glob: '['}]}]}]")
	}
	f.Fuzz(func(t *testing.T, kind int, config, other string) {
		names := files[uint(kind)%uint(len(files))]
		page := "---\ntitle: T\ndate: 2024-01-02\nslug: s\n---\n# H\n"
		all := map[string]string{}
		for _, dir := range []string{"", "docs/", "docs/blog/posts/", "content/", "content/x/", "src/", "_docs/", "_posts/2024-01-02-"} {
			all[dir+"a.md"] = page
		}
		all[names[0]], all[names[1]] = config, other
		if strings.HasSuffix(names[1], ".md") {
			all[names[1]] = strings.ReplaceAll(other, "---\n", "") // what reads front matter is tested elsewhere
		}
		s := repoOf(".", all)
		r, err := New("", s)
		if err != nil {
			return
		}
		for _, file := range s.Files {
			p := r.Page(File{Path: file})
			if p.URL == "" || p.Title == "" || p.Breadcrumbs == nil {
				t.Errorf("%s: page %+v", file, p)
			}
		}
		r.About()
		r.Syntax()
		r.Anchors().Anchor(headingOf(other))
	})
}
