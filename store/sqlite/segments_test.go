package sqlite

import (
	"testing"

	"docent"
)

// number gives what a statement that reads one number gives.
func number(t *testing.T, x *Index, statement string) (n int) {
	t.Helper()
	if err := x.opened.Load().reader.QueryRow(statement).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAnAbandonedBuildLeavesNoPostings has segments that fill up before there
// is anything to publish, so that a large ingest publishes quickly.
func TestAnAbandonedBuildLeavesNoPostings(t *testing.T) {
	x := openIndex(t, t.TempDir())
	x.largest = 10
	publish(t, x, chunk("a.md", "apple"))
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * batchChunks {
		c := chunk("pears"+itoa(i)+".md", "pear "+itoa(i))
		if err := b.Put(t.Context(), docent.Page{Path: c.Path}, []docent.IndexedChunk{c}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := number(t, x, `SELECT count(*) FROM segments`); n < 2*batchChunks/x.largest {
		t.Errorf("%d segments are written before publishing", n)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if n, listed := number(t, x, `SELECT count(DISTINCT segment) FROM postings`), number(t, x, `SELECT sum(listed) FROM segments`); n != 1 || listed != 1 {
		t.Errorf("postings of %d segments are left, with %d chunks", n, listed)
	}
	publish(t, x, chunk("b.md", "pear"))
	wantFound(t, x, 2, "pear", "b.md")
	wantFound(t, x, 1, "apple", "a.md")
}

// TestWhatWasDeletedLeavesThePostings replaces all, again and again.
func TestWhatWasDeletedLeavesThePostings(t *testing.T) {
	x := openIndex(t, t.TempDir())
	x.largest = 4
	before := manual{}
	for i := range 30 {
		now := manual{"a.md": {"apple " + itoa(i), "pear " + itoa(i), "plum " + itoa(i)}}
		now.sync(t, x, before)
		before = now
	}
	if n := number(t, x, `SELECT sum(listed) FROM segments`); n > 3*2*x.keep {
		t.Errorf("%d chunks are listed, and %d releases of 3 are kept", n, x.keep)
	}
	if err := x.GC(t.Context(), "", 1); err != nil {
		t.Fatal(err)
	}
	if n := number(t, x, `SELECT sum(listed) FROM segments`); n > 2*3 {
		t.Errorf("%d chunks are listed, and 3 are kept", n)
	}
}

func TestARowIsGivenOnce(t *testing.T) {
	x := openIndex(t, t.TempDir())
	last, before := 0, manual{}
	for i := range 8 {
		now := manual{"kept.md": {"apple"}}
		if i%2 == 0 {
			now["p.md"] = []string{"pear " + itoa(i)}
		}
		now.sync(t, x, before)
		before = now
		if err := x.GC(t.Context(), "", 1); err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 {
			continue // the last chunk is deleted, with its row
		}
		if row := number(t, x, `SELECT max(id) FROM chunks`); row <= last {
			t.Errorf("release %d gives row %d again", i+1, row)
		} else {
			last = row
		}
	}
}

func TestAChunkWithoutTermsIsNotPublished(t *testing.T) {
	x := openIndex(t, t.TempDir())
	publish(t, x, chunk("a.md", "apple"))
	b, err := x.Begin(t.Context(), unit)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	_, _, stats := b.Base()
	stats.Chunks++
	c := chunk("b.md", "pear")
	c.Terms = []byte("none")
	if err := b.Put(t.Context(), docent.Page{Path: c.Path}, []docent.IndexedChunk{c}, nil); err != nil {
		t.Fatal(err)
	}
	_, err = b.Publish(t.Context(), stats)
	wantError(t, err, docent.CodeStore, "terms of a chunk")
	wantFound(t, x, 1, "apple", "a.md")
}
