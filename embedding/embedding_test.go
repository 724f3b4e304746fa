package embedding

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is a line of testdata/reference.jsonl, which train/reference.py writes.
type example struct {
	Text   string    `json:"text"`
	Pieces []string  `json:"pieces"`
	Vector []float32 `json:"vector"`
}

func examples(t testing.TB) (all []example) {
	t.Helper()
	f, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var e example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	if lines.Err() != nil || len(all) < 50 {
		t.Fatalf("%d examples, %v", len(all), lines.Err())
	}
	return all
}

func named(m *Model, text string) (names []string) {
	var p pieces
	for _, i := range p.of(&m.table, text) {
		if i == unknown {
			names = append(names, "[UNK]")
		} else {
			names = append(names, m.piece(i))
		}
	}
	return names
}

func TestPiecesAreTheReferences(t *testing.T) {
	for _, e := range examples(t) {
		if diff := cmp.Diff(strings.Join(e.Pieces, " "), strings.Join(named(Builtin(), e.Text), " ")); diff != "" {
			t.Errorf("%q (-reference +ours):\n%s", e.Text, diff)
		}
	}
}

func TestVectorsAreTheReferences(t *testing.T) {
	for _, e := range examples(t) {
		got, err := Builtin().Embed(t.Context(), []string{e.Text})
		if err != nil {
			t.Fatal(err)
		}
		if len(got[0]) != len(e.Vector) {
			t.Errorf("%q has %d dimensions, want %d", e.Text, len(got[0]), len(e.Vector))
			continue
		}
		for i, want := range e.Vector {
			if math.Abs(float64(got[0][i]-want)) > 1e-5 {
				t.Errorf("%q: number %d is %v, want %v", e.Text, i, got[0][i], want)
				break
			}
		}
	}
}

func TestATextWithoutKnownPiecesHasNoVector(t *testing.T) {
	for _, text := range []string{"", " \n", "日本語", "\x00\u200b", "ติดตั้ง"} {
		got, err := Builtin().Embed(t.Context(), []string{text, "known"})
		if err != nil || got[0] != nil || len(got[1]) != Builtin().Dimensions() {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestACancelledEmbedGivesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := Builtin().Embed(ctx, []string{"a"}); got[0] != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestMeaningIsNearerThanWords holds what the model is there for: with no word
// in common, the text that means the same is nearest.
func TestMeaningIsNearerThanWords(t *testing.T) {
	for _, tc := range []struct{ question, right, wrong string }{
		{"How do I delete a user?", "Removing accounts", "Installing on Windows"},
		{"make it faster", "Improving performance", "Contributing to the project"},
		{"secure connection", "TLS certificates and HTTPS", "Sorting a list of numbers"},
		{"run in a container", "Docker images", "Template syntax"},
	} {
		v, err := Builtin().Embed(t.Context(), []string{tc.question, tc.right, tc.wrong})
		if err != nil {
			t.Fatal(err)
		}
		if right, wrong := cosine(v[0], v[1]), cosine(v[0], v[2]); right <= wrong {
			t.Errorf("%q is nearer to %q (%.3f) than to %q (%.3f)", tc.question, tc.wrong, wrong, tc.right, right)
		}
	}
}

func cosine(a, b []float32) (sum float32) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func FuzzEmbed(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.Text)
	}
	f.Add("\xff\xfe a\xc3")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Builtin().Embed(t.Context(), []string{text})
		if err != nil {
			t.Fatal(err)
		}
		if v[0] != nil && math.Abs(float64(cosine(v[0], v[0]))-1) > 1e-4 {
			t.Errorf("%q: length² %v", text, cosine(v[0], v[0]))
		}
	})
}

// BenchmarkEmbed embeds texts of a chunk's size, 1,500 bytes of prose and code.
func BenchmarkEmbed(b *testing.B) {
	var text strings.Builder
	for text.Len() < 1500 {
		for _, e := range examples(b)[2:16] {
			if strings.IndexFunc(e.Text, func(r rune) bool { return r > 0x7f }) < 0 {
				text.WriteString(e.Text + "\n")
			}
		}
	}
	chunk := []string{text.String()[:1500]}
	b.SetBytes(1500)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Builtin().Embed(b.Context(), chunk); err != nil {
			b.Fatal(err)
		}
	}
}
