package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
)

func newSessions() *cobra.Command {
	c := &cobra.Command{
		Use:   "sessions",
		Short: "List, show, move, lock and delete conversations",
		Long: `Conversations are what readers asked and were answered. These commands work on
everyone's, in the store that config.yaml names, beside a server that runs. With
--server they are those of the key that is given, on a server elsewhere.`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newSessionsList(), newSessionsShow(), newSessionsExport(), newSessionsImport(),
		newSessionsStatus("lock", docent.StatusLocked, "Let a conversation take no questions until it is opened again"),
		newSessionsStatus("close", docent.StatusClosed, "End a conversation: it can be read, and takes no questions"),
		newSessionsStatus("reopen", docent.StatusActive, "Let a conversation take questions again"),
		newSessionsDelete())
	return c
}

// newSessionsStatus makes the command that gives conversations a status.
func newSessionsStatus(name, status, short string) *cobra.Command {
	c := &cobra.Command{
		Use:     name + " ID",
		Short:   short,
		Example: "  docent sessions " + name + " ses_abcde23456",
		Args:    args(cobra.ExactArgs(1)),
	}
	reason := new(string)
	if status != docent.StatusActive {
		reason = c.Flags().String("reason", "", "why, as its reader is told")
	}
	c.RunE = func(c *cobra.Command, words []string) error {
		store, o, err := openSession(c, words[0])
		if err != nil {
			return err
		}
		defer store.Close()
		s, err := store.SetStatus(c.Context(), o, words[0], status, *reason)
		if err == nil {
			fmt.Fprintf(c.ErrOrStderr(), "docent: session %s is %s\n", s.ID, s.Status)
		}
		return err
	}
	return c
}

func newSessionsDelete() *cobra.Command {
	c := &cobra.Command{
		Use:   "delete ID",
		Short: "Delete a conversation with all that stands in it",
		Long:  "Deletes a conversation for good. On a terminal it asks first. A script gives --yes.",
		Example: `  docent sessions delete ses_abcde23456
  docent sessions delete ses_abcde23456 --yes`,
		Args: args(cobra.ExactArgs(1)),
	}
	yes := c.Flags().Bool("yes", false, "do not ask")
	from := conversationFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		place, err := from.open(c)
		if err != nil {
			return err
		}
		defer place.Close()
		found, err := place.read(c.Context(), words[0])
		if err != nil {
			return err
		}
		if err := confirmed(c, *yes, fmt.Sprintf("delete session %s (%s)?", words[0], plural(len(found.Messages), "message", "messages"))); err != nil {
			return err
		}
		if err := place.delete(c.Context(), words[0]); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "docent: session %s is deleted\n", words[0])
		return nil
	}
	return c
}

func openSessions(c *cobra.Command) (server.Sessions, error) {
	s, _, err := prepare(c)
	if err != nil {
		return nil, err
	}
	return server.OpenSessions(s.Config)
}

// openSession opens the store and finds whose a session is.
func openSession(c *cobra.Command, id string) (server.Sessions, docent.Owner, error) {
	store, err := openSessions(c)
	if err != nil {
		return nil, docent.Owner{}, err
	}
	o, err := ownerOf(c.Context(), store, id)
	if err != nil {
		return nil, o, cmp.Or(err, store.Close())
	}
	return store, o, nil
}
