package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
	"docent/web"
)

// samplePages is how many pages of a release are shown.
const samplePages = 10

// shownRelease is what `docent index show --json` prints.
type shownRelease struct {
	docent.Release
	Sample []docent.Page `json:"sample"`
}

func newIndexShow() *cobra.Command {
	c := &cobra.Command{
		Use:   "show SOURCE [RELEASE]",
		Short: "Show what a release holds: pages, chunks, and a sample of its paths",
		Example: `  docent index show docs
  docent index show docs 3 --json`,
		Args: args(cobra.RangeArgs(1, 2)),
	}
	asJSON := c.Flags().Bool("json", false, "print JSON")
	unit := unitFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		unit.Source = words[0]
		index, err := openIndex(c)
		if err != nil {
			return err
		}
		defer index.Close()
		release, err := findRelease(c.Context(), index, *unit, words[1:])
		if err != nil {
			return err
		}
		shown := shownRelease{Release: release}
		if shown.Sample, err = sampleOf(c.Context(), index, release); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(c, shown)
		}
		return shown.print(c)
	}
	return c
}

// findRelease finds the release that words give the number of, or the active one.
func findRelease(ctx context.Context, index server.Index, unit docent.Unit, words []string) (docent.Release, error) {
	if len(words) == 0 {
		return index.Release(ctx, unit, 0)
	}
	number, err := releaseNumber(words[0])
	if err == nil && number < 1 {
		err = usageErrorf("releases are counted from 1")
	}
	if err != nil {
		return docent.Release{}, err
	}
	return index.Release(ctx, unit, number)
}

// sampleOf gives the first pages of a release, in the order of its navigation.
func sampleOf(ctx context.Context, index server.Index, r docent.Release) ([]docent.Page, error) {
	pages, err := index.Pages(ctx, r)
	return web.InOrder(pages)[:min(samplePages, len(pages))], err
}

func (s shownRelease) print(c *cobra.Command) error {
	state := ""
	if s.Active {
		state = ", active"
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s: release %d%s\n", describe(s.Unit), s.Number, state)
	fmt.Fprintf(w, "created\t%s\n", s.CreatedAt.Local().Format(time.DateTime))
	fmt.Fprintf(w, "pages\t%d\nchunks\t%d\n", s.Pages, s.Chunks)
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), "\nsome of its pages")
	for _, p := range s.Sample {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", p.Path, plural(p.Chunks, "chunk", "chunks"), p.Title)
	}
	return w.Flush()
}
