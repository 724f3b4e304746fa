package qdrant

import (
	"context"

	api "github.com/qdrant/go-client/qdrant"
)

// scrollSize is how many points one call reads: about a megabyte of chunks.
const scrollSize = 256

// scroll calls each for every point that meets filter, with the named fields
// of its payload (all where none is named), in the order of their IDs.
func (x *Index) scroll(ctx context.Context, filter *api.Filter, fields []string, each func(payload) error) error {
	return x.scrollPoints(ctx, filter, fields, nil, func(p *api.RetrievedPoint) error { return each(p.GetPayload()) })
}

// scrollPoints is scroll with the named vectors of points, none where none is named.
func (x *Index) scrollPoints(ctx context.Context, filter *api.Filter, fields, vectors []string, each func(*api.RetrievedPoint) error) error {
	selector, dense := api.NewWithPayload(true), api.NewWithVectors(false)
	if len(fields) > 0 {
		selector = api.NewWithPayloadInclude(fields...)
	}
	if len(vectors) > 0 {
		dense = api.NewWithVectorsInclude(vectors...)
	}
	var next *api.PointId
	for {
		points, after, err := x.client.ScrollAndOffset(ctx, &api.ScrollPoints{
			CollectionName: x.name, Filter: filter, WithPayload: selector,
			WithVectors: dense, Limit: api.PtrOf(uint32(scrollSize)), Offset: next,
		})
		if err != nil {
			return x.fail(ctx, err)
		}
		for _, p := range points {
			if err := each(p); err != nil {
				return err
			}
		}
		if after == nil {
			return nil
		}
		next = after
	}
}

// count gives exactly how many points meet the conditions.
func (x *Index) count(ctx context.Context, conditions ...*api.Condition) (int, error) {
	n, err := x.client.Count(ctx, &api.CountPoints{CollectionName: x.name, Filter: all(conditions...), Exact: api.PtrOf(true)})
	return int(n), x.fail(ctx, err)
}

// write makes changes in their order, and waits until they are applied.
func (x *Index) write(ctx context.Context, operations ...*api.PointsUpdateOperation) error {
	if len(operations) == 0 {
		return ctx.Err()
	}
	_, err := x.client.UpdateBatch(ctx, &api.UpdateBatchPoints{
		CollectionName: x.name, Operations: operations, Wait: api.PtrOf(true),
	})
	return x.fail(ctx, err)
}

// set is the operation that changes fields of the points that meet filter.
func set(p payload, filter *api.Filter) *api.PointsUpdateOperation {
	return api.NewPointsUpdateSetPayload(&api.PointsUpdateOperation_SetPayload{
		Payload: p, PointsSelector: api.NewPointsSelectorFilter(filter),
	})
}

// remove is the operation that deletes the points that meet filter.
func remove(filter *api.Filter) *api.PointsUpdateOperation {
	return api.NewPointsUpdateDeletePoints(&api.PointsUpdateOperation_DeletePoints{
		Points: api.NewPointsSelectorFilter(filter),
	})
}

// put is the operation that writes points.
func put(points ...*api.PointStruct) *api.PointsUpdateOperation {
	return api.NewPointsUpdateUpsert(&api.PointsUpdateOperation_PointStructList{Points: points})
}
