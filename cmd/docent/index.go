package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"docent"
	"docent/ingest/push"
	"docent/server"
)

func newIndex() *cobra.Command {
	c := &cobra.Command{
		Use:   "index",
		Short: "List and show releases, roll back to one, delete old ones, carry them elsewhere",
		Args:  args(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newIndexList(), newIndexShow(), newIndexActivate(), newIndexRollback(), newIndexDiff(), newIndexDrop(), newIndexGC(),
		newIndexExport(), newIndexImport())
	return c
}

func newIndexList() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List the releases that are kept",
		Example: `  docent index list
  docent index list --json
  docent index list --server https://docs-bot.example.com`,
		Args: args(cobra.NoArgs),
	}
	asJSON := c.Flags().Bool("json", false, "print a JSON list")
	site := siteFlag(c)
	there := serverFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		client, err := there.elsewhere(c)
		if err != nil {
			return err
		}
		if client != nil {
			return listElsewhere(c, client, *asJSON)
		}
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		index, err := server.OpenIndex(c.Context(), s.Config)
		if err != nil {
			return err
		}
		defer index.Close()
		releases, err := index.AllReleases(c.Context(), *site)
		if err != nil {
			return err
		}
		previews, err := index.Previews(c.Context(), s.Config)
		if err != nil {
			return err
		}
		previews = slices.DeleteFunc(previews, func(p server.Preview) bool { return p.Site != *site })
		if *asJSON {
			for _, p := range previews {
				releases = append(releases, p.Releases...)
			}
			return printJSON(c, releases)
		}
		if err := printReleases(c, releases); err != nil {
			return err
		}
		printPreviews(c, previews)
		return nil
	}
	return c
}

func printReleases(c *cobra.Command, releases []docent.Release) error {
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
	unit := unitFlags(c)
	there := serverFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		unit.Source = words[0]
		number, err := releaseNumber(words[1])
		if err != nil {
			return err
		}
		client, err := there.elsewhere(c)
		if err != nil {
			return err
		}
		if client != nil {
			return activate(c, client, *unit, number)
		}
		index, err := openIndex(c)
		if err != nil {
			return err
		}
		defer index.Close()
		return activate(c, index, *unit, number)
	}
	return c
}

func newIndexRollback() *cobra.Command {
	c := &cobra.Command{
		Use:   "rollback SOURCE",
		Short: "Answer from the release before the active one",
		Long: `Makes the newest kept release that is older than the active one the one that
questions are answered from. 'docent index activate' goes to any kept release.`,
		Example: "  docent index rollback docs",
		Args:    args(cobra.ExactArgs(1)),
	}
	unit := unitFlags(c)
	there := serverFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		unit.Source = words[0]
		client, err := there.elsewhere(c)
		if err != nil {
			return err
		}
		if client != nil {
			kept, err := keptElsewhere(c, client, *unit)
			if err != nil {
				return err
			}
			return goBack(c, client, *unit, kept)
		}
		index, err := openIndex(c)
		if err != nil {
			return err
		}
		defer index.Close()
		kept, err := index.ReleasesOf(c.Context(), *unit)
		if err != nil {
			return err
		}
		return goBack(c, index, *unit, kept)
	}
	return c
}

// goBack activates the release before the active one of those that are kept.
func goBack(c *cobra.Command, index activator, unit docent.Unit, kept []docent.Release) error {
	at := slices.IndexFunc(kept, func(r docent.Release) bool { return r.Active })
	if at <= 0 {
		return &docent.Error{Code: docent.CodeNotFound, Message: "no release of " + describe(unit) + " older than the active one is kept",
			Hint: "'docent index list' shows those that are"}
	}
	return activate(c, index, unit, kept[at-1].Number)
}

func newIndexGC() *cobra.Command {
	c := &cobra.Command{
		Use:   "gc",
		Short: "Delete old releases, and what only they hold",
		Long: `Keeps of each source, version and language the newest releases, the active one
and all that are newer than it. Ingest does the same after each release, with
ingest.keep_releases. Units that an ingest retired, since their source no longer has
them, and previews that have expired are deleted whole.

Then it deletes the indexes in the data folder that another one has replaced, as
after a change of the embedding model. One that a process still serves or builds
stays, and so do collections in Qdrant, where nothing tells who reads them: those
are named.

With --server the releases are those of a server elsewhere, of the key's site alone,
which then keeps as many as it is configured to.`,
		Example: `  docent index gc --keep 2
  docent index gc --server https://docs-bot.example.com`,
		Args: args(cobra.NoArgs),
	}
	keep := c.Flags().Int("keep", 0, "releases to keep, at least 1 (default ingest.keep_releases)")
	there := serverFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if c.Flags().Changed("keep") && *keep < 1 {
			return usageErrorf("--keep is %d: must be 1 or more", *keep)
		}
		client, err := there.elsewhere(c)
		if err != nil {
			return err
		}
		if client != nil {
			return sweepElsewhere(c, client, *keep)
		}
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		if *keep == 0 {
			*keep = s.Ingest.KeepReleases
		}
		index, err := server.OpenIndex(c.Context(), s.Config)
		if err != nil {
			return err
		}
		defer index.Close()
		if err := dropExpired(c, index, s.Config); err != nil {
			return err
		}
		return collectGarbage(c, index, s.Config, *keep)
	}
	return c
}

func sweepElsewhere(c *cobra.Command, client *push.Client, keep int) error {
	swept, err := client.Sweep(c.Context(), docent.Kept{Keep: keep})
	if err == nil {
		printSwept(c, swept)
	}
	return err
}

func collectGarbage(c *cobra.Command, index server.Index, cfg server.Config, keep int) error {
	deleted, kept, err := index.Collect(c.Context(), cfg, "", keep)
	if err != nil {
		return err
	}
	printSwept(c, docent.Swept{Deleted: deleted, Kept: kept})
	return removeStale(c, index)
}

func printSwept(c *cobra.Command, swept docent.Swept) {
	for _, name := range swept.Previews {
		fmt.Fprintf(c.ErrOrStderr(), "docent: the preview %s has expired and was deleted\n", name)
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: %s deleted, %d kept\n", plural(swept.Deleted, "release", "releases"), swept.Kept)
}

// removeStale deletes indexes that another one has replaced, and names those
// that stay.
func removeStale(c *cobra.Command, index server.Index) error {
	removed, err := index.RemoveStale(c.Context())
	for _, stamp := range removed {
		fmt.Fprintf(c.ErrOrStderr(), "docent: deleted the index of %s\n", server.DescribeStamp(stamp))
	}
	if err != nil {
		return err
	}
	left, err := index.Indexes(c.Context())
	for _, other := range left {
		if other.Stamp != index.Stamp {
			fmt.Fprintf(c.ErrOrStderr(), "docent: beside it there is %s, of %s\n", other.Name, server.DescribeStamp(other.Stamp))
		}
	}
	return err
}

const siteUsage = "site whose documentation it is"

func siteFlag(c *cobra.Command) *string {
	return c.Flags().String("site", docent.DefaultSite, siteUsage)
}

// unitFlags adds the flags that tell units of one source apart.
func unitFlags(c *cobra.Command) *docent.Unit {
	unit := &docent.Unit{}
	c.Flags().StringVar(&unit.Site, "site", docent.DefaultSite, siteUsage)
	c.Flags().StringVar(&unit.Version, "version", "", "version of the documentation, where the source has several")
	c.Flags().StringVar(&unit.Lang, "lang", "", "language of the documentation, where the source has several")
	return unit
}

func releaseNumber(word string) (int, error) {
	number, err := strconv.Atoi(word)
	if err != nil {
		return 0, usageErrorf("%q is not the number of a release; 'docent index list' shows them", word)
	}
	return number, nil
}

// activator is an index that can answer from another release: the one here, or a
// server's.
type activator interface {
	Activate(ctx context.Context, unit docent.Unit, release int) error
}

func activate(c *cobra.Command, index activator, unit docent.Unit, number int) error {
	if err := index.Activate(c.Context(), unit, number); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: %s: release %d is active\n", describe(unit), number)
	return nil
}

func openIndex(c *cobra.Command) (server.Index, error) {
	s, _, err := prepare(c)
	if err != nil {
		return server.Index{}, err
	}
	return server.OpenIndex(c.Context(), s.Config)
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
