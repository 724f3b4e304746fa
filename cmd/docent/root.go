package main

import (
	"github.com/spf13/cobra"
)

// newRoot makes the command tree.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "docent",
		Short: "Answers questions about a project's documentation, with checked citations",
		Long: `Docent turns a folder of Markdown into an index and answers questions from it,
each statement with a citation that leads to the exact section.`,
		Example: `  docent serve --docs docs          ingest the folder and serve on http://localhost:8000
  docent ask "How do I install it?" ask in the terminal
  docent search "rate limit"        find sections, without a model`,
		Args:          args(cobra.NoArgs),
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageErrorf("%w; see '%s --help'", err, c.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.String("config", "", "configuration file (default: config.yaml in the current folder, if there)")
	flags.String("data-dir", "", "folder for all that Docent writes (default docent-data)")
	flags.String("log-level", "", "debug, info, warn or error (default info)")
	bindFlag(flags, "data-dir", "data_dir")
	bindFlag(flags, "log-level", "log_level")
	root.AddCommand(newInit(), newServe(), newIngest(), newAsk(), newSearch(), newMCP(), newEval(), newExplain(), newIndex(), newKeys(), newSessions(), newConfig(), newDoctor(), newHealth(), newVersion())
	return root
}

// args wraps a check of positional arguments so that a violation is an error
// of usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageErrorf("%w; see '%s --help'", err, c.CommandPath())
		}
		return nil
	}
}
