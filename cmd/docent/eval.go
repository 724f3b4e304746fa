package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/eval"
	"docent/ingest"
	"docent/server"
)

// evalFlags are how an evaluation is asked for.
type evalFlags struct {
	site      string
	source    ingest.Source // ingested for the evaluation alone; its Dir "" is the index that is there
	asJSON    bool
	junit     string
	baseline  string
	tolerance float64
	answers   bool
	how       eval.AnswerOptions
}

func newEval() *cobra.Command {
	c := &cobra.Command{
		Use:   "eval QUESTIONS.jsonl",
		Short: "Measure search and refusals with a file of questions",
		Long: `Asks every question of the file as a server would, and reports how often a
relevant page and section stood first, how often it was wrong to refuse or to
answer, and what was missed. With --answers each question is answered as well, on the
configured model or without one in the documents' own words, and the report says how
well answers cite, what they leave out, what they cost. Each line of the file is a question:

  {"question": "how do I change the port", "relevant": [{"path": "serve.md", "anchor": "port"}], "answerable": true}

Exit codes: 0 done, 1 failed, 2 wrong usage, or questions that are malformed or
name what the index does not have, 4 worse than the baseline.`,
		Example: `  docent eval questions.jsonl
  docent eval --docs docs questions.jsonl
  docent eval --json questions.jsonl > baseline.json
  docent eval --answers --parallel 8 --max-cost 0.50 questions.jsonl
  docent eval --baseline baseline.json --tolerance 0.01 --junit report.xml questions.jsonl`,
		Args: args(cobra.ExactArgs(1)),
	}
	var f evalFlags
	c.Flags().StringVar(&f.site, "site", docent.DefaultSite, siteUsage)
	c.Flags().StringVar(&f.source.Dir, "docs", "", "folder to ingest first, into a temporary index, instead of the one that is there")
	c.Flags().StringVar(&f.source.Framework, "framework", "", "docs framework of --docs (default: found from its configuration)")
	c.Flags().StringVar(&f.source.Lang, "lang", "", "language of --docs")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print the report as JSON, which --baseline reads")
	c.Flags().StringVar(&f.junit, "junit", "", "file to write JUnit's XML to as well")
	c.Flags().StringVar(&f.baseline, "baseline", "", "report of an earlier --json to compare with; exit code 4 where a metric is worse")
	c.Flags().Float64Var(&f.tolerance, "tolerance", 0.01, "by how much a metric may be worse than the baseline's")
	c.Flags().BoolVar(&f.answers, "answers", false, "answer the questions, too, and measure citations, support, refusals, cost and time")
	c.Flags().IntVar(&f.how.Parallel, "parallel", 4, "answers at once, with --answers")
	c.Flags().Float64Var(&f.how.MaxUSD, "max-cost", 0, "US dollars from which on no question is answered any more, with --answers; 0 is no bound")
	c.RunE = func(c *cobra.Command, files []string) error { return f.run(c, files[0]) }
	c.AddCommand(newEvalGenerate())
	return c
}

func (f *evalFlags) run(c *cobra.Command, file string) error {
	if f.tolerance < 0 || f.tolerance > 1 {
		return usageErrorf("--tolerance is %v: must be 0 to 1", f.tolerance)
	}
	if f.how.Parallel < 1 || f.how.MaxUSD < 0 {
		return usageErrorf("--parallel must be 1 or more, and --max-cost 0 or more")
	}
	questions, err := readFile(file, eval.Read)
	if err != nil {
		return err
	}
	var base *eval.Report
	if f.baseline != "" {
		report, err := readFile(f.baseline, eval.ReadReport)
		if err != nil {
			return err
		}
		base = &report
	}
	s, _, err := prepare(c)
	if err != nil {
		return err
	}
	report, err := f.evaluate(c, s, file, questions)
	if err != nil {
		return err
	}
	return f.tell(c, report, base)
}

// readFile reads what a file holds. What is wrong with it is an error of usage.
func readFile[T any](name string, read func(io.Reader, string) (T, error)) (out T, err error) {
	file, err := os.Open(name)
	if err == nil {
		defer file.Close()
		out, err = read(file, name)
	}
	if err != nil {
		err = &exitError{exitUsage, err}
	}
	return out, err
}

// evaluate asks the questions; with --docs in an index of its own, that is gone
// afterwards.
func (f *evalFlags) evaluate(c *cobra.Command, s *settings, file string, questions []eval.Question) (report eval.Report, err error) {
	var answers *eval.AnswerOptions
	if f.answers {
		answers = &f.how
	}
	if f.source.Dir == "" {
		report, err = server.Evaluate(c.Context(), s.Config, f.site, file, questions, answers)
	} else {
		f.source.Site = f.site
		bar := newProgress(c.ErrOrStderr(), f.source.Dir)
		report, err = server.EvaluateFolder(c.Context(), s.Config, f.source, bar.update, file, questions, answers)
		bar.finish()
	}
	if errors.Is(err, server.ErrTargets) {
		err = &exitError{exitUsage, err}
	}
	return report, err
}

// tell prints the report, and what is worse than the baseline (nil is none).
func (f *evalFlags) tell(c *cobra.Command, report eval.Report, base *eval.Report) error {
	print := func() error { return report.Markdown(c.OutOrStdout()) }
	if f.asJSON {
		print = func() error { return printJSON(c, report) }
	}
	if err := print(); err != nil {
		return err
	}
	var compared *eval.Comparison
	if base != nil {
		comparison := eval.Compare(*base, report, f.tolerance)
		compared = &comparison
	}
	if err := f.writeJUnit(report, compared); err != nil {
		return err
	}
	if compared == nil {
		return nil
	}
	return f.gate(c, compared)
}

// gate is the error of a report that is worse than the baseline.
func (f *evalFlags) gate(c *cobra.Command, compared *eval.Comparison) error {
	switch {
	case compared.Questions == 0:
		return usageErrorf("%s has none of these questions: there is nothing to compare", f.baseline)
	case compared.Apart > 0:
		fmt.Fprintf(c.ErrOrStderr(), "docent: compared %s; %d that only one of the reports has don't count\n",
			plural(compared.Questions, "question", "questions"), compared.Apart)
	}
	if len(compared.Worse) == 0 {
		return nil
	}
	lines := make([]string, len(compared.Worse))
	for i, w := range compared.Worse {
		lines[i] = w.String()
	}
	return &exitError{exitGate, fmt.Errorf("worse than %s by more than %g: %s", f.baseline, f.tolerance, strings.Join(lines, "; "))}
}

func (f *evalFlags) writeJUnit(report eval.Report, compared *eval.Comparison) error {
	if f.junit == "" {
		return nil
	}
	file, err := os.Create(f.junit)
	if err != nil {
		return err
	}
	return errors.Join(report.JUnit(file, compared), file.Close())
}
