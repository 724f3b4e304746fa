package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
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

// findRelease gives the release with the number that was typed, or else the
// active one.
func findRelease(ctx context.Context, index server.Index, unit docent.Unit, words []string) (docent.Release, error) {
	wanted := func(r docent.Release) bool { return r.Active }
	if len(words) > 0 {
		number, err := releaseNumber(words[0])
		if err != nil {
			return docent.Release{}, err
		}
		wanted = func(r docent.Release) bool { return r.Number == number }
	}
	kept, err := releasesOf(ctx, index, unit)
	if err != nil {
		return docent.Release{}, err
	}
	at := slices.IndexFunc(kept, wanted)
	if at < 0 {
		return docent.Release{}, &docent.Error{Code: docent.CodeNotFound, Message: "that release of " + describe(unit) + " is not kept",
			Hint: "'docent index list' shows those that are"}
	}
	return kept[at], nil
}

// sampleOf gives the first pages of a release, by path.
func sampleOf(ctx context.Context, index server.Index, r docent.Release) ([]docent.Page, error) {
	pages, err := index.Pages(ctx, r)
	return pages[:min(samplePages, len(pages))], err
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
