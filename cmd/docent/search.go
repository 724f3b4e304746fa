package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
	"docent/web"
)

func newSearch() *cobra.Command {
	c := &cobra.Command{
		Use:   "search QUERY",
		Short: "Find sections, best first, without a model",
		Example: `  docent search "rate limit"
  docent search --limit 3 --json "install on windows"`,
		Args: question,
	}
	asJSON := c.Flags().Bool("json", false, "print the answer of GET /api/v1/search")
	var q docent.Query
	c.Flags().StringVar(&q.Site, "site", docent.DefaultSite, siteUsage)
	c.Flags().IntVar(&q.Limit, "limit", 10, "rows, at most")
	filterFlags(c, &q.Filters)
	c.RunE = func(c *cobra.Command, words []string) error {
		q.Text = strings.Join(words, " ")
		if q.Limit < 1 {
			return usageErrorf("--limit is %d: must be 1 or more", q.Limit)
		}
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		search, index, err := server.OpenSearch(c.Context(), s.Config)
		if err != nil {
			return err
		}
		return errors.Join(searchOnce(c, search, q, *asJSON), index.Close())
	}
	return c
}

func searchOnce(c *cobra.Command, search web.Search, q docent.Query, asJSON bool) error {
	answer, err := web.Find(c.Context(), search, q)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(c, answer)
	}
	if answer.Note != "" {
		fmt.Fprintln(c.ErrOrStderr(), "docent: "+answer.Note)
	}
	if len(answer.Results) == 0 {
		fmt.Fprintln(c.ErrOrStderr(), "docent: nothing found")
	}
	for i, r := range answer.Results {
		title := r.Title
		if r.Heading != "" && r.Heading != r.Title {
			title += " > " + r.Heading
		}
		fmt.Fprintf(c.OutOrStdout(), "%d. %s  (%.2f)\n   %s\n   %s\n", i+1, title, r.Score, r.URL, r.Snippet)
	}
	return nil
}
