package qdrant

import (
	"context"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/protobuf/proto"

	"docent"
)

// A message is written in one call: large enough that waiting for it costs
// little, far below the 4 MiB that gRPC takes by default.
const (
	batchBytes      = 1 << 20
	batchOperations = 400
)

// batch gathers changes, in their order.
type batch struct {
	operations []*api.PointsUpdateOperation
	bytes      int
}

// add gathers operations.
func (b *batch) add(operations ...*api.PointsUpdateOperation) {
	for _, o := range operations {
		b.operations = append(b.operations, o)
		b.bytes += proto.Size(o)
	}
}

// addPoint gathers a point to be written, together with the point before.
func (b *batch) addPoint(p *api.PointStruct) {
	b.bytes += proto.Size(p)
	if n := len(b.operations); n > 0 {
		if points := b.operations[n-1].GetUpsert(); points != nil {
			points.Points = append(points.Points, p)
			return
		}
	}
	b.operations = append(b.operations, put(p))
}

func (b *batch) full() bool { return b.bytes >= batchBytes || len(b.operations) >= batchOperations }

// Put stores page as part of the release, see ingest.Build. Of several changes
// to a path the last one counts.
func (b *Build) Put(ctx context.Context, page docent.Page, add []docent.IndexedChunk, retire []string) error {
	p, err := pagePoint(b.base.Unit, b.number, page)
	if err != nil {
		return err
	}
	if err := b.begin(ctx, page.Path); err != nil {
		return err
	}
	if b.base.Number > 0 {
		b.retire(page.Path, &api.Filter{Should: replaced(retire)})
	}
	b.batch.addPoint(p)
	for i := range add {
		p, err := chunkPoint(b.base.Unit, b.number, &add[i], b.x.stamp.Dimensions)
		if err != nil {
			return err
		}
		b.batch.addPoint(p)
		if err := b.flushFull(ctx); err != nil {
			return err
		}
	}
	return b.flushFull(ctx)
}

// replaced are the points of a page that a new one replaces: what lists it,
// and the named chunks.
func replaced(chunks []string) []*api.Condition {
	conditions := []*api.Condition{is(fieldKind, kindPage)}
	if len(chunks) > 0 { // an empty list would match nothing, and is refused by some servers
		conditions = append(conditions, api.NewMatchKeywords(fieldChunk, chunks...))
	}
	return conditions
}

// Remove retires the page at path with all its chunks.
func (b *Build) Remove(ctx context.Context, path string) error {
	if err := b.begin(ctx, path); err != nil {
		return err
	}
	if b.base.Number > 0 {
		b.retire(path, nil)
	}
	return b.flushFull(ctx)
}

// begin begins a change of path: it takes back what this build did to it
// before, if anything.
func (b *Build) begin(ctx context.Context, path string) error {
	if b.ended {
		return errEnded()
	}
	if !b.touched[path] {
		b.touched[path] = true
		return ctx.Err()
	}
	ours := []*api.Condition{is(fieldUnit, unitKey(b.base.Unit)), is(fieldPath, path)}
	b.batch.add(
		remove(all(append(ours[:2:2], above(fieldFrom, b.base.Number))...)),
		set(payload{fieldTo: number(open)}, all(append(ours[:2:2], api.NewMatchInt(fieldTo, int64(b.number)))...)),
	)
	return ctx.Err()
}

// retire ends what the base holds of a page, or of it what meets which.
func (b *Build) retire(path string, which *api.Filter) {
	conditions := []*api.Condition{
		is(fieldUnit, unitKey(b.base.Unit)), is(fieldPath, path),
		below(fieldFrom, b.number), api.NewMatchInt(fieldTo, open),
	}
	if which != nil {
		conditions = append(conditions, api.NewFilterAsCondition(which))
	}
	b.batch.add(set(payload{fieldTo: number(b.number)}, all(conditions...)))
}

func errEnded() error {
	return docent.Errorf(docent.CodeConflict, "this build has ended")
}

func (b *Build) flushFull(ctx context.Context) error {
	if !b.batch.full() {
		return nil
	}
	return b.flush(ctx)
}

// flush writes what is gathered, as long as the lease is held.
func (b *Build) flush(ctx context.Context) error {
	ctx = patiently(ctx)
	if err := b.lease.check(ctx); err != nil {
		return err
	}
	if err := b.x.write(ctx, b.batch.operations...); err != nil {
		return err
	}
	b.batch = batch{}
	return nil
}
