package qdrant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/ingest"
	"docent/store/qdrant/qdranttest"
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

// stamps are without and with dense vectors.
var stamps = map[string]docent.Stamp{
	"lexical": {Analyzer: "1", Splitter: "1"},
	"dense":   {Embedding: "test", Dimensions: 3, Analyzer: "1", Splitter: "1"},
}

// testOptions beat often, so that a refusal is known soon.
var testOptions = IndexOptions{KeepReleases: storetest.KeepReleases, Beat: 300 * time.Millisecond}

func openIndex(t testing.TB, c Config, s docent.Stamp) *Index {
	t.Helper()
	x, err := OpenIndex(context.Background(), c, s, testOptions)
	if err != nil {
		t.Fatalf("%v (code %s)", err, docent.CodeOf(err))
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func TestIndexHoldsTheContract(t *testing.T) {
	for name, s := range stamps {
		t.Run(name, func(t *testing.T) {
			server := qdranttest.Start(t)
			server.Strict = true
			storetest.Index(t, func(t *testing.T, place string) storetest.IndexStore {
				return joined{openIndex(t, Config{URL: server.URL(), Prefix: prefixOf(place)}, s)}
			})
		})
	}
}

// denseStamp is of an index as the contract of vectors has them.
var denseStamp = docent.Stamp{Embedding: "test", Dimensions: storetest.Dimensions, Analyzer: "1", Splitter: "1"}

func TestIndexHoldsTheContractOfVectors(t *testing.T) {
	server := qdranttest.Start(t)
	server.Strict = true
	storetest.Dense(t, func(t *testing.T, place string) storetest.IndexStore {
		return joined{openIndex(t, Config{URL: server.URL(), Prefix: prefixOf(place)}, denseStamp)}
	})
}

// prefixOf names a place's collections.
func prefixOf(place string) string {
	sum := sha256.Sum256([]byte(place))
	return "docent-test-" + hex.EncodeToString(sum[:6])
}

// realServer is the server that QDRANT_URL names. Without one, the test is
// passed over with a line that nobody overlooks.
func realServer(t testing.TB, prefix string) Config {
	t.Helper()
	url := os.Getenv("QDRANT_URL")
	if url == "" {
		os.Stderr.WriteString("NOT RUN: " + t.Name() + ": set QDRANT_URL to a Qdrant server to run it\n")
		t.Skip("NOT RUN: QDRANT_URL is not set")
	}
	return Config{URL: url, APIKey: os.Getenv("QDRANT_API_KEY"), Prefix: prefix}
}

// cleared deletes what begins with the prefix when the test ends.
func cleared(t testing.TB, c Config) Config {
	t.Helper()
	x := openIndex(t, c, stamps["lexical"])
	t.Cleanup(func() {
		names, err := x.client.ListCollections(context.Background())
		if err != nil {
			t.Error(err)
		}
		for _, name := range names {
			if strings.HasPrefix(name, c.Prefix+"-") {
				if err := x.client.DeleteCollection(context.Background(), name); err != nil {
					t.Error(err)
				}
			}
		}
	})
	return c
}

func TestIndexHoldsTheContractOnARealServer(t *testing.T) {
	realServer(t, "")
	for name, s := range stamps {
		t.Run(name, func(t *testing.T) { storetest.Index(t, onARealServer(s)) })
	}
}

func TestIndexHoldsTheContractOfVectorsOnARealServer(t *testing.T) {
	realServer(t, "")
	storetest.Dense(t, onARealServer(denseStamp))
}

// onARealServer opens indexes of a stamp, whose places are cleared when their
// rule ends.
func onARealServer(s docent.Stamp) func(t *testing.T, place string) storetest.IndexStore {
	known := map[string]Config{}
	return func(t *testing.T, place string) storetest.IndexStore {
		c, opened := known[place]
		if !opened {
			c = cleared(t, realServer(t, prefixOf(place)))
			known[place] = c
		}
		return joined{openIndex(t, c, s)}
	}
}
