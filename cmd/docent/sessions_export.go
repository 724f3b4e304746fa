package main

import (
	"bufio"
	"fmt"

	"github.com/spf13/cobra"

	"docent"
	"docent/web/chatkit"
)

func newSessionsExport() *cobra.Command {
	c := &cobra.Command{
		Use:   "export ID | export --all",
		Short: "Write conversations to stdout",
		Long: `Writes a conversation, or with --all every one, as JSON lines: a line for each
ChatKit thread with its site and subject, followed by a line for each of its items.
'docent sessions import' reads them, and so do ChatKit's own models. --format json is
all that is kept of the messages, --format md is for people.`,
		Example: `  docent sessions export --all > conversations.jsonl
  docent sessions export ses_abcde23456 --format md`,
		Args: args(cobra.MaximumNArgs(1)),
	}
	all := c.Flags().Bool("all", false, "everyone's, or those of --site and --subject")
	format := c.Flags().String("format", "", "jsonl, json or md (default jsonl; json with --server)")
	site := c.Flags().String("site", "", "with --all: only those of a site")
	subject := c.Flags().String("subject", "", "with --all: only those of a subject")
	from := conversationFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		address, _, err := from.resolve(c)
		switch {
		case err != nil:
			return err
		case *all == (len(words) == 1):
			return usageErrorf("give either an ID or --all")
		case !*all && *site+*subject != "":
			return usageErrorf("--site and --subject need --all")
		case *format == "" && address != "":
			*format = "json"
		case *format == "":
			*format = "jsonl"
		}
		switch {
		case *format != "jsonl" && *format != "json" && *format != "md":
			return usageErrorf("--format is %q: must be jsonl, json or md", *format)
		case *all && *format != "jsonl":
			return usageErrorf("--all writes jsonl, and is written where the store is")
		case *format == "jsonl" && address != "":
			return usageErrorf("jsonl is written where the store is: leave out --server, or give an ID and --format json or md")
		case *format == "jsonl":
			return exportLines(c, words, *site, *subject)
		}
		place, err := from.open(c)
		if err != nil {
			return err
		}
		defer place.Close()
		found, err := place.read(c.Context(), words[0])
		if err != nil {
			return err
		}
		if *format == "json" {
			return printJSON(c, found)
		}
		_, err = c.OutOrStdout().Write(found.Markdown())
		return err
	}
	return c
}

// exportLines writes one conversation, or all of a site and a subject.
func exportLines(c *cobra.Command, words []string, site, subject string) error {
	store, err := openSessions(c)
	if err != nil {
		return err
	}
	defer store.Close()
	out := bufio.NewWriter(c.OutOrStdout())
	if len(words) == 1 {
		o, err := ownerOf(c.Context(), store, words[0])
		if err != nil {
			return err
		}
		s, err := store.Session(c.Context(), o, words[0])
		if err != nil {
			return err
		}
		if err := chatkit.WriteDump(c.Context(), out, store, o, s); err != nil {
			return err
		}
		return out.Flush()
	}
	n := 0
	err = store.EachSession(c.Context(), site, subject, func(o docent.Owner, s docent.Session) error {
		n++
		return chatkit.WriteDump(c.Context(), out, store, o, s)
	})
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		fmt.Fprintf(c.ErrOrStderr(), "docent: %s written\n", plural(n, "conversation", "conversations"))
	}
	return err
}
