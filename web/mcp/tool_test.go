package mcp

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/access"
	"docent/analysis"
)

// passage is one of the page title, with blocks of text.
func passage(title, heading string, blocks ...string) docent.Passage {
	c := docent.Chunk{Title: title, Headings: []string{heading}, Anchor: strings.ToLower(heading), URL: "/docs/manual/" + strings.ToLower(title) + "#" + strings.ToLower(heading), Unit: docent.Unit{Source: "manual", Version: "2"}}
	for _, b := range blocks {
		if c.Text != "" {
			c.Text += "\n\n"
		}
		c.Blocks = append(c.Blocks, docent.Block{Start: len(c.Text), End: len(c.Text) + len(b)})
		c.Text += b
	}
	c.Tokens = analysis.Tokens(c.Text)
	return docent.Passage{Chunk: c, Score: 1}
}

func TestASearchGivesMarkdownWithAddressesAndTheSameAsData(t *testing.T) {
	d := &fakeDocs{found: docent.Found{Passages: []docent.Passage{passage("Install", "Linux", "Take the package.")}, Answerable: .5, Note: "version 2 was searched"}, doubt: "Hardly."}
	c := connected(t, d, Caller{Base: "https://ask.example.com"}, nil)
	text, data, failed := callTool(t, c, "search_docs", map[string]any{"query": "install", "source": "manual", "version": "2", "lang": "de", "path_prefix": "g/", "limit": 7})
	want := "Note: Hardly.; version 2 was searched\n\n## Install > Linux\nhttps://ask.example.com/docs/manual/install#linux · manual 2\n\nTake the package."
	if failed || text != want {
		t.Errorf("text %q, want %q", text, want)
	}
	first := data["results"].([]any)[0].(map[string]any)
	if first["url"] != "https://ask.example.com/docs/manual/install#linux" || first["text"] != "Take the package." || first["cut"] != false || data["answerable"] != .5 {
		t.Errorf("data %v", data)
	}
	q := docent.Query{Site: "default", Text: "install", Limit: 7, Whole: true, Filters: docent.Filters{Source: "manual", Version: "2", Lang: "de", PathPrefix: "g/"}}
	if diff := cmp.Diff(q, d.query); diff != "" {
		t.Error(diff)
	}
}

// TestASearchKeepsItsBudget: in whole blocks, and what has no room is named.
func TestASearchKeepsItsBudget(t *testing.T) {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("words of a section ", n)) }
	d := &fakeDocs{found: docent.Found{Passages: []docent.Passage{
		passage("One", "A", words(10), words(10)), passage("Two", "B", words(10), words(40)), passage("Three", "C", words(90)), passage("Four", "D", "short"),
	}}}
	c := connected(t, d, Caller{}, nil)
	text, data, _ := callTool(t, c, "search_docs", map[string]any{"query": "x", "max_tokens": 300})
	if n := analysis.Tokens(text); n > 300 {
		t.Errorf("%d tokens of 300:\n%s", n, text)
	}
	var cut []bool
	for _, r := range data["results"].([]any) {
		r := r.(map[string]any)
		cut = append(cut, r["cut"].(bool))
		if got := r["text"].(string); got != "" && !strings.HasSuffix(got, "section") && got != "short" {
			t.Errorf("a block is cut: %q", got)
		}
	}
	if !slices.Equal(cut, []bool{false, true, true, false}) || !strings.Contains(text, "- [Three > C](/docs/manual/three#c)") {
		t.Errorf("cut %v:\n%s", cut, text)
	}
}

func TestBadArgumentsAreResultsThatSaySo(t *testing.T) {
	c := connected(t, &fakeDocs{}, Caller{}, nil)
	for name, bad := range map[string][]map[string]any{
		"search_docs": {{}, {"query": ""}, {"query": "x", "limit": 0}, {"query": "x", "limit": 21}, {"query": "x", "max_tokens": 1}, {"query": strings.Repeat("x", 1001)}, {"query": "x", "more": true}, {"query": 1}},
		"read_page":   {{"max_tokens": 10}, {"url": 1}},
		"list_pages":  {{"limit": 1001}, {"cursor": "?"}, {"cursor": "MS41"}, {"cursor": "LTE"}},
		"ask_docs":    {{}, {"question": strings.Repeat("x", 4001)}},
	} {
		for _, arguments := range bad {
			if text, _, failed := callTool(t, c, name, arguments); !failed || text == "" {
				t.Errorf("%s %.80v: %v %q", name, arguments, failed, text)
			}
		}
	}
	if _, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: "none"}); err == nil {
		t.Error("a tool that is not there was called")
	}
}

func TestErrorsSayWhatToDoAndNothingOfTheServer(t *testing.T) {
	for _, e := range []struct {
		err  error
		want string
	}{
		{&docent.Error{Code: docent.CodeInvalid, Message: "there is no source", Hint: "sources: manual", Err: errors.New("secret")}, "there is no source: sources: manual"},
		{&docent.Error{Code: docent.CodeRateLimited, Message: "too many", RetryAfter: 1500 * time.Millisecond}, "too many; try again in 2 s"},
		{errors.New("secret"), "something went wrong in the server: its log says more"},
	} {
		c := connected(t, &fakeDocs{err: e.err}, Caller{}, nil)
		if text, _, failed := callTool(t, c, "search_docs", map[string]any{"query": "x"}); !failed || text != e.want {
			t.Errorf("%v is told as %q", e.err, text)
		}
	}
}

// TestToolsSayThatTheyOnlyRead, so that clients need not ask before each call.
func TestToolsSayThatTheyOnlyRead(t *testing.T) {
	c := connected(t, &fakeDocs{}, Caller{}, nil)
	list, err := c.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) != 4 {
		t.Fatalf("%d tools, %v", len(list.Tools), err)
	}
	for _, tool := range list.Tools {
		if a := tool.Annotations; a == nil || !a.ReadOnlyHint || tool.OutputSchema == nil || tool.InputSchema == nil || tool.Title == "" {
			t.Errorf("%s: %+v", tool.Name, tool)
		}
	}
}

func answered(reason docent.FinishReason) [][]docent.Event {
	return [][]docent.Event{
		{event(docent.EventSession, docent.SessionData{})},
		{event(docent.EventSources, docent.SourcesData{Sources: []docent.Source{{N: 1, Title: "Install", Heading: "Linux", URL: "/docs/i#l"}}})},
		{event(docent.EventDelta, docent.DeltaData{Text: "Take the "})},
		{event(docent.EventDelta, docent.DeltaData{Text: "package [1]."}), event(docent.EventDone, docent.DoneData{
			FinishReason: reason, Certain: "yes", Citations: []docent.Citation{{N: 1, Title: "Install", Heading: "Linux", URL: "/docs/i#l"}, {N: 1, Title: "Install", Heading: "Linux", URL: "/docs/i#l"}},
		})},
	}
}

func TestAnAnswerComesWithItsSources(t *testing.T) {
	a := &fakeAsker{lots: answered(docent.FinishStop)}
	c := connected(t, &fakeDocs{}, Caller{Base: "https://x.example", Asker: a, Lang: "fr"}, nil)
	text, data, failed := callTool(t, c, "ask_docs", map[string]any{"question": "How?", "version": "2"})
	if want := "Take the package [1].\n\nSources:\n[1] Install > Linux: https://x.example/docs/i#l"; failed || text != want {
		t.Errorf("%q, want %q", text, want)
	}
	if data["answer"] != "Take the package [1]." || data["finish_reason"] != "stop" || len(data["citations"].([]any)) != 1 {
		t.Errorf("%v", data)
	}
	if a.asked.Message != "How?" || a.asked.Filters.Version != "2" || a.asked.Lang != "fr" {
		t.Errorf("asked %+v", a.asked)
	}
}

func TestARefusalNamesTheNearestSections(t *testing.T) {
	lots := answered(docent.FinishRefused)
	lots[3] = []docent.Event{event(docent.EventDone, docent.DoneData{FinishReason: docent.FinishRefused, Certain: "uncertain"})}
	c := connected(t, &fakeDocs{}, Caller{Asker: &fakeAsker{lots: lots}}, nil)
	if text, _, failed := callTool(t, c, "ask_docs", map[string]any{"question": "How?"}); failed || !strings.HasSuffix(text, "Nearest sections:\n[1] Install > Linux: /docs/i#l") {
		t.Errorf("%v %q", failed, text)
	}
}

func TestAFailedAnswerIsAnErrorOfTheTool(t *testing.T) {
	lots := append(answered("")[:2], []docent.Event{event(docent.EventError, docent.ErrorData{Code: "model_failed", Message: "the model is down"})})
	for _, a := range []*fakeAsker{{lots: lots}, {err: docent.Errorf(docent.CodeNotReady, "the model is down")}} {
		c := connected(t, &fakeDocs{}, Caller{Asker: a}, nil)
		if text, _, failed := callTool(t, c, "ask_docs", map[string]any{"question": "How?"}); !failed || text != "the model is down" {
			t.Errorf("%v %q", failed, text)
		}
	}
}

func TestAskingNeedsTheScopeOfTheChat(t *testing.T) {
	who := access.Principal{Site: "default", Subject: "key_a", Scopes: []string{access.ScopeSearch}}
	a := &fakeAsker{}
	c := connected(t, &fakeDocs{}, Caller{Principal: who, Asker: a}, nil)
	if text, _, failed := callTool(t, c, "ask_docs", map[string]any{"question": "How?"}); !failed || !strings.Contains(text, `"chat"`) || a.asked.Message != "" {
		t.Errorf("%v %q, asked %q", failed, text, a.asked.Message)
	}
}

func TestACallTellsHowFarItIsAndStopsWhenItIsCancelled(t *testing.T) {
	a := &fakeAsker{lots: answered("")[:3], hold: true, stopped: make(chan struct{})}
	progress := make(chan string, 10)
	c := connected(t, &fakeDocs{}, Caller{Asker: a}, &mcp.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, r *mcp.ProgressNotificationClientRequest) { progress <- r.Params.Message },
	})
	ctx, cancel := context.WithCancel(t.Context())
	called := make(chan error, 1)
	go func() {
		params := &mcp.CallToolParams{Name: "ask_docs", Arguments: map[string]any{"question": "How?"}}
		params.SetProgressToken("p")
		_, err := c.CallTool(ctx, params)
		called <- err
	}()
	for _, want := range []string{"searching", "found 1 sections", "writing: 9 characters"} {
		if got := <-progress; got != want {
			t.Errorf("progress %q, want %q", got, want)
		}
	}
	cancel()
	<-a.stopped
	if err := <-called; err == nil {
		t.Error("the cancelled call has a result")
	}
}
