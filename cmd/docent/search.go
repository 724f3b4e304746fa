package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/retrieval"
	"docent/server"
	"docent/web"
)

func newSearch() *cobra.Command {
	c := &cobra.Command{
		Use:   "search QUERY",
		Short: "Find sections, best first, without a model",
		Example: `  docent search "rate limit"
  docent search --limit 3 --json "install on windows"
  docent search --explain "why is this page first"
  docent search --server https://ask.example.com "rate limit"`,
		Args: question,
	}
	asJSON := c.Flags().Bool("json", false, "print the answer of GET /api/v1/search")
	why := c.Flags().Bool("explain", false, "tell what decided the order: what each section was ranked by, and how much that counts")
	var q docent.Query
	c.Flags().StringVar(&q.Site, "site", docent.DefaultSite, siteUsage)
	c.Flags().IntVar(&q.Limit, "limit", 10, "rows, at most")
	filterFlags(c, &q.Filters)
	there := remoteFlags(c, "search")
	c.RunE = func(c *cobra.Command, words []string) error {
		q.Text = strings.Join(words, " ")
		if q.Limit < 1 {
			return usageErrorf("--limit is %d: must be 1 or more", q.Limit)
		}
		elsewhere, err := there.client(c)
		if err != nil {
			return err
		}
		if elsewhere != nil {
			return searchElsewhere(c, elsewhere, q, *asJSON, *why)
		}
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		search, index, err := server.OpenSearch(c.Context(), s.Config)
		if err != nil {
			return err
		}
		if *why {
			return errors.Join(explainOnce(c, search, q, *asJSON, s.Retrieval.RefuseBelow), index.Close())
		}
		return errors.Join(searchOnce(c, search, q, *asJSON), index.Close())
	}
	return c
}

// searchElsewhere has a server search.
func searchElsewhere(c *cobra.Command, server *client, q docent.Query, asJSON, why bool) error {
	if why {
		return usageErrorf("--explain looks into the index here: leave out --server")
	}
	answer, err := server.search(c.Context(), q)
	if err != nil {
		return err
	}
	return printResults(c, answer, asJSON)
}

func searchOnce(c *cobra.Command, search web.Search, q docent.Query, asJSON bool) error {
	answer, err := web.Find(c.Context(), search, q)
	if err != nil {
		return err
	}
	return printResults(c, answer, asJSON)
}

func printResults(c *cobra.Command, answer web.Results, asJSON bool) error {
	if asJSON {
		return printJSON(c, answer)
	}
	aside(c, answer)
	for i, r := range answer.Results {
		fmt.Fprintf(c.OutOrStdout(), "%d. %s  (%.2f)\n   %s\n   %s\n", i+1, sectionTitle(r), r.Score, r.URL, r.Snippet)
	}
	return nil
}

// sectionTitle is a section's page, and its heading where that says more.
func sectionTitle(r web.Hit) string {
	if r.Heading == "" || r.Heading == r.Title {
		return r.Title
	}
	return r.Title + " > " + r.Heading
}

// explainOnce searches and tells what decided the order.
func explainOnce(c *cobra.Command, search *retrieval.Searcher, q docent.Query, asJSON bool, refuseBelow float64) error {
	why, err := explain(c.Context(), search, q)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(c, why)
	}
	aside(c, why.Results)
	if len(why.Explained) == 0 {
		return nil
	}
	return why.print(c, refuseBelow)
}

// aside says what is to be known of an answer beside its rows.
func aside(c *cobra.Command, answer web.Results) {
	if answer.Note != "" {
		fmt.Fprintln(c.ErrOrStderr(), "docent: "+answer.Note)
	}
	if len(answer.Results) == 0 {
		fmt.Fprintln(c.ErrOrStderr(), "docent: nothing found")
	}
}
