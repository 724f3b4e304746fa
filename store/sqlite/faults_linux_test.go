package sqlite

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"docent"
)

// mountReadOnly puts a file system that can't be written, with the same files,
// in the place of dir.
func mountReadOnly(t *testing.T, dir string) error {
	if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, "")
}

func TestADiskThatIsReallyFullKeepsTheOldRelease(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skip("NOT RUN: no small disk can be mounted: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	x := openIndex(t, dir)
	publish(t, x, chunk("a.md", "apple"))
	wantError(t, fillUp(t, x), docent.CodeStore, "disk is full")
	wantFound(t, x, 1, "apple", "a.md")
	wantFound(t, openIndex(t, dir), 1, "apple", "a.md")

	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	publish(t, x, chunk("b.md", "plum"))
	wantFound(t, x, 2, "plum", "b.md")
	wantFound(t, x, 2, "pear")
}
