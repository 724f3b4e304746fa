package eval

import (
	"cmp"
	"maps"
	"slices"
)

// Report is an evaluation: what docent eval --json prints, and what --baseline
// reads.
type Report struct {
	Name string `json:"name"` // of the question file
	Summary
	Tags        []Tagged    `json:"tags"` // in the order of their names
	Calibration Calibration `json:"calibration"`
	Results     []Result    `json:"results"` // in the file's order
}

// Summary is what several questions have in common.
type Summary struct {
	Questions    int     `json:"questions"`
	Answerable   int     `json:"answerable"`
	Unanswerable int     `json:"unanswerable"`
	Page         Scores  `json:"page"` // means over the answerable ones
	Sectioned    int     `json:"sectioned"`
	Section      Scores  `json:"section"` // means over the Sectioned ones, whose targets name sections
	Refusal      Refusal `json:"refusal"`
	Latency      Latency `json:"latency"`
	// Answers are nil where only the search was measured.
	Answers *Answers `json:"answers,omitempty"`
}

// Refusal is how often it was wrong to refuse, and not to.
type Refusal struct {
	// False are the answerable questions that were refused, and FalseRate their
	// share of all answerable ones.
	False     int     `json:"false"`
	FalseRate float64 `json:"false_rate"`
	// Missed are the questions without an answer that were answered, and
	// MissedRate their share of all those.
	Missed     int     `json:"missed"`
	MissedRate float64 `json:"missed_rate"`
}

// Latency is the time that a question took, in milliseconds.
type Latency struct {
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
}

// Tagged is the summary of the questions with a tag.
type Tagged struct {
	Tag string `json:"tag"`
	Summary
}

// NewReport makes the report of a question file's results.
func NewReport(name string, results []Result) Report {
	r := Report{Name: name, Summary: Summarise(results), Calibration: calibrate(results), Results: results, Tags: []Tagged{}}
	byTag := map[string][]Result{}
	for _, one := range results {
		for _, tag := range slices.Compact(slices.Sorted(slices.Values(one.Tags))) {
			byTag[tag] = append(byTag[tag], one)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		r.Tags = append(r.Tags, Tagged{tag, Summarise(byTag[tag])})
	}
	return r
}

// Summarise adds up results. Rates and means of nothing are 0.
func Summarise(results []Result) Summary {
	s := Summary{Questions: len(results)}
	var page, section []Scores
	for _, r := range results {
		if r.Page != nil {
			page = append(page, *r.Page)
		}
		if r.Section != nil {
			section = append(section, *r.Section)
		}
		switch {
		case r.Answerable:
			s.Answerable++
			s.Refusal.False += count(r.Refused)
		default:
			s.Unanswerable++
			s.Refusal.Missed += count(!r.Refused)
		}
	}
	s.Page, s.Section, s.Sectioned = mean(page), mean(section), len(section)
	s.Refusal.FalseRate = share(s.Refusal.False, s.Answerable)
	s.Refusal.MissedRate = share(s.Refusal.Missed, s.Unanswerable)
	var times []float64
	for _, r := range results {
		times = append(times, r.TookMS)
	}
	s.Latency, s.Answers = percentiles(times), summariseAnswers(results)
	return s
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// bySlowness gives the results, slowest first.
func bySlowness(results []Result) []Result {
	return slices.SortedStableFunc(slices.Values(results), func(a, b Result) int { return cmp.Compare(b.TookMS, a.TookMS) })
}
