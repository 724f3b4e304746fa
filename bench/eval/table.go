package main

import (
	"fmt"
	"strings"

	"docent/eval"
)

// row is one corpus in the table.
type row struct {
	name string
	eval.Report
}

// table is the figures of all corpora as Markdown, and their means: each corpus
// counts alike.
func table(rows []row) string {
	var b strings.Builder
	b.WriteString("| corpus     |   n | page hit@1 | hit@5 | MRR@10 | nDCG@10 | section hit@5 | refused wrongly | answered wrongly |   p50 ms |   p95 ms |\n" +
		"|------------|----:|-----------:|------:|-------:|--------:|--------------:|----------------:|-----------------:|---------:|---------:|\n")
	var sums [7]float64
	questions := 0
	for _, r := range rows {
		figures := [7]float64{r.Page.Hit1, r.Page.Hit5, r.Page.MRR, r.Page.NDCG, r.Section.Hit5, r.Refusal.FalseRate, r.Refusal.MissedRate}
		line(&b, r.name, r.Questions, figures, fmt.Sprintf("%8.1f | %8.1f", r.Latency.P50, r.Latency.P95))
		questions += r.Questions
		for i, f := range figures {
			sums[i] += f / float64(len(rows))
		}
	}
	line(&b, "**mean**", questions, sums, "         |         ")
	return b.String()
}

func line(b *strings.Builder, name string, n int, f [7]float64, times string) {
	fmt.Fprintf(b, "| %-10s | %3d | %10.3f | %5.3f | %6.3f | %7.3f | %13.3f | %15.3f | %16.3f | %s |\n",
		name, n, f[0], f[1], f[2], f[3], f[4], f[5], f[6], times)
}

// followupTable is the figures of follow-ups as Markdown: of the first half of
// each report's results, which knew what was said before, and of the second, which
// did not.
func followupTable(rows []row) string {
	var b strings.Builder
	b.WriteString("| corpus     |   n | page hit@1 | hit@5 | section hit@5 | refused wrongly | alone: hit@5 | refused wrongly |\n" +
		"|------------|----:|-----------:|------:|--------------:|----------------:|-------------:|----------------:|\n")
	var all, alone []eval.Result
	for _, r := range rows {
		half := len(r.Results) / 2
		followupLine(&b, r.name, r.Results[:half], r.Results[half:])
		all, alone = append(all, r.Results[:half]...), append(alone, r.Results[half:]...)
	}
	followupLine(&b, "**all**", all, alone)
	return b.String()
}

func followupLine(b *strings.Builder, name string, results, without []eval.Result) {
	with, alone := eval.Summarise(results), eval.Summarise(without)
	fmt.Fprintf(b, "| %-10s | %3d | %10.3f | %5.3f | %13.3f | %15.3f | %12.3f | %15.3f |\n", name, with.Questions,
		with.Page.Hit1, with.Page.Hit5, with.Section.Hit5, with.Refusal.FalseRate, alone.Page.Hit5, alone.Refusal.FalseRate)
}
