package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"docent"
	"docent/llm/llmtest"
)

// lastTool gives what the model was last told of a call.
func lastTool(m *llmtest.Server) string {
	all := m.Requests()
	messages := all[len(all)-1].Messages
	return messages[len(messages)-1].Content
}

// TestTheModelSearchesTheManualAgain: what it finds beside the first passages is
// a further source, which it may cite.
func TestTheModelSearchesTheManualAgain(t *testing.T) {
	model := llmtest.For(t)
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Tools.Docs = []string{"search_docs", "read_page", "list_pages"}
	})
	model.Script(
		llmtest.CallTool("call_a", "search_docs", `{"query":"use qdrant for the index","limit":2}`),
		llmtest.CallTool("call_b", "read_page", `{"path":"guides/use-qdrant.md","section":"no such section"}`),
		llmtest.CallTool("call_c", "list_pages", `{"prefix":"frameworks/"}`),
		llmtest.Say("It is there [1]."),
	)
	all := f.ask(t, `{"message": "How do I change the port?"}`).rest(t)
	var found [][]docent.Source
	var states []string
	for _, e := range all {
		switch e.Name {
		case docent.EventSources:
			found = append(found, data[docent.SourcesData](t, e).Sources)
		case docent.EventTool:
			d := data[docent.ToolData](t, e)
			states = append(states, d.Name+" "+d.State)
		}
	}
	if len(found) != 2 || len(found[1]) == 0 || found[1][0].N != len(found[0])+1 || !strings.Contains(found[1][0].URL, "qdrant") {
		t.Errorf("the sources are %+v", found)
	}
	if got := strings.Join(states, ", "); got != "search_docs started, search_docs done, read_page started, read_page failed, list_pages started, list_pages done" {
		t.Errorf("the calls are %s", got)
	}
	asked := model.Requests()
	var told strings.Builder
	for _, m := range asked[len(asked)-1].Messages {
		if m.Role == docent.RoleTool {
			told.WriteString(m.Content)
		}
	}
	for _, want := range []string{fmt.Sprintf("[%d] ", len(found[0])+1), "the page has no such section", "frameworks/hugo.md"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("the model was not told %q", want)
		}
	}
	if done := data[docent.DoneData](t, all[len(all)-1]); done.FinishReason != docent.FinishStop || done.Usage.InputTokens == 0 {
		t.Errorf("%+v", done)
	}
}

// TestAnswersFromAToolAreCheckedAgainstIt: on a question that the manual does not
// hold at all.
func TestAnswersFromAToolAreCheckedAgainstIt(t *testing.T) {
	model := llmtest.For(t)
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	withModel(model)(&cfg)
	ingestManual(t, cfg)
	f := serve(t, cfg, WithTool(docent.Tool{Name: "order_state", Call: func(context.Context, docent.ToolCall) (docent.ToolResult, error) {
		return docent.ToolResult{Text: `{"id":7,"state":"sent","carrier":"Postlux","days":3}`}, nil
	}}))
	for said, want := range map[string]docent.Support{
		"The carrier Postlux sent order 7, which takes 3 days.": docent.Supported,
		"The carrier Postlux sent order 7, which takes 9 days.": docent.Unsupported,
	} {
		model.Script(llmtest.CallTool("call_a", "order_state", `{}`), llmtest.Say(said))
		all := f.ask(t, `{"message": "Where is my zebra?"}`).rest(t)
		var states []docent.Support
		for _, e := range all {
			if e.Name == docent.EventSupport {
				states = append(states, data[docent.SupportData](t, e).State)
			}
		}
		if len(states) != 1 || states[0] != want || text(t, all) != said {
			t.Errorf("%s: %v, %q; the model was told %s", said, states, text(t, all), lastTool(model))
		}
	}
}

// TestAModelWithoutFunctionCallingAnswersAllTheSame: its server refuses the
// parameter once, and is not told of tools again.
func TestAModelWithoutFunctionCallingAnswersAllTheSame(t *testing.T) {
	model := llmtest.For(t)
	model.Refuse("tools")
	f := start(t, withModel(model))
	for range 2 {
		all := f.ask(t, `{"message": "How do I change the port?"}`).rest(t)
		if last := all[len(all)-1]; last.Name != docent.EventDone || text(t, all) != "This is a stand-in." {
			t.Errorf("%s %s", last.Name, last.Data)
		}
	}
	with := 0
	for _, r := range model.Requests() {
		if r.Has("tools") {
			with++
		}
	}
	if n := len(model.Requests()); n != 3 || with != 1 {
		t.Errorf("%d requests, %d with tools", n, with)
	}
}

// TestAGivenToolsPassagesAreSources: a tool in Go may find what stands elsewhere.
func TestAGivenToolsPassagesAreSources(t *testing.T) {
	model := llmtest.For(t)
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Model.Retries = 0
	withModel(model)(&cfg)
	ingestManual(t, cfg)
	f := serve(t, cfg, WithTool(docent.Tool{Name: "tickets", Parameters: json.RawMessage(`{"type":"object"}`), Call: func(context.Context, docent.ToolCall) (docent.ToolResult, error) {
		return docent.ToolResult{Passages: []docent.Passage{
			{Chunk: docent.Chunk{Title: "Ticket 7", URL: "https://tickets.example.com/7", Text: "Zebras are shipped on Fridays."}},
			{Chunk: docent.Chunk{Title: "Bad", URL: "javascript:alert(1)", Text: "x"}},
		}}, nil
	}}))
	if n := len(f.Tools()); n != 2 {
		t.Errorf("%d tools", n)
	}
	model.Script(llmtest.CallTool("call_a", "tickets", `{}`), llmtest.Say("Zebras are shipped on Fridays [1]. See [2]."))
	all := f.ask(t, `{"message": "When are zebra giraffes shipped?"}`).rest(t)
	done := data[docent.DoneData](t, all[len(all)-1])
	if len(done.Citations) != 1 || done.Citations[0].URL != "https://tickets.example.com/7" || strings.Contains(text(t, all), "[2]") {
		t.Errorf("%q, %+v", text(t, all), done)
	}
}
