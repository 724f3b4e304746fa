package qdrant

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	api "github.com/qdrant/go-client/qdrant"

	"docent"
	"docent/store/qdrant/qdranttest"
)

// foreignCollection makes a collection as another tool would, with a point.
func foreignCollection(t *testing.T, client *api.Client, name string) {
	t.Helper()
	must(t, client.CreateCollection(t.Context(), &api.CreateCollection{
		CollectionName: name, VectorsConfig: api.NewVectorsConfigMap(map[string]*api.VectorParams{"v": {Size: 2, Distance: api.Distance_Dot}}),
	}))
	_, err := client.UpdateBatch(t.Context(), &api.UpdateBatchPoints{CollectionName: name, Operations: []*api.PointsUpdateOperation{
		put(&api.PointStruct{Id: api.NewIDUUID("00000000-0000-0000-0000-000000000001"), Vectors: noVectors()}),
	}})
	must(t, err)
}

// untouched fails unless name has the one point, and nothing more.
func untouched(t *testing.T, client *api.Client, name string) {
	t.Helper()
	info, err := client.GetCollectionInfo(context.Background(), name)
	must(t, err)
	if info.GetPointsCount() != 1 || len(info.GetPayloadSchema()) != 0 {
		t.Errorf("%s has %d points and the indexes %v", name, info.GetPointsCount(), info.GetPayloadSchema())
	}
}

func TestAnotherToolsCollectionIsRefused(t *testing.T) {
	s, x := opened(t, stamps["lexical"])
	foreignCollection(t, x.client, x.name)
	for name, err := range map[string]error{
		"opening":   func() error { _, err := OpenIndex(t.Context(), Config{URL: s.URL()}, x.stamp, testOptions); return err }(),
		"reading":   func() error { _, err := x.Releases(t.Context(), unit.Site); return err }(),
		"ingesting": func() error { _, err := x.Begin(t.Context(), unit); return err }(),
	} {
		var told *docent.Error
		if !as(err, &told) || told.Code != docent.CodeStore || !strings.Contains(told.Message, x.name) || told.Hint == "" {
			t.Errorf("%s gives %v", name, err)
		}
	}
	untouched(t, x.client, x.name)
}

func TestAnotherToolsAliasIsRefused(t *testing.T) {
	for name, take := range map[string]func(*testing.T, *api.Client){
		"collection": func(t *testing.T, c *api.Client) { foreignCollection(t, c, "docent") },
		"alias": func(t *testing.T, c *api.Client) {
			foreignCollection(t, c, "theirs")
			must(t, c.CreateAlias(t.Context(), "docent", "theirs"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, x := opened(t, stamps["lexical"])
			take(t, x.client)
			_, err := x.Begin(t.Context(), unit)
			code(t, err, docent.CodeStore)
			if err == nil || !strings.Contains(err.Error(), name+" named docent") {
				t.Errorf("the error is %v", err)
			}
			untouched(t, x.client, "docent")
		})
	}
}

func TestTheAliasLeadsToWhatWasPublishedLast(t *testing.T) {
	s, lexical := opened(t, stamps["lexical"])
	first := publish(t, lexical, chunk("a.md", 0, "apple"))
	dense := openIndex(t, Config{URL: s.URL()}, stamps["dense"])
	_, err := dense.Releases(t.Context(), unit.Site)
	code(t, err, docent.CodeIndexStamp)
	if err == nil || !strings.Contains(err.Error(), "embedding none instead of test, dimensions 0 instead of 3") {
		t.Errorf("another stamp gives %v", err)
	}
	for _, x := range []*Index{lexical, dense} {
		publish(t, x, chunk("a.md", 0, "apple of "+x.stamp.Embedding))
		to, err := x.aliased(t.Context())
		if err != nil || to != x.name {
			t.Errorf("the alias leads to %q, %v, want %q", to, err, x.name)
		}
		if got := found(t, lexical, in(first, "appl")); !cmp.Equal(got, []string{"apple"}) {
			t.Errorf("the reader of the old stamp finds %q", got)
		}
	}
}

func TestAnIndexOfANewerDocentIsRefused(t *testing.T) {
	s, x := opened(t, stamps["lexical"])
	must(t, x.client.CreateCollection(t.Context(), &api.CreateCollection{
		CollectionName: x.name, Metadata: map[string]*api.Value{aboutKey: text(`{"layout": 99}`)},
	}))
	_, err := OpenIndex(t.Context(), Config{URL: s.URL()}, x.stamp, testOptions)
	code(t, err, docent.CodeStore)
	if err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("it gives %v", err)
	}
}

func TestAnotherLayoutIsNamedAndLeftAlone(t *testing.T) {
	for found, words := range map[int]string{layout - 1: "older", layout + 1: "newer"} {
		s, x := opened(t, stamps["lexical"])
		about, err := json.Marshal(deed{found, x.stamp})
		must(t, err)
		must(t, x.client.CreateCollection(t.Context(), &api.CreateCollection{
			CollectionName: "docent-00000000", Metadata: map[string]*api.Value{aboutKey: text(string(about))},
		}))
		must(t, x.client.CreateAlias(t.Context(), "docent", "docent-00000000"))
		x = openIndex(t, Config{URL: s.URL()}, stamps["lexical"])
		_, err = x.Releases(t.Context(), unit.Site)
		var told *docent.Error
		if !as(err, &told) || told.Code != docent.CodeIndexStamp || !strings.Contains(told.Message, words) || !strings.Contains(told.Hint, "docent ingest") {
			t.Errorf("layout %d gives %v", found, err)
		}
		if list, err := x.Indexes(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("layout %d is among the indexes %v, %v", found, list, err)
		}
		publish(t, x, chunk("a.md", 0, "apple")) // as the hint says
		if there, err := x.client.CollectionExists(t.Context(), "docent-00000000"); err != nil || !there {
			t.Errorf("who serves the other one is left without: %v, %v", there, err)
		}
	}
}

func TestACollectionHalfMadeIsFinished(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	must(t, x.makeCollection(t.Context())) // as far as a killed ingest came
	if releases, err := x.Releases(t.Context(), unit.Site); err != nil || len(releases) != 0 {
		t.Errorf("before it is finished: %v, %v", releases, err)
	}
	publish(t, x, chunk("a.md", 0, "apple"))
	info, err := x.info(t.Context(), x.name)
	must(t, err)
	if got, want := len(info.GetPayloadSchema()), len(indexedFields); got != want {
		t.Errorf("%d fields are indexed, want %d", got, want)
	}
}

func TestACollectionThatIsDeletedIsNoIndex(t *testing.T) {
	_, x := opened(t, stamps["lexical"])
	publish(t, x, chunk("a.md", 0, "apple"))
	must(t, x.client.DeleteCollection(t.Context(), x.name))
	for range 2 {
		_, err := x.Releases(t.Context(), unit.Site)
		code(t, err, docent.CodeNoIndex)
	}
	if r := publish(t, x, chunk("a.md", 0, "apple")); r.Number != 1 {
		t.Errorf("a new index begins with release %d", r.Number)
	}
}

func TestAnOldServerIsRefused(t *testing.T) {
	for version, old := range map[string]bool{"1.15.5": true, "1.9.0": true, "0.11.0": true, "1.16.0": false, "v1.18.2": false, "2.0.0": false, "dev": false} {
		s := qdranttest.Start(t)
		s.Version = version
		x, err := OpenIndex(t.Context(), Config{URL: s.URL()}, stamps["lexical"], testOptions)
		if got := docent.CodeOf(err) == docent.CodeStore; got != old {
			t.Errorf("version %s gives %v", version, err)
		}
		if x != nil {
			x.Close()
		}
	}
}

func TestSettingsThatDoNotFitAreRefused(t *testing.T) {
	for _, c := range []Config{{}, {URL: "ftp://x"}, {URL: "localhost", Prefix: "a/b"}, {URL: "qdrant.example.com", APIKey: "k"}} {
		_, err := OpenIndex(t.Context(), c, stamps["lexical"], IndexOptions{})
		code(t, err, docent.CodeInvalid)
	}
}
