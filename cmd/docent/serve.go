package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"docent"
	"docent/ingest"
	"docent/server"
)

func newServe() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the chat API, the search API, the widget and a page to try them",
		Long: `Serves what was ingested. With --docs it ingests a folder first. The address is
http://localhost:8000 unless told otherwise; only this machine can reach it.

On SIGHUP it reads config.yaml again and answers from then on by its sections
embedding, retrieval, qdrant and sources, without a failed question; where the
index that they mean is not there, all stays as it is, and the log says why.

With --index it serves a file that was made elsewhere. It looks for a newer one each
index.poll and takes that in its place, without a failed question; a file that is
damaged, or was made with another embedding model, changes nothing, and the log says why.`,
		Example: `  docent serve --docs docs
  docent serve --docs docs --watch
  docent serve --port 8080
  docent serve --index https://docs.example.com/docs.docent
  OPENAI_API_KEY=... docent serve`,
		Args: args(cobra.NoArgs),
	}
	listenFlags(c)
	docs := c.Flags().String("docs", "", "folder to ingest before serving")
	c.Flags().String("index", "", "file or address of an index that 'docent index export' wrote, to serve instead of what was ingested here")
	bindFlag(c.Flags(), "index", "index.from")
	watch := c.Flags().Bool("watch", false, "ingest the folder (or config.yaml's sources) again whenever something in it changes")
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
		if s.Index.From != "" && (*docs != "" || *watch) {
			return usageErrorf("the index comes from %s, so nothing is ingested: leave out --docs and --watch, or --index and index.from", s.Index.From)
		}
		var sources []ingest.Source
		if *docs != "" || *watch {
			if sources, err = ingestFirst(c, s, *docs); err != nil {
				return err
			}
		}
		withPDF, err := pdfReader()
		if err != nil {
			return err
		}
		srv, err := server.New(s.Config, server.WithLogger(log), withPDF)
		if err != nil {
			return err
		}
		meanwhile, stop := context.WithCancel(c.Context())
		ended := []<-chan struct{}{reloadOnHangup(meanwhile, c, srv)}
		if *watch {
			watching, err := watchSources(meanwhile, c, s, sources)
			if err != nil {
				stop()
				<-ended[0]
				return errors.Join(err, srv.Close())
			}
			ended = append(ended, watching)
		}
		err = srv.Run(c.Context(), func(url string) {
			fmt.Fprintf(c.ErrOrStderr(), "docent: serving on %s (Ctrl-C stops)\n", url)
		})
		stop()
		for _, done := range ended {
			<-done
		}
		return errors.Join(err, srv.Close())
	}
	return c
}

// ingestFirst ingests a folder, or config.yaml's sources where dir is "", before
// anything is served.
func ingestFirst(c *cobra.Command, s *settings, dir string) ([]ingest.Source, error) {
	var dirs []string
	if dir != "" {
		dirs = []string{dir}
	}
	sources, err := new(ingestFlags).sources(s, dirs)
	if err != nil {
		return nil, err
	}
	if err := ingestSources(c.Context(), c, s, sources, false, formatText); err != nil && !partly(err) {
		return nil, err
	}
	return sources, nil
}

// reloadOnHangup reads the configuration again for each SIGHUP, until ctx ends;
// then it closes ended. A configuration that can't be used changes nothing.
func reloadOnHangup(ctx context.Context, c *cobra.Command, srv *server.Server) (ended <-chan struct{}) {
	hangups, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		defer close(done)
		defer signal.Stop(hangups)
		for {
			select {
			case <-hangups:
				if err := reload(ctx, c, srv); err != nil {
					report(ctx, c.ErrOrStderr(), fmt.Errorf("the configuration was not taken up, questions are answered as before: %w", err))
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return done
}

func reload(ctx context.Context, c *cobra.Command, srv *server.Server) error {
	s, err := loadSettings(c)
	if err != nil {
		return err
	}
	s.warn(c)
	return srv.Reload(ctx, s.Config)
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
