package ingest

import (
	"context"

	"docent"
	"docent/analysis"
)

// Index is where ingest writes releases. It buys stores that can be exchanged.
type Index interface {
	// Begin starts the next release of unit. What an earlier, abandoned build
	// of unit left behind is undone first. A second build of the same unit,
	// here or in another process, is refused with docent.CodeConflict until
	// the first is closed or its process is gone.
	Begin(ctx context.Context, unit docent.Unit) (Build, error)
}

// Build is a release in the making. Readers see nothing of it until Publish.
// Its methods are called from one goroutine.
type Build interface {
	// Base is what the build starts from: the unit's newest published release
	// (Number 0 where there is none), its pages by path and its statistics
	// (the caller's own copy). This is the newest number, whichever is active.
	Base() (docent.Release, map[string]docent.Page, *analysis.Stats)
	// Chunks gives the chunks that path has in the base, in page order.
	Chunks(ctx context.Context, path string) ([]docent.ChunkRef, error)
	// Put stores page as part of the new release, in place of the one with the
	// same path: it adds chunks and retires the base's chunks named by retire.
	// Those not named stay. Writes may be gathered until Publish.
	Put(ctx context.Context, page docent.Page, add []docent.IndexedChunk, retire []string) error
	// Remove retires the page at path with all its chunks.
	Remove(ctx context.Context, path string) error
	// Describe says what is stored with the release; nothing where it is not
	// called. It is called before Publish.
	Describe(e docent.Edition)
	// Publish checks that the new release holds exactly stats.Chunks chunks,
	// stores stats with it and makes it the active one, in one step. On an
	// error nothing is published.
	Publish(ctx context.Context, stats *analysis.Stats) (docent.Release, error)
	// Close ends the build; without Publish it undoes what was written.
	Close() error
}
