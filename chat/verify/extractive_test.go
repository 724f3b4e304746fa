package verify

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"docent"
	"docent/access"
	"docent/analysis"
	"docent/chat"
	"docent/chat/extract"
	"docent/embedding"
	"docent/ingest"
	"docent/retrieval"
	"docent/store/sqlite"
)

// building widens the store's Begin to what ingest asks for.
type building struct{ *sqlite.Index }

func (b building) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	return b.Index.Begin(ctx, unit)
}

// manual answers from docs-sample without a model.
func manual(t *testing.T) *chat.Service {
	t.Helper()
	var c struct {
		Retrieval retrieval.Config  `yaml:"retrieval"`
		Ingest    ingest.Config     `yaml:"ingest"`
		Chat      chat.Config       `yaml:"chat"`
		Answer    chat.AnswerConfig `yaml:"answer"`
	}
	if err := yaml.Unmarshal(docent.DefaultConfig, &c); err != nil {
		t.Fatal(err)
	}
	stamp := docent.Stamp{Analyzer: analysis.Version, Splitter: ingest.SplitterVersion}
	index, err := sqlite.OpenIndex(t.TempDir(), stamp, sqlite.IndexOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	source := ingest.Source{Name: "docs", Dir: "../../docs-sample", Lang: "en"}
	if _, err := ingest.Run(t.Context(), building{index}, source, c.Ingest, ingest.Options{}); err != nil {
		t.Fatal(err)
	}
	conversations, err := sqlite.OpenConversations(filepath.Join(t.TempDir(), "docent.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conversations.Close() })
	c.Chat.Answer = c.Answer
	s := chat.New(c.Chat, conversations, retrieval.New(index, c.Retrieval).Search, nil, extract.Answer, New(embedding.Builtin()).Open, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { s.Shutdown(context.Background()) })
	return s
}

// TestTheDocumentsOwnWordsAreSupported asks what the manual's quality is
// measured by: what is quoted to the letter has to come out as grounded.
func TestTheDocumentsOwnWordsAreSupported(t *testing.T) {
	questions, err := os.ReadFile("../../retrieval/testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	s := manual(t)
	answers, sentences := 0, 0
	for line := range strings.Lines(string(questions)) {
		var q struct{ Question string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		started, err := s.Start(t.Context(), access.Local(), docent.Ask{Message: q.Question})
		if err != nil {
			t.Fatal(err)
		}
		var text string
		var done docent.DoneData
		var marked []docent.SupportData
		err = s.Follow(t.Context(), access.Local(), started.MessageID, 0, func(events []docent.Event) error {
			for _, e := range events {
				switch e.Name {
				case docent.EventDelta:
					var d docent.DeltaData
					_ = json.Unmarshal(e.Data, &d)
					text += d.Text
				case docent.EventSupport:
					var d docent.SupportData
					_ = json.Unmarshal(e.Data, &d)
					sentences++
					if d.State != docent.Supported {
						marked = append(marked, d)
					}
				case docent.EventDone:
					return json.Unmarshal(e.Data, &done)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if done.FinishReason != docent.FinishExtractive {
			continue
		}
		answers++
		for _, d := range marked {
			t.Errorf("%s: %s: %q", q.Question, d.State, string([]rune(text)[d.SentenceStart:d.SentenceEnd]))
		}
		if done.Grounded == nil && strings.Count(text, " ") > 20 {
			t.Logf("%s: nothing was checked of %q", q.Question, text)
		}
	}
	t.Logf("%d answers with %d sentences", answers, sentences)
	if answers < 50 || sentences < 2*answers {
		t.Errorf("only %d answers with %d sentences were checked", answers, sentences)
	}
}

var benchmarked docent.Support

// BenchmarkSentence judges the labelled pairs' sentences, each beside eight
// passages of which it cites one, or, uncited, against all.
func BenchmarkSentence(b *testing.B) {
	blocks := pairs(b, "testdata/pairs.txt")
	all := slices.Concat(blocks...)
	var passages []docent.Passage
	for i, of := range blocks[:8] {
		p := of[0].passages[0]
		p.N = i + 1
		passages = append(passages, p)
	}
	c := New(embedding.Builtin())
	for name, cited := range map[string][]int{"cited": {1}, "uncited": nil} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			judge := c.Open("How does it work?", passages)
			start := time.Now()
			for i := range b.N {
				benchmarked = judge(all[i%9].sentence, cited).State
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N), "us/sentence")
		})
	}
}
