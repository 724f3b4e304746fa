package server

import (
	"context"
	"os"

	"docent"
	"docent/analysis"
	"docent/ingest"
	"docent/store/sqlite"
)

// Index is the configured index, as ingest writes it and retrieval reads it.
type Index struct {
	*sqlite.Index
	dir string
}

// Begin widens the store's own type to what ingest asks for.
func (x Index) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return nil, &docent.Error{
			Code: docent.CodeStore, Message: "the data folder can't be made", Hint: "choose another one with --data-dir", Err: err,
		}
	}
	b, err := x.Index.Begin(ctx, unit)
	if err != nil {
		return nil, err // not a nil *sqlite.Build in an interface
	}
	return b, nil
}

// OpenIndex opens the index in the data folder, for reading and for ingesting.
// That there is none yet is no error: reading then gives docent.CodeNoIndex.
func OpenIndex(cfg Config) (Index, error) {
	x, err := sqlite.OpenIndex(cfg.DataDir, stamp(), sqlite.IndexOptions{KeepReleases: cfg.Ingest.KeepReleases})
	return Index{x, cfg.DataDir}, err
}

// stamp is what the index of this version is built with.
func stamp() docent.Stamp {
	return docent.Stamp{Embedding: "none", Analyzer: analysis.Version, Splitter: ingest.SplitterVersion}
}
