package sqlite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// wantIndexes holds which indexes there are, that which was published to last
// first.
func wantIndexes(t *testing.T, x *Index, want ...docent.Stamp) {
	t.Helper()
	list, err := x.Indexes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []docent.Stamp
	for _, i := range list {
		got = append(got, i.Stamp)
		if diff := cmp.Diff([]docent.Unit{unit}, i.Units); diff != "" || i.Name != fileName(i.Stamp) {
			t.Errorf("%s has (-want +got):\n%s", i.Name, diff)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("indexes (-want +got):\n%s", diff)
	}
}

func TestIndexesAreListedByTheirLastPublication(t *testing.T) {
	dir := t.TempDir()
	x, y := openStamped(t, dir, split("x")), openStamped(t, dir, split("y"))
	wantIndexes(t, x)
	b, err := x.Begin(t.Context(), unit) // makes the file
	if err != nil {
		t.Fatal(err)
	}
	wantIndexes(t, y)
	b.Close()
	publish(t, x, chunk("a.md", "apple"))
	wantIndexes(t, y, split("x"))
	publish(t, y, chunk("a.md", "apple"))
	wantIndexes(t, x, split("y"), split("x"))
	publish(t, x, chunk("b.md", "plum"))
	wantIndexes(t, y, split("x"), split("y"))
	if err := x.Activate(t.Context(), unit, 1); err != nil { // publishes nothing
		t.Fatal(err)
	}
	publish(t, y, chunk("b.md", "plum"))
	wantIndexes(t, x, split("y"), split("x"))
}

func TestAnOlderVersionsIndexIsListedAndLeftAsItIs(t *testing.T) {
	dir := t.TempDir()
	file, _ := oldIndex(t, dir, split("old"), countsPublications-1)
	version := func() int64 {
		t.Helper()
		d, err := openDatabase(file, indexKind, busyTimeout, false)
		if err != nil {
			t.Fatal(err)
		}
		defer d.close()
		v, err := d.version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	x := openIndex(t, dir)
	wantIndexes(t, x, split("old"))
	publish(t, x, chunk("b.md", "plum"))
	wantIndexes(t, x, stamp, split("old"))
	if v := version(); v != countsPublications-1 {
		t.Errorf("its schema is %d now: the older version can't read it", v)
	}
	publish(t, openStamped(t, dir, split("old")), chunk("c.md", "pear")) // its own stamp moves it on
	wantIndexes(t, x, split("old"), stamp)
	if v := version(); v != newest(indexKind) {
		t.Errorf("its schema is %d", v)
	}
}
