package eval

import (
	"fmt"
	"strings"

	"docent"
)

// Golden gives a report for a golden file, which shows in a diff what a change
// does to every question: the figures, and for each question how it came out,
// the ranks of the first relevant page and section, and what stood first. Times
// and estimates, which differ between machines or move all the time, are left out.
func (r *Report) Golden() string {
	var b strings.Builder
	r.metrics(&b)
	fmt.Fprintf(&b, "refused wrongly  %d of %d\nanswered wrongly %d of %d\n\n", r.Refusal.False, r.Answerable, r.Refusal.Missed, r.Unanswerable)
	for _, one := range r.Results {
		top := "-"
		if len(one.Top) > 0 {
			top = one.Top[0]
		}
		fmt.Fprintf(&b, "%-9s  %s\n    page %d, section %d, top %s\n", one.said(), one.asked(), one.PageRank, one.SectionRank, top)
	}
	return b.String()
}

// said is what was done with a question, and a ! where that is wrong.
func (r *Result) said() string {
	said := "answered"
	if r.Refused {
		said = "refused"
	}
	if r.Answerable == r.Refused {
		said += "!"
	}
	return said
}

// asked is the question on one line, after those that it follows.
func (r *Result) asked() string {
	var b strings.Builder
	for _, m := range r.History {
		if m.Role == docent.RoleUser {
			b.WriteString(inline(m.Text) + " / ")
		}
	}
	return b.String() + inline(r.Question)
}
