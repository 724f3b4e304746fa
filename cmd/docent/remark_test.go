package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"docent"
	"docent/ingest"
)

func TestWhatEndsAWorkflowCommandIsEscaped(t *testing.T) {
	var b bytes.Buffer
	r := remarks{out: &b, format: formatGitHub}
	r.warn("", docent.Warning{Path: "a,b:c%.md", Line: 3, Message: "100 % of\r\n::error::x"})
	r.warn("", docent.Warning{Message: "all"})
	r.skipped(ingest.Skip{Path: "a.md", Reason: "no"})
	want := "::warning file=a%2Cb%3Ac%25.md,line=3::100 %25 of%0D%0A::error::x\n::warning::all\n::error file=a.md::skipped: no\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestFilesAreNamedFromTheRepositorysTop(t *testing.T) {
	top := t.TempDir()
	for _, c := range []struct{ workspace, dir, file, want string }{
		{"", "docs", "a.md", "docs/a.md"},
		{"", "docs", "../mkdocs.yml", "mkdocs.yml"},
		{"", ".", "a.md", "a.md"},
		{"", "docs", "", ""},
		{top, filepath.Join(top, "docs"), "a.md", "docs/a.md"},
		{filepath.Join(top, "other"), filepath.ToSlash(filepath.Join(top, "docs")), "a.md", filepath.ToSlash(filepath.Join(top, "docs", "a.md"))},
	} {
		t.Setenv("GITHUB_WORKSPACE", c.workspace)
		if got := fileIn(ingest.Source{Dir: c.dir}, c.file); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
