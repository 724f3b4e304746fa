package llm

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"docent/llm/llmtest"
)

func TestVectorsInEveryForm(t *testing.T) {
	for text, want := range map[string]vector{
		`[1, -0.5 ,2e-3]`: {1, -0.5, 0.002}, `[ ]`: {}, `""`: {},
		`"AACAPwAAAL8="`: {1, -0.5}, `"AACAPwAA\u0041L8="`: {1, -0.5}, // an escape is undone
		`[1e-60]`: {0},
	} {
		var v vector
		if err := json.Unmarshal([]byte(text), &v); err != nil || len(v) != len(want) {
			t.Errorf("%s: %v, %v", text, v, err)
			continue
		}
		for i := range want {
			if v[i] != want[i] {
				t.Errorf("%s: %v, want %v", text, v, want)
			}
		}
	}
	for _, text := range []string{`"AACAPwA="`, `"no base64!"`, `{}`, `null`, `1`, `[[1]]`, `["1"]`, `[true]`, `"\ud800"`} {
		var v vector
		if err := json.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%s was taken: %v", text, v)
		}
	}
}

func TestWhatIsNotFiniteIsNoVector(t *testing.T) {
	for text, want := range map[string]error{
		`[1,null]`: errNotFinite, `[1e60]`: errNotFinite, `[-1e39,1]`: errNotFinite, `"AADAfw=="`: errNotFinite, // a NaN
		`[0,-0.0]`: errZero, `[]`: errZero, `[1e-45]`: nil, `[3e38,3e38]`: nil,
	} {
		var v vector
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if err := normalise(v); err != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
		if want == nil && math.Abs(cosine(v, v)-1) > 1e-5 {
			t.Errorf("%s: length² %v", text, cosine(v, v))
		}
	}
}

// FuzzVectors holds that no answer of a server panics, and that what comes out
// of one is fit for an index.
func FuzzVectors(f *testing.F) {
	s := llmtest.For(f)
	e, _ := newEmbedder(f, s, func(c *EmbeddingConfig) { c.Dimensions = 2 })
	for _, body := range []string{
		`{"data":[{"index":1,"embedding":[1,2]},{"index":0,"embedding":"AACAPwAAAL8="}]}`,
		`{"data":[{"embedding":[1,2]},{"embedding":[3,4]}]}`, `{"data":[{"index":-1},{"index":7}]}`,
		`{"data":[{"index":0,"embedding":[NaN,2]},{}]}`, `{"error":{"message":"x","code":429}}`, `[]`, ``, `null`, `{"data":[null,null]}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		vectors, err := e.vectors([]byte(body), 2)
		if err != nil {
			return
		}
		for _, v := range vectors {
			if len(vectors) != 2 || len(v) != 2 || math.Abs(cosine(v, v)-1) > 1e-4 {
				t.Errorf("%s became %v", body, vectors)
			}
		}
	})
}

// BenchmarkVectors decodes answers with 96 vectors of 1,536 dimensions.
func BenchmarkVectors(b *testing.B) {
	const n, dimensions = 96, 1536
	s := llmtest.For(b)
	for _, format := range []string{"base64", "float"} {
		b.Run(format, func(b *testing.B) {
			e, _ := newEmbedder(b, s, nil)
			r := llmtest.EmbeddingRequest{Input: strings.Fields(strings.Repeat("word ", n)), EncodingFormat: format, Dimensions: dimensions}
			body := []byte(llmtest.Embed(r).Body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.vectors(body, n); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "vectors/s")
		})
	}
}
