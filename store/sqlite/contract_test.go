package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"docent"
	"docent/access"
	"docent/ingest"
	"docent/store/storetest"
)

// joined gives Begin the type that ingest wants.
type joined struct{ *Index }

func (j joined) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	b, err := j.Index.Begin(ctx, unit)
	if err != nil {
		return nil, err
	}
	return b, nil
}

var stamp = docent.Stamp{Embedding: "none", Analyzer: "1", Splitter: "1"}

// denseStamp is of an index with vectors.
var denseStamp = docent.Stamp{Embedding: "test", Dimensions: storetest.Dimensions, Analyzer: "1", Splitter: "1"}

func openIndex(t testing.TB, dir string) *Index {
	t.Helper()
	return openStamped(t, dir, stamp)
}

func openStamped(t testing.TB, dir string, s docent.Stamp) *Index {
	t.Helper()
	x, err := OpenIndex(dir, s, IndexOptions{KeepReleases: storetest.KeepReleases})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func openStore(t testing.TB, dir string) *Conversations {
	t.Helper()
	c, err := OpenConversations(filepath.Join(dir, "docent.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestIndexHoldsTheContract(t *testing.T) {
	storetest.Index(t, func(t *testing.T, place string) storetest.IndexStore { return joined{openIndex(t, place)} })
}

func TestIndexHoldsTheContractOfVectors(t *testing.T) {
	storetest.Dense(t, func(t *testing.T, place string) storetest.IndexStore {
		return joined{openStamped(t, place, denseStamp)}
	})
}

func TestConversationsHoldTheContract(t *testing.T) {
	storetest.Conversations(t, func(t *testing.T, place string) storetest.ConversationStore { return openStore(t, place) })
}

func TestUsesHoldTheContract(t *testing.T) {
	storetest.Uses(t, func(t *testing.T, place string) access.Uses { return openStore(t, place) })
}

func TestKeysHoldTheContract(t *testing.T) {
	storetest.Keys(t, func(t *testing.T, place string) storetest.KeyStore { return openStore(t, place) })
}
