package qdrant

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	api "github.com/qdrant/go-client/qdrant"

	"docent"
	"docent/store/qdrant/qdranttest"
)

func wantIndexes(t *testing.T, x *Index, want ...*Index) {
	t.Helper()
	got, err := x.Indexes(t.Context())
	must(t, err)
	var list []docent.IndexInfo
	for _, w := range want {
		list = append(list, docent.IndexInfo{Name: w.name, Stamp: w.stamp, Units: []docent.Unit{unit}})
	}
	if diff := cmp.Diff(list, got); diff != "" {
		t.Errorf("indexes (-want +got):\n%s", diff)
	}
}

func TestIndexesAreListedTheLastPublishedFirst(t *testing.T) {
	s, lexical := opened(t, stamps["lexical"])
	s.Strict = true
	dense := openIndex(t, Config{URL: s.URL()}, stamps["dense"])
	wantIndexes(t, lexical)
	must(t, lexical.makeCollection(t.Context())) // as far as a killed ingest came
	begin(t, dense)
	wantIndexes(t, lexical)
	publish(t, lexical, chunk("a.md", 0, "apple"))
	wantIndexes(t, dense, lexical)
	must(t, begin(t, openIndex(t, Config{URL: s.URL(), Prefix: "docent-other"}, stamps["dense"])).Close())
	foreignCollection(t, lexical.client, "docent-0badf00d")
	must(t, lexical.client.CreateCollection(t.Context(), &api.CreateCollection{
		CollectionName: "docent-00000001", Metadata: map[string]*api.Value{aboutKey: text(`{"layout": 99}`)},
	}))
	wantIndexes(t, dense, lexical)
}

func TestIndexesFollowTheAlias(t *testing.T) {
	s, first := opened(t, stamps["lexical"])
	second := openIndex(t, Config{URL: s.URL()}, stamps["dense"])
	for _, last := range []*Index{first, second, first} {
		publish(t, last, chunk("a.md", 0, "apple of "+last.stamp.Embedding))
	}
	wantIndexes(t, second, first, second)
	publish(t, second, chunk("a.md", 0, "pear"))
	wantIndexes(t, first, second, first)
}

func TestIndexesAreListedWithAReadingKey(t *testing.T) {
	s := qdranttest.Start(t)
	s.Key, s.ReadKey = "writer", "reader"
	writer := openIndex(t, Config{URL: s.URL(), APIKey: "writer"}, stamps["lexical"])
	publish(t, writer, chunk("a.md", 0, "apple"))
	reader := openIndex(t, Config{URL: s.URL(), APIKey: "reader"}, stamps["lexical"])
	wantIndexes(t, reader, writer)
}

func TestWarmReadsTheStatisticsOnce(t *testing.T) {
	s, x := opened(t, stamps["lexical"])
	code(t, x.Warm(t.Context()), docent.CodeNoIndex)
	r := publish(t, x, chunk("a.md", 0, "apple"))
	reader := openIndex(t, Config{URL: s.URL()}, stamps["lexical"])
	must(t, reader.Warm(t.Context()))
	before := s.Calls("Scroll")
	_, err := reader.Stats(t.Context(), r)
	must(t, err)
	if got := s.Calls("Scroll"); got != before {
		t.Errorf("a question reads them again: %d calls instead of %d", got, before)
	}
}
