package ingest

import (
	"context"

	"docent"
)

// embedRound is how many chunks get their vectors together: enough for full
// batches, few enough that a round's vectors are a few MB.
const embedRound = 1000

// pageChange is what Build.Put takes.
type pageChange struct {
	page   docent.Page
	add    []docent.IndexedChunk
	retire []string
}

// queue holds changed pages back until enough of their chunks can be embedded
// together. Without an embedder nothing is held back.
type queue struct {
	embedder Embedder
	vectors  VectorCache
	waiting  []pageChange
	chunks   int
}

func (q *queue) add(ctx context.Context, b Build, c pageChange) error {
	q.waiting = append(q.waiting, c)
	if q.chunks += len(c.add); q.embedder != nil && q.chunks < embedRound {
		return nil
	}
	return q.flush(ctx, b)
}

// flush embeds what waits, and writes it.
func (q *queue) flush(ctx context.Context, b Build) error {
	if q.embedder != nil {
		all := make([]docent.IndexedChunk, 0, q.chunks)
		for _, c := range q.waiting {
			all = append(all, c.add...)
		}
		if err := embedAll(ctx, q.embedder, q.vectors, all); err != nil {
			return err
		}
		for _, c := range q.waiting {
			n := copy(c.add, all)
			all = all[n:]
		}
	}
	for _, c := range q.waiting {
		if err := b.Put(ctx, c.page, c.add, c.retire); err != nil {
			return err
		}
	}
	q.waiting, q.chunks = nil, 0
	return nil
}
