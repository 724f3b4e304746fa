package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/ingest/push"
	"docent/server"
)

// listElsewhere lists what a server keeps.
func listElsewhere(c *cobra.Command, client *push.Client, asJSON bool) error {
	all, err := client.Releases(c.Context())
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(c, all)
	}
	var own []docent.Release
	var previews []server.Preview
	for _, r := range all {
		site, name, is := strings.Cut(r.Unit.Site, "@")
		if !is {
			own = append(own, r)
			continue
		}
		at := slices.IndexFunc(previews, func(p server.Preview) bool { return p.Name == name })
		if at < 0 {
			at, previews = len(previews), append(previews, server.Preview{Site: site, Name: name})
		}
		previews[at].Releases = append(previews[at].Releases, r)
	}
	if err := printReleases(c, own); err != nil {
		return err
	}
	for _, p := range previews {
		printPreview(c, p, "")
	}
	return nil
}

// keptElsewhere gives the releases of a unit that a server keeps, oldest first. It is
// an error where there is none.
func keptElsewhere(c *cobra.Command, client *push.Client, unit docent.Unit) ([]docent.Release, error) {
	all, err := client.Releases(c.Context())
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(all, func(r docent.Release) bool {
		return strings.Contains(r.Unit.Site, "@") || r.Unit.Source != unit.Source || r.Unit.Version != unit.Version || r.Unit.Lang != unit.Lang
	})
	if len(kept) == 0 {
		return nil, &docent.Error{Code: docent.CodeNotFound, Message: "the server has no " + describe(unit), Hint: "'docent index list --server' shows what it has"}
	}
	slices.SortFunc(kept, func(a, b docent.Release) int { return a.Number - b.Number })
	return kept, nil
}
