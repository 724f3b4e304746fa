package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"docent"
	"docent/access"
	"docent/server"
)

func newKeys() *cobra.Command {
	c := &cobra.Command{
		Use:   "keys",
		Short: "Make, list, revoke and rotate API keys",
		Long: `API keys let programs call the server: 'Authorization: Bearer dk_...'. A key is
shown once, when it is made; only a digest of it is kept. Running servers see
every change at once.`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newKeysCreate(), newKeysList(), newKeysRevoke(), newKeysRotate())
	return c
}

func newKeysCreate() *cobra.Command {
	c := &cobra.Command{
		Use:   "create --scope SCOPE,...",
		Short: "Make a key and show it, once",
		Long: `Makes a key and prints it to stdout; nothing else is printed there. Scopes are
chat (ask, and see the key's own conversations), search, ingest (change the
index) and admin. Without --expires the key has no end.`,
		Example: `  docent keys create --scope ingest --name ci --expires 90d
  docent keys create --scope chat,search --expires 2030-01-31 > key.txt`,
		Args: args(cobra.NoArgs),
	}
	scopes := c.Flags().StringSlice("scope", nil, "what the key may do: chat, search, ingest, admin")
	expires := c.Flags().String("expires", "", "when it ends: 90d, 12h, or a date such as 2030-01-31 (its first moment)")
	name := c.Flags().String("name", "", "what it is for, to recognise it in lists")
	site := c.Flags().String("site", docent.DefaultSite, "site that it is for")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if len(*scopes) == 0 {
			return usageErrorf("--scope is missing: say what the key may do, such as --scope chat,search")
		}
		if err := access.CheckScopes(*scopes); err != nil {
			return usageErrorf("--scope is %q: %w", strings.Join(*scopes, ","), err)
		}
		if len(*name) > maxKeyName || strings.ContainsFunc(*name, unicode.IsControl) {
			return usageErrorf("--name is %q: must be at most %d bytes on one line", *name, maxKeyName)
		}
		now := time.Now()
		end, err := parseEnd("--expires", *expires, now)
		if err != nil {
			return err
		}
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		if names := s.SiteNames(); !slices.Contains(names, *site) {
			return usageErrorf("--site is %q: must be one of %s", *site, strings.Join(names, ", "))
		}
		keys, err := server.OpenKeys(s.Config)
		if err != nil {
			return err
		}
		defer keys.Close()
		k := access.Key{ID: access.NewKeyID(), Site: *site, Name: *name, Scopes: *scopes, CreatedAt: now, ExpiresAt: end}
		return createKey(c, keys, k)
	}
	return c
}

func createKey(c *cobra.Command, keys server.Keys, k access.Key) error {
	before, err := keys.HasKeys(c.Context())
	if err != nil {
		return err
	}
	var shown string
	shown, k.Digest = access.NewKeySecret(k.ID)
	if err := keys.CreateKey(c.Context(), k); err != nil {
		return err
	}
	fmt.Fprintln(c.OutOrStdout(), shown)
	fmt.Fprintf(c.ErrOrStderr(), "docent: this key is shown once; keep it safe. %s\n", describeKey(k))
	if !before {
		fmt.Fprintln(c.ErrOrStderr(), "docent: it is the first key: a server that runs on this machine asks for keys when it is started again")
	}
	return nil
}

func newKeysRotate() *cobra.Command {
	c := &cobra.Command{
		Use:   "rotate ID",
		Short: "Give a key another secret, and show it once",
		Long: `The key stays the same for all that belongs to it: its conversations, its scopes,
its name. Its secret before ends at once, or after --grace.`,
		Example: `  docent keys rotate abcde23456
  docent keys rotate abcde23456 --grace 24h --expires 90d`,
		Args: args(cobra.ExactArgs(1)),
	}
	grace := c.Flags().String("grace", "", "how long the secret before still counts: 24h, 7d (default: not at all)")
	expires := c.Flags().String("expires", "", "another end: 90d, 12h, or a date (default: the end that it has)")
	c.RunE = func(c *cobra.Command, words []string) error {
		now := time.Now()
		graceEnd, err := parseEnd("--grace", *grace, now)
		if err != nil {
			return err
		}
		end, err := parseEnd("--expires", *expires, now)
		if err != nil {
			return err
		}
		keys, k, err := openKey(c, words[0])
		if err != nil {
			return err
		}
		defer keys.Close()
		if *expires == "" {
			end = k.ExpiresAt
		}
		if !end.IsZero() && !now.Before(end) {
			return &docent.Error{Code: docent.CodeConflict, Message: "the API key has expired", Hint: "give it another end with --expires"}
		}
		shown, digest := access.NewKeySecret(k.ID)
		if k, err = keys.RotateKey(c.Context(), k.Site, k.ID, digest, graceEnd, end); err != nil {
			return err
		}
		fmt.Fprintln(c.OutOrStdout(), shown)
		fmt.Fprintf(c.ErrOrStderr(), "docent: this secret is shown once; keep it safe. %s\n", describeKey(k))
		fmt.Fprintf(c.ErrOrStderr(), "docent: the one before %s\n", describeGrace(graceEnd))
		return nil
	}
	return c
}

func describeKey(k access.Key) string {
	end := "without an end"
	if !k.ExpiresAt.IsZero() {
		end = "until " + k.ExpiresAt.Local().Format(time.DateTime)
	}
	return fmt.Sprintf("Key %s of the site %s: %s, %s", k.ID, k.Site, strings.Join(k.Scopes, ", "), end)
}

func describeGrace(end time.Time) string {
	if end.IsZero() {
		return "no longer counts"
	}
	return "counts until " + end.Local().Format(time.DateTime)
}

// maxKeyName is the length of a key's name, in bytes.
const maxKeyName = 100

// maxKeyLife bounds how far away an end may be: beyond it a typing error is
// likelier.
const maxKeyLife = 100 * 365 * 24 * time.Hour

// parseEnd reads a duration from now ("90d", "12h") or a date; "" is the zero
// time.
func parseEnd(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	end, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		end, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		var d time.Duration
		d, err = parseDays(text)
		end = now.Add(d)
	}
	if err != nil || !end.After(now) || end.Sub(now) >= maxKeyLife {
		return time.Time{}, usageErrorf("%s is %q: must be a duration such as 90d or 12h, or a date to come such as 2030-01-31", flag, text)
	}
	return end, nil
}

// parseDays is time.ParseDuration with whole days, too.
func parseDays(text string) (time.Duration, error) {
	days, is := strings.CutSuffix(text, "d")
	if !is {
		return time.ParseDuration(text)
	}
	n, err := strconv.Atoi(days)
	return time.Duration(min(n, 1<<16)) * 24 * time.Hour, err
}

func openKeys(c *cobra.Command) (server.Keys, error) {
	s, _, err := prepare(c)
	if err != nil {
		return nil, err
	}
	return server.OpenKeys(s.Config)
}

// openKey opens the store and finds the key that was typed: by its ID, or by
// what a server or a list calls it.
func openKey(c *cobra.Command, typed string) (server.Keys, access.Key, error) {
	keys, err := openKeys(c)
	if err != nil {
		return nil, access.Key{}, err
	}
	k, err := keys.Key(c.Context(), access.KeyID(typed))
	if docent.CodeOf(err) == docent.CodeNotFound {
		err = &docent.Error{Code: docent.CodeNotFound, Message: "there is no such API key", Hint: "'docent keys list' shows those that there are"}
	}
	if err != nil {
		return nil, access.Key{}, cmp.Or(err, keys.Close())
	}
	return keys, k, nil
}
