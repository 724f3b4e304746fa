package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"docent"
	"docent/ingest/push"
	"docent/server"
)

func newIndexDrop() *cobra.Command {
	c := &cobra.Command{
		Use:   "drop SOURCE | drop --preview NAME",
		Short: "Delete a version in a language with all its releases, or a preview",
		Long: `Deletes a unit, which is a source in one version and language, with every release
of it. Running servers stop answering from it at once. There is no way back but to
ingest it again.

On a terminal it asks first. A script gives --yes.`,
		Example: `  docent index drop docs --version 1.0 --lang fr
  docent index drop docs --yes
  docent index drop --preview pr-42 --yes`,
		Args: args(cobra.MaximumNArgs(1)),
	}
	unit := unitFlags(c)
	preview := c.Flags().String("preview", "", "delete the preview of this name")
	yes := c.Flags().Bool("yes", false, "do not ask")
	there := serverFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		if (len(words) == 1) == (*preview != "") {
			return usageErrorf("name either a source or, with --preview, a preview")
		}
		what := "the preview " + *preview
		if *preview == "" {
			unit.Source = words[0]
			what = describe(*unit)
		}
		client, err := there.elsewhere(c)
		if err != nil {
			return err
		}
		if client != nil {
			return dropElsewhere(c, client, *unit, *preview, what, *yes)
		}
		index, err := openIndex(c)
		if err != nil {
			return err
		}
		defer index.Close()
		if *preview == "" {
			if _, err := index.ReleasesOf(c.Context(), *unit); err != nil {
				return err
			}
		}
		if err := confirmed(c, *yes, "delete "+what+" with all its releases?"); err != nil {
			return err
		}
		if *preview != "" {
			err = index.DropPreview(c.Context(), unit.Site, *preview)
		} else {
			err = index.Drop(c.Context(), *unit)
		}
		if err == nil {
			fmt.Fprintf(c.ErrOrStderr(), "docent: deleted %s\n", what)
		}
		return err
	}
	return c
}

// dropElsewhere has a server delete a unit, or a preview.
func dropElsewhere(c *cobra.Command, client *push.Client, unit docent.Unit, preview, what string, yes bool) error {
	if preview == "" {
		if _, err := keptElsewhere(c, client, unit); err != nil {
			return err
		}
	}
	if err := confirmed(c, yes, "delete "+what+" with all its releases from the server?"); err != nil {
		return err
	}
	err := client.Drop(c.Context(), unit, preview)
	if err == nil {
		fmt.Fprintf(c.ErrOrStderr(), "docent: deleted %s\n", what)
	}
	return err
}

// confirmed asks on a terminal, unless yes was given. Elsewhere nobody can be
// asked, so it is an error.
func confirmed(c *cobra.Command, yes bool, question string) error {
	if yes {
		return nil
	}
	in, is := c.InOrStdin().(*os.File)
	if !is || !term.IsTerminal(int(in.Fd())) {
		return usageErrorf("this can't be undone: give --yes to do it without being asked")
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: %s [y/N] ", question)
	line, err := bufio.NewReader(in).ReadString('\n')
	if answer := strings.ToLower(strings.TrimSpace(line)); err != nil || answer != "y" && answer != "yes" {
		return fmt.Errorf("nothing was deleted")
	}
	return nil
}

// printPreviews names previews.
func printPreviews(c *cobra.Command, previews []server.Preview) {
	for _, p := range previews {
		end := ", never expires"
		if !p.Expires.IsZero() {
			end = ", expires " + p.Expires.Local().Format(time.DateTime)
		}
		printPreview(c, p, end)
	}
}

// printPreview names a preview; end is when it expires, where that is known.
func printPreview(c *cobra.Command, p server.Preview, end string) {
	var units []string
	for _, r := range p.Releases {
		units = append(units, fmt.Sprintf("%s (%s)", describe(r.Unit), plural(r.Pages, "page", "pages")))
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: preview %s: %s%s\n", p.Name, strings.Join(units, ", "), end)
}

// dropExpired deletes previews whose time is over.
func dropExpired(c *cobra.Command, index server.Index, cfg server.Config) error {
	dropped, err := index.DropExpired(c.Context(), cfg, "")
	for _, p := range dropped {
		fmt.Fprintf(c.ErrOrStderr(), "docent: the preview %s of site %s has expired and was deleted\n", p.Name, p.Site)
	}
	if docent.CodeOf(err) == docent.CodeNoIndex {
		return nil
	}
	return err
}
