package eval

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes a report for people: it reads as well in a terminal as in a
// pull request.
func (r *Report) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%d questions: %d answerable, %d not.\n\n", r.Name, r.Questions, r.Answerable, r.Unanswerable)
	r.metrics(&b)
	r.refusals(&b)
	r.answers(&b)
	r.tags(&b)
	r.Calibration.markdown(&b)
	r.slowest(&b)
	r.misses(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) metrics(b *strings.Builder) {
	fmt.Fprintf(b, "| metric    | pages | sections |\n|-----------|------:|---------:|\n")
	section := r.Section.values()
	for i, v := range r.Page.values() {
		fmt.Fprintf(b, "| %-9s | %.3f | %8.3f |\n", scoreNames[i], *v, *section[i])
	}
	fmt.Fprintf(b, "| questions | %5d | %8d |\n\n", r.Answerable, r.Sectioned)
}

func (r *Report) refusals(b *strings.Builder) {
	fmt.Fprintf(b, "- refused although answerable: %s\n", ratio(r.Refusal.False, r.Answerable))
	fmt.Fprintf(b, "- answered although not answerable: %s\n", ratio(r.Refusal.Missed, r.Unanswerable))
	fmt.Fprintf(b, "- time of a question: p50 %.1f ms, p95 %.1f ms\n\n", r.Latency.P50, r.Latency.P95)
}

// ratio is "2 of 40 (5.0 %)".
func ratio(n, of int) string { return fmt.Sprintf("%d of %d (%.1f %%)", n, of, 100*share(n, of)) }

func (r *Report) tags(b *strings.Builder) {
	if len(r.Tags) == 0 {
		return
	}
	b.WriteString("## By tag\n\n| tag | questions | page hit@1 | hit@5 | MRR@10 | nDCG@10 | section hit@5 | refused wrongly | answered wrongly |\n" +
		"|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, t := range r.Tags {
		fmt.Fprintf(b, "| %s | %d | %s | %s | %s | %s | %s | %d of %d | %d of %d |\n", cell(t.Tag), t.Questions,
			figure(t.Page.Hit1, t.Answerable), figure(t.Page.Hit5, t.Answerable), figure(t.Page.MRR, t.Answerable), figure(t.Page.NDCG, t.Answerable),
			figure(t.Section.Hit5, t.Sectioned), t.Refusal.False, t.Answerable, t.Refusal.Missed, t.Unanswerable)
	}
	b.WriteString("\n")
}

// figure is a mean over of questions; a dash where there is none.
func figure(v float64, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", v)
}

// barWidth is how many characters a share of 1 takes in the plot.
const barWidth = 40

// markdown writes the reliability table with its plot: a bar for what was
// observed, and a mark where the estimate lies.
func (c *Calibration) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "## Calibration\n\nBrier score %.3f (0 is perfect). Bars: the share that is answerable; `|`: what was estimated.\n\n", c.Brier)
	b.WriteString("```text\nestimate   n  estimated observed\n")
	for _, bin := range c.Bins {
		if bin.Questions == 0 {
			fmt.Fprintf(b, "%.1f-%.1f %4d\n", bin.From, bin.To, 0)
			continue
		}
		bar := []byte(strings.Repeat("#", int(bin.Observed*barWidth+0.5)) + strings.Repeat(" ", barWidth))
		bar[int(bin.Estimated*barWidth+0.5)] = '|'
		fmt.Fprintf(b, "%.1f-%.1f %4d      %.2f     %.2f  %s\n", bin.From, bin.To, bin.Questions, bin.Estimated, bin.Observed, strings.TrimRight(string(bar), " "))
	}
	b.WriteString("```\n\n")
}

// slowestShown is how many of the slowest questions are named.
const slowestShown = 5

func (r *Report) slowest(b *strings.Builder) {
	b.WriteString("## Slowest\n\n")
	slow := bySlowness(r.Results)
	for _, one := range slow[:min(len(slow), slowestShown)] {
		fmt.Fprintf(b, "- %.1f ms, line %d: %s\n", one.TookMS, one.Line, one.asked())
	}
	b.WriteString("\n")
}

// misses names what did not come out right, and what stood first instead.
func (r *Report) misses(b *strings.Builder) {
	b.WriteString("## Misses\n\n")
	n := 0
	for _, one := range r.Results {
		if one.Right() {
			continue
		}
		n++
		fmt.Fprintf(b, "- line %d: %s\n  %s (estimate %.2f)\n", one.Line, one.asked(), one.Verdict(), one.Probability)
		fmt.Fprintf(b, "  wanted: %s\n  first: %s\n", one.wanted(), firstOf(one.Top))
	}
	if n == 0 {
		b.WriteString("None.\n")
	}
}

// Verdict says how a question came out.
func (r *Result) Verdict() string {
	switch {
	case !r.Answerable && r.Refused:
		return "refused, rightly"
	case !r.Answerable:
		return "answered, but the documentation does not hold it"
	}
	said := "answered"
	if r.Refused {
		said = "refused, but the documentation holds it"
	}
	if r.PageRank == 0 {
		return said + "; no relevant page among the first 10 passages"
	}
	return fmt.Sprintf("%s; relevant page at rank %d", said, r.PageRank)
}

// wanted is what should have come of a question.
func (r *Result) wanted() string {
	if !r.Answerable {
		return "a refusal"
	}
	places := make([]string, len(r.Relevant))
	for i, t := range r.Relevant {
		places[i] = t.String()
	}
	return strings.Join(places, ", ")
}

func firstOf(top []string) string {
	if len(top) == 0 {
		return "nothing"
	}
	return strings.Join(top, ", ")
}

// inline puts text on one line.
func inline(text string) string { return strings.Join(strings.Fields(text), " ") }

// cell makes text fit for a table.
func cell(text string) string { return strings.ReplaceAll(inline(text), "|", `\|`) }
