package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
)

func newEvalGenerate() *cobra.Command {
	c := &cobra.Command{
		Use:   "generate",
		Short: "Propose questions from the index and from what readers asked",
		Long: `Prints a draft of a question file for a person to edit: headings, the words by
which pages link to each other, and stored questions that were refused or rated.
The tag of each says where it comes from. What readers asked is printed as they
wrote it: look through it before you share the file.`,
		Example: `  docent eval generate --limit 100 > questions.jsonl`,
		Args:    args(cobra.NoArgs),
	}
	site := c.Flags().String("site", docent.DefaultSite, siteUsage)
	limit := c.Flags().Int("limit", 100, "questions, at most; 0 is all")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *limit < 0 {
			return usageErrorf("--limit is %d: must be 0 or more", *limit)
		}
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		questions, err := server.Propose(c.Context(), s.Config, *site, *limit)
		if err != nil {
			return err
		}
		e := json.NewEncoder(c.OutOrStdout())
		e.SetEscapeHTML(false)
		for _, q := range questions {
			if err := e.Encode(q); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}
