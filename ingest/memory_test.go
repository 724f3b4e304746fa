package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"docent"
	"docent/analysis"
)

// memory is an Index that keeps one unit's last release. It holds Build's
// contract strictly: what a store may leave to chance is an error here.
type memory struct {
	release docent.Release
	pages   map[string]docent.Page
	chunks  map[string][]docent.IndexedChunk
	stats   *analysis.Stats
	open    bool
	fail    error // of Publish
	puts    []string
}

func (m *memory) Begin(_ context.Context, unit docent.Unit) (Build, error) {
	if m.open {
		return nil, docent.Errorf(docent.CodeConflict, "another ingest is running")
	}
	m.open = true
	if m.stats == nil {
		m.stats, m.pages, m.chunks = &analysis.Stats{}, map[string]docent.Page{}, map[string][]docent.IndexedChunk{}
		m.release.Unit = unit
	}
	return &memoryBuild{m: m, pages: maps.Clone(m.pages), chunks: maps.Clone(m.chunks)}, nil
}

type memoryBuild struct {
	m       *memory
	pages   map[string]docent.Page
	chunks  map[string][]docent.IndexedChunk
	edition docent.Edition
}

func (b *memoryBuild) Describe(e docent.Edition) { b.edition = e }

func (b *memoryBuild) Base() (docent.Release, map[string]docent.Page, *analysis.Stats) {
	return b.m.release, maps.Clone(b.m.pages), b.m.stats.Clone()
}

func (b *memoryBuild) Chunks(_ context.Context, path string) ([]docent.ChunkRef, error) {
	var refs []docent.ChunkRef
	for _, c := range b.m.chunks[path] {
		refs = append(refs, docent.ChunkRef{ID: c.ID, Terms: c.Terms})
	}
	return refs, nil
}

func (b *memoryBuild) Put(_ context.Context, page docent.Page, add []docent.IndexedChunk, retire []string) error {
	b.m.puts = append(b.m.puts, page.Path)
	kept := slices.DeleteFunc(slices.Clone(b.chunks[page.Path]), func(c docent.IndexedChunk) bool { return slices.Contains(retire, c.ID) })
	if len(kept) != len(b.chunks[page.Path])-len(retire) {
		return fmt.Errorf("%s: not all of %v can be retired", page.Path, retire)
	}
	for _, c := range add {
		if slices.ContainsFunc(kept, func(k docent.IndexedChunk) bool { return k.ID == c.ID }) {
			return fmt.Errorf("%s: chunk %s is there already", page.Path, c.ID)
		}
		kept = append(kept, c)
	}
	slices.SortFunc(kept, func(a, b docent.IndexedChunk) int { return a.Ordinal - b.Ordinal })
	if len(kept) != page.Chunks {
		return fmt.Errorf("%s: %d chunks, and the page says %d", page.Path, len(kept), page.Chunks)
	}
	b.pages[page.Path], b.chunks[page.Path] = page, kept
	return nil
}

func (b *memoryBuild) Remove(_ context.Context, path string) error {
	if _, ok := b.pages[path]; !ok {
		return fmt.Errorf("%s: no page to remove", path)
	}
	delete(b.pages, path)
	delete(b.chunks, path)
	return nil
}

func (b *memoryBuild) Publish(_ context.Context, stats *analysis.Stats) (docent.Release, error) {
	if b.m.fail != nil {
		return docent.Release{}, b.m.fail
	}
	var fresh analysis.Stats
	n := 0
	for _, chunks := range b.chunks {
		n += len(chunks)
		for _, c := range chunks {
			if err := fresh.Add(c.Terms); err != nil {
				return docent.Release{}, err
			}
		}
	}
	if n != stats.Chunks || fresh.Length != stats.Length || !maps.Equal(fresh.DF, stats.DF) {
		return docent.Release{}, errors.New("the statistics are not those of the chunks")
	}
	b.m.release.Number++
	b.m.release.Pages, b.m.release.Chunks, b.m.release.Active = len(b.pages), n, true
	b.m.release.Edition = b.edition
	b.m.pages, b.m.chunks, b.m.stats = b.pages, b.chunks, stats
	return b.m.release, nil
}

func (b *memoryBuild) Close() error {
	b.m.open = false
	return nil
}
