package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/llm"
	"docent/llm/llmtest"
	"docent/store/sqlite"
)

// lengths is an Embedder whose vectors are the texts' lengths. It gives them
// last to first, and fails after some, with left set.
type lengths struct {
	asked [][]string
	left  int // vectors until the failure; negative is never
	err   error
}

func (e *lengths) Estimate(texts []string) (int, float64) { return len(texts), 0 }

func (e *lengths) Passages(_ context.Context, texts []string, each func(int, []float32) error) error {
	e.asked = append(e.asked, texts)
	for i := range slices.Backward(texts) {
		if e.left == 0 {
			return e.err
		}
		e.left--
		if err := each(i, []float32{float32(len(texts[i]))}); err != nil {
			return err
		}
	}
	return nil
}

// mapCache is a VectorCache.
type mapCache struct {
	vectors map[string][]float32
	err     error // of Put
}

func (m *mapCache) Get(_ context.Context, texts []string) (map[int][]float32, error) {
	known := map[int][]float32{}
	for i, text := range texts {
		if v, ok := m.vectors[text]; ok {
			known[i] = v
		}
	}
	return known, nil
}

func (m *mapCache) Put(ctx context.Context, texts []string, vectors [][]float32) error {
	for i, text := range texts {
		m.vectors[text] = vectors[i]
	}
	return errors.Join(m.err, ctx.Err())
}

// chunksSaying are chunks of a page, with these texts.
func chunksSaying(texts ...string) []docent.IndexedChunk {
	chunks := make([]docent.IndexedChunk, len(texts))
	for i, text := range texts {
		chunks[i].Chunk = docent.Chunk{Title: "Guide", Headings: []string{"Install", "Linux"}, Text: text}
	}
	return chunks
}

const above = "Guide > Install > Linux\n"

// wantLengths holds that every chunk has the vector of its own text.
func wantLengths(t *testing.T, chunks []docent.IndexedChunk) {
	t.Helper()
	for _, c := range chunks {
		if want := []float32{float32(len(above + c.Text))}; !slices.Equal(c.Vector, want) {
			t.Errorf("%q has the vector %v, want %v", c.Text, c.Vector, want)
		}
	}
}

func TestTitleHeadingsAndTextAreEmbedded(t *testing.T) {
	for want, c := range map[string]docent.Chunk{
		above + "Run it.":   {Title: "Guide", Headings: []string{"Install", "Linux"}, Text: "Run it."},
		"Guide\nRun it.":    {Title: "Guide", Text: "Run it."},
		"Guide > A\na\n\nb": {Title: "Guide", Headings: []string{"A"}, Text: "a\n\nb"},
	} {
		if got := embeddedText(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOnlyWhatIsNotKnownIsEmbeddedAndOnce(t *testing.T) {
	e := &lengths{left: -1}
	cache := &mapCache{vectors: map[string][]float32{above + "known": {float32(len(above + "known"))}}}
	chunks := chunksSaying("a", "known", "bb", "a")
	if err := embedAll(t.Context(), e, cache, chunks); err != nil {
		t.Fatal(err)
	}
	wantLengths(t, chunks)
	if diff := cmp.Diff([][]string{{above + "a", above + "bb"}}, e.asked); diff != "" {
		t.Error(diff)
	}
	again := chunksSaying("bb", "a", "known")
	if err := embedAll(t.Context(), e, cache, again); err != nil || len(e.asked) != 1 {
		t.Errorf("asked %d times, %v", len(e.asked), err)
	}
	wantLengths(t, again)
	if err := embedAll(t.Context(), e, cache, nil); err != nil || len(e.asked) != 1 {
		t.Errorf("of nothing: asked %d times, %v", len(e.asked), err)
	}
}

func TestWithoutACacheAllIsEmbedded(t *testing.T) {
	e := &lengths{left: -1}
	for range 2 {
		chunks := chunksSaying("a", "bb")
		if err := embedAll(t.Context(), e, nil, chunks); err != nil {
			t.Fatal(err)
		}
		wantLengths(t, chunks)
	}
	if len(e.asked) != 2 {
		t.Errorf("asked %d times", len(e.asked))
	}
}

// TestARunAfterAKilledOneEmbedsTheRest holds that every vector is in the cache
// before the next one is awaited, and that an interruption loses none.
func TestARunAfterAKilledOneEmbedsTheRest(t *testing.T) {
	texts := []string{"a", "bb", "ccc", "dddd", "eeeee"}
	for killed := range len(texts) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		cache := &mapCache{vectors: map[string][]float32{}}
		first := &lengths{left: killed, err: context.Canceled}
		if err := embedAll(ctx, first, cache, chunksSaying(texts...)); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
		second := &lengths{left: -1}
		chunks := chunksSaying(texts...)
		if err := embedAll(t.Context(), second, cache, chunks); err != nil {
			t.Fatal(err)
		}
		wantLengths(t, chunks)
		if n := len(second.asked[0]); n != len(texts)-killed {
			t.Errorf("killed after %d, the second run embeds %d of %d", killed, n, len(texts))
		}
	}
}

func TestACacheThatFailsStopsTheEmbedding(t *testing.T) {
	full := docent.Errorf(docent.CodeStore, "the disk is full")
	e := &lengths{left: -1}
	cache := &mapCache{vectors: map[string][]float32{}, err: full}
	if err := embedAll(t.Context(), e, cache, chunksSaying("a", "bb")); !errors.Is(err, full) || len(cache.vectors) != 1 {
		t.Errorf("error %v after %d vectors", err, len(cache.vectors))
	}
}

// silentEmbedder forgets its last text.
type silentEmbedder struct{ lengths }

func (e *silentEmbedder) Passages(ctx context.Context, texts []string, each func(int, []float32) error) error {
	return e.lengths.Passages(ctx, texts[:len(texts)-1], each)
}

func TestAChunkWithoutAVectorIsAnError(t *testing.T) {
	err := embedAll(t.Context(), &silentEmbedder{lengths{left: -1}}, nil, chunksSaying("a", "bb"))
	if docent.CodeOf(err) != docent.CodeInternal {
		t.Errorf("error %v", err)
	}
}

// TestProviderAndCacheTogetherPayForNothingTwice joins what a program joins: a
// server that fails in the middle, and a cache in a file.
func TestProviderAndCacheTogetherPayForNothingTwice(t *testing.T) {
	server := llmtest.For(t)
	server.ScriptEmbeddings(llmtest.Embed, llmtest.AtMost(2), llmtest.Embed, llmtest.NotANumber)
	e, err := llm.NewEmbedder(llm.EmbeddingConfig{
		Provider: llm.EmbeddingOpenAI, BaseURL: server.URL, Model: "stand-in", Dimensions: 16,
		BatchTokens: 1000, BatchTexts: 4, Concurrency: 1, MaxInputTokens: 500, Retries: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i := range 30 {
		texts = append(texts, fmt.Sprintf("passage %d", i))
	}
	path := filepath.Join(t.TempDir(), "embeddings.db")
	run := func() ([]docent.IndexedChunk, error) {
		vectors, err := sqlite.OpenVectors(path)
		if err != nil {
			t.Fatal(err)
		}
		defer vectors.Close()
		chunks := chunksSaying(texts...)
		return chunks, embedAll(t.Context(), e, vectors.Of(e.Model(), e.Dimensions(), "passage"), chunks)
	}
	if _, err := run(); docent.CodeOf(err) != docent.CodeModelFailed {
		t.Fatalf("the first run: %v", err)
	}
	kept := server.Embedded()
	chunks, err := run()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range chunks {
		if len(c.Vector) != 16 {
			t.Errorf("chunk %d has %d dimensions", i, len(c.Vector))
		}
	}
	if len(kept) < 6 || len(server.Embedded()) != len(texts) {
		t.Errorf("%d texts were embedded by the first run, %d in all", len(kept), len(server.Embedded()))
	}
	twice := 0
	for n := range maps.Values(server.Embedded()) {
		twice += n - 1
	}
	if twice > 2 { // those of the answer with a NaN, which can't be kept
		t.Errorf("%d texts were paid for twice", twice)
	}
}
