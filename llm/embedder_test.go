package llm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

// newEmbedder makes an embedder of the stand-in whose clock stands still;
// change may be nil.
func newEmbedder(t testing.TB, s *llmtest.Server, change func(*EmbeddingConfig)) (*Embedder, *fakeClock) {
	t.Helper()
	cfg := EmbeddingConfig{
		Provider: EmbeddingOpenAI, BaseURL: s.URL, APIKey: "a-secret-key", Model: "stand-in",
		BatchTokens: 10000, BatchTexts: 4, Concurrency: 1, MaxInputTokens: 1000, Retries: 2,
	}
	if change != nil {
		change(&cfg)
	}
	e, err := NewEmbedder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fake := newFakeClock()
	e.clock = fake.clock()
	return e, fake
}

// someTexts are n texts of three words.
func someTexts(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("passage number %d", i)
	}
	return texts
}

// passages embeds texts and gives the vectors that came.
func passages(t testing.TB, e *Embedder, texts []string) (map[int][]float32, error) {
	t.Helper()
	got := map[int][]float32{}
	err := e.Passages(context.Background(), texts, func(i int, v []float32) error {
		if got[i] != nil {
			t.Errorf("text %d was given twice", i)
		}
		got[i] = v
		return nil
	})
	return got, err
}

// wantVectors holds that got are the stand-in's vectors of texts.
func wantVectors(t *testing.T, got map[int][]float32, texts []string) {
	t.Helper()
	if len(got) != len(texts) {
		t.Fatalf("%d vectors for %d texts", len(got), len(texts))
	}
	for i, text := range texts {
		if cos := cosine(got[i], llmtest.Vector(text, len(got[i]))); cos < 0.999 || math.Abs(cosine(got[i], got[i])-1) > 1e-5 {
			t.Errorf("the vector of %q is another: cosine %v, length² %v", text, cos, cosine(got[i], got[i]))
		}
	}
}

func cosine(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestPassagesGetTheirOwnVectors(t *testing.T) {
	texts := someTexts(11)
	for name, answer := range map[string]func(llmtest.EmbeddingRequest) llmtest.Reply{
		"base64": llmtest.Embed, "base64 refused": llmtest.OnlyFloats, "shuffled": llmtest.Shuffled,
		"numbers although base64 was asked for": func(r llmtest.EmbeddingRequest) llmtest.Reply {
			r.EncodingFormat = "float"
			return llmtest.Embed(r)
		},
		"not of length 1": func(r llmtest.EmbeddingRequest) llmtest.Reply {
			var vectors [][]float32
			for _, text := range r.Input {
				v := llmtest.Vector(text, 64)
				for i := range v {
					v[i] *= 1e-30
				}
				vectors = append(vectors, v)
			}
			return llmtest.Vectors(r, vectors...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.AnswerEmbeddings(answer)
			e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.Concurrency = 3 })
			got, err := passages(t, e, texts)
			if err != nil {
				t.Fatal(err)
			}
			wantVectors(t, got, texts)
			if e.Dimensions() != llmtest.DefaultDimensions {
				t.Errorf("learned %d dimensions", e.Dimensions())
			}
		})
	}
}

func TestRequestsHoldWhatIsConfiguredAndNoMore(t *testing.T) {
	s := llmtest.For(t)
	e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) {
		c.Dimensions, c.QueryPrefix, c.PassagePrefix = 32, "query: ", "passage: "
	})
	if _, err := passages(t, e, []string{"one"}); err != nil {
		t.Fatal(err)
	}
	if v, err := e.Query(t.Context(), "two"); err != nil || len(v) != 32 {
		t.Fatalf("%d dimensions, %v", len(v), err)
	}
	requests := s.EmbeddingRequests()
	if len(requests) != 2 {
		t.Fatalf("%d requests, want 2", len(requests))
	}
	want := `{"input":["passage: one"],"model":"stand-in","dimensions":32,"encoding_format":"base64"}`
	if got := string(requests[0].Body); got != want {
		t.Errorf("body %s, want %s", got, want)
	}
	if got := requests[1].Input[0]; got != "query: two" {
		t.Errorf("question %q", got)
	}
	if h := requests[0].Header; h.Get("Authorization") != "Bearer a-secret-key" || h.Get("Openai-Organization") != "" {
		t.Errorf("headers %v", h)
	}
}

func TestBatchesKeepBothLimits(t *testing.T) {
	s := llmtest.For(t)
	e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.BatchTokens, c.BatchTexts = 50, 3 })
	long := strings.Repeat("word ", 30)
	texts := []string{"a", "b", "c", "d", long, "e", long + "x", "f", "g"}
	got, err := passages(t, e, texts)
	if err != nil {
		t.Fatal(err)
	}
	wantVectors(t, got, texts)
	var sizes []int
	for _, r := range s.EmbeddingRequests() {
		sizes = append(sizes, len(r.Input))
	}
	if want := []int{3, 3, 3}; !slices.Equal(sizes, want) {
		t.Errorf("batches of %v texts, want %v", sizes, want)
	}
}

func TestNoMoreRequestsAtOnceThanConfigured(t *testing.T) {
	s := llmtest.For(t)
	var mu sync.Mutex
	running, most := 0, 0
	arrived, gate := make(chan struct{}, 100), make(chan struct{})
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		running += by
		most = max(most, running)
	}
	s.AnswerEmbeddings(func(r llmtest.EmbeddingRequest) llmtest.Reply {
		reply := llmtest.Embed(r)
		reply.Before = func(o *llmtest.Out) error {
			count(1)
			arrived <- struct{}{}
			<-gate
			count(-1)
			return nil
		}
		return reply
	})
	e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.BatchTexts, c.Concurrency = 1, 3 })
	done := make(chan error)
	go func() {
		done <- e.Passages(context.Background(), someTexts(20), func(int, []float32) error { return nil })
	}()
	for range 3 { // all that may run do
		<-arrived
	}
	close(gate)
	if err := <-done; err != nil || most != 3 {
		t.Errorf("%d requests at once, %v", most, err)
	}
}

func TestResultsBeforeAFailureAreKept(t *testing.T) {
	s := llmtest.For(t)
	s.ScriptEmbeddings(append(times(2, llmtest.Embed), times(3, llmtest.Instead(llmtest.Broken()))...)...)
	e, _ := newEmbedder(t, s, nil)
	texts := someTexts(20)
	got, err := passages(t, e, texts)
	wantError(t, err, docent.CodeModelFailed)
	if len(got) != 8 {
		t.Errorf("%d vectors were kept, want the first two batches' 8", len(got))
	}
	if n := len(s.EmbeddingRequests()); n != 5 {
		t.Errorf("%d requests, want 5: none after the failure", n)
	}
}

// TestRequestsUnderWayOutliveAFailure holds that what is paid for is not
// thrown away.
func TestRequestsUnderWayOutliveAFailure(t *testing.T) {
	s := llmtest.For(t)
	gate, arrived := make(chan struct{}), make(chan struct{})
	s.AnswerEmbeddings(func(r llmtest.EmbeddingRequest) llmtest.Reply {
		if r.Input[0] == "passage number 0" {
			close(arrived)
			return llmtest.Held(gate)(r)
		}
		<-arrived
		return llmtest.Unauthorized()
	})
	e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.BatchTexts, c.Concurrency = 1, 2 })
	open := sync.OnceFunc(func() { close(gate) })
	e.clock.now = func() time.Time { // asked for when the refusal is read
		select {
		case <-arrived:
			open()
		default:
		}
		return time.Time{}
	}
	got, err := passages(t, e, someTexts(9))
	wantError(t, err, docent.CodeModelAuth)
	if len(got) != 1 || got[0] == nil {
		t.Errorf("vectors %v, want the first text's", got)
	}
	// The first one may end just before the refusal is taken in: one more begins then.
	if n := len(s.EmbeddingRequests()); n != 2 && n != 3 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestAnErrorOfEachStopsAndComesBackAsItIs(t *testing.T) {
	s := llmtest.For(t)
	e, _ := newEmbedder(t, s, nil)
	mine, calls := errors.New("the cache is full"), 0
	err := e.Passages(context.Background(), someTexts(20), func(int, []float32) error {
		calls++
		return mine
	})
	if err != mine || calls != 1 || len(s.EmbeddingRequests()) != 1 {
		t.Errorf("error %v after %d calls and %d requests", err, calls, len(s.EmbeddingRequests()))
	}
}

func TestCancellingEndsPassages(t *testing.T) {
	s := llmtest.For(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	gone := errors.New("interrupted")
	s.AnswerEmbeddings(func(r llmtest.EmbeddingRequest) llmtest.Reply {
		cancel(gone)
		return llmtest.Held(nil)(r)
	})
	e, _ := newEmbedder(t, s, nil)
	err := e.Passages(ctx, someTexts(9), func(int, []float32) error { return nil })
	if !errors.Is(err, context.Canceled) || !errors.Is(err, gone) {
		t.Errorf("error %v, want the context's with its cause", err)
	}
	if err := e.Passages(ctx, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("of nothing: %v", err)
	}
}

func TestEmptyTextsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	s := llmtest.For(t)
	e, _ := newEmbedder(t, s, nil)
	_, err := passages(t, e, []string{"one", " \n"})
	wantError(t, err, docent.CodeInvalid)
	_, err = e.Query(t.Context(), "")
	wantError(t, err, docent.CodeInvalid)
	if n := len(s.EmbeddingRequests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestProbeTeachesTheDimensions(t *testing.T) {
	s := llmtest.For(t)
	e, _ := newEmbedder(t, s, nil)
	if e.Dimensions() != 0 {
		t.Errorf("%d dimensions before", e.Dimensions())
	}
	if err := e.Probe(t.Context()); err != nil || e.Dimensions() != llmtest.DefaultDimensions {
		t.Errorf("%d dimensions, %v", e.Dimensions(), err)
	}
}

func TestAnEstimateCountsThePrefixAndThePrice(t *testing.T) {
	s := llmtest.For(t)
	bare, _ := newEmbedder(t, s, nil)
	priced, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.PassagePrefix, c.PricePerMillionTokens = "passage: ", 20 })
	texts := someTexts(10)
	few, free := bare.Estimate(texts)
	more, usd := priced.Estimate(texts)
	if few <= 0 || more <= few || free != 0 || math.Abs(usd-float64(more)*20/1e6) > 1e-12 {
		t.Errorf("%d tokens for %v, with prefix %d for %v", few, free, more, usd)
	}
}

func TestTheStampedNameNamesThePassagesPrefix(t *testing.T) {
	s := llmtest.For(t)
	for _, tc := range []struct{ query, passage, want string }{
		{"", "", "stand-in"}, {"query: ", "", "stand-in"}, {"query: ", "passage: ", `stand-in "passage: "`},
	} {
		e, _ := newEmbedder(t, s, func(c *EmbeddingConfig) { c.QueryPrefix, c.PassagePrefix = tc.query, tc.passage })
		if got := e.Model(); got != tc.want {
			t.Errorf("%s, want %s", got, tc.want)
		}
	}
}

// times is n times the same answer.
func times(n int, answer func(llmtest.EmbeddingRequest) llmtest.Reply) []func(llmtest.EmbeddingRequest) llmtest.Reply {
	return slices.Repeat([]func(llmtest.EmbeddingRequest) llmtest.Reply{answer}, n)
}
