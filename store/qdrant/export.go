package qdrant

import (
	"context"
	"encoding/base64"
	"slices"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// Indexed gives the chunks of a page of a release in order, with their terms and
// vectors: as they were put, but that the server keeps vectors at length 1. A page
// that is not there has none; docent.CodeNotFound where the release is not kept.
func (x *Index) Indexed(ctx context.Context, r docent.Release, path string) ([]docent.IndexedChunk, error) {
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	var vectors []string
	if x.stamp.Dimensions > 0 {
		vectors = []string{denseName}
	}
	var chunks []docent.IndexedChunk
	err := x.scrollPoints(ctx, chunksAt(r, path), append(slices.Clone(bodyFields), fieldTerms), vectors, func(p *api.RetrievedPoint) error {
		c, err := readIndexed(p)
		chunks = append(chunks, c)
		return err
	})
	if err == nil {
		err = x.kept(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(chunks, func(a, b docent.IndexedChunk) int { return inOrder(&a.Chunk, &b.Chunk) })
	return chunks, nil
}

// readIndexed reads a point that chunkPoint made.
func readIndexed(p *api.RetrievedPoint) (c docent.IndexedChunk, err error) {
	if c.Chunk, err = readChunk(p.GetPayload()); err != nil {
		return c, err
	}
	if c.Terms, err = base64.StdEncoding.DecodeString(p.GetPayload()[fieldTerms].GetStringValue()); err != nil {
		return c, damaged("a chunk", err)
	}
	c.Vector = p.GetVectors().GetVectors().GetVectors()[denseName].GetDenseVector().GetData()
	return c, nil
}
