package docent_test

import (
	"testing"

	"docent"
)

func TestPatternsFitFilesAndFoldersAboveThem(t *testing.T) {
	for _, c := range []struct {
		pattern, file string
		want          bool
	}{
		{"guide/**", "guide/a/b.md", true}, {"guide", "guide/a.md", true}, {"./guide/", "guide/a.md", true}, {"guide", "guides/a.md", false},
		{"**/*.draft.md", "a/b.draft.md", true}, {"**/*.draft.md", "b.draft.md", true}, {"*.md", "a/b.md", false}, {"a?.md", "ab.md", true}, {"a/*/c", "a/b/c/d.md", true},
	} {
		if got := docent.MatchAny([]string{"none", c.pattern}, c.file); got != c.want {
			t.Errorf("%q fits %q: %v", c.pattern, c.file, got)
		}
	}
	if docent.ValidPattern("") || docent.ValidPattern("a[") || !docent.ValidPattern("a/**") {
		t.Error("what is a pattern is mistaken")
	}
}
