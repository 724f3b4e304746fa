package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// closedIndex makes an index of a stamp with a release, and closes it.
func closedIndex(t *testing.T, dir string, s docent.Stamp) string {
	t.Helper()
	x := openStamped(t, dir, s)
	publish(t, x, vectorFor(s, chunk("a.md", "apple")))
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

func wantFile(t *testing.T, there bool, file string) {
	t.Helper()
	if left, _ := filepath.Glob(file + "*"); len(left) > 0 != there {
		t.Errorf("of %s there is %q", filepath.Base(file), left)
	}
}

func TestStaleIndexesAreRemovedWhenNobodyReadsThem(t *testing.T) {
	dir := t.TempDir()
	old := closedIndex(t, dir, split("old"))
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
	newer := closedIndex(t, dir, split("newer"))

	reader := openStamped(t, dir, split("old"))
	wantFound(t, reader, 1, "apple", "a.md")
	wantRemoved(t, x)
	wantFound(t, reader, 1, "apple", "a.md")
	reader.Close()

	wantRemoved(t, x, split("old"))
	wantFile(t, false, old)
	for _, file := range []string{newer, damaged, x.file} {
		wantFile(t, true, file)
	}
	wantRemoved(t, x)
	wantFound(t, x, 1, "plum", "b.md")
}

// TestClocksDoNotSayWhatIsStale gives the releases times that say the contrary
// of their order.
func TestClocksDoNotSayWhatIsStale(t *testing.T) {
	dir := t.TempDir()
	clock := func(x *Index, to int64) {
		t.Helper()
		err := x.opened.Load().write(t.Context(), func(w *tx) error {
			_, err := w.exec(`UPDATE releases SET created_at = ?`, to)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	old := openStamped(t, dir, split("old"))
	publish(t, old, chunk("a.md", "apple"))
	clock(old, 1<<50)
	x := openIndex(t, dir)
	publish(t, x, chunk("b.md", "plum"))
	clock(x, 1)

	wantIndexes(t, x, stamp, split("old"))
	_, err := openStamped(t, dir, split("next")).Releases(t.Context(), unit.Site)
	wantError(t, err, docent.CodeIndexStamp, "splitter 1 instead of next")
	publish(t, old, chunk("c.md", "pear"))
	old.Close()
	wantIndexes(t, x, split("old"), stamp)
	wantRemoved(t, x) // it was published to since
	x.Close()
	old = openStamped(t, dir, split("old"))
	wantRemoved(t, old) // what came after its first release is not older
	old.Close()
	next := openStamped(t, dir, split("next"))
	publish(t, next, chunk("d.md", "sloe"))
	wantRemoved(t, next, split("old"), stamp)
}

func TestAnIndexThatAnotherProcessReadsIsNotStale(t *testing.T) {
	dir := t.TempDir()
	closedIndex(t, dir, stamp)
	kill := start(t, "read index", dir)
	x := openStamped(t, dir, split("next"))
	publish(t, x, chunk("b.md", "plum"))
	wantRemoved(t, x)
	kill()
	wantRemoved(t, x, stamp)
}

func TestAnIndexThatAnotherProcessBuildsIsNotStale(t *testing.T) {
	dir := t.TempDir()
	kill := start(t, "ingest", dir) // the first release of its stamp
	x := openStamped(t, dir, split("next"))
	publish(t, x, chunk("b.md", "plum"))
	wantRemoved(t, x)
	kill()
	wantRemoved(t, x, stamp) // nobody goes on with it; another ingest begins anew
}
