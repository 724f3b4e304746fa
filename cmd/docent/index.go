package main

import (
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
)

func newIndex() *cobra.Command {
	c := &cobra.Command{
		Use:   "index",
		Short: "List releases of the index and roll back to one",
		Args:  args(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newIndexList(), newIndexActivate())
	return c
}

func newIndexList() *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the releases that are kept",
		Example: "  docent index list",
		Args:    args(cobra.NoArgs),
	}
	asJSON := c.Flags().Bool("json", false, "print a JSON list")
	c.RunE = func(c *cobra.Command, _ []string) error {
		index, err := openIndex(c)
		if err != nil {
			return err
		}
		defer index.Close()
		releases, err := index.AllReleases(c.Context(), docent.DefaultSite)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(c, releases)
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "SOURCE\tVERSION\tLANG\tRELEASE\tPAGES\tCHUNKS\tPUBLISHED\t")
		for _, r := range releases {
			active := ""
			if r.Active {
				active = "active"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", r.Unit.Source, dash(r.Unit.Version), dash(r.Unit.Lang),
				r.Number, r.Pages, r.Chunks, r.CreatedAt.Local().Format(time.DateTime), active)
		}
		return w.Flush()
	}
	return c
}

func newIndexActivate() *cobra.Command {
	c := &cobra.Command{
		Use:   "activate SOURCE RELEASE",
		Short: "Answer from another release of a source: roll back, or forward again",
		Long: `Makes a kept release the one that questions are answered from, at once and in
every running server. The next ingest publishes a newer one on top.`,
		Example: `  docent index activate docs 3
  docent index activate docs 3 --version v1`,
		Args: args(cobra.ExactArgs(2)),
	}
	unit := docent.Unit{Site: docent.DefaultSite}
	c.Flags().StringVar(&unit.Version, "version", "", "version of the documentation, where the source has several")
	c.Flags().StringVar(&unit.Lang, "lang", "", "language of the documentation, where the source has several")
	c.RunE = func(c *cobra.Command, words []string) error {
		number, err := strconv.Atoi(words[1])
		if err != nil {
			return usageErrorf("%q is not the number of a release; 'docent index list' shows them", words[1])
		}
		unit.Source = words[0]
		index, err := openIndex(c)
		if err != nil {
			return err
		}
		defer index.Close()
		if err := index.Activate(c.Context(), unit, number); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "docent: %s: release %d is active\n", describe(unit), number)
		return nil
	}
	return c
}

func openIndex(c *cobra.Command) (server.Index, error) {
	s, _, err := prepare(c)
	if err != nil {
		return server.Index{}, err
	}
	return server.OpenIndex(s.Config)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
