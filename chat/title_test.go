package chat

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"docent"
)

func TestAModelsWordsBecomeATitleOrNone(t *testing.T) {
	for said, want := range map[string]string{
		"Installing on Linux":            "Installing on Linux",
		"\n\n**Title: \"Install it.\"**": "Install it",
		"Title: A\u2028B\tC":             "A B C",
		"“Den Port ändern”\nMore.":       "Den Port ändern",
		"<!doctype html><html>":          "",
		"See [1]":                        "",
		strings.Repeat("long ", 40):      "",
		" \n ":                           "",
		"\xff\xfe":                       "��",
	} {
		if got := titleOf(said); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
}

// namer answers questions, and requests for titles with its own words.
type namer struct {
	scripted
	words  []string
	err    error
	titles int
	wait   bool // for the context's end
}

func (n *namer) Stream(ctx context.Context, r docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if r.Messages[0].Text != titleTask {
		return n.scripted.Stream(ctx, r, onDelta)
	}
	n.titles++
	if n.wait {
		<-ctx.Done()
		return docent.ModelResult{}, ctx.Err()
	}
	for _, w := range n.words {
		if err := onDelta(w); err != nil {
			return docent.ModelResult{Usage: namingTook}, err
		}
	}
	return docent.ModelResult{Usage: namingTook}, n.err
}

// namingTook is what each title takes.
var namingTook = docent.Usage{InputTokens: 40, OutputTokens: 5}

func TestALongFirstQuestionIsNamedByTheModelOnce(t *testing.T) {
	long := strings.Repeat("How do I install it on Linux, and why? ", 4)
	for name, tt := range map[string]struct {
		question string
		off      bool
		model    *namer
		asked    int
		want     string
	}{
		"a long question":       {long, false, &namer{words: []string{"Install ", "on Linux\nand", strings.Repeat("more ", 1e6)}}, 1, "Install on Linux"},
		"several lines":         {"Hello.\nHow do I install it?", false, &namer{words: []string{"Install"}}, 1, "Install"},
		"a short question":      {"How do I install it?", false, &namer{words: []string{"Install"}}, 0, ""},
		"turned off":            {long, true, &namer{words: []string{"Install"}}, 0, ""},
		"a model that fails":    {long, false, &namer{words: []string{"Inst"}, err: docent.Errorf(docent.CodeModelCut, "cut")}, 1, ""},
		"a page of HTML":        {long, false, &namer{words: []string{"<html>"}}, 1, ""},
		"a model without words": {long, false, &namer{}, 1, ""},
	} {
		c, store := testConfig(), newMemory()
		c.Titles = !tt.off
		tt.model.deltas = []string{"So [1]."}
		s := New(c, store, finds(found), tt.model, quotes, nil, slog.New(slog.DiscardHandler))
		first, events := ask(t, s, docent.Ask{Message: tt.question})
		if last(events).Name != docent.EventDone {
			t.Errorf("%s: events %s", name, names(events))
		}
		s.active.Wait()
		if _, err := s.Start(t.Context(), reader, docent.Ask{Message: long, SessionID: first.SessionID}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s.Shutdown(t.Context())
		if usage := store.message(first.MessageID).Usage; usage.InputTokens != 7+40*tt.asked || usage.OutputTokens != 3+5*tt.asked {
			t.Errorf("%s: the answer took %+v", name, usage)
		}
		if tt.model.titles != tt.asked || store.titles[first.SessionID] != tt.want {
			t.Errorf("%s: asked %d times, the title is %q", name, tt.model.titles, store.titles[first.SessionID])
		}
	}
}

func TestTheServersEndDoesNotWaitForATitle(t *testing.T) {
	c, store := testConfig(), newMemory()
	c.Titles = true
	model := &namer{wait: true, scripted: scripted{deltas: []string{"So [1]."}}}
	s := New(c, store, finds(found), model, quotes, nil, slog.New(slog.DiscardHandler))
	_, events := ask(t, s, docent.Ask{Message: strings.Repeat("How do I install it on Linux? ", 5)})
	if last(events).Name != docent.EventDone {
		t.Errorf("events %s", names(events))
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	s.Shutdown(ended) // returns, or the test does not end
}
