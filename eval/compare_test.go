package eval

import (
	"slices"
	"testing"
)

// changed is the fixture's results with one of them changed.
func changed(at int, change func(*Result)) []Result {
	list := results()
	change(&list[at])
	return list
}

func TestADropBeyondTheToleranceIsNamed(t *testing.T) {
	base := NewReport("q", results())
	lost := func(r *Result) { r.Page = &Scores{} }
	for name, tt := range map[string]struct {
		now       []Result
		tolerance float64
		want      []string
	}{
		"nothing changed": {results(), 0, nil},
		"the first rank was lost": {changed(0, lost), 0.01, []string{
			"page hit@1", "page hit@5", "page hit@10", "page recall@1", "page recall@5", "page recall@10", "page MRR@10", "page nDCG@10"}},
		"within the tolerance":  {changed(0, lost), 0.5, nil},
		"a new false refusal":   {changed(0, func(r *Result) { r.Refused = true }), 0.01, []string{"false refusals"}},
		"a new wrong answer":    {changed(2, func(r *Result) { r.Refused = false }), 0.01, []string{"wrong answers"}},
		"estimates became bad":  {changed(0, func(r *Result) { r.Probability = 0 }), 0.01, []string{"Brier score"}},
		"better is no drop":     {changed(1, func(r *Result) { r.Refused = false }), 0, nil},
		"slower is not counted": {changed(0, func(r *Result) { r.TookMS = 9999 }), 0, nil},
	} {
		c := Compare(base, NewReport("q", tt.now), tt.tolerance)
		var got []string
		for _, w := range c.Worse {
			got = append(got, w.Metric)
		}
		if !slices.Equal(got, tt.want) || c.Questions != 4 || c.Apart != 0 {
			t.Errorf("%s: %v of %d questions, want %v", name, got, c.Questions, tt.want)
		}
	}
}

func TestOnlyQuestionsThatBothReportsHaveAreCompared(t *testing.T) {
	base := NewReport("q", results()[:2])
	hard := changed(1, func(r *Result) { r.Question, r.Page = "another one?", &Scores{} })
	c := Compare(base, NewReport("q", append(results()[:1], hard[1:]...)), 0)
	if c.Questions != 1 || c.Apart != 4 || len(c.Worse) > 0 {
		t.Errorf("%+v", c)
	}
}

func TestAChangeSaysItsDirection(t *testing.T) {
	for want, c := range map[string]Change{
		"page hit@5 fell from 0.930 to 0.880":     {"page hit@5", 0.93, 0.88},
		"false refusals rose from 0.050 to 0.100": {"false refusals", 0.05, 0.1},
	} {
		if c.String() != want {
			t.Errorf("%q, want %q", c, want)
		}
	}
}
