package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"docent/guard"
	"docent/ingest"
	"docent/ingest/built"
)

// verifyLinks compares the addresses that an ingest of the sources would cite
// with a built site, and writes nothing. A mismatch misses the gate.
func (f *ingestFlags) verifyLinks(c *cobra.Command, s *settings, sources []ingest.Source) error {
	// Whoever types an address may reach what this machine reaches.
	site, err := built.Open(c.Context(), f.verify, guard.NewClient(guard.Config{AllowPrivate: true}))
	if err != nil {
		return &exitError{exitUsage, err}
	}
	plan, err := f.preview(c, s, sources)
	if err != nil {
		return err
	}
	v, err := built.Verify(c.Context(), plan, site)
	if err != nil {
		return err
	}
	if f.asJSON {
		err = printJSON(c, v)
	} else {
		err = printVerification(c, v, f.format)
	}
	if err != nil || len(v.MissingPages)+len(v.MissingAnchors) == 0 {
		return err
	}
	return &exitError{exitGate, fmt.Errorf("%s of %s and %s do not stand on the built site (%.1f %%)",
		plural(len(v.MissingPages)+len(v.MissingAnchors), "address", "addresses"),
		plural(v.Pages, "page", "pages"), plural(v.Anchors, "section", "sections"), 100*v.MismatchRate)}
}

func printVerification(c *cobra.Command, v built.Verification, format string) error {
	out := c.OutOrStdout()
	remarks := remarks{out, format, ""}
	for _, m := range v.MissingPages {
		remarks.missing(m.Path, "the site has no page "+m.URL)
	}
	for _, m := range v.MissingAnchors {
		remarks.missing(m.Path, fmt.Sprintf("%q: the page has no anchor %s", m.Heading, m.URL))
	}
	sections := plural(v.Anchors, "section", "sections")
	if v.OnlyPages {
		sections = "no sections, since the list does not name them all"
	}
	_, err := fmt.Fprintf(out, "compared %s and %s: %.1f %% lead elsewhere\n", plural(v.Pages, "page", "pages"), sections, 100*v.MismatchRate)
	return err
}
