package eval

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Answers is the summary of the answers of several questions.
type Answers struct {
	Answered int            `json:"answered"` // questions that were answered, refused or not
	Outcomes map[string]int `json:"outcomes"` // how many ended how: "stop", "extractive model_down"
	// Pages are means over Cited answers: those of answerable questions that were
	// not refused. Sections are over the Sectioned ones, whose targets name sections.
	Cited     int   `json:"cited"`
	Pages     Cites `json:"pages"`
	Sectioned int   `json:"sectioned"`
	Sections  Cites `json:"sections"`
	// Grounded is the share of all checked sentences that are borne out.
	Checked  int     `json:"checked"`
	Grounded float64 `json:"grounded"`
	// PointsMade is the share of all answer_points that are made.
	Points     int     `json:"points"`
	PointsMade float64 `json:"points_made"`
	Refusal    Refusal `json:"refusal"`
	Words      float64 `json:"words"` // the mean of those that were not refused
	Tokens     struct {
		Input  int `json:"input"`
		Output int `json:"output"`
	} `json:"tokens"`
	CostUSD   float64 `json:"cost_usd"` // of all
	FirstWord Latency `json:"first_word"`
	Whole     Latency `json:"whole"`
}

// summariseAnswers adds up; nil where no question was answered.
func summariseAnswers(results []Result) *Answers {
	s := &Answers{Outcomes: map[string]int{}}
	var first, whole []float64
	answerable, unanswerable, said, supported, made := 0, 0, 0, 0.0, 0
	for _, r := range results {
		a := r.Answer
		if a == nil {
			continue
		}
		s.Answered++
		s.Outcomes[strings.TrimSpace(string(a.Finish)+" "+string(a.Cause))]++
		first, whole = append(first, a.FirstMS), append(whole, a.TookMS)
		s.Tokens.Input += a.Usage.InputTokens
		s.Tokens.Output += a.Usage.OutputTokens
		s.CostUSD += a.Usage.CostUSD
		if r.Answerable {
			answerable++
			s.Refusal.False += count(a.Refused())
		} else {
			unanswerable++
			s.Refusal.Missed += count(!a.Refused())
		}
		if a.Refused() {
			continue
		}
		said++
		s.Words += float64(a.Words)
		s.Checked += a.Checked
		supported += a.Supported
		s.Points += a.Points
		made += a.Points - len(a.Missing)
		s.Cited += s.Pages.add(a.Pages)
		s.Sectioned += s.Sections.add(a.Sections)
	}
	if s.Answered == 0 {
		return nil
	}
	s.Pages.over(s.Cited)
	s.Sections.over(s.Sectioned)
	s.Grounded, s.PointsMade = supported/float64(max(s.Checked, 1)), share(made, s.Points)
	s.Refusal.FalseRate, s.Refusal.MissedRate = share(s.Refusal.False, answerable), share(s.Refusal.Missed, unanswerable)
	s.Words /= float64(max(said, 1))
	s.FirstWord, s.Whole = percentiles(first), percentiles(whole)
	return s
}

// add adds another's, and gives how many it added.
func (c *Cites) add(o *Cites) int {
	if o == nil {
		return 0
	}
	c.Precision += o.Precision
	c.Recall += o.Recall
	return 1
}

func (c *Cites) over(n int) {
	c.Precision /= float64(max(n, 1))
	c.Recall /= float64(max(n, 1))
}

// metrics are those that are watched.
func (s *Answers) metrics() []metric {
	return []metric{
		{"citation precision of pages", s.Pages.Precision, false},
		{"citation recall of pages", s.Pages.Recall, false},
		{"citation precision of sections", s.Sections.Precision, false},
		{"citation recall of sections", s.Sections.Recall, false},
		{"grounded sentences", s.Grounded, false},
		{"answer points made", s.PointsMade, false},
		{"answers refused wrongly", s.Refusal.FalseRate, true},
		{"answers given wrongly", s.Refusal.MissedRate, true},
	}
}

func (r *Report) answers(b *strings.Builder) {
	s := r.Answers
	if s == nil {
		return
	}
	b.WriteString("## Answers\n\n")
	var ended []string
	for _, how := range slices.Sorted(maps.Keys(s.Outcomes)) {
		ended = append(ended, fmt.Sprintf("%s %d", how, s.Outcomes[how]))
	}
	fmt.Fprintf(b, "How they ended: %s.\n\n", strings.Join(ended, ", "))
	if s.Answered < r.Questions {
		fmt.Fprintf(b, "Only %d of %d questions were answered: the bound of the cost was reached.\n\n", s.Answered, r.Questions)
	}
	fmt.Fprintf(b, "| citations | pages | sections |\n|-----------|------:|---------:|\n")
	fmt.Fprintf(b, "| precision | %.3f | %8.3f |\n| recall    | %.3f | %8.3f |\n| answers   | %5d | %8d |\n\n",
		s.Pages.Precision, s.Sections.Precision, s.Pages.Recall, s.Sections.Recall, s.Cited, s.Sectioned)
	fmt.Fprintf(b, "- sentences borne out by what they cite: %.1f %% of %d\n", 100*s.Grounded, s.Checked)
	if s.Points > 0 {
		fmt.Fprintf(b, "- answer points made: %.1f %% of %d\n", 100*s.PointsMade, s.Points)
	}
	answerable, unanswerable := r.answeredOf()
	fmt.Fprintf(b, "- refused although answerable: %s\n", ratio(s.Refusal.False, answerable))
	fmt.Fprintf(b, "- answered although not answerable: %s\n", ratio(s.Refusal.Missed, unanswerable))
	fmt.Fprintf(b, "- length: %.0f words\n- tokens: %d in, %d out; cost: %.4f USD\n", s.Words, s.Tokens.Input, s.Tokens.Output, s.CostUSD)
	fmt.Fprintf(b, "- first word: p50 %.1f ms, p95 %.1f ms; whole answer: p50 %.1f ms, p95 %.1f ms\n\n",
		s.FirstWord.P50, s.FirstWord.P95, s.Whole.P50, s.Whole.P95)
	r.poorAnswers(b)
}

// answeredOf counts the questions that were answered, refused or not.
func (r *Report) answeredOf() (answerable, unanswerable int) {
	for _, one := range r.Results {
		if one.Answer != nil {
			answerable += count(one.Answerable)
			unanswerable += count(!one.Answerable)
		}
	}
	return answerable, unanswerable
}

// poorAnswers names the answers that were not right, and why.
func (r *Report) poorAnswers(b *strings.Builder) {
	b.WriteString("### Poor answers\n\n")
	n := 0
	for _, one := range r.Results {
		if why := one.poor(); why != "" {
			n++
			fmt.Fprintf(b, "- line %d: %s\n  %s\n", one.Line, one.asked(), why)
		}
	}
	if n == 0 {
		b.WriteString("None.\n")
	}
	b.WriteString("\n")
}

// poor says what is wrong with a question's answer; "" where nothing is, or
// there is none.
func (r *Result) poor() string {
	a := r.Answer
	switch {
	case a == nil || !r.Answerable && a.Refused():
		return ""
	case !r.Answerable:
		return "answered, but the documentation does not hold it"
	case a.Refused():
		return "refused, but the documentation holds it"
	case a.Pages.Precision == 0:
		return "cites nothing that is relevant; wanted: " + r.wanted() + "; cited: " + firstOf(a.Cited)
	case len(a.Missing) > 0:
		return "does not say: " + strings.Join(a.Missing, "; ")
	}
	return ""
}

// percentiles are by nearest rank: the least time that the share of all kept.
func percentiles(times []float64) Latency {
	if len(times) == 0 {
		return Latency{}
	}
	sorted := slices.SortedFunc(slices.Values(times), cmp.Compare[float64])
	at := func(p float64) float64 { return sorted[int(math.Ceil(p*float64(len(sorted))))-1] }
	return Latency{P50: at(0.5), P95: at(0.95)}
}
