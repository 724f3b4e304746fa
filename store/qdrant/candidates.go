package qdrant

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	api "github.com/qdrant/go-client/qdrant"

	"docent"
)

// candidateFields are what a candidate is read from: a tenth of a point.
var candidateFields = []string{fieldChunk, fieldUnit, fieldPath, fieldOrdinal, fieldSection, fieldTerms}

// Candidates gives the chunks of q.Releases, at most one release of a unit,
// that match any of q.Terms or lie nearest to q.Vector: both lists by one
// call. docent.CodeNotFound where a release was deleted meanwhile.
func (x *Index) Candidates(ctx context.Context, q docent.CandidateQuery) ([]docent.Candidate, error) {
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	if len(q.Releases) == 0 || q.Limit <= 0 {
		return nil, nil
	}
	filter := anyOf(q.Releases)
	if q.PathPrefix != "" {
		under, err := x.under(ctx, filter, q.PathPrefix)
		if err != nil || under == nil {
			return nil, err
		}
		filter = all(api.NewFilterAsCondition(filter), api.NewFilterAsCondition(under))
	}
	asked, err := x.ask(ctx, q, filter)
	if err != nil {
		return nil, err
	}
	if err := x.kept(ctx, q.Releases...); err != nil {
		return nil, err
	}
	return asked.union(q.Releases)
}

// anyOf is the filter of what any of releases holds.
func anyOf(releases []docent.Release) *api.Filter {
	if len(releases) == 1 {
		return all(visible(releases[0])...)
	}
	f := &api.Filter{}
	for _, r := range releases {
		f.Should = append(f.Should, api.NewFilterAsCondition(all(visible(r)...)))
	}
	return f
}

// answers are the lists that a question was answered with, best first.
type answers struct {
	lexical, dense []*api.ScoredPoint
	compared       []*api.ScoredPoint // the lexical list by its similarities, without payload
}

// ask gets the lists by one call. One that is not asked for is not sent: an
// empty vector is an error to some servers, and finds nothing on others.
func (x *Index) ask(ctx context.Context, q docent.CandidateQuery, filter *api.Filter) (answers, error) {
	var got answers
	var queries []*api.QueryPoints
	var lists []*[]*api.ScoredPoint
	limit := api.PtrOf(uint64(q.Limit))
	add := func(list *[]*api.ScoredPoint, query *api.Query, using string) *api.QueryPoints {
		one := &api.QueryPoints{
			CollectionName: x.name, Query: query, Using: api.PtrOf(using), Filter: filter,
			Limit: limit, WithPayload: api.NewWithPayloadInclude(candidateFields...),
		}
		queries, lists = append(queries, one), append(lists, list)
		return one
	}
	indices, values := sparseQuery(q.Terms)
	if len(indices) > 0 {
		add(&got.lexical, api.NewQuerySparse(indices, values), sparseName)
	}
	if len(q.Vector) > 0 && x.stamp.Dimensions > 0 {
		if err := fits(q.Vector, x.stamp.Dimensions); err != nil {
			return got, err
		}
		add(&got.dense, api.NewQueryDense(q.Vector), denseName)
		if len(indices) > 0 {
			again := add(&got.compared, api.NewQueryDense(q.Vector), denseName)
			again.WithPayload = api.NewWithPayloadEnable(false)
			again.Prefetch = []*api.PrefetchQuery{{
				Query: api.NewQuerySparse(indices, values), Using: api.PtrOf(sparseName), Filter: filter, Limit: limit,
			}}
		}
	}
	if len(queries) == 0 {
		return got, ctx.Err()
	}
	results, err := x.client.QueryBatch(ctx, &api.QueryBatchPoints{CollectionName: x.name, QueryPoints: queries})
	if err != nil {
		return got, x.fail(ctx, err)
	}
	for i, r := range results[:min(len(results), len(lists))] {
		*lists[i] = r.GetResult()
	}
	return got, nil
}

// union joins the lists. Points that are in both come twice, and are read once.
func (a answers) union(releases []docent.Release) ([]docent.Candidate, error) {
	units := map[string]docent.Unit{}
	for _, r := range releases {
		units[unitKey(r.Unit)] = r.Unit
	}
	var found []docent.Candidate
	places := map[string]int{}
	take := func(p *api.ScoredPoint) (*docent.Candidate, error) {
		id := p.GetId().GetUuid()
		at, there := places[id]
		if !there {
			c, err := readCandidate(p.GetPayload())
			if err != nil {
				return nil, err
			}
			c.Key, c.Unit = id, units[p.GetPayload()[fieldUnit].GetStringValue()]
			at, places[id] = len(found), len(found)
			found = append(found, c)
		}
		return &found[at], nil
	}
	for i, p := range a.lexical {
		c, err := take(p)
		if err != nil {
			return nil, err
		}
		c.Lexical = i + 1
	}
	for _, p := range a.compared {
		if at, there := places[p.GetId().GetUuid()]; there {
			found[at].Cosine = float64(p.GetScore())
		}
	}
	for i, p := range a.dense {
		c, err := take(p)
		if err != nil {
			return nil, err
		}
		c.Dense, c.Cosine = i+1, float64(p.GetScore())
	}
	return found, nil
}

// Bodies gives the chunks of candidates by their IDs, as far as they are still
// there.
func (x *Index) Bodies(ctx context.Context, picked []docent.Candidate) (map[string]docent.Chunk, error) {
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	bodies := make(map[string]docent.Chunk, len(picked))
	if len(picked) == 0 {
		return bodies, ctx.Err()
	}
	ids := make([]*api.PointId, len(picked))
	for i, c := range picked {
		ids[i] = api.NewIDUUID(c.Key)
	}
	points, err := x.client.Get(ctx, &api.GetPoints{CollectionName: x.name, Ids: ids, WithPayload: api.NewWithPayloadInclude(bodyFields...)})
	if err != nil {
		return nil, x.fail(ctx, err)
	}
	for _, p := range points {
		c, err := readChunk(p.GetPayload())
		if err != nil {
			return nil, err
		}
		bodies[c.ID] = c
	}
	return bodies, nil
}

// under is the filter of paths that begin with prefix; nil where none does.
// Qdrant compares whole values only. A prefix that is a folder is one of those
// that points carry. For any other the last folder in it is listed, and what
// lies directly in it and begins as wanted is named: its files by their paths,
// its folders as folders.
func (x *Index) under(ctx context.Context, releases *api.Filter, prefix string) (*api.Filter, error) {
	if !utf8.ValidString(prefix) {
		return nil, nil
	}
	folder := prefix[:strings.LastIndexByte(prefix, '/')+1]
	if folder == prefix {
		return all(is(fieldFolders, prefix)), nil
	}
	listed := []*api.Condition{is(fieldKind, kindPage), api.NewFilterAsCondition(releases)}
	if folder != "" {
		listed = append(listed, is(fieldFolders, folder))
	}
	found := map[string][]string{} // field to values
	err := x.scroll(ctx, all(listed...), []string{fieldPath}, func(p payload) error {
		path := p[fieldPath].GetStringValue()
		if rest, begins := strings.CutPrefix(path, prefix); begins {
			field, value := fieldPath, path
			if i := strings.IndexByte(rest, '/'); i >= 0 {
				field, value = fieldFolders, path[:len(prefix)+i+1]
			}
			if !slices.Contains(found[field], value) {
				found[field] = append(found[field], value)
			}
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	f := &api.Filter{}
	for field, values := range found {
		f.Should = append(f.Should, api.NewMatchKeywords(field, values...))
	}
	return f, nil
}
