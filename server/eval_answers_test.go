package server

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"docent"
	"docent/eval"
	"docent/ingest"
)

var updateAnswers = flag.Bool("update", false, "rewrite testdata/answers.golden")

// answersTolerance is by how much a figure of answers.golden may be worse: what a
// new page of the manual moves.
const answersTolerance = 0.03

// TestExtractiveAnswersFromTheManualAreNoWorse holds the figures of answering the
// manual's questions in its own words.
func TestExtractiveAnswersFromTheManualAreNoWorse(t *testing.T) {
	file, err := os.Open("../retrieval/testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	questions, err := eval.Read(file, "questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	report, err := EvaluateFolder(t.Context(), cfg, ingest.Source{Dir: "../docs-sample"}, nil, "questions.jsonl", questions, &eval.AnswerOptions{Parallel: 2})
	if err != nil && !errors.Is(err, ErrTargets) { // package retrieval's tests tell of those
		t.Fatal(err)
	}
	if report.Answers == nil || report.Answers.Answered != len(questions) {
		t.Fatalf("%+v", report.Answers)
	}
	var now strings.Builder
	for _, f := range figuresOf(report.Answers) {
		fmt.Fprintf(&now, "%.3f %s\n", f.value, f.name)
	}
	if *updateAnswers {
		if err := os.WriteFile("testdata/answers.golden", []byte(now.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("testdata/answers.golden")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(golden)), "\n") {
		var before float64
		if _, err := fmt.Sscan(line, &before); err != nil {
			t.Fatal(err)
		}
		f := figuresOf(report.Answers)[i]
		if lost := (before - f.value) * f.sign; lost > answersTolerance {
			t.Errorf("%s was %.3f and is %.3f; where that is meant, run with -update", f.name, before, f.value)
		}
	}
}

// figure is one of the golden file's; sign is -1 where less is better.
type figure struct {
	name  string
	value float64
	sign  float64
}

func figuresOf(a *eval.Answers) []figure {
	return []figure{
		{"citation precision of pages", a.Pages.Precision, 1},
		{"citation recall of pages", a.Pages.Recall, 1},
		{"citation precision of sections", a.Sections.Precision, 1},
		{"citation recall of sections", a.Sections.Recall, 1},
		{"sentences borne out", a.Grounded, 1},
		{"refused although answerable", a.Refusal.FalseRate, -1},
		{"answered although not answerable", a.Refusal.MissedRate, -1},
	}
}

func TestAnswersAreMeasuredOnTheConfiguredModel(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	ingestManual(t, cfg)
	cfg.Model.BaseURL, cfg.Model.Retries, cfg.Chat.KeepTraces = "http://127.0.0.1:1", 0, 0 // where nothing listens
	report, err := Evaluate(t.Context(), cfg, docent.DefaultSite, "q.jsonl", questionsOf(t, `
{"question": "How do I run it with Docker Compose?", "relevant": [{"path": "getting-started/run-in-a-container.md", "anchor": "with-docker-compose"}]}
`), &eval.AnswerOptions{Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	a := report.Results[0].Answer
	if a.Cause != docent.CauseModelDown || a.Pages.Recall != 1 || a.Sections.Recall != 1 || a.Checked == 0 || a.TookMS == 0 {
		t.Errorf("%+v", a)
	}
	if _, err := Explain(t.Context(), cfg, docent.DefaultSite, ""); docent.CodeOf(err) != docent.CodeNotFound {
		t.Errorf("an evaluation's answers are kept among readers': %v", err)
	}
}
