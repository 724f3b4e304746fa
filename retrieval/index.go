package retrieval

import (
	"context"

	"docent"
	"docent/analysis"
)

// Index is what retrieval needs of a store: candidates, and what to rank them
// with. It buys stores that rank alike, since the ranking is here.
type Index interface {
	// Releases gives the active release of every unit of site, in the order of
	// source, version, language. It notices a release that another process
	// published. No releases is not an error.
	Releases(ctx context.Context, site string) ([]docent.Release, error)
	// Stats gives a release's statistics, shared: they must not be changed.
	Stats(ctx context.Context, r docent.Release) (*analysis.Stats, error)
	// Candidates gives the lexical list, best first, and then what only the
	// dense one has. docent.CodeNotFound where a release was deleted meanwhile.
	Candidates(ctx context.Context, q docent.CandidateQuery) ([]docent.Candidate, error)
	// Bodies gives the chunks of candidates by their IDs. Those that were
	// deleted since they were proposed are not among them; any that are, are
	// what was proposed, whatever was published meanwhile.
	Bodies(ctx context.Context, picked []docent.Candidate) (map[string]docent.Chunk, error)
	// Section gives the chunks of one section of a page, in order; none where
	// the section or the release is not there.
	Section(ctx context.Context, r docent.Release, path string, section int) ([]docent.Chunk, error)
	// Page gives a page of a release, named by its path or its URL, with all
	// its chunks in order; docent.CodeNotFound where there is none.
	Page(ctx context.Context, r docent.Release, at string) (docent.Page, []docent.Chunk, error)
}
