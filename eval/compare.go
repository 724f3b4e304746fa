package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Change is a metric in two reports.
type Change struct {
	Metric string  `json:"metric"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// String is "page hit@5 fell from 0.930 to 0.880".
func (c Change) String() string {
	verb := "fell"
	if c.After > c.Before {
		verb = "rose"
	}
	return fmt.Sprintf("%s %s from %.3f to %.3f", c.Metric, verb, c.Before, c.After)
}

// Comparison is two reports over the questions that both have.
type Comparison struct {
	Questions int      // that both have
	Apart     int      // that one of them has alone: these are left out
	Worse     []Change // by more than the tolerance
}

// Compare says which metrics of now are worse than base's by more than the
// tolerance (0.01 is one in a hundred). Only questions that both reports have
// count, so that new ones, which are mostly hard, don't look like a drop. Times
// are not compared: machines differ.
func Compare(base, now Report, tolerance float64) Comparison {
	before, after := common(base.Results, now.Results), common(now.Results, base.Results)
	answersOfBoth(before, after)
	c := Comparison{Questions: len(after), Apart: len(base.Results) + len(now.Results) - len(before) - len(after)}
	was, is := metrics(before), metrics(after)
	for i, m := range is {
		lost := was[i].value - m.value
		if m.less {
			lost = -lost
		}
		if lost > tolerance+rounding {
			c.Worse = append(c.Worse, Change{m.name, was[i].value, m.value})
		}
	}
	return c
}

// rounding forgives what floating point adds: 0.93 - 0.92 is more than 0.01.
const rounding = 1e-9

// metric is one figure that is watched.
type metric struct {
	name  string
	value float64
	less  bool // is better
}

// metrics gives those of results, always the same in the same order; those of
// answers where there are any.
func metrics(results []Result) []metric {
	s := Summarise(results)
	var all []metric
	for _, level := range []struct {
		name   string
		scores Scores
	}{{"page", s.Page}, {"section", s.Section}} {
		for i, v := range level.scores.values() {
			all = append(all, metric{level.name + " " + scoreNames[i], *v, false})
		}
	}
	all = append(all,
		metric{"false refusals", s.Refusal.FalseRate, true},
		metric{"wrong answers", s.Refusal.MissedRate, true},
		metric{"Brier score", calibrate(results).Brier, true})
	if s.Answers != nil {
		all = append(all, s.Answers.metrics()...)
	}
	return all
}

// common gives the results whose questions the others have, too.
func common(of, others []Result) []Result {
	have := map[string]bool{}
	for _, r := range others {
		have[r.key()] = true
	}
	var out []Result
	for _, r := range of {
		if have[r.key()] {
			out = append(out, r)
		}
	}
	return out
}

// answersOfBoth leaves out the answers of questions that only one of the reports
// answered.
func answersOfBoth(before, after []Result) {
	answered := func(results []Result) map[string]bool {
		has := map[string]bool{}
		for _, r := range results {
			has[r.key()] = r.Answer != nil
		}
		return has
	}
	was, is := answered(before), answered(after)
	for _, results := range [][]Result{before, after} {
		for i := range results {
			if key := results[i].key(); !was[key] || !is[key] {
				results[i].Answer = nil
			}
		}
	}
}

// key is what a question is known by, wherever it stands in its file.
func (r *Result) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%t %q", r.Answerable, r.Question)
	for _, m := range r.History {
		fmt.Fprintf(&b, " %q", m.Text)
	}
	return b.String()
}

// ReadReport reads a report as docent eval --json prints it. name is for
// messages.
func ReadReport(r io.Reader, name string) (Report, error) {
	var report Report
	if err := json.NewDecoder(r).Decode(&report); err != nil {
		return report, fmt.Errorf("%s is no report of docent eval --json: %w", name, err)
	}
	if len(report.Results) == 0 {
		return report, fmt.Errorf("%s is no report of docent eval --json: it has no results", name)
	}
	for _, one := range report.Results {
		if one.Answerable != (one.Page != nil) {
			return report, fmt.Errorf("%s is no report of docent eval --json: line %d has no scores", name, one.Line)
		}
	}
	return report, nil
}
