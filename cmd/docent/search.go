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
		Args: args(cobra.MinimumNArgs(1)),
	}
	asJSON := c.Flags().Bool("json", false, "print the answer of GET /api/v1/search")
	q := docent.Query{Site: docent.DefaultSite}
	c.Flags().IntVar(&q.Limit, "limit", 10, "rows, at most")
	filterFlags(c, &q.Filters)
	c.RunE = func(c *cobra.Command, words []string) error {
		q.Text = strings.Join(words, " ")
		srv, err := open(c)
		if err != nil {
			return err
		}
		return errors.Join(searchOnce(c, srv, q, *asJSON), srv.Close())
	}
	return c
}

func searchOnce(c *cobra.Command, srv *server.Server, q docent.Query, asJSON bool) error {
	answer, err := web.Find(c.Context(), srv.Search(), q)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(c, answer)
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
