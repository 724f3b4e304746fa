package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docent"
)

func TestReadingWaitsForAnIndexToAppear(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	reader, writer := openIndex(t, dir), openIndex(t, dir)
	_, err := reader.Releases(t.Context(), unit.Site)
	wantError(t, err, docent.CodeNoIndex, "nothing was ingested")
	_, err = reader.Candidates(t.Context(), docent.CandidateQuery{Terms: []string{"a"}, Limit: 1})
	wantError(t, err, docent.CodeNoIndex, "nothing was ingested")
	if _, err := os.Stat(dir); err == nil {
		t.Error("reading has made a folder")
	}
	publish(t, writer, chunk("a.md", "apple"))
	wantFound(t, reader, 1, "apple", "a.md")
}

func TestAnUnfinishedFileIsNoIndex(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName(stamp)), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	x := openIndex(t, dir)
	_, err := x.Releases(t.Context(), unit.Site)
	wantError(t, err, docent.CodeNoIndex, "nothing was ingested")
	publish(t, x, chunk("a.md", "apple"))
	wantFound(t, x, 1, "apple", "a.md")
}

func TestAnotherStampIsNamed(t *testing.T) {
	small := docent.Stamp{Embedding: "small", Dimensions: denseStamp.Dimensions, Analyzer: "1", Splitter: "1"}
	change := func(s docent.Stamp, to func(*docent.Stamp)) docent.Stamp {
		to(&s)
		return s
	}
	for name, check := range map[string]struct {
		was, is     docent.Stamp
		words, hint string
	}{
		"first embeddings": {stamp, small, "embedding none instead of small, dimensions 0 instead of 32", "set embedding.provider to none"},
		"no embeddings":    {small, stamp, "embedding small instead of none, dimensions 32 instead of 0", "embedding.model"},
		"another model": {small, change(small, func(s *docent.Stamp) { s.Embedding = "large" }),
			"made with embedding small instead of large", "embedding.model"},
		"other dimensions": {small, change(small, func(s *docent.Stamp) { s.Dimensions = 256 }),
			"made with dimensions 32 instead of 256", "embedding.dimensions"},
		"another analyzer": {stamp, change(stamp, func(s *docent.Stamp) { s.Analyzer = "2" }),
			"made with analyzer 1 instead of 2", "this version of docent"},
		"another splitter": {stamp, change(stamp, func(s *docent.Stamp) { s.Splitter = "2" }),
			"made with splitter 1 instead of 2", "this version of docent"},
		"everything": {stamp, docent.Stamp{Embedding: "large", Dimensions: 8, Analyzer: "2", Splitter: "3"},
			"embedding none instead of large, dimensions 0 instead of 8, analyzer 1 instead of 2, splitter 1 instead of 3", "this version of docent"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			old := openStamped(t, dir, check.was)
			publish(t, old, vectorFor(check.was, chunk("a.md", "apple")))
			next := openStamped(t, dir, check.is)
			mismatch := func() {
				t.Helper()
				_, err := next.Releases(t.Context(), unit.Site)
				wantError(t, err, docent.CodeIndexStamp, check.words)
				var told *docent.Error
				if errors.As(err, &told); !strings.Contains(told.Hint, "docent ingest") || !strings.Contains(told.Hint, check.hint) {
					t.Errorf("hint %q, want `docent ingest` and %q", told.Hint, check.hint)
				}
			}
			mismatch()
			b, err := next.Begin(t.Context(), unit) // beside the other file
			if err != nil {
				t.Fatal(err)
			}
			mismatch() // as long as nothing is published
			b.Close()
			mismatch()
			wantFound(t, old, 1, "apple", "a.md")
			publish(t, next, vectorFor(check.is, chunk("b.md", "plum")))
			wantFound(t, next, 1, "plum", "b.md")
			wantFound(t, old, 1, "apple", "a.md") // who serves it serves on
		})
	}
}

// vectorFor gives the chunk a vector where the stamp has some.
func vectorFor(s docent.Stamp, c docent.IndexedChunk) docent.IndexedChunk {
	if s.Dimensions > 0 {
		c.Vector = make([]float32, s.Dimensions)
		c.Vector[0] = 1
	}
	return c
}

func TestAStampInsideAnotherStampsFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	x := openIndex(t, dir)
	publish(t, x, chunk("a.md", "apple"))
	x.Close()
	other := stamp
	other.Splitter = "2"
	if err := os.Rename(x.file, filepath.Join(dir, fileName(other))); err != nil {
		t.Fatal(err)
	}
	y, err := OpenIndex(dir, other, IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer y.Close()
	_, err = y.Begin(t.Context(), unit)
	wantError(t, err, docent.CodeIndexStamp, "splitter 1 instead of 2")
}

func TestAnEmptyEmbeddingNameIsNone(t *testing.T) {
	unnamed := stamp
	unnamed.Embedding = ""
	if fileName(unnamed) != fileName(stamp) {
		t.Error("an index without embeddings has two names")
	}
	dir := t.TempDir()
	publish(t, openStamped(t, dir, unnamed), chunk("a.md", "apple"))
	wantFound(t, openIndex(t, dir), 1, "apple", "a.md")
}

func TestAClosedIndexSaysSo(t *testing.T) {
	x := openIndex(t, t.TempDir())
	x.Close()
	if _, err := x.Begin(t.Context(), unit); docent.CodeOf(err) != docent.CodeNotReady {
		t.Errorf("before its file was opened: %v", err)
	}
	x = openIndex(t, t.TempDir())
	publish(t, x, chunk("a.md", "apple"))
	x.Close()
	if _, err := x.Releases(t.Context(), unit.Site); docent.CodeOf(err) != docent.CodeStore {
		t.Errorf("after: %v", err)
	}
}
