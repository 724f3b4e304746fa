package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// What a build sets with -ldflags "-X main.version=v1.2.3 -X main.revision=...".
// Without the two of the revision, what Go recorded of the repository counts:
// a container is built without one.
var (
	version      = "dev"
	revision     = ""
	revisionTime = ""
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, the commit and what it was built with",
		Example: "  docent version",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "docent %s (commit %s, %s, %s/%s)\n",
				version, commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// commit names what the binary was built from, and when that was committed.
func commit() string {
	id, at, changed := revision, revisionTime, ""
	if info, ok := debug.ReadBuildInfo(); ok && id == "" {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				id = s.Value
			case s.Key == "vcs.time":
				at = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " with changes"
			}
		}
	}
	if id == "" {
		return "unknown"
	}
	id = id[:min(len(id), 12)]
	if at != "" {
		id += " of " + at
	}
	return id + changed
}
