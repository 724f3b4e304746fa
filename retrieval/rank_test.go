package retrieval

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"docent"
	"docent/analysis"
)

// scoreOf scores one chunk among the chunks of an index.
func scoreOf(t *testing.T, c Config, chunks []docent.Chunk, id, text string) float64 {
	t.Helper()
	m := published(map[docent.Unit][]docent.Chunk{unit: chunks})
	r := newRanker(c, m.stats[unit])
	for _, ic := range m.chunks[unit] {
		if ic.Path+"#"+ic.Anchor == id {
			h, err := r.scorer(ask(text, "en")).score(proposed(ic))
			if err != nil {
				t.Fatal(err)
			}
			return h.lexical
		}
	}
	t.Fatalf("no chunk %s", id)
	return 0
}

// TestBM25FByHand computes one score from the formula.
func TestBM25FByHand(t *testing.T) {
	chunks := append(page("a.md", "", "x", "port port word"), page("b.md", "", "y", "word word word word word")...)
	c := Config{K1: 1.2, B: 0.5, Weights: Weights{Text: 1}}
	// Lengths 3 and 5, average 4; "port" in 1 of 2 chunks, twice in the first.
	tf := 2 / (1 - 0.5 + 0.5*3/4)
	want := tf / (1.2 + tf)
	if got := scoreOf(t, c, chunks, "a.md#x", "port"); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
	idf := func(chunks, df float64) float64 { return math.Log(1 + (chunks-df+0.5)/(df+0.5)) }
	port, word := idf(2, 1), idf(2, 2)
	tfWord := 1 / (1 - 0.5 + 0.5*3/4)
	want = (port*want + word*tfWord/(1.2+tfWord)) / (port + word)
	if got := scoreOf(t, c, chunks, "a.md#x", "port word"); math.Abs(got-want) > 1e-12 {
		t.Errorf("two terms: got %v, want %v", got, want)
	}
}

func TestWeightsOfFields(t *testing.T) {
	code := page("code.md", "Other", "c", "```\nwidget\n```")
	code[0].Blocks = []docent.Block{{Kind: docent.BlockCode, End: len(code[0].Text)}}
	chunks := append(code, page("title.md", "Widget", "t", "Words here.")...)
	chunks = append(chunks, page("head.md", "Other", "widget", "Words here.")...)
	chunks = append(chunks, page("text.md", "Other", "z", "The widget here.")...)
	last := math.Inf(1)
	for _, id := range []string{"title.md#t", "head.md#widget", "text.md#z", "code.md#c"} {
		got := scoreOf(t, standard(), chunks, id, "widget")
		if got >= last || got <= 0 {
			t.Errorf("%s scores %v after %v", id, got, last)
		}
		last = got
	}
}

func TestRareTermsCountMore(t *testing.T) {
	r := newRanker(standard(), &analysis.Stats{Chunks: 100, DF: map[string]int{"rare": 1, "common": 60, "all": 100, "beyond": 300}})
	if !(r.rarest() > r.idf("rare") && r.idf("rare") > r.idf("common") && r.idf("common") > r.idf("all") && r.idf("all") > 0 && r.idf("beyond") > 0) {
		t.Error("the weight does not fall with the number of chunks, or is not above 0")
	}
}

func TestRankingTakesWordsAndMeaning(t *testing.T) {
	chunks := append(page("lexical.md", "Ports", "port", "The port and the port."), page("both.md", "Other", "x", "One port of many others.")...)
	chunks = append(chunks, page("dense.md", "Sockets", "s", "Where it listens.")...)
	m := published(map[docent.Unit][]docent.Chunk{unit: chunks})
	s := New(m, standard())
	weight := 1.0
	s.config.SemanticWeight = &weight
	m.dense = map[string]int{"docs||en|both.md#x": 1, "docs||en|dense.md#s": 2}
	found := search(t, s, docent.Query{Text: "port"})
	got := fmt.Sprint(anchors(found))
	if got != "[both.md#x lexical.md#port dense.md#s]" {
		t.Errorf("found %v", got)
	}
	for _, p := range found.Passages {
		if p.Score < 0 || p.Score > 1 {
			t.Errorf("%s scores %v", p.Path, p.Score)
		}
	}
	weight = 0
	if got := anchors(search(t, s, docent.Query{Text: "port"})); got[0] != "lexical.md#port" {
		t.Errorf("with a weight of 0: %v", got)
	}
}

// TestFeaturesByHand computes the features of three candidates.
func TestFeaturesByHand(t *testing.T) {
	hits := []*hit{
		{Candidate: docent.Candidate{Path: "a.md", Dense: 1, Cosine: 0.8}, lexical: 0.2},
		{Candidate: docent.Candidate{Path: "a.md", Dense: 2, Cosine: 0.6}, lexical: 0.4},
		{Candidate: docent.Candidate{Path: "b.md", Cosine: 0.4}, lexical: 0.1},
	}
	measure(hits)
	// Pages have 0.7 and, of one chunk alone, half of its 0.4.
	want := []Features{
		{LexicalRatio: 0.5, Similarity: 1, PageSimilarity: 1},
		{LexicalRatio: 1, Similarity: 0.5, PageSimilarity: 1},
		{LexicalRatio: 0.25},
	}
	for i, h := range hits {
		for f := range h.features {
			if math.Abs(h.features[f]-want[i][f]) > 1e-12 {
				t.Errorf("candidate %d: %s is %v, want %v", i, Feature(f), h.features[f], want[i][f])
			}
		}
	}
}

func TestAMisspeltWordFindsWhatWasMeant(t *testing.T) {
	chunks := append(page("clusters.md", "Clusters", "run", "In Kubernetes it runs so."), page("ports.md", "Ports", "port", "The port and the port.")...)
	s := New(published(map[docent.Unit][]docent.Chunk{unit: chunks}), standard())
	right, wrong := search(t, s, docent.Query{Text: "kubernetes"}), search(t, s, docent.Query{Text: "kuberntes"})
	if got := anchors(wrong); len(got) != 1 || got[0] != "clusters.md#run" {
		t.Errorf("found %v", got)
	}
	if wrong.Answerable >= right.Answerable {
		t.Errorf("a guess counts %.2f, the word itself %.2f", wrong.Answerable, right.Answerable)
	}
}

func TestWeightsNameFeatures(t *testing.T) {
	if len(FeatureNames) != int(NumFeatures) || len(SignNames) != int(numSigns) {
		t.Fatalf("%d names for %d features, %d for %d signs", len(FeatureNames), NumFeatures, len(SignNames), numSigns)
	}
	for _, text := range []string{`{"ranking": {"lexcal": 1}}`, `{"rank": {}}`, `{"answerable": {"similarity": 1}}`, `no`} {
		if _, err := parseModel([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
	for f, w := range parsed.ranking {
		if w < 0 {
			t.Errorf("%s weighs %v", Feature(f), w)
		}
	}
}

func TestAnEmbeddingModelThatIsDownLeavesTheWords(t *testing.T) {
	m := published(map[docent.Unit][]docent.Chunk{unit: page("ports.md", "Ports", "port", "The port is set so.")})
	s := New(m, standard(), WithEmbed(func(context.Context, string) ([]float32, error) {
		return nil, docent.Errorf(docent.CodeModelFailed, "down")
	}))
	found := search(t, s, docent.Query{Text: "port"})
	if len(found.Passages) != 1 || !strings.Contains(found.Note, "by words alone") {
		t.Errorf("%d passages, note %q", len(found.Passages), found.Note)
	}
}
