package qdranttest

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// point is a stored point. Its values are never changed in place, so answers
// may share them.
type point struct {
	id      string
	payload map[string]*api.Value
	dense   map[string][]float32
	sparse  map[string]map[uint32]float32
}

func idOf(id *api.PointId) string {
	if u := id.GetUuid(); u != "" {
		return u
	}
	return strconv.FormatUint(id.GetNum(), 10)
}

func (p *point) pointID() *api.PointId { return api.NewIDUUID(p.id) }

// pointsService answers the calls that concern points.
type pointsService struct {
	api.UnimplementedPointsServer
	*Server
}

func (s pointsService) Upsert(_ context.Context, r *api.UpsertPoints) (*api.PointsOperationResponse, error) {
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	return &api.PointsOperationResponse{Result: completed()}, c.upsert(r.GetPoints(), r.GetUpdateFilter())
}

func completed() *api.UpdateResult {
	return &api.UpdateResult{Status: api.UpdateStatus_Completed, OperationId: proto.Uint64(0)}
}

// upsert writes all points or none. Those that are there and do not meet only
// stay as they are.
func (c *collection) upsert(points []*api.PointStruct, only *api.Filter) error {
	var made []*point
	for _, given := range points {
		p, err := c.make(given)
		if err != nil {
			return err
		}
		if old := c.points[p.id]; old == nil || old.meets(only) {
			made = append(made, p)
		}
	}
	for _, p := range made {
		c.points[p.id] = p
	}
	return nil
}

func (c *collection) make(given *api.PointStruct) (*point, error) {
	p := &point{id: idOf(given.GetId()), payload: given.GetPayload(), dense: map[string][]float32{}, sparse: map[string]map[uint32]float32{}}
	if given.GetVectors() == nil {
		return nil, status.Error(codes.InvalidArgument, "Expected some vectors")
	}
	for name, v := range given.GetVectors().GetVectors().GetVectors() {
		switch {
		case c.dense(name) != nil:
			data := v.GetDense().GetData()
			if want := int(c.dense(name).GetSize()); len(data) != want {
				return nil, status.Errorf(codes.InvalidArgument, "Wrong input: Vector dimension error: expected dim: %d, got %d", want, len(data))
			}
			p.dense[name] = normalized(data)
		case c.sparse(name) != nil:
			values, err := sparseOf(v.GetSparse().GetIndices(), v.GetSparse().GetValues())
			if err != nil {
				return nil, err
			}
			p.sparse[name] = values
		default:
			return nil, status.Errorf(codes.InvalidArgument, "Wrong input: Not existing vector name error: %s", name)
		}
	}
	return p, nil
}

// normalized divides by the length, unless that is 1 or 0 already, as servers
// do with vectors that are compared by cosine.
func normalized(v []float32) []float32 {
	var square float32
	for _, f := range v {
		square += f * f
	}
	if square < 1e-6 || math.Abs(float64(square)-1) <= 1e-6 {
		return v
	}
	length := float32(math.Sqrt(float64(square)))
	out := make([]float32, len(v))
	for i, f := range v {
		out[i] = f / length
	}
	return out
}

func sparseOf(indices []uint32, values []float32) (map[uint32]float32, error) {
	if len(indices) != len(values) {
		return nil, status.Error(codes.InvalidArgument, "Validation error: must be the same length as indices")
	}
	v := make(map[uint32]float32, len(indices))
	for i, index := range indices {
		if _, twice := v[index]; twice {
			return nil, status.Error(codes.InvalidArgument, "Validation error: must be unique")
		}
		v[index] = values[i]
	}
	return v, nil
}

// selected gives the points of a selector.
func (c *collection) selected(s *api.PointsSelector) []*point {
	var points []*point
	for id, p := range c.points {
		byID := func(given *api.PointId) bool { return idOf(given) == id }
		if f := s.GetFilter(); f != nil && p.meets(f) || slices.ContainsFunc(s.GetPoints().GetIds(), byID) {
			points = append(points, p)
		}
	}
	return points
}

func (c *collection) remove(s *api.PointsSelector) {
	for _, p := range c.selected(s) {
		delete(c.points, p.id)
	}
}

func (c *collection) setPayload(fields map[string]*api.Value, s *api.PointsSelector) {
	for _, p := range c.selected(s) {
		next := make(map[string]*api.Value, len(p.payload)+len(fields))
		for k, v := range p.payload {
			next[k] = v
		}
		for k, v := range fields {
			next[k] = v
		}
		changed := *p
		changed.payload = next
		c.points[p.id] = &changed
	}
}

// UpdateBatch does the operations in their order, up to the first that fails.
func (s pointsService) UpdateBatch(_ context.Context, r *api.UpdateBatchPoints) (*api.UpdateBatchResponse, error) {
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	var results []*api.UpdateResult
	for _, o := range r.GetOperations() {
		_, err := s.target(r.GetCollectionName(), o.GetUpsert().GetUpdateFilter(),
			o.GetSetPayload().GetPointsSelector().GetFilter(), o.GetDeletePoints().GetPoints().GetFilter())
		if err != nil {
			return nil, err
		}
		switch o := o.GetOperation().(type) {
		case *api.PointsUpdateOperation_Upsert:
			if err := c.upsert(o.Upsert.GetPoints(), o.Upsert.GetUpdateFilter()); err != nil {
				return nil, err
			}
		case *api.PointsUpdateOperation_SetPayload_:
			c.setPayload(o.SetPayload.GetPayload(), o.SetPayload.GetPointsSelector())
		case *api.PointsUpdateOperation_DeletePoints_:
			c.remove(o.DeletePoints.GetPoints())
		default:
			return nil, status.Errorf(codes.Unimplemented, "the stand-in does not know %T", o)
		}
		results = append(results, completed())
	}
	return &api.UpdateBatchResponse{Result: results}, nil
}

func (s pointsService) CreateFieldIndex(_ context.Context, r *api.CreateFieldIndexCollection) (*api.PointsOperationResponse, error) {
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	kinds := map[api.FieldType]api.PayloadSchemaType{
		api.FieldType_FieldTypeKeyword: api.PayloadSchemaType_Keyword, api.FieldType_FieldTypeInteger: api.PayloadSchemaType_Integer,
	}
	c.schema[r.GetFieldName()] = kinds[r.GetFieldType()]
	return &api.PointsOperationResponse{Result: completed()}, nil
}

// ordered gives the points that meet f by their IDs.
func (c *collection) ordered(f *api.Filter) []*point {
	var points []*point
	for _, p := range c.points {
		if p.meets(f) {
			points = append(points, p)
		}
	}
	slices.SortFunc(points, func(a, b *point) int { return strings.Compare(a.id, b.id) })
	return points
}
