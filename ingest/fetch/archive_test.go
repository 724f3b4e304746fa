package fetch

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// packed is an archive of files, in the order of their names; a text that begins
// with "->" is a link's target.
func packed(t *testing.T, form string, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	names := slices.Sorted(maps.Keys(files))
	if form == "zip" {
		z := zip.NewWriter(&b)
		for _, name := range names {
			h := &zip.FileHeader{Name: name, Method: zip.Deflate}
			if strings.HasPrefix(files[name], "->") {
				h.SetMode(0o777 | os.ModeSymlink)
			}
			w, err := z.CreateHeader(h)
			if err == nil {
				_, err = w.Write([]byte(files[name]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		z.Close()
	} else {
		w := tar.NewWriter(&b)
		for _, name := range names {
			h := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name])), Typeflag: tar.TypeReg}
			if target, is := strings.CutPrefix(files[name], "->"); is {
				h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, target, 0
			}
			err := w.WriteHeader(h)
			if err == nil && h.Size > 0 {
				_, err = w.Write([]byte(files[name]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		if form == "tar.gz" {
			var small bytes.Buffer
			g := gzip.NewWriter(&small)
			g.Write(b.Bytes())
			g.Close()
			b = small
		}
	}
	at := filepath.Join(t.TempDir(), "docs."+form)
	if err := os.WriteFile(at, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return at
}

var archiveForms = []string{"zip", "tar", "tar.gz"}

func TestAnArchiveIsReadLikeAFolder(t *testing.T) {
	files := map[string]string{"project-1.2/mkdocs.yml": "site_name: x", "project-1.2/docs/a.md": "# A", "project-1.2/docs/b.md": "# B", "project-1.2/.git/config": "x"}
	for _, form := range archiveForms {
		at := packed(t, form, files)
		got, err := Fetch(t.Context(), Source{Archive: at}, Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(form, err)
		}
		want := map[string]string{"mkdocs.yml": "site_name: x", "docs/a.md": "# A", "docs/b.md": "# B"}
		if diff := cmp.Diff(want, textsIn(t, got.Dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
		if got, err = Fetch(t.Context(), Source{Archive: at, Subdir: "docs"}, Config{Dir: t.TempDir()}); err != nil || filepath.Base(got.Dir) != "docs" {
			t.Errorf("%s: %s, %v", form, got.Dir, err)
		}
		for _, subdir := range []string{"none", "../..", "docs/a.md"} {
			if _, err := Fetch(t.Context(), Source{Archive: at, Subdir: subdir}, Config{Dir: t.TempDir()}); docent.CodeOf(err) != docent.CodeInvalid {
				t.Errorf("%s, %s: %v", form, subdir, err)
			}
		}
	}
}

func TestNothingOfAnArchiveStandsOutsideOfItsFolder(t *testing.T) {
	for _, form := range archiveForms {
		at := packed(t, form, map[string]string{
			"a.md": "# A", "../../out.md": "x", "/abs.md": "x", "x/../../up.md": "x", `..\..\win.md`: "x", "link.md": "->/etc/passwd", "dir": "->..", "b/.GIT/hooks/x": "x",
		})
		outer := t.TempDir()
		got, err := Fetch(t.Context(), Source{Archive: at}, Config{Dir: filepath.Join(outer, "shelf")})
		if err != nil {
			t.Fatal(form, err)
		}
		if diff := cmp.Diff(map[string]string{"a.md": "# A"}, textsIn(t, got.Dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
		if len(got.Warnings) != 4 || len(got.Skipped) != 1 || got.Skipped[0].Path != "link.md" {
			t.Errorf("%s: warnings %v, skipped %v", form, got.Warnings, got.Skipped)
		}
		if above, _ := os.ReadDir(outer); len(above) != 1 {
			t.Errorf("%s: beside the shelf is %v", form, above)
		}
	}
}

func TestABombIsRefused(t *testing.T) {
	zeros := strings.Repeat("0", 1<<20)
	many := map[string]string{}
	for i := range 40 {
		many[fmt.Sprintf("%02d.md", i)] = zeros
	}
	for _, form := range archiveForms {
		limits := Limits{TotalBytes: 4 << 20}
		if _, err := Fetch(t.Context(), Source{Archive: packed(t, form, many)}, Config{Dir: t.TempDir(), Limits: limits}); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s of many: %v", form, err)
		}
		got, err := Fetch(t.Context(), Source{Archive: packed(t, form, map[string]string{"a.md": "# A", "big.md": zeros})}, Config{Dir: t.TempDir(), MaxFileBytes: 1000})
		if err != nil || len(got.Skipped) != 1 || got.Skipped[0].Path != "big.md" {
			t.Errorf("%s with a large page: %v, %v", form, got.Skipped, err)
		}
	}
}

func TestWhatIsNoArchiveLeavesWhatWasThere(t *testing.T) {
	shelf := t.TempDir()
	before, err := Fetch(t.Context(), Source{Archive: packed(t, "zip", map[string]string{"a.md": "# A"})}, Config{Dir: shelf})
	if err != nil {
		t.Fatal(err)
	}
	dir := folderOf(t, map[string]string{"text.zip": "no archive", "cut.zip": "PK\x03\x04", "cut.tar.gz": "\x1f\x8b\x08", "empty.tar": ""})
	for _, name := range []string{"text.zip", "cut.zip", "cut.tar.gz", "empty.tar", "none.zip"} {
		if _, err := Fetch(t.Context(), Source{Archive: filepath.Join(dir, name)}, Config{Dir: shelf}); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(textsIn(t, before.Dir)) != 1 {
		t.Error("the pages of before are gone")
	}
}

func FuzzArchive(f *testing.F) {
	for _, seed := range []string{"PK\x03\x04", "\x1f\x8b\x08\x00", "a.md\x00", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		at := filepath.Join(t.TempDir(), "a")
		if err := os.WriteFile(at, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		shelf := t.TempDir()
		got, err := Fetch(t.Context(), Source{Archive: at}, Config{Dir: shelf, MaxFileBytes: 1 << 16, Limits: Limits{TotalBytes: 1 << 18}})
		if err == nil && !strings.HasPrefix(got.Dir, shelf) {
			t.Errorf("the pages are in %s", got.Dir)
		}
	})
}
