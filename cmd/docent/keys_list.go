package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"docent/access"
)

// listedKey is what `docent keys list --json` prints of a key: no digest.
type listedKey struct {
	ID        string     `json:"id"`
	Site      string     `json:"site"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	State     string     `json:"state"` // active, expired or revoked
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at"` // null: never
	UsedAt    *time.Time `json:"used_at"`
	RevokedAt *time.Time `json:"revoked_at"`
}

func newKeysList() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List the keys, without their secrets",
		Example: `  docent keys list
  docent keys list --json`,
		Args: args(cobra.NoArgs),
	}
	asJSON := c.Flags().Bool("json", false, "print a JSON list")
	site := c.Flags().String("site", "", "only the keys of a site (default: of all)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		keys, err := openKeys(c)
		if err != nil {
			return err
		}
		defer keys.Close()
		list, err := keys.Keys(c.Context(), *site)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(c, listKeys(list, time.Now()))
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tSITE\tSCOPES\tCREATED\tEXPIRES\tLAST USE\tSTATE")
		for _, k := range listKeys(list, time.Now()) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, dash(k.Name), k.Site, strings.Join(k.Scopes, ","),
				when(&k.CreatedAt), when(k.ExpiresAt), when(k.UsedAt), k.State)
		}
		return w.Flush()
	}
	return c
}

func listKeys(keys []access.Key, now time.Time) []listedKey {
	list := []listedKey{}
	for _, k := range keys {
		list = append(list, listedKey{
			ID: k.ID, Site: k.Site, Name: k.Name, Scopes: k.Scopes, State: k.State(now),
			CreatedAt: k.CreatedAt, ExpiresAt: orNull(k.ExpiresAt), UsedAt: orNull(k.UsedAt), RevokedAt: orNull(k.RevokedAt),
		})
	}
	return list
}

// orNull is nil for the zero time.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func when(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Local().Format(time.DateTime)
}

func newKeysRevoke() *cobra.Command {
	c := &cobra.Command{
		Use:     "revoke ID",
		Short:   "End a key, at once and for good",
		Example: "  docent keys revoke abcde23456",
		Args:    args(cobra.ExactArgs(1)),
	}
	c.RunE = func(c *cobra.Command, words []string) error {
		keys, k, err := openKey(c, words[0])
		if err != nil {
			return err
		}
		defer keys.Close()
		if err := keys.RevokeKey(c.Context(), k.Site, k.ID, time.Now()); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "docent: key %s is revoked\n", k.ID)
		return nil
	}
	return c
}
