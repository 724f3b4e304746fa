package retrieval

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
	"docent/ingest"
	"docent/store/sqlite"
)

var update = flag.Bool("update", false, "rewrite testdata/quality.golden with what is found now")

// asked is a line of testdata/questions.jsonl.
type asked struct {
	Question string `json:"question"`
	Relevant []struct {
		Path   string `json:"path"`
		Anchor string `json:"anchor"`
	} `json:"relevant"`
	Answerable bool `json:"answerable"`
}

// rank gives the place of the first passage that is relevant, 0 without one.
func (a asked) rank(found docent.Found) int {
	for i, got := range anchors(found) {
		for _, want := range a.Relevant {
			if got == want.Path+"#"+want.Anchor {
				return i + 1
			}
		}
	}
	return 0
}

// TestSearchFindsWhatReadersAskOfTheManual runs the questions over docs-sample
// through ingest and the SQLite index. The golden file shows what a change does
// to every question; the bounds are what no change may fall below.
func TestSearchFindsWhatReadersAskOfTheManual(t *testing.T) {
	questions := readQuestions(t)
	s := New(ingested(t, "../docs-sample"), standard())
	var report bytes.Buffer
	var q quality
	for _, a := range questions {
		found := search(t, s, docent.Query{Text: a.Question})
		rank := a.rank(found)
		q.count(a, found, rank)
		top := "-"
		if len(found.Passages) > 0 {
			top = anchors(found)[0]
		}
		fmt.Fprintf(&report, "%s  %s\n    rank %d, top %s\n", verdict(a, found), a.Question, rank, top)
	}
	golden(t, "testdata/quality.golden", q.String()+"\n"+report.String())
	if q.at(5) < 0.85 || q.mrr() < 0.75 || q.wronglyRefused > q.answerable/8 || q.wronglyAnswered > q.beside/8 {
		t.Errorf("search is worse than it was ever accepted to be: %v", q)
	}
}

// verdict says whether a question was answered, and a ! where it is wrong.
func verdict(a asked, found docent.Found) string {
	said := "answered"
	if found.Refuse {
		said = "refused"
	}
	if a.Answerable == found.Refuse {
		said += "!"
	}
	return fmt.Sprintf("%-9s", said)
}

// quality adds up how questions came out.
type quality struct {
	answerable, beside              int
	hits1, hits5                    int
	reciprocal                      float64
	wronglyRefused, wronglyAnswered int
}

func (q *quality) count(a asked, found docent.Found, rank int) {
	if !a.Answerable {
		q.beside++
		if !found.Refuse {
			q.wronglyAnswered++
		}
		return
	}
	q.answerable++
	if found.Refuse {
		q.wronglyRefused++
	}
	if rank > 0 {
		q.reciprocal += 1 / float64(rank)
	}
	if rank == 1 {
		q.hits1++
	}
	if rank >= 1 && rank <= 5 {
		q.hits5++
	}
}

func (q *quality) at(n int) float64 {
	hits := q.hits5
	if n == 1 {
		hits = q.hits1
	}
	return float64(hits) / float64(max(q.answerable, 1))
}

func (q *quality) mrr() float64 { return q.reciprocal / float64(max(q.answerable, 1)) }

func (q *quality) String() string {
	return fmt.Sprintf("hit@1 %.3f\nhit@5 %.3f\nMRR   %.3f\nwrongly refused  %d of %d\nwrongly answered %d of %d\n",
		q.at(1), q.at(5), q.mrr(), q.wronglyRefused, q.answerable, q.wronglyAnswered, q.beside)
}

func readQuestions(t *testing.T) []asked {
	t.Helper()
	text, err := os.ReadFile("testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var questions []asked
	for line := range strings.Lines(string(text)) {
		var a asked
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		questions = append(questions, a)
	}
	return questions
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s; review it and run with -update (-want +got):\n%s", file, diff)
	}
}

// building widens the store's Begin to what ingest asks for.
type building struct{ *sqlite.Index }

func (b building) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	return b.Index.Begin(ctx, unit)
}

// ingested makes an index of a folder.
func ingested(t *testing.T, dir string) *sqlite.Index {
	t.Helper()
	stamp := docent.Stamp{Analyzer: analysis.Version, Splitter: ingest.SplitterVersion}
	index, err := sqlite.OpenIndex(t.TempDir(), stamp, sqlite.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	source := ingest.Source{Name: "docs", Dir: dir, Lang: "en"}
	report, err := ingest.Run(t.Context(), building{index}, source, readDefaults().Ingest, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Skipped) > 0 || report.Chunks == 0 {
		t.Fatalf("%d chunks, skipped %v", report.Chunks, report.Skipped)
	}
	return index
}

// TestEveryRelevantSectionIsThere holds the questions against the manual: an
// anchor that moved would count as a miss.
func TestEveryRelevantSectionIsThere(t *testing.T) {
	s := New(ingested(t, "../docs-sample"), standard())
	for _, a := range readQuestions(t) {
		for _, r := range a.Relevant {
			_, chunks, err := s.Page(t.Context(), docent.DefaultSite, docent.Filters{}, r.Path)
			if err != nil {
				t.Errorf("%s: %v", a.Question, err)
				continue
			}
			if !slices.ContainsFunc(chunks, func(c docent.Chunk) bool { return c.Anchor == r.Anchor }) {
				t.Errorf("%s: %s has no section #%s with text", a.Question, r.Path, r.Anchor)
			}
		}
	}
}
