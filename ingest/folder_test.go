package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// folderOf writes files into a new folder.
func folderOf(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		write(t, dir, name, content)
	}
	return dir
}

func write(t testing.TB, dir, name, content string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		if runtime.GOOS == "windows" {
			t.Skipf("SKIPPED: symbolic links need a right that this account lacks: %v", err)
		}
		t.Fatal(err)
	}
}

func walked(t *testing.T, src Source) *folder {
	t.Helper()
	f, err := walk(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMarkdownFilesAreFoundInPathOrder(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"b.md": "", "a/z.markdown": "", "a.MD": "", "a-b/c.mdx": "", "x.txt": "", ".git/h.md": "", ".hidden.md": "",
		"node_modules/m/README.md": "", "a/vendor/v.md": "",
	})
	want := []string{"a-b/c.mdx", "a.MD", "a/z.markdown", "b.md"}
	if diff := cmp.Diff(want, walked(t, Source{Dir: dir}).files); diff != "" {
		t.Error(diff)
	}
}

func TestPatternsChooseFiles(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "", "guide/b.md": "", "guide/deep/c.md": "", "guide/deep/d.draft.md": "", "old/e.md": ""})
	for _, c := range []struct {
		include, exclude []string
		want             []string
	}{
		{nil, []string{"old"}, []string{"a.md", "guide/b.md", "guide/deep/c.md", "guide/deep/d.draft.md"}},
		{[]string{"guide/**"}, []string{"**/*.draft.md"}, []string{"guide/b.md", "guide/deep/c.md"}},
		{[]string{"*.md"}, nil, []string{"a.md"}},
		{[]string{"**/?.md"}, []string{"./guide/deep/"}, []string{"a.md", "guide/b.md", "old/e.md"}},
		{[]string{"**/deep/*"}, nil, []string{"guide/deep/c.md", "guide/deep/d.draft.md"}},
	} {
		if diff := cmp.Diff(c.want, walked(t, Source{Dir: dir, Include: c.include, Exclude: c.exclude}).files); diff != "" {
			t.Errorf("include %v, exclude %v:\n%s", c.include, c.exclude, diff)
		}
	}
}

func TestSymbolicLinksAreFollowedInsideTheFolderOnly(t *testing.T) {
	outside := folderOf(t, map[string]string{"secret.md": "# Secret"})
	dir := folderOf(t, map[string]string{"a/one.md": "# One"})
	link(t, filepath.Join(dir, "a"), filepath.Join(dir, "b"))
	link(t, outside, filepath.Join(dir, "c"))
	link(t, filepath.Join(outside, "secret.md"), filepath.Join(dir, "d.md"))
	link(t, "nowhere", filepath.Join(dir, "e.md"))
	f := walked(t, Source{Dir: dir})
	if diff := cmp.Diff([]string{"a/one.md", "b/one.md"}, f.files); diff != "" {
		t.Error(diff)
	}
	var skipped []string
	for _, s := range f.skipped {
		skipped = append(skipped, s.Path)
	}
	if diff := cmp.Diff([]string{"c", "d.md", "e.md"}, skipped); diff != "" {
		t.Error(diff)
	}
}

func TestALoopOfSymbolicLinksEndsWithAWarning(t *testing.T) {
	dir := folderOf(t, map[string]string{"a/one.md": "# One"})
	link(t, dir, filepath.Join(dir, "a", "up"))
	link(t, filepath.Join(dir, "a"), filepath.Join(dir, "a", "self"))
	f := walked(t, Source{Dir: dir})
	if len(f.files) != 1 || len(f.skipped) != 0 || len(f.warnings) != 2 {
		t.Errorf("files %v, skipped %v, warnings %v", f.files, f.skipped, f.warnings)
	}
}

func TestAFolderWithoutMarkdownIsAnErrorWithAHint(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.txt": "", "b.md": ""})
	for name, c := range map[string]struct {
		src  Source
		want string
	}{
		"nothing named": {Source{}, "no folder"},
		"not there":     {Source{Dir: filepath.Join(dir, "gone")}, "does not exist"},
		"a file":        {Source{Dir: filepath.Join(dir, "b.md")}, "is a file"},
		"empty":         {Source{Dir: t.TempDir()}, "holds no Markdown"},
		"all excluded":  {Source{Dir: dir, Exclude: []string{"**"}}, "holds no Markdown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := walk(context.Background(), c.src)
			var e *docent.Error
			if !errors.As(err, &e) || e.Code != docent.CodeInvalid || e.Hint == "" || !strings.Contains(e.Message, c.want) {
				t.Errorf("got %#v", err)
			}
		})
	}
}

func TestFilesThatAreNotUTF8TextAreNamedWithTheirCause(t *testing.T) {
	for raw, want := range map[string]string{
		"ok":                     "",
		"\xEF\xBB\xBF# a\r\nb":   "",
		"a\nb\xffc":              "line 2 is not valid UTF-8 (byte 0xff)",
		"\xff\xfe#\x00 \x00":     "UTF-16",
		"\xfe\xff\x00#":          "UTF-16",
		"a\x00b":                 "NUL",
		"cut \xe2\x82":           "not valid UTF-8",
		"surrogate \xed\xa0\x80": "not valid UTF-8",
	} {
		text, why := decode([]byte(raw))
		if (want == "") != (why == "") || !strings.Contains(why, want) {
			t.Errorf("%q: %q, want %q", raw, why, want)
		}
		if why == "" && strings.ContainsAny(string(text), "\r\uFEFF") {
			t.Errorf("%q became %q", raw, text)
		}
	}
}

func TestASourcesNameComesFromItsFolder(t *testing.T) {
	for dir, want := range map[string]string{"/x/My docs": "My-docs", "/x/.docs": "docs", "/x/日本": "日本"} {
		if src, err := (Source{Dir: dir}).Normalised(); err != nil || src.Name != want {
			t.Errorf("%s: %q, %v; want %q", dir, src.Name, err, want)
		}
	}
	for _, bad := range []Source{{Name: "a/b"}, {Name: "-x"}, {Dir: "/"}, {Name: "a", Include: []string{"[x"}}, {Name: "a", Exclude: []string{""}}} {
		if _, err := bad.Normalised(); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
