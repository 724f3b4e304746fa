package ingest

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkLines holds what every rewriting fulfils: each line stands for one that
// there was, and none for one before the line above it.
func checkLines(t *testing.T, src, out []byte, moved lineMap) {
	t.Helper()
	last, lines := 1, 1+bytes.Count(src, []byte("\n"))
	for line := range 1 + bytes.Count(out, []byte("\n")) {
		from, _ := moved.origin(line + 1)
		if from < last || from > lines {
			t.Fatalf("line %d is said to have been line %d of %d, after line %d; %q became %q with %v", line+1, from, lines, last, src, out, moved)
		}
		last = from
	}
}

func TestLinesOfARewrittenTextKnowWhereTheyWere(t *testing.T) {
	w := &rewriter{src: []byte("one\ntwo {a} x {b}\nthree\nfour\nfive\nsix")}
	w.copyTo(8)
	w.at += 3
	w.putLines([]byte("A\nB\nC"), "a.md")
	w.copyTo(14)
	w.at += 3
	w.putLines([]byte("D\nE"), "")
	w.copyTo(24)
	w.drop(29)
	w.copyTo(len(w.src))
	if diff := cmp.Diff("one\ntwo A\nB\nC x D\nE\nthree\nfive\nsix", string(w.out)); diff != "" {
		t.Fatal(diff)
	}
	want := map[int]int{1: 1, 2: 2, 3: 2, 4: 2, 5: 2, 6: 3, 7: 5, 8: 6}
	for line, from := range want {
		if got, _ := w.moved.origin(line); got != from {
			t.Errorf("line %d was line %d, want %d: %v", line, got, from, w.moved)
		}
	}
	if _, file := w.moved.origin(3); file != "a.md" {
		t.Errorf("line 3 is of file %q", file)
	}
	s := source{skipped: 4, lines: []lineMap{w.moved, {{at: 3, from: 2}}}}
	if at, file := s.place(4); at != 4+2 || file != "a.md" {
		t.Errorf("through two rewritings line 4 is line %d of %q", at, file)
	}
}
