package sqlite

import (
	"os"
	"path/filepath"
	"strings"
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

// smallDisk gives a folder on a disk of its own that holds 3 MB.
func smallDisk(t *testing.T) string {
	t.Helper()
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
	return dir
}

// crowd leaves so many bytes free on the disk of dir.
func crowd(t *testing.T, dir string, free int64) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "crowd"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, page := int64(0), make([]byte, 4096)
	for err == nil {
		if _, err = f.Write(page); err == nil {
			size += int64(len(page))
		}
	}
	if err := f.Truncate(size - free); err != nil {
		t.Fatal(err)
	}
}

// TestEveryWayInWhichADiskIsFullIsToldSo leaves less and less room: for a
// turn, for a new file, for what SQLite keeps beside one, for nothing.
func TestEveryWayInWhichADiskIsFullIsToldSo(t *testing.T) {
	dir := smallDisk(t)
	x := openIndex(t, dir)
	publish(t, x, chunk("a.md", "apple"))
	x.Close()
	told := map[string]int{}
	want := func(what string, err error) {
		t.Helper()
		if err != nil {
			told[what]++
			wantError(t, err, docent.CodeStore, "disk is full")
		}
	}
	for free := int64(256 << 10); free >= 0; free -= 4 << 10 {
		crowd(t, dir, free)
		y, err := OpenIndex(dir, stamp, IndexOptions{})
		if want("reading", err); err == nil {
			b, err := y.Begin(t.Context(), unit)
			if want("building", err); err == nil {
				b.Close()
			}
			y.Close()
		}
		c, err := OpenConversations(filepath.Join(dir, "docent.db"))
		if want("opening", err); err == nil {
			turn := firstTurn("s" + itoa(int(free)))
			turn.User.Text = strings.Repeat("why? ", 4000)
			_, _, err = c.BeginTurn(t.Context(), owner, turn)
			want("asking", err)
			c.Close()
		}
	}
	for _, what := range []string{"reading", "building", "opening", "asking"} {
		if told[what] == 0 {
			t.Errorf("%s never met a full disk: %v", what, told)
		}
	}
	if err := os.Remove(filepath.Join(dir, "crowd")); err != nil {
		t.Fatal(err)
	}
	wantFound(t, openIndex(t, dir), 1, "apple", "a.md")
	c := openStore(t, dir)
	if _, _, err := c.BeginTurn(t.Context(), owner, firstTurn("last")); err != nil {
		t.Error(err)
	}
}

func TestADiskThatIsReallyFullKeepsTheOldRelease(t *testing.T) {
	dir := smallDisk(t)
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
