package qdrant

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"docent"
	"docent/analysis"
	"docent/store/qdrant/qdranttest"
)

var unit = docent.Unit{Site: docent.DefaultSite, Source: "guide", Lang: "en"}

// as is errors.As, for tables.
func as(err error, target **docent.Error) bool { return errors.As(err, target) }

// code fails the test unless err has the given code.
func code(t testing.TB, err error, want docent.Code) {
	t.Helper()
	if got := docent.CodeOf(err); got != want {
		t.Errorf("error code %q, want %q (%v)", got, want, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v (code %s)", err, docent.CodeOf(err))
	}
}

// chunk makes a chunk of a page. IDs are as unique as texts.
func chunk(path string, ordinal int, text string, vector ...float32) docent.IndexedChunk {
	c := docent.IndexedChunk{Chunk: docent.Chunk{ID: fmt.Sprint(path, "#", text), Unit: unit, Path: path, Text: text, Ordinal: ordinal}}
	c.Terms = analysis.ChunkTerms(&c.Chunk)
	if len(vector) > 0 {
		c.Vector = vector
	}
	return c
}

// begin starts a build that ends with the test.
func begin(t testing.TB, x *Index) *Build {
	t.Helper()
	b, err := x.Begin(t.Context(), unit)
	must(t, err)
	t.Cleanup(func() { b.Close() })
	return b
}

// add puts a page of chunks, in place of what the base has of it.
func add(t testing.TB, b *Build, stats *analysis.Stats, path string, chunks ...docent.IndexedChunk) error {
	t.Helper()
	refs, err := b.Chunks(t.Context(), path)
	if err != nil {
		return err
	}
	var retire []string
	for _, ref := range refs {
		retire = append(retire, ref.ID)
		must(t, stats.Remove(ref.Terms))
	}
	for _, c := range chunks {
		must(t, stats.Add(c.Terms))
	}
	return b.Put(t.Context(), docent.Page{Path: path, URL: "/" + path, Chunks: len(chunks)}, chunks, retire)
}

// publish makes a release in which a.md has the chunks.
func publish(t testing.TB, x *Index, chunks ...docent.IndexedChunk) docent.Release {
	t.Helper()
	b := begin(t, x)
	_, _, stats := b.Base()
	must(t, add(t, b, stats, "a.md", chunks...))
	r, err := b.Publish(t.Context(), stats)
	must(t, err)
	must(t, b.Close())
	return r
}

// found gives the texts of the candidates.
func found(t testing.TB, x *Index, q docent.CandidateQuery) []string {
	t.Helper()
	q.Limit = 100
	candidates, err := x.Candidates(context.Background(), q)
	must(t, err)
	bodies, err := x.Bodies(context.Background(), candidates)
	must(t, err)
	var list []string
	for _, c := range candidates {
		list = append(list, bodies[c.ID].Text)
	}
	return list
}

func in(r docent.Release, terms ...string) docent.CandidateQuery {
	return docent.CandidateQuery{Releases: []docent.Release{r}, Terms: terms}
}

// opened starts a stand-in with an index.
func opened(t testing.TB, stamp docent.Stamp) (*qdranttest.Server, *Index) {
	t.Helper()
	s := qdranttest.Start(t)
	return s, openIndex(t, Config{URL: s.URL()}, stamp)
}
