package qdrant

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"docent/store/qdrant/qdranttest"
)

// ctx is for calls that are made from tables.
var ctx = context.Background()

// The same calls, with the same answers, on the stand-in and on a real server:
// what every other test believes of the stand-in.

func TestTheStandInAnswersAsExpected(t *testing.T) {
	answersAsExpected(t, openIndex(t, Config{URL: qdranttest.Start(t).URL(), Prefix: "docent-test"}, stamps["dense"]))
}

func TestARealServerAnswersAsExpected(t *testing.T) {
	answersAsExpected(t, openIndex(t, cleared(t, realServer(t, prefixOf(t.TempDir()))), stamps["dense"]))
}

func answersAsExpected(t *testing.T, x *Index) {
	must(t, x.create(ctx))
	other := x.prefix + "-other"
	must(t, x.client.CreateCollection(ctx, &api.CreateCollection{CollectionName: other}))
	refusals(t, x, other)
	aliases(t, x, other)
	points(t, x)
	scores(t, x)
}

// upsert writes one point.
func upsert(x *Index, n int, v *api.Vectors) error {
	_, err := x.client.UpdateBatch(ctx, &api.UpdateBatchPoints{CollectionName: x.name, Wait: api.PtrOf(true), Operations: []*api.PointsUpdateOperation{
		put(&api.PointStruct{Id: numbered(n), Vectors: v, Payload: payload{fieldKind: text("probe"), fieldVersion: text("")}}),
	}})
	return err
}

func numbered(n int) *api.PointId {
	return api.NewIDUUID(fmt.Sprintf("00000000-0000-0000-0000-%012d", n))
}

func vectors(name string, v *api.Vector) *api.Vectors {
	return api.NewVectorsMap(map[string]*api.Vector{name: v})
}

func ask(x *Index, using string, q *api.Query, conditions ...*api.Condition) ([]*api.ScoredPoint, error) {
	answers, err := x.client.QueryBatch(ctx, &api.QueryBatchPoints{CollectionName: x.name, QueryPoints: []*api.QueryPoints{{
		CollectionName: x.name, Query: q, Using: &using, Filter: all(conditions...), WithVectors: api.NewWithVectorsInclude(denseName),
	}}})
	if err != nil {
		return nil, err
	}
	return answers[0].GetResult(), nil
}

// refusals holds the codes of calls that are refused, and of some that are not.
func refusals(t *testing.T, x *Index, other string) {
	alias := func(name, to string) error { return x.client.CreateAlias(ctx, name, to) }
	scroll := func(collection string, limit uint32) error {
		_, err := x.client.Scroll(ctx, &api.ScrollPoints{CollectionName: collection, Limit: &limit})
		return err
	}
	info := func(name string) error { _, err := x.client.GetCollectionInfo(ctx, name); return err }
	query := func(using string, q *api.Query, conditions ...*api.Condition) error {
		_, err := ask(x, using, q, conditions...)
		return err
	}
	create := func(name string) error {
		return x.client.CreateCollection(ctx, &api.CreateCollection{CollectionName: name})
	}
	must(t, alias(x.prefix+"-alias", other))
	for _, check := range []struct {
		name string
		err  error
		want codes.Code
	}{
		{"info of nothing", info(x.prefix + "-none"), codes.NotFound},
		{"scroll of nothing", scroll(x.prefix+"-none", 1), codes.NotFound},
		{"a scroll of no length", scroll(x.name, 0), codes.InvalidArgument},
		{"create what is there", create(x.name), codes.AlreadyExists},
		{"create under an alias's name", create(x.prefix + "-alias"), codes.InvalidArgument},
		{"an alias to nothing", alias(x.prefix+"-new", x.prefix+"-none"), codes.NotFound},
		{"an alias under a collection's name", alias(other, x.name), codes.AlreadyExists},
		{"no vectors at all", upsert(x, 1, nil), codes.InvalidArgument},
		{"no vectors", upsert(x, 1, noVectors()), codes.OK},
		{"wrong dimension", upsert(x, 1, vectors(denseName, api.NewVectorDense([]float32{1}))), codes.InvalidArgument},
		{"unknown vector", upsert(x, 1, vectors("other", api.NewVectorDense([]float32{1}))), codes.InvalidArgument},
		{"an index twice", upsert(x, 1, vectors(sparseName, api.NewVectorSparse([]uint32{1, 1}, []float32{1, 1}))), codes.InvalidArgument},
		{"more indices than values", upsert(x, 1, vectors(sparseName, api.NewVectorSparse([]uint32{1, 2}, []float32{1}))), codes.InvalidArgument},
		{"ask by a wrong dimension", query(denseName, api.NewQueryDense([]float32{1})), codes.InvalidArgument},
		{"ask an unknown vector", query("other", api.NewQueryDense([]float32{1})), codes.InvalidArgument},
		{"ask for an index twice", query(sparseName, api.NewQuerySparse([]uint32{1, 1}, []float32{1, 1})), codes.InvalidArgument},
		{"ask for no term", query(sparseName, api.NewQuerySparse(nil, nil)), codes.OK},
		{"match any of nothing", query(sparseName, api.NewQuerySparse([]uint32{1}, []float32{1}), api.NewMatchKeywords(fieldKind)), codes.OK},
	} {
		if got := status.Code(check.err); got != check.want {
			t.Errorf("%s: %v, want %v (%v)", check.name, got, check.want, check.err)
		}
	}
}

// aliases holds what is said of aliases in collection.go.
func aliases(t *testing.T, x *Index, other string) {
	name := x.prefix + "-alias"
	if there, err := x.client.CollectionExists(ctx, name); err != nil || !there {
		t.Errorf("an alias exists as a collection: %v, %v", there, err)
	}
	must(t, x.client.CreateAlias(ctx, name, x.name)) // moves it, without a word
	info, err := x.info(ctx, name)
	if must(t, err); deedOf(info) == nil {
		t.Error("the alias did not move")
	}
	must(t, x.client.UpdateAliases(ctx, []*api.AliasOperations{api.NewAliasDelete(name), api.NewAliasCreate(name, other)}))
	must(t, x.client.DeleteCollection(ctx, other))
	if there, err := x.client.CollectionExists(ctx, name); err != nil || there {
		t.Errorf("the alias outlives its collection: %v, %v", there, err)
	}
}

// points holds conditional writes and how vectors are kept.
func points(t *testing.T, x *Index) {
	owner := func() string {
		r, there, err := x.record(ctx, unit)
		must(t, err)
		if !there {
			return ""
		}
		return r.owner
	}
	must(t, x.enter(ctx, unit))
	take := func(from, to string) {
		must(t, x.write(ctx, set(payload{fieldOwner: text(to)}, all(api.NewHasID(recordID(unit)), is(fieldOwner, from)))))
	}
	take(nobody, "first")
	take(nobody, "second")
	must(t, x.enter(ctx, unit))
	if got := owner(); got != "first" {
		t.Errorf("the unit's owner is %q", got)
	}
	must(t, upsert(x, 2, vectors(denseName, api.NewVectorDense([]float32{3, 0, 4}))))
	found, err := ask(x, denseName, api.NewQueryDense([]float32{0, 0, 2}), is(fieldVersion, ""))
	must(t, err)
	if len(found) != 1 || math.Abs(float64(found[0].GetScore())-0.8) > 1e-6 {
		t.Fatalf("found %v", found)
	}
	v := found[0].GetVectors().GetVectors().GetVectors()[denseName].GetDenseVector().GetData()
	if !cmp.Equal(v, []float32{0.6, 0, 0.8}, cmpopts.EquateApprox(0, 1e-6)) {
		t.Errorf("the vector is kept as %v", v)
	}
}

// scores holds that a sparse vector's score is the sum of its values times IDF.
func scores(t *testing.T, x *Index) {
	must(t, upsert(x, 10, vectors(sparseName, api.NewVectorSparse([]uint32{7, 4294967295}, []float32{0.5, 0.25}))))
	must(t, upsert(x, 11, vectors(sparseName, api.NewVectorSparse([]uint32{7}, []float32{0.75}))))
	must(t, upsert(x, 12, vectors(sparseName, api.NewVectorSparse([]uint32{9}, []float32{1}))))
	found, err := ask(x, sparseName, api.NewQuerySparse([]uint32{7, 8, 4294967295}, []float32{1, 1, 1}))
	must(t, err)
	idf := func(n float64) float64 { return math.Log(1 + (3-n+0.5)/(n+0.5)) }
	want := []float64{0.5*idf(2) + 0.25*idf(1), 0.75 * idf(2)}
	var got []float64
	for _, p := range found {
		got = append(got, float64(p.GetScore()))
	}
	if !cmp.Equal(got, want, cmpopts.EquateApprox(0, 1e-5)) {
		t.Errorf("scores %v, want %v", got, want)
	}
}
