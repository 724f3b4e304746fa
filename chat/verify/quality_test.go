package verify

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"docent"
	"docent/embedding"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/quality.golden")

// pair is a sentence with its passage, and what is true of it.
type pair struct {
	passage  docent.Passage
	kind     string
	sentence string
}

func (p pair) supported() bool { return p.kind == "verbatim" || p.kind == "paraphrase" }

// pairs reads testdata/pairs.txt: "== heading path", the passage, "--", and
// lines "kind | sentence". The passages take turns in being of the half that
// thresholds were fitted on.
func pairs(t testing.TB) (fitted, held []pair) {
	t.Helper()
	text, err := os.ReadFile("testdata/pairs.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split("\n"+string(text), "\n== ")[1:] {
		heading, rest, _ := strings.Cut(block, "\n")
		body, lines, ok := strings.Cut(rest, "\n--\n")
		if !ok {
			t.Fatalf("%s has no pairs", heading)
		}
		p := docent.Passage{N: 1, Chunk: docent.Chunk{Unit: docent.Unit{Lang: "en"}, Title: "Larch", Headings: strings.Split(heading, " > "), Text: body}}
		for line := range strings.Lines(strings.TrimSpace(lines)) {
			kind, sentence, ok := strings.Cut(strings.TrimSpace(line), " | ")
			if !ok {
				t.Fatalf("%q is no pair", line)
			}
			if i%2 == 0 {
				fitted = append(fitted, pair{p, kind, sentence})
			} else {
				held = append(held, pair{p, kind, sentence})
			}
		}
	}
	return fitted, held
}

func (p pair) judge(c *Checker) docent.Support {
	return c.Open("How does it work?", []docent.Passage{p.passage})(p.sentence, []int{1})
}

// report gives how a half was judged: what was marked ("partial" and
// "unsupported"), and every miss.
func report(c *Checker, name string, half []pair) string {
	var b strings.Builder
	marked, right, wrong, denied, deniedRight := 0, 0, 0, 0, 0
	byKind := make(map[string][2]int)
	var misses []string
	for _, p := range half {
		state := p.judge(c)
		isMarked := state != docent.Supported
		n := byKind[p.kind]
		n[1]++
		if isMarked != p.supported() {
			n[0]++
		} else {
			misses = append(misses, fmt.Sprintf("  %-11s %-10s %s", state, p.kind, p.sentence))
		}
		byKind[p.kind] = n
		if !p.supported() {
			wrong++
		}
		if isMarked {
			marked++
			if !p.supported() {
				right++
			}
		}
		if state == docent.Unsupported {
			denied++
			if !p.supported() {
				deniedRight++
			}
		}
	}
	fmt.Fprintf(&b, "%s: %d pairs, %d of them not supported\n", name, len(half), wrong)
	fmt.Fprintf(&b, "  not called supported: precision %.3f recall %.3f\n", share(right, marked), share(right, wrong))
	fmt.Fprintf(&b, "  called unsupported:   precision %.3f recall %.3f\n", share(deniedRight, denied), share(deniedRight, wrong))
	kinds := make([]string, 0, len(byKind))
	for k, n := range byKind {
		kinds = append(kinds, fmt.Sprintf("%s %d/%d", k, n[0], n[1]))
	}
	slices.Sort(kinds)
	fmt.Fprintf(&b, "  right: %s\n", strings.Join(kinds, ", "))
	b.WriteString("misses:\n" + strings.Join(misses, "\n") + "\n\n")
	return b.String()
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// TestQuality holds the judgements of the labelled pairs: thresholds were
// fitted on the first half, and the second says what they are worth.
func TestQuality(t *testing.T) {
	fitted, held := pairs(t)
	if n := len(fitted) + len(held); n < 150 {
		t.Fatalf("only %d pairs were read", n)
	}
	c := New(embedding.Builtin())
	got := report(c, "fitted", fitted) + report(c, "held out", held)
	if *update {
		if err := os.WriteFile("testdata/quality.golden", []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/quality.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("with -update, the diff is for review (-was +is):\n%s", diff)
	}
}
