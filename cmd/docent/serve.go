package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"docent"
	"docent/server"
)

func newServe() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the chat API, the search API, the widget and a page to try them",
		Long: `Serves what was ingested. With --docs it ingests a folder first. The address is
http://localhost:8000 unless told otherwise; only this machine can reach it.`,
		Example: `  docent serve --docs docs
  docent serve --port 8080
  OPENAI_API_KEY=... docent serve`,
		Args: args(cobra.NoArgs),
	}
	listenFlags(c)
	docs := c.Flags().String("docs", "", "folder to ingest before serving")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(gcPercent)
		}
		s, log, err := prepare(c)
		if err != nil {
			return err
		}
		if err := s.CanListen(c.Context()); err != nil {
			return &exitError{exitUsage, err}
		}
		if *docs != "" {
			sources, err := new(ingestFlags).sources(s, []string{*docs})
			if err != nil {
				return err
			}
			if err := ingestSources(c, s, sources, false); err != nil && !partly(err) {
				return err
			}
		}
		srv, err := server.New(s.Config, server.WithLogger(log))
		if err != nil {
			return err
		}
		return errors.Join(srv.Run(c.Context(), func(url string) {
			fmt.Fprintf(c.ErrOrStderr(), "docent: serving on %s (Ctrl-C stops)\n", url)
		}), srv.Close())
	}
	return c
}

// listenFlags adds the flags that say where the server listens.
func listenFlags(c *cobra.Command) {
	c.Flags().String("host", "", "address to listen on (default 127.0.0.1)")
	c.Flags().Int("port", 0, "port to listen on (default 8000)")
	bindFlag(c.Flags(), "host", "server.host")
	bindFlag(c.Flags(), "port", "server.port")
}

// gcPercent lets the collector run twice as often as it would by itself: with a
// thousand streams that costs a few hundredths of the processor time and saves
// a quarter of the memory (go run ./bench -only streams).
const gcPercent = 50

// prepare loads the settings of a command that starts something, tells their
// warnings, and makes its log.
func prepare(c *cobra.Command) (*settings, *slog.Logger, error) {
	s, err := loadSettings(c)
	if err != nil {
		return nil, nil, err
	}
	s.warn(c)
	return s, slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: s.Level()})), nil
}

// partly reports whether err says that some files failed and the rest is in.
func partly(err error) bool {
	var exit *exitError
	return errors.As(err, &exit) && exit.code == exitPartly
}

// errNothingToIngest is for ingest without folders and without sources.
var errNothingToIngest = &docent.Error{
	Code: docent.CodeInvalid, Message: "nothing to ingest: no folder given, and config.yaml has no sources",
	Hint: "docent ingest DIR",
}
