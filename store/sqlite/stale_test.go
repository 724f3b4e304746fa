package sqlite

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// aged makes an index of a stamp whose only release was published at a time,
// and closes it.
func aged(t *testing.T, dir string, s docent.Stamp, at time.Time) string {
	t.Helper()
	x := openStamped(t, dir, s)
	publish(t, x, vectorFor(s, chunk("a.md", "apple")))
	err := x.opened.Load().write(t.Context(), func(w *tx) error {
		_, err := w.exec(`UPDATE releases SET created_at = ?`, at.UnixMilli())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x.Close()
	return x.file
}

func split(splitter string) docent.Stamp {
	s := stamp
	s.Splitter = splitter
	return s
}

func wantRemoved(t *testing.T, x *Index, want ...docent.Stamp) {
	t.Helper()
	removed, err := x.RemoveStale(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, removed); diff != "" {
		t.Errorf("removed (-want +got):\n%s", diff)
	}
}

func TestStaleIndexesAreRemovedWhenNobodyReadsThem(t *testing.T) {
	dir := t.TempDir()
	yesterday := time.Now().Add(-24 * time.Hour)
	old := aged(t, dir, split("old"), yesterday)
	newer := aged(t, dir, split("newer"), time.Now().Add(time.Hour))
	damaged := filepath.Join(dir, "index-00000000.db")
	if err := os.WriteFile(damaged, []byte("no database at all, but long enough to be one"), 0o644); err != nil {
		t.Fatal(err)
	}
	x := openIndex(t, dir)
	wantRemoved(t, x) // nothing of this one is there yet
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	wantRemoved(t, x) // nor is anything published
	b.Close()
	publish(t, x, chunk("b.md", "plum"))

	reader := openStamped(t, dir, split("old"))
	wantFound(t, reader, 1, "apple", "a.md")
	wantRemoved(t, x)
	wantFound(t, reader, 1, "apple", "a.md")
	reader.Close()

	wantRemoved(t, x, split("old"))
	if files, _ := filepath.Glob(old + "*"); len(files) > 0 {
		t.Errorf("%q are left", files)
	}
	for _, file := range []string{newer, damaged, x.file} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	wantRemoved(t, x)
	wantFound(t, x, 1, "plum", "b.md")
}

func TestAnIndexThatAnotherProcessReadsIsNotStale(t *testing.T) {
	dir := t.TempDir()
	aged(t, dir, stamp, time.Now().Add(-time.Hour))
	kill := start(t, "read index", dir)
	x := openStamped(t, dir, split("next"))
	publish(t, x, chunk("b.md", "plum"))
	wantRemoved(t, x)
	kill()
	wantRemoved(t, x, stamp)
}
