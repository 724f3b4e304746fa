//go:build unix

package ingest

import (
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatIsNoFileIsSkippedWithoutWaitingForIt(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\none"})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(dir, "pipe.md"), filepath.Join(dir, "link.md"))
	r := ran(t, &memory{}, dir)
	if len(r.Skipped) != 2 || r.Plan.Added != 1 {
		t.Errorf("%+v", r)
	}
	for _, s := range r.Skipped {
		if s.Reason != notRegular {
			t.Errorf("%s: %s", s.Path, s.Reason)
		}
	}
}

func TestAPipeThatTookAFilesPlaceIsNotWaitedFor(t *testing.T) {
	name := filepath.Join(t.TempDir(), "p.md")
	if err := syscall.Mkfifo(name, 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := open(name)
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
}
