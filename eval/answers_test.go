package eval

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"docent"

	"github.com/google/go-cmp/cmp"
)

func TestCitationsAreHeldAgainstWhatIsRelevant(t *testing.T) {
	for _, c := range []struct {
		name            string
		cited, relevant []Target
		pages, sections *Cites
	}{
		{"all", []Target{to("a.md", "x")}, []Target{to("a.md", "x")}, &Cites{1, 1}, &Cites{1, 1}},
		{"another section of the page", []Target{to("a.md", "y")}, []Target{to("a.md", "x")}, &Cites{1, 1}, &Cites{0, 0}},
		{"one of two, and one too many", []Target{to("a.md", "x"), to("c.md", "")}, []Target{to("a.md", "x"), to("b.md", "z")}, &Cites{.5, .5}, &Cites{.5, .5}},
		{"a page stands for its sections", []Target{to("a.md", "x"), to("a.md", "y")}, []Target{to("a.md", "*"), to("b.md", "z")}, &Cites{1, .5}, &Cites{1, .5}},
		{"twice the same", []Target{to("a.md", "x"), to("a.md", "x"), to("b.md", "")}, []Target{to("a.md", "x")}, &Cites{.5, 1}, &Cites{.5, 1}},
		{"nothing is cited", nil, []Target{to("a.md", "x")}, &Cites{}, &Cites{}},
		{"no target names a section", []Target{to("a.md", "x")}, []Target{to("a.md", "*")}, &Cites{1, 1}, nil},
	} {
		got := judgeAnswer(Question{Answerable: true, Relevant: c.relevant}, Answer{Cited: c.cited})
		if diff := cmp.Diff([]*Cites{c.pages, c.sections}, []*Cites{got.Pages, got.Sections}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	refused := judgeAnswer(Question{Answerable: true, Relevant: []Target{to("a.md", "x")}}, Answer{Finish: docent.FinishRefused})
	if refused.Pages != nil || refused.Sections != nil {
		t.Error("a refusal's citations are measured")
	}
}

func TestAPointIsMadeByItsNamesAndMostOfItsWords(t *testing.T) {
	const text = "Set `PORT`, or pass --port 9000 to the server; restarting takes 2.5 seconds (see app.yaml)."
	points := map[string]bool{
		"set PORT": true, "the server is restarted": true, "--port 9000": true, "app.yaml": true, "2.5 seconds": true,
		"--port 900 1": false, "--host": false, "change the widget's colour": false, "app.yml": false, "pass the flag to the proxy": false,
	}
	for point, made := range points {
		if got := len(missing(text, []string{point})) == 0; got != made {
			t.Errorf("%q: made is %v, want %v", point, got, made)
		}
	}
}

// asked makes questions with lines from 1, of which every second has an answer.
func asked(n int) (questions []Question, results []Result) {
	for i := range n {
		q := Question{Line: i + 1, Question: strings.Repeat("q", i+1), Answerable: i%2 == 0}
		if q.Answerable {
			q.Relevant, q.AnswerPoints = []Target{to("a.md", "x")}, []string{"blue", "green"}
		}
		questions = append(questions, q)
		results = append(results, judge(q, docent.Found{Passages: []docent.Passage{passage("a.md", "x")}, Answerable: .8, Refuse: !q.Answerable}))
	}
	return questions, results
}

func TestAnswersAreSummarised(t *testing.T) {
	questions, results := asked(4)
	given := map[int]Answer{
		1: {Text: "It is blue.", Finish: docent.FinishStop, Cited: []Target{to("a.md", "x"), to("b.md", "y")}, Usage: docent.Usage{InputTokens: 10, OutputTokens: 2, CostUSD: .25},
			Sentences: []docent.Support{docent.Supported, docent.PartlySupported, docent.Unsupported, docent.Unchecked}, Timings: docent.Timings{FirstTokenMS: 5, TotalMS: 9}},
		2: {Finish: docent.FinishRefused},
		3: {Finish: docent.FinishRefused},
		4: {Text: "An invention of five words.", Finish: docent.FinishExtractive, Cause: docent.CauseModelDown},
	}
	err := RunAnswers(t.Context(), questions, results, AnswerOptions{Parallel: 3}, func(_ context.Context, q Question) (Answer, error) { return given[q.Line], nil })
	if err != nil {
		t.Fatal(err)
	}
	got := NewReport("q.jsonl", results).Answers
	want := &Answers{
		Answered: 4, Outcomes: map[string]int{"stop": 1, "refused": 2, "extractive model_down": 1},
		Cited: 1, Pages: Cites{.5, 1}, Sectioned: 1, Sections: Cites{.5, 1}, Checked: 3, Grounded: .5, Points: 2, PointsMade: .5,
		Refusal: Refusal{False: 1, FalseRate: .5, Missed: 1, MissedRate: .5}, Words: 4, CostUSD: .25, FirstWord: Latency{0, 5}, Whole: Latency{0, 9},
	}
	want.Tokens.Input, want.Tokens.Output = 10, 2
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	report := NewReport("q.jsonl", results)
	var text, xml strings.Builder
	if err := errors.Join(report.Markdown(&text), report.JUnit(&xml, nil)); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"How they ended: extractive model_down 1, refused 2, stop 1.", "| precision | 0.500 |    0.500 |", "- sentences borne out by what they cite: 50.0 % of 3",
		"does not say: green", "answered, but the documentation does not hold it", "cost: 0.2500 USD"} {
		if !strings.Contains(text.String(), line) {
			t.Errorf("%q is not in\n%s", line, text.String())
		}
	}
	if !strings.Contains(xml.String(), `<testsuite name="q.jsonl answers" tests="4" failures="3">`) {
		t.Error(xml.String())
	}
}

func TestNothingIsAskedBeyondTheCost(t *testing.T) {
	questions, results := asked(50)
	var n atomic.Int32
	answer := func(context.Context, Question) (Answer, error) {
		n.Add(1)
		return Answer{Finish: docent.FinishStop, Usage: docent.Usage{OutputTokens: 1, CostUSD: .1}}, nil
	}
	if err := RunAnswers(t.Context(), questions, results, AnswerOptions{Parallel: 4, MaxUSD: 1}, answer); err != nil {
		t.Fatal(err)
	}
	if n.Load() < 10 || n.Load() > 14 {
		t.Errorf("%d answers of 0.1 were asked for 1", n.Load())
	}
	if s := Summarise(results); s.Answers.Answered != int(n.Load()) {
		t.Errorf("%d of %d are told", s.Answers.Answered, n.Load())
	}
	free := func(context.Context, Question) (Answer, error) {
		return Answer{Model: "m", Usage: docent.Usage{OutputTokens: 1}}, nil
	}
	if err := RunAnswers(t.Context(), questions, results, AnswerOptions{MaxUSD: 1}, free); !errors.Is(err, ErrCost) || !strings.Contains(err.Error(), "line 1: ") {
		t.Errorf("a bound that can't be held: %v", err)
	}
}

func TestAnAnswerThatFailsEndsTheRun(t *testing.T) {
	questions, results := asked(100)
	var n atomic.Int32
	err := RunAnswers(t.Context(), questions, results, AnswerOptions{Parallel: 2}, func(_ context.Context, q Question) (Answer, error) {
		if n.Add(1); q.Line == 3 {
			return Answer{}, errors.New("no disk")
		}
		return Answer{}, nil
	})
	if err == nil || !strings.Contains(err.Error(), `line 3: "qqq" can't be answered: no disk`) || n.Load() == 100 {
		t.Errorf("after %d: %v", n.Load(), err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := RunAnswers(ended, questions, results, AnswerOptions{}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAnswersAreComparedWhereBothReportsHaveThem(t *testing.T) {
	good := Answer{Finish: docent.FinishStop, Cited: []Target{to("a.md", "x")}, Text: "blue, green", Sentences: []docent.Support{docent.Supported}}
	bad := Answer{Finish: docent.FinishStop, Cited: []Target{to("b.md", "y")}, Text: "blue", Sentences: []docent.Support{docent.Unsupported}}
	report := func(a *Answer) Report {
		questions, results := asked(1)
		if a != nil {
			results[0].Answer = judgeAnswer(questions[0], *a)
		}
		return NewReport("q.jsonl", results)
	}
	var worse []string
	for _, w := range Compare(report(&good), report(&bad), .01).Worse {
		worse = append(worse, w.String())
	}
	want := []string{
		"citation precision of pages fell from 1.000 to 0.000", "citation recall of pages fell from 1.000 to 0.000",
		"citation precision of sections fell from 1.000 to 0.000", "citation recall of sections fell from 1.000 to 0.000",
		"grounded sentences fell from 1.000 to 0.000", "answer points made fell from 1.000 to 0.500",
	}
	if diff := cmp.Diff(want, worse); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c := Compare(report(&good), report(nil), .01); len(c.Worse) != 0 || c.Questions != 1 {
		t.Errorf("without answers: %+v", c)
	}
	if c := Compare(report(nil), report(&bad), .01); len(c.Worse) != 0 {
		t.Errorf("without answers before: %+v", c)
	}
}
