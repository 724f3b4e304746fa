package push

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/ingest"
)

func notesOf(n int, file string) (notes []ingest.Note) {
	for i := range n {
		notes = append(notes, ingest.Note{Path: fmt.Sprintf("p%d.md", i), File: file, Page: "h", URL: "/"})
	}
	return notes
}

func TestANotebookGrowsByWhatIsNewUntilMostOfItIsOld(t *testing.T) {
	now := notesOf(10, "1")
	stored, whole, err := notebook{}.next(now, 1<<20)
	if err != nil || !whole {
		t.Fatalf("the first time: whole %v, %v", whole, err)
	}
	wholes := 0
	for i := range 25 {
		now[i%10].File = fmt.Sprint("changed ", i)
		raw, whole, err := readNotebook(stored).next(now, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if whole {
			wholes++
			stored = nil
		}
		stored = append(stored, raw...)
		b := readNotebook(stored)
		for _, n := range now {
			if diff := cmp.Diff(n, b.of[n.Path]); diff != "" || !b.whole {
				t.Fatalf("step %d (-now +stored):\n%s", i, diff)
			}
		}
		if raw, _, _ := b.next(now, 1<<20); raw != nil {
			t.Errorf("step %d: nothing changed, and %d bytes are written", i, len(raw))
		}
	}
	if wholes != 2 {
		t.Errorf("it was written anew %d times", wholes)
	}
	if _, whole, _ := readNotebook(stored).next(notesOf(10, "2"), int64(len(stored))); !whole {
		t.Error("it grows beyond what the server keeps")
	}
}

// FuzzNotesAreReadAsFarAsTheyGo reads notes as a disk or another program may
// leave them.
func FuzzNotesAreReadAsFarAsTheyGo(f *testing.F) {
	stored, err := packedNotes(notesOf(3, "1"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(stored)
	f.Add(stored[:len(stored)/2])
	f.Add(append(stored, "more"...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := readNotebook(raw)
		_, whole, err := b.next(notesOf(2, "other"), 1<<20)
		if err != nil || !b.whole && !whole {
			t.Errorf("what can't be read to its end is added to: %v", err)
		}
	})
}
