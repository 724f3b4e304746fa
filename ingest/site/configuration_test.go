package site

import (
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
