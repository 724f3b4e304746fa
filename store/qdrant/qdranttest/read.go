package qdranttest

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func (s pointsService) Get(_ context.Context, r *api.GetPoints) (*api.GetResponse, error) {
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	var answer api.GetResponse
	for _, id := range r.GetIds() {
		if p := c.points[idOf(id)]; p != nil {
			answer.Result = append(answer.Result, p.retrieved(r.GetWithPayload(), r.GetWithVectors()))
		}
	}
	return &answer, nil
}

func (p *point) retrieved(payload *api.WithPayloadSelector, vectors *api.WithVectorsSelector) *api.RetrievedPoint {
	return &api.RetrievedPoint{Id: p.pointID(), Payload: p.shown(payload), Vectors: p.vectors(vectors)}
}

// shown is the part of the payload that is asked for.
func (p *point) shown(s *api.WithPayloadSelector) map[string]*api.Value {
	include := s.GetInclude().GetFields()
	if s.GetEnable() {
		return p.payload
	}
	part := map[string]*api.Value{}
	for _, field := range include {
		if v := p.payload[field]; v != nil {
			part[field] = v
		}
	}
	return part
}

// vectors are the dense ones that are asked for.
func (p *point) vectors(s *api.WithVectorsSelector) *api.VectorsOutput {
	named := map[string]*api.VectorOutput{}
	for _, name := range s.GetInclude().GetNames() {
		if v := p.dense[name]; v != nil {
			named[name] = &api.VectorOutput{Vector: &api.VectorOutput_Dense{Dense: &api.DenseVector{Data: v}}}
		}
	}
	if len(named) == 0 {
		return nil
	}
	return &api.VectorsOutput{VectorsOptions: &api.VectorsOutput_Vectors{Vectors: &api.NamedVectorsOutput{Vectors: named}}}
}

func (s pointsService) Scroll(_ context.Context, r *api.ScrollPoints) (*api.ScrollResponse, error) {
	c, err := s.target(r.GetCollectionName(), r.GetFilter())
	if err != nil {
		return nil, err
	}
	limit := int(r.GetLimit())
	if r.Limit == nil {
		limit = 10
	}
	if limit == 0 {
		return nil, status.Error(codes.InvalidArgument, "Validation error in body: [limit: value 0 invalid, must be 1 or larger]")
	}
	var answer api.ScrollResponse
	for _, p := range c.ordered(r.GetFilter()) {
		if r.GetOffset() != nil && p.id < idOf(r.GetOffset()) {
			continue
		}
		if len(answer.Result) == limit {
			answer.NextPageOffset = p.pointID()
			break
		}
		answer.Result = append(answer.Result, p.retrieved(r.GetWithPayload(), r.GetWithVectors()))
	}
	return &answer, nil
}

func (s pointsService) Count(_ context.Context, r *api.CountPoints) (*api.CountResponse, error) {
	c, err := s.target(r.GetCollectionName(), r.GetFilter())
	if err != nil {
		return nil, err
	}
	return &api.CountResponse{Result: &api.CountResult{Count: uint64(len(c.ordered(r.GetFilter())))}}, nil
}

func (s pointsService) QueryBatch(_ context.Context, r *api.QueryBatchPoints) (*api.QueryBatchResponse, error) {
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	var answer api.QueryBatchResponse
	for _, q := range r.GetQueryPoints() {
		if _, err := s.target(r.GetCollectionName(), q.GetFilter()); err != nil {
			return nil, err
		}
		found, err := c.query(q)
		if err != nil {
			return nil, err
		}
		answer.Result = append(answer.Result, &api.BatchResult{Result: found})
	}
	return &answer, nil
}

// query scores every point that meets the filter. A sparse query finds those
// only that share an index with it; an empty one finds nothing.
func (c *collection) query(q *api.QueryPoints) ([]*api.ScoredPoint, error) {
	score, err := c.scorer(q)
	if err != nil {
		return nil, err
	}
	among, err := c.prefetched(q.GetPrefetch())
	if err != nil {
		return nil, err
	}
	var found []*api.ScoredPoint
	for _, p := range c.ordered(q.GetFilter()) {
		if among != nil && !among[idOf(p.pointID())] {
			continue
		}
		if s, hit := score(p); hit {
			found = append(found, &api.ScoredPoint{
				Id: p.pointID(), Score: float32(s), Payload: p.shown(q.GetWithPayload()), Vectors: p.vectors(q.GetWithVectors()),
			})
		}
	}
	slices.SortStableFunc(found, func(a, b *api.ScoredPoint) int {
		return cmp.Or(cmp.Compare(b.GetScore(), a.GetScore()), strings.Compare(idOf(a.GetId()), idOf(b.GetId())))
	})
	limit := 10
	if q.Limit != nil {
		limit = int(q.GetLimit())
	}
	return found[:min(len(found), limit)], nil
}

// prefetched gives the IDs that the queries before a query found, which it then
// chooses among; nil without any.
func (c *collection) prefetched(queries []*api.PrefetchQuery) (map[string]bool, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	among := map[string]bool{}
	for _, q := range queries {
		found, err := c.query(&api.QueryPoints{Query: q.Query, Using: q.Using, Filter: q.Filter, Limit: q.Limit, Prefetch: q.Prefetch})
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			among[idOf(p.GetId())] = true
		}
	}
	return among, nil
}

func (c *collection) scorer(q *api.QueryPoints) (func(*point) (float64, bool), error) {
	name, nearest := q.GetUsing(), q.GetQuery().GetNearest()
	switch {
	case c.sparse(name) != nil && nearest.GetSparse() != nil:
		wanted, err := sparseOf(nearest.GetSparse().GetIndices(), nearest.GetSparse().GetValues())
		if err != nil {
			return nil, err
		}
		if c.sparse(name).GetModifier() == api.Modifier_Idf {
			c.weigh(name, wanted)
		}
		return func(p *point) (sum float64, hit bool) {
			for index, weight := range wanted {
				if value, both := p.sparse[name][index]; both {
					sum, hit = sum+float64(weight)*float64(value), true
				}
			}
			return sum, hit
		}, nil
	case c.dense(name) != nil && nearest.GetDense() != nil:
		v := normalized(nearest.GetDense().GetData())
		if want := int(c.dense(name).GetSize()); len(v) != want {
			return nil, status.Errorf(codes.InvalidArgument, "Wrong input: Vector dimension error: expected dim: %d, got %d", want, len(v))
		}
		return func(p *point) (sum float64, hit bool) {
			for i, f := range p.dense[name] {
				sum += float64(f) * float64(v[i])
			}
			return sum, p.dense[name] != nil
		}, nil
	}
	return nil, status.Errorf(codes.InvalidArgument, "Wrong input: Not existing vector name error: %s", name)
}

// weigh multiplies by IDF: ln(1 + (N - n + 0.5) / (n + 0.5)), over all points
// that have the vector, whatever the filter.
func (c *collection) weigh(name string, wanted map[uint32]float32) {
	all, with := 0.0, map[uint32]float64{}
	for _, p := range c.points {
		if p.sparse[name] == nil {
			continue
		}
		all++
		for index := range wanted {
			if _, has := p.sparse[name][index]; has {
				with[index]++
			}
		}
	}
	for index := range wanted {
		n := with[index]
		wanted[index] *= float32(math.Log(1 + (all-n+0.5)/(n+0.5)))
	}
}
