package main

import (
	"os"

	"github.com/spf13/cobra"

	"docent"
	"docent/eval"
	"docent/server"
)

func newIndexDiff() *cobra.Command {
	c := &cobra.Command{
		Use:   "diff A B | diff --preview NAME",
		Short: "Compare two releases, or a preview with what is published",
		Long: `Tells which pages and sections B has beside those of A, which it says otherwise and
which it has no more. A and B are SOURCE for the active release, SOURCE@7 for a kept
one, or SOURCE@NAME for the preview of that name. With --preview, all that the preview
has is compared with what is published. With --questions it also tells which questions
of a file, as docent eval reads them, find another section first.

With --server the index is that of a server elsewhere, as in a CI job.

The report is Markdown, to be posted to a pull request.`,
		Example: `  docent index diff docs@3 docs
  docent index diff docs docs@pr-42 --questions questions.jsonl
  docent index diff docs@3 docs@4 --version 2.0 --json
  docent index diff --preview pr-42 --server https://docs-bot.example.com`,
		Args: args(cobra.MaximumNArgs(2)),
	}
	unit := unitFlags(c)
	asJSON := c.Flags().Bool("json", false, "print a JSON list of comparisons")
	file := c.Flags().String("questions", "", "file of questions, one {\"question\": ...} a line")
	preview := c.Flags().String("preview", "", "compare the preview of this name with what is published")
	there := serverFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		if (len(words) == 2) == (*preview != "") || len(words) == 1 {
			return usageErrorf("name either two releases or, with --preview, a preview")
		}
		wanted := docent.Wanted{Version: unit.Version, Lang: unit.Lang, Preview: *preview}
		if len(words) == 2 {
			wanted.From, wanted.To = words[0], words[1]
		}
		if *file != "" {
			var err error
			if wanted.Questions, err = readQuestions(*file); err != nil {
				return err
			}
		}
		all, err := compareReleases(c, there, unit.Site, wanted)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(c, all)
		}
		return printComparisons(c.OutOrStdout(), all)
	}
	return c
}

// compareReleases compares them here, or has a server do it.
func compareReleases(c *cobra.Command, there *indexElsewhere, site string, wanted docent.Wanted) ([]docent.Comparison, error) {
	client, err := there.elsewhere(c)
	if err != nil {
		return nil, err
	}
	if client != nil {
		return client.Compare(c.Context(), wanted)
	}
	return compareHere(c, site, wanted)
}

func compareHere(c *cobra.Command, site string, wanted docent.Wanted) ([]docent.Comparison, error) {
	s, _, err := prepare(c)
	if err != nil {
		return nil, err
	}
	index, search, err := server.OpenReleases(c.Context(), s.Config)
	if err != nil {
		return nil, err
	}
	defer index.Close()
	return server.Compare(c.Context(), index, search, site, wanted)
}

// readQuestions reads the questions of a file.
func readQuestions(file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	defer f.Close()
	all, err := eval.Read(f, file)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	questions := make([]string, len(all))
	for i := range all {
		questions[i] = all[i].Question
	}
	return questions, nil
}
