package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

func newConfig() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Print every setting that counts, and which fact decided it",
		Long: `Prints every key with its effective value and where that comes from: the
default, a line of config.yaml, a variable or a flag. Secrets are masked.`,
		Example: `  docent config
  OPENAI_MODEL=gpt-4o-mini docent config --json`,
		Args: args(cobra.NoArgs),
	}
	asJSON := c.Flags().Bool("json", false, "print a JSON list of {key, value, from}")
	c.RunE = func(c *cobra.Command, _ []string) error {
		s, err := loadSettings(c)
		if err != nil {
			return err
		}
		s.warn(c)
		if *asJSON {
			return s.printJSON(c)
		}
		return s.print(c)
	}
	return c
}

// warn tells what was set without effect.
func (s *settings) warn(c *cobra.Command) {
	for _, w := range s.warnings {
		fmt.Fprintln(c.ErrOrStderr(), "docent: warning: "+w)
	}
}

func (s *settings) print(c *cobra.Command) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tVALUE\tFROM")
	for _, key := range allKeys() {
		f := s.facts[key]
		fmt.Fprintf(w, "%s\t%s\t%s\n", key, shown(key, f.value), f.from)
	}
	return w.Flush()
}

func (s *settings) printJSON(c *cobra.Command) error {
	type row struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
		From  string `json:"from"`
	}
	rows := []row{}
	for _, key := range allKeys() {
		f := s.facts[key]
		rows = append(rows, row{key, public(key, f.value), f.from})
	}
	return printJSON(c, rows)
}

// printJSON prints a value to stdout, indented.
func printJSON(c *cobra.Command, v any) error {
	e := json.NewEncoder(c.OutOrStdout())
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
