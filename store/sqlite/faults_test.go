package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docent"
)

// checkpoint brings all of the index into its file.
func checkpoint(t *testing.T, x *Index) {
	t.Helper()
	o := x.opened.Load()
	if err := o.write(t.Context(), func(*tx) error { return nil }); err != nil { // it has the connection now
		t.Fatal(err)
	}
	if _, err := o.conn.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
}

func TestAFileCutWhileItServesIsToldAndMended(t *testing.T) {
	dir := t.TempDir()
	writer := openIndex(t, dir)
	publish(t, writer, chunk("a.md", strings.Repeat("apple pear plum ", 20000)))
	checkpoint(t, writer)
	writer.Close()
	server := openIndex(t, dir)
	if _, err := server.Releases(t.Context(), unit.Site); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(server.file, 3*4096+100); err != nil {
		t.Fatal(err)
	}
	_, _, err := server.Page(t.Context(), docent.Release{Unit: unit, Number: 1}, "a.md")
	wantError(t, err, docent.CodeStore, "damaged")

	if err := remove(server.file); err != nil { // as the hint says
		t.Fatal(err)
	}
	publish(t, openIndex(t, dir), chunk("b.md", "plum"))
	wantFound(t, server, 1, "plum", "b.md")
}

func TestAFileDeletedWhileItServesIsNoticedByTheNextQuestion(t *testing.T) {
	for name, files := range map[string][]string{
		"with its log":    {"", "-wal", "-shm"},
		"without its log": {""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			server := openStamped(t, dir, denseStamp)
			publish(t, server, withVector(chunk("a.md", "apple")))
			publish(t, server, withVector(chunk("b.md", "pear")))
			wantFound(t, server, 2, "apple", "a.md")
			wantNear(t, server, 2, "apple", "a.md", "b.md")
			for _, suffix := range files {
				if err := os.Remove(server.file + suffix); err != nil {
					t.Skip("NOT RUN: this system keeps files that are open: ", err)
				}
			}
			_, err := server.Candidates(t.Context(), docent.CandidateQuery{
				Releases: []docent.Release{{Unit: unit, Number: 2}}, Vector: axis("apple"), Limit: 10,
			})
			wantError(t, err, docent.CodeNoIndex, "nothing was ingested")

			ingest := openStamped(t, dir, denseStamp) // as another process
			publish(t, ingest, withVector(chunk("c.md", "plum")))
			publish(t, ingest, withVector(chunk("d.md", "sloe")))
			wantFound(t, server, 2, "plum", "c.md")
			wantNear(t, server, 2, "plum", "c.md", "d.md")
			publish(t, server, withVector(chunk("e.md", "fig")))
			wantFound(t, ingest, 3, "fig", "e.md")
		})
	}
}

func TestAFileReplacedWhileItServesIsRead(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	server := openIndex(t, dir)
	publish(t, server, chunk("a.md", "apple"))
	wantFound(t, server, 1, "apple", "a.md")
	copied := openIndex(t, elsewhere)
	publish(t, copied, chunk("b.md", "plum"))
	checkpoint(t, copied)
	copied.Close()
	for _, suffix := range []string{"-wal", "-shm"} {
		os.Remove(server.file + suffix)
	}
	if err := os.Rename(copied.file, server.file); err != nil {
		t.Skip("NOT RUN: this system keeps files that are open: ", err)
	}
	wantFound(t, server, 1, "plum", "b.md")
}

func TestABuildWhoseFileWasDeletedPublishesNothing(t *testing.T) {
	dir := t.TempDir()
	x := openIndex(t, dir)
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	_, _, stats := b.Base()
	if err := remove(x.file); err != nil {
		t.Skip("NOT RUN: this system keeps files that are open: ", err)
	}
	_, err = b.Publish(t.Context(), stats)
	wantError(t, err, docent.CodeStore, "deleted or replaced")
	wantError(t, b.Close(), docent.CodeStore, "deleted or replaced")
	publish(t, x, chunk("a.md", "apple"))
	wantFound(t, x, 1, "apple", "a.md")
}

// wantServing holds that an index in a folder that can't be written is read,
// and that nothing is published there.
func wantServing(t *testing.T, dir string) {
	t.Helper()
	x := openStamped(t, dir, denseStamp)
	wantFound(t, x, 1, "apple", "a.md")
	wantNear(t, x, 1, "apple", "a.md")
	_, err := x.Begin(t.Context(), unit)
	wantError(t, err, docent.CodeStore, "can't be opened for writing")
	wantError(t, x.Activate(t.Context(), unit, 1), docent.CodeStore, "can't be opened for writing")
	y := openStamped(t, dir, stamp)
	_, err = y.Releases(t.Context(), unit.Site)
	wantError(t, err, docent.CodeIndexStamp, "embedding test instead of none")
	_, err = y.Begin(t.Context(), unit)
	wantError(t, err, docent.CodeStore, "can't be opened for writing")
}

func TestAReadOnlyIndexIsRead(t *testing.T) {
	dir := t.TempDir()
	x := openStamped(t, dir, denseStamp)
	publish(t, x, withVector(chunk("a.md", "apple")))
	x.Close()
	if err := os.RemoveAll(filepath.Join(dir, "locks")); err != nil {
		t.Fatal(err)
	}
	protect(t, dir)
	wantServing(t, dir)
}

func TestALogThatCantBeTakenInIsTold(t *testing.T) {
	dir := t.TempDir()
	x := openStamped(t, dir, denseStamp)
	publish(t, x, withVector(chunk("a.md", "apple")))
	log, err := os.ReadFile(x.file + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	x.Close()
	if err := os.WriteFile(x.file+"-wal", log, 0o644); err != nil { // as a copy of a file in use has it
		t.Fatal(err)
	}
	protect(t, dir)
	_, err = OpenIndex(dir, denseStamp, IndexOptions{})
	wantError(t, err, docent.CodeStore, "its last changes are in a log")
}

// protect makes the folder one that can't be written, and skips the test where
// that can't be had.
func protect(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	probe := filepath.Join(dir, "probe")
	if os.WriteFile(probe, nil, 0o644) != nil {
		return
	}
	os.Remove(probe)
	if err := mountReadOnly(t, dir); err != nil {
		t.Skip("NOT RUN: this user may write everywhere, and can't mount: ", err)
	}
}

func TestAFullDiskInABuildKeepsTheOldRelease(t *testing.T) {
	x := openIndex(t, t.TempDir())
	publish(t, x, chunk("a.md", "apple"))
	limit := func(pages int) {
		t.Helper()
		if _, err := x.opened.Load().conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+itoa(pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // no more than there are
	wantError(t, fillUp(t, x), docent.CodeStore, "disk is full")
	wantFound(t, x, 1, "apple", "a.md")
	limit(1 << 30)
	publish(t, x, chunk("b.md", "plum"))
	wantFound(t, x, 2, "plum", "b.md")
	wantFound(t, x, 2, "pear")
}

// fillUp builds until an error, and closes the build.
func fillUp(t *testing.T, x *Index) error {
	t.Helper()
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		return err
	}
	defer b.Close()
	for i := range 20 * batchChunks {
		c := chunk("pears"+itoa(i)+".md", "pear "+strings.Repeat("grows ", 300))
		if err := b.Put(t.Context(), docent.Page{Path: c.Path}, []docent.IndexedChunk{c}, nil); err != nil {
			return err
		}
	}
	return nil
}
