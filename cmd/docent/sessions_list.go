package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func newSessionsList() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List conversations, latest change first",
		Example: `  docent sessions list
  docent sessions list --subject local --limit 0 --json
  docent sessions list --server https://docs.example.com`,
		Args: args(cobra.NoArgs),
	}
	asJSON := c.Flags().Bool("json", false, "print a JSON list")
	site := c.Flags().String("site", "", "only those of a site (default: of all)")
	subject := c.Flags().String("subject", "", "only those of a subject: local, anon_..., key_..., ISSUER:USER (default: of all)")
	limit := c.Flags().Int("limit", 50, "how many, at most; 0 is all")
	from := conversationFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *limit < 0 {
			return usageErrorf("--limit is %d: must be 0 or more", *limit)
		}
		place, err := from.open(c)
		if err != nil {
			return err
		}
		defer place.Close()
		if _, is := place.(elsewhere); is && *subject != "" {
			return usageErrorf("the key decides whose conversations they are: leave out --subject")
		}
		list, enough := []listedSession{}, errors.New("enough")
		err = place.list(c.Context(), *site, *subject, func(s listedSession) error {
			if *limit > 0 && len(list) == *limit {
				return enough
			}
			list = append(list, s)
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			return err
		}
		if *asJSON {
			return printJSON(c, list)
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tSITE\tSUBJECT\tCHANGED\tSTATUS\tTITLE")
		for _, s := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, dash(s.Site), dash(s.Subject), when(&s.UpdatedAt), s.Status, dash(strings.Join(strings.Fields(s.Title), " ")))
		}
		if errors.Is(err, enough) {
			fmt.Fprintf(c.ErrOrStderr(), "docent: there are more: --limit 0 lists all\n")
		}
		return w.Flush()
	}
	return c
}

func newSessionsShow() *cobra.Command {
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Print a conversation",
		Example: `  docent sessions show ses_abcde23456
  docent sessions show ses_abcde23456 --json`,
		Args: args(cobra.ExactArgs(1)),
	}
	asJSON := c.Flags().Bool("json", false, "print it as JSON, with all that is kept of its messages")
	from := conversationFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		place, err := from.open(c)
		if err != nil {
			return err
		}
		defer place.Close()
		found, err := place.read(c.Context(), words[0])
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(c, found)
		}
		out, s := c.OutOrStdout(), found.Session
		if found.Subject != "" {
			fmt.Fprintf(out, "Of %s, site %s\n", found.Subject, found.Site)
		}
		fmt.Fprintf(out, "%s, changed %s, %s", s.ID, s.UpdatedAt.Local().Format(time.DateTime), s.Status)
		if s.StatusReason != "" {
			fmt.Fprintf(out, ": %s", s.StatusReason)
		}
		fmt.Fprint(out, "\n\n")
		_, err = out.Write(found.Markdown())
		return err
	}
	return c
}
