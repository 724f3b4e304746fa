package qdranttest

import (
	"slices"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// indexed refuses filters that name a field without an index.
func (c *collection) indexed(filters ...*api.Filter) error {
	for _, f := range filters {
		for _, condition := range slices.Concat(f.GetMust(), f.GetMustNot(), f.GetShould()) {
			if err := c.indexed(condition.GetFilter()); err != nil {
				return err
			}
			field := condition.GetField().GetKey()
			if _, has := c.schema[field]; field != "" && !has {
				return status.Errorf(codes.InvalidArgument, "Bad request: Index required but not found for %q. Help: Create an index for this key or use a different filter.", field)
			}
		}
	}
	return nil
}

// meets evaluates a filter; nil is met by all.
func (p *point) meets(f *api.Filter) bool {
	if f == nil {
		return true
	}
	met := func(c *api.Condition) bool { return p.meetsOne(c) }
	unmet := func(c *api.Condition) bool { return !p.meetsOne(c) }
	if slices.ContainsFunc(f.GetMust(), unmet) || slices.ContainsFunc(f.GetMustNot(), met) {
		return false
	}
	return len(f.GetShould()) == 0 || slices.ContainsFunc(f.GetShould(), met)
}

func (p *point) meetsOne(c *api.Condition) bool {
	switch one := c.GetConditionOneOf().(type) {
	case *api.Condition_Filter:
		return p.meets(one.Filter)
	case *api.Condition_HasId:
		return slices.ContainsFunc(one.HasId.GetHasId(), func(id *api.PointId) bool { return idOf(id) == p.id })
	case *api.Condition_HasVector:
		return p.dense[one.HasVector.GetHasVector()] != nil || p.sparse[one.HasVector.GetHasVector()] != nil
	case *api.Condition_Field:
		return slices.ContainsFunc(elements(p.payload[one.Field.GetKey()]), func(v *api.Value) bool { return fieldMeets(v, one.Field) })
	}
	return false
}

// elements are what a condition is held against: of a list any element.
func elements(v *api.Value) []*api.Value {
	switch kind := v.GetKind().(type) {
	case nil, *api.Value_NullValue:
		return nil
	case *api.Value_ListValue:
		return kind.ListValue.GetValues()
	}
	return []*api.Value{v}
}

func fieldMeets(v *api.Value, f *api.FieldCondition) bool {
	if r := f.GetRange(); r != nil && !inRange(v, r) {
		return false
	}
	if f.GetMatch() == nil {
		return f.GetRange() != nil
	}
	switch m := f.GetMatch().GetMatchValue().(type) {
	case *api.Match_Keyword:
		s, is := v.GetKind().(*api.Value_StringValue)
		return is && s.StringValue == m.Keyword
	case *api.Match_Keywords:
		s, is := v.GetKind().(*api.Value_StringValue)
		return is && slices.Contains(m.Keywords.GetStrings(), s.StringValue)
	case *api.Match_Integer:
		n, is := v.GetKind().(*api.Value_IntegerValue)
		return is && n.IntegerValue == m.Integer
	}
	return false
}

func inRange(v *api.Value, r *api.Range) bool {
	var n float64
	switch kind := v.GetKind().(type) {
	case *api.Value_IntegerValue:
		n = float64(kind.IntegerValue)
	case *api.Value_DoubleValue:
		n = kind.DoubleValue
	default:
		return false
	}
	return (r.Lt == nil || n < *r.Lt) && (r.Lte == nil || n <= *r.Lte) && (r.Gt == nil || n > *r.Gt) && (r.Gte == nil || n >= *r.Gte)
}
