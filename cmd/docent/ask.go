package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/access"
	"docent/server"
)

func newAsk() *cobra.Command {
	c := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Ask in the terminal; the answer streams to stdout, its sources below",
		Example: `  docent ask "How do I install it?"
  docent ask --session ses_... "And on Windows?"
  docent ask --server https://ask.example.com "How do I install it?"
  docent ask --json "What is the default port?" | jq -rj 'select(.event=="delta").data.text'`,
		Args: question,
	}
	asJSON := c.Flags().Bool("json", false, "print each event as a line of JSON: {id, event, data}")
	site := siteFlag(c)
	var ask docent.Ask
	c.Flags().StringVar(&ask.SessionID, "session", "", "go on with an earlier session")
	filterFlags(c, &ask.Filters)
	there := remoteFlags(c, "chat")
	c.RunE = func(c *cobra.Command, words []string) error {
		ask.Message = strings.Join(words, " ")
		show := (&answerPrinter{out: c.OutOrStdout(), notes: c.ErrOrStderr()}).show
		if *asJSON {
			show = jsonLines(c.OutOrStdout())
		}
		elsewhere, err := there.client(c)
		if err != nil {
			return err
		}
		if elsewhere != nil {
			return elsewhere.ask(c.Context(), ask, show)
		}
		srv, err := open(c)
		if err != nil {
			return err
		}
		who := access.Local()
		who.Site = *site
		return errors.Join(askOnce(c.Context(), srv, who, ask, show), srv.Close())
	}
	return c
}

// question checks that there is one.
func question(c *cobra.Command, words []string) error {
	if strings.TrimSpace(strings.Join(words, " ")) == "" {
		return usageErrorf("give a question: %s", c.UseLine())
	}
	return nil
}

// filterFlags adds the flags that narrow a question.
func filterFlags(c *cobra.Command, f *docent.Filters) {
	c.Flags().StringVar(&f.Source, "source", "", "only this source")
	c.Flags().StringVar(&f.Version, "version", "", "this version instead of the default one; * for all")
	c.Flags().StringVar(&f.Lang, "lang", "", "preferred language")
	c.Flags().StringVar(&f.Index, "index", "", "a preview to ask, see 'docent ingest --preview'")
	c.Flags().StringVar(&f.PathPrefix, "path-prefix", "", "only pages whose path begins so")
}

// open makes the server's parts for a command that answers by itself.
func open(c *cobra.Command) (*server.Server, error) {
	s, log, err := prepare(c)
	if err != nil {
		return nil, err
	}
	srv, err := server.New(s.Config, server.WithLogger(log))
	if err != nil {
		return nil, err
	}
	if err := srv.FetchIndex(c.Context()); err != nil && srv.Ready(c.Context()) != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

// askOnce asks and shows every event. An interrupt stops the answer.
func askOnce(ctx context.Context, srv *server.Server, who access.Principal, ask docent.Ask, show func(docent.Event) error) error {
	if err := srv.Ready(ctx); err != nil {
		return err
	}
	started, err := srv.Answers().Start(ctx, who, ask)
	if err != nil {
		return err
	}
	err = srv.Answers().Follow(ctx, who, started.MessageID, 0, func(events []docent.Event) error {
		for _, e := range events {
			if err := errors.Join(show(e), failure(e)); err != nil {
				return err
			}
		}
		return nil
	})
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), srv.Answers().Cancel(context.WithoutCancel(ctx), who, started.MessageID))
	}
	return err
}

// failure turns an error event into an error.
func failure(e docent.Event) error {
	if e.Name != docent.EventError {
		return nil
	}
	var d docent.ErrorData
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return err
	}
	return d.Err()
}

// jsonLines shows events as lines of JSON.
func jsonLines(out io.Writer) func(docent.Event) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return func(event docent.Event) error { return e.Encode(event) }
}

// answerPrinter shows an answer to a person: the text as it comes, then the
// sources that it cites, or the nearest ones where it cites none.
type answerPrinter struct {
	out     io.Writer
	notes   io.Writer // what is no part of the answer
	sources []docent.Source
	said    bool // something of the answer
}

func (p *answerPrinter) show(e docent.Event) error {
	switch e.Name {
	case docent.EventSources:
		var d docent.SourcesData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		p.sources = append(p.sources, d.Sources...)
		if d.Note != "" {
			fmt.Fprintln(p.notes, "docent: "+d.Note)
		}
	case docent.EventDelta:
		var d docent.DeltaData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		p.said = true
		_, err := io.WriteString(p.out, d.Text)
		return err
	case docent.EventDone:
		var d docent.DoneData
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		return p.close(d)
	case docent.EventError:
		if p.said {
			fmt.Fprintln(p.out)
		}
	}
	return nil
}

func (p *answerPrinter) close(d docent.DoneData) error {
	fmt.Fprint(p.out, "\n")
	if d.FinishReason == docent.FinishRefused && len(p.sources) > 0 {
		fmt.Fprint(p.out, "\nNearest pages\n")
		for _, s := range p.sources {
			p.line("-", s.Title, s.Heading, s.URL)
		}
	}
	if len(d.Citations) > 0 {
		fmt.Fprint(p.out, "\nSources\n")
		for _, c := range d.Citations {
			p.line(fmt.Sprintf("[%d]", c.N), c.Title, c.Heading, c.URL)
		}
	}
	return nil
}

func (p *answerPrinter) line(mark, title, heading, url string) {
	if heading != "" && heading != title {
		title += " > " + heading
	}
	fmt.Fprintf(p.out, "  %s %s\n      %s\n", mark, title, url)
}
