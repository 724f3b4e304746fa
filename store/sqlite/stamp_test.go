package sqlite

import (
	"os"
	"path/filepath"
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
	dir := t.TempDir()
	x := openIndex(t, dir)
	publish(t, x, chunk("a.md", "apple"))
	x.Close()
	other := stamp
	other.Analyzer, other.Embedding, other.Dimensions = "2", "small", 256
	y, err := OpenIndex(dir, other, IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer y.Close()
	_, err = y.Releases(t.Context(), unit.Site)
	wantError(t, err, docent.CodeIndexStamp, "embedding none instead of small, dimensions 0 instead of 256, analyzer 1 instead of 2")
	plum := chunk("b.md", "plum")
	plum.Vector = make([]float32, other.Dimensions)
	publish(t, y, plum) // beside the other file
	wantFound(t, y, 1, "plum", "b.md")
	wantFound(t, openIndex(t, dir), 1, "apple", "a.md")
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
