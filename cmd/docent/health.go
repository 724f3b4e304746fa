package main

import (
	"github.com/spf13/cobra"

	"docent/server"
)

func newHealth() *cobra.Command {
	c := &cobra.Command{
		Use:   "health",
		Short: "Ask the server that runs here whether it lives: for the health checks of containers",
		Long: `Asks for GET /health where the configuration says that the server listens. It
prints nothing when a Docent answers.

Exit codes: 0 it lives, 1 it doesn't.`,
		Example: `  docent health
  PORT=9000 docent health`,
		Args: args(cobra.NoArgs),
	}
	listenFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		s, err := loadSettings(c)
		if err != nil {
			return err
		}
		return server.Healthy(c.Context(), s.Config)
	}
	return c
}
