package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"docent"
	"docent/access"
	"docent/llm/llmtest"
	"docent/web/chatkit"
)

// startActions serves the manual with Go code that follows actions.
func startActions(t *testing.T, change func(*Config), act func(docent.Action, func(docent.ActionStep) error) error) *fixture {
	t.Helper()
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	if change != nil {
		change(&cfg)
	}
	ingestManual(t, cfg)
	return serve(t, cfg, WithAction(func(_ context.Context, _ access.Principal, a docent.Action, emit func(docent.ActionStep) error) error {
		return act(a, emit)
	}))
}

// button is a widget of a program's own.
func button(id string) *docent.Item {
	return &docent.Item{ID: id, Type: "widget", Body: json.RawMessage(`{"widget":{"type":"Card","children":[]}}`)}
}

func TestStepsThatFollowAnActionBecomeEventsInTheirOrder(t *testing.T) {
	var seen []docent.Action
	f := startActions(t, nil, func(a docent.Action, emit func(docent.ActionStep) error) error {
		seen = append(seen, a)
		for _, step := range []docent.ActionStep{
			{Progress: "Working"}, {Item: button("itm_a")}, {Item: button("itm_a")}, {Item: &docent.Item{Type: "note", Hidden: true, Body: json.RawMessage(`{}`)}},
			{Text: "Done."}, {Notice: &docent.Notice{Level: "info", Message: "Saved."}}, {Effect: &docent.Effect{Name: "close", Data: json.RawMessage(`{}`)}},
			{Ask: "How do I change the port?"}, {Removed: "itm_a"},
		} {
			if err := emit(step); err != nil {
				return err
			}
		}
		return nil
	})
	thread := f.kitStream(t, "threads.create", says("How do I use Qdrant?")).events[0].Thread.ID
	a := f.kitStream(t, "threads.custom_action", threadParam(thread)+`,"action":{"type":"save","payload":{"n":null}}`)
	const want = "stream_options item.done:widget item.replaced:widget item.done:assistant_message notice client_effect " +
		"item.done:user_message item.added:assistant_message item.done:assistant_message item.removed"
	if got := a.types(); got != want {
		t.Errorf("the stream is\n%s, want\n%s", got, want)
	}
	if len(seen) != 1 || seen[0].Type != "save" || string(seen[0].Payload) != `{"n":null}` || seen[0].SessionID != thread || seen[0].Item != nil {
		t.Errorf("the action was %+v", seen)
	}
	if got := kinds(f.kitItems(t, thread)); got != "user_message assistant_message assistant_message user_message assistant_message" {
		t.Errorf("the thread has %s", got)
	}
}

func TestAnActionComesWithItsWidget(t *testing.T) {
	f := startActions(t, nil, func(a docent.Action, emit func(docent.ActionStep) error) error {
		if a.Type == "first" {
			return emit(docent.ActionStep{Item: button("itm_a")})
		}
		return emit(docent.ActionStep{Text: "It was " + a.Item.ID})
	})
	asked := f.kitStream(t, "threads.create", says("How do I use Qdrant?"))
	thread, answer := asked.events[0].Thread.ID, asked.done("assistant_message")[0].ID
	f.kitStream(t, "threads.custom_action", threadParam(thread)+`,"action":{"type":"first"}`)
	a := f.kitStream(t, "threads.custom_action", threadParam(thread)+`,"item_id":"itm_a","action":{"type":"second"}`)
	if said := a.done("assistant_message"); len(said) != 1 || said[0].Content[0].Text != "It was itm_a" {
		t.Errorf("answered %s", a.body)
	}
	other := f.kitStream(t, "threads.custom_action", threadParam(thread)+`,"item_id":"`+answer+`","action":{"type":"second"}`)
	if other.body != "data: {\"type\":\"error\",\"code\":\"stream.error\",\"allow_retry\":false}\n\n" {
		t.Errorf("an action of an answer: %s", other.body)
	}
	f.kitRefused(t, 400, "threads.sync_custom_action", threadParam(thread)+`,"item_id":"`+answer+`","action":{"type":"second"}`)
	for params, status := range map[string]int{
		`"item_id":"itm_nobody","action":{"type":"second"}`: 404,
		`"action":{}`:                            400,
		`"action":"second"`:                      400,
		`"item_id":7,"action":{"type":"second"}`: 400,
	} {
		f.kitRefused(t, status, "threads.custom_action", threadParam(thread)+","+params)
		f.kitRefused(t, status, "threads.sync_custom_action", threadParam(thread)+","+params)
	}
}

func TestAnActionWithoutAStreamGivesTheItemThatChanged(t *testing.T) {
	f := startActions(t, nil, func(a docent.Action, emit func(docent.ActionStep) error) error {
		switch a.Type {
		case "change":
			return emit(docent.ActionStep{Item: button("itm_a")})
		case "say":
			return emit(docent.ActionStep{Text: "No."})
		}
		return nil
	})
	thread := f.kitStream(t, "threads.create", says("How do I use Qdrant?")).events[0].Thread.ID
	a := f.kit(t, "threads.sync_custom_action", threadParam(thread)+`,"action":{"type":"change"}`)
	if a.status != 200 || !strings.Contains(a.body, `{"updated_item":{"id":"itm_a"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.kit(t, "threads.sync_custom_action", threadParam(thread)+`,"action":{"type":"nothing"}`); a.status != 200 || a.body != "{}" {
		t.Errorf("nothing changed: %d %s", a.status, a.body)
	}
	f.kitRefused(t, 400, "threads.sync_custom_action", threadParam(thread)+`,"action":{"type":"say"}`)
	f.kitRefused(t, 400, "threads.sync_custom_action", threadParam(thread)+`,"action":{"type":"docent.ask","payload":{"question":"Why?"}}`)
}

func TestAnActionThatFailsIsToldInTheStream(t *testing.T) {
	f := startActions(t, nil, func(docent.Action, func(docent.ActionStep) error) error { return errors.New("a secret cause") })
	thread := f.kitStream(t, "threads.create", says("How do I use Qdrant?")).events[0].Thread.ID
	a := f.kitStream(t, "threads.custom_action", threadParam(thread)+`,"action":{"type":"x"}`)
	if got := a.types(); got != "stream_options error" || strings.Contains(a.body, "secret") {
		t.Errorf("answered %s", a.body)
	}
	without, _ := startKit(t, nil)
	thread = without.kitStream(t, "threads.create", says("How do I use Qdrant?")).events[0].Thread.ID
	a = without.kitStream(t, "threads.custom_action", threadParam(thread)+`,"action":{"type":"x"}`)
	if last := a.events[len(a.events)-1]; a.types() != "stream_options error" || last.raw != `{"type":"error","code":"stream.error","allow_retry":true}` {
		t.Errorf("without anyone who follows: %s", a.body)
	}
	without.kitRefused(t, 501, "threads.sync_custom_action", threadParam(thread)+`,"action":{"type":"x"}`)
}

func TestAnItemThatNoFrontEndCanShowIsNotStored(t *testing.T) {
	bodies := map[string]string{
		"widget": `{"copy_text":"x"}`, "structured_input": `{}`, "assistant_message": `{}`, "workflow": `{}`, "task": `7`,
		"user_message": `{"content":[]}`, "client_tool_call": `{"status":"pending"}`,
	}
	f := startActions(t, nil, func(a docent.Action, emit func(docent.ActionStep) error) error {
		if a.Type == "form" {
			return emit(docent.ActionStep{Item: &docent.Item{Type: "structured_input", Body: json.RawMessage(`{"inputs":[]}`)}})
		}
		return emit(docent.ActionStep{Item: &docent.Item{Type: a.Type, Body: json.RawMessage(bodies[a.Type])}})
	})
	thread := f.kitStream(t, "threads.create", says("How do I use Qdrant?")).events[0].Thread.ID
	for kind := range bodies {
		if a := f.kitStream(t, "threads.custom_action", fmt.Sprintf(`%s,"action":{"type":%q}`, threadParam(thread), kind)); a.types() != "stream_options error" {
			t.Errorf("%s: %s", kind, a.body)
		}
	}
	if got := kinds(f.kitItems(t, thread)); got != "user_message assistant_message" {
		t.Errorf("the thread has %s", got)
	}
	form := f.kitStream(t, "threads.custom_action", threadParam(thread)+`,"action":{"type":"form"}`).done("structured_input")
	if len(form) != 1 || form[0].Status != "pending" {
		t.Errorf("a form without a state is %+v", form)
	}
}

func withExtras(c *Config) {
	c.ChatKit.Followups, c.ChatKit.Sources, c.ChatKit.Workflow = true, true, true
}

func TestWhatStandsAroundAnAnswerComesBackInLists(t *testing.T) {
	f, model := startKit(t, withExtras)
	model.Script(llmtest.CallTool("call_a", "search_docs", `{"query":"port"}`), llmtest.Say("Set the variable PORT [1]."), llmtest.Say("Set it in the file [1]."))
	a := f.kitStream(t, "threads.create", says("How do I change the port?"))
	thread := a.events[0].Thread.ID
	const want = "created item.done:user_message stream_options item.added:workflow item.done:workflow item.added:assistant_message item.done:assistant_message item.done:widget item.done:widget"
	if got := a.types(); got != want {
		t.Fatalf("the stream is\n%s, want\n%s", got, want)
	}
	done := string(a.done("workflow")[0].Workflow)
	if strings.Count(done, `"type":"web_search"`) != 2 || !strings.Contains(done, `"queries":["How do I change the port?"]`) || strings.Contains(done, "loading") || !strings.Contains(done, `"summary"`) {
		t.Errorf("the workflow is %s", done)
	}
	widgets := a.done("widget")
	if !strings.Contains(string(widgets[0].Widget), `"type":"Markdown"`) || !strings.Contains(string(widgets[1].Widget), `"type":"docent.ask"`) {
		t.Errorf("the widgets are %s and %s", widgets[0].Widget, widgets[1].Widget)
	}
	items := f.kitItems(t, thread)
	if got := kinds(items); got != "user_message workflow assistant_message widget widget" {
		t.Errorf("the thread has %s", got)
	}
	if string(items[1].Workflow) != done || items[1].ID != a.done("workflow")[0].ID || string(items[3].Widget) != string(widgets[0].Widget) {
		t.Error("what comes back is not what was told")
	}
	for _, limit := range []int{1, 2, 3} { // each item comes once, whatever the page's size
		var got []kitItem
		for after := ""; len(got) <= len(items); {
			page := f.kit(t, "items.list", fmt.Sprintf(`%s,"order":"asc","limit":%d%s`, threadParam(thread), limit, after))
			var p struct {
				Data    []kitItem
				HasMore bool `json:"has_more"`
				After   string
			}
			if err := json.Unmarshal([]byte(page.body), &p); err != nil {
				t.Fatal(err)
			}
			got = append(got, p.Data...)
			if after = fmt.Sprintf(`,"after":%q`, p.After); !p.HasMore {
				break
			}
		}
		if kinds(got) != kinds(items) {
			t.Errorf("by %d: %s", limit, kinds(got))
		}
	}
	retried := f.kitStream(t, "threads.retry_after_item", threadParam(thread)+`,"item_id":"`+items[0].ID+`"`)
	if len(retried.done("widget")) == 0 {
		t.Errorf("the retry is %s", retried.types())
	}
	if got := kinds(f.kitItems(t, thread)); !strings.HasPrefix(got, "user_message workflow assistant_message widget") || strings.Count(got, "workflow") != 1 || strings.Count(got, "widget") > 2 {
		t.Errorf("after a retry the thread has %s", got)
	}
}

func TestAFollowUpQuestionAsksItself(t *testing.T) {
	f, model := startKit(t, func(c *Config) { c.ChatKit.Followups = true })
	model.Script(llmtest.Say("Set the variable PORT [1]."), llmtest.Say("So [1]."))
	a := f.kitStream(t, "threads.create", says("How do I change the port?"))
	thread := a.events[0].Thread.ID
	var card struct {
		Children []struct {
			Children []struct {
				Label         string
				OnClickAction struct {
					Type    string
					Payload json.RawMessage
				}
			}
		}
	}
	widget := a.done("widget")[0]
	if err := json.Unmarshal(widget.Widget, &card); err != nil {
		t.Fatal(err)
	}
	first := card.Children[1].Children[0]
	clicked := f.kitStream(t, "threads.custom_action", fmt.Sprintf(`%s,"item_id":%q,"action":{"type":%q,"payload":%s}`, threadParam(thread), widget.ID, first.OnClickAction.Type, first.OnClickAction.Payload))
	if got := clicked.types(); !strings.HasPrefix(got, "stream_options item.done:user_message item.added:assistant_message item.done:assistant_message") {
		t.Errorf("the click is answered by %s", got)
	}
	if asked := clicked.done("user_message")[0]; asked.Content[0].Text != first.Label {
		t.Errorf("asked %q, want %q", asked.Content[0].Text, first.Label)
	}
	for _, payload := range []string{`{}`, `null`, `"x"`, `{"question":" "}`, `{"question":7}`} {
		f.kitRefused(t, 400, "threads.custom_action", threadParam(thread)+`,"action":{"type":"docent.ask","payload":`+payload+`}`)
	}
}

func TestSmallTalkHasNothingAroundIt(t *testing.T) {
	f, _ := startKit(t, withExtras)
	a := f.kitStream(t, "threads.create", says("Hello!"))
	if got := a.types(); got != "created item.done:user_message stream_options item.added:assistant_message item.done:assistant_message" {
		t.Errorf("the stream is %s", got)
	}
}

func TestAReadersChoicesAreThoseThatAreConfigured(t *testing.T) {
	f, model := startKit(t, func(c *Config) {
		c.Model.Also = []string{"other"}
		c.ChatKit.Models = []chatkit.Choice{{ID: "best", Model: "other"}, {ID: "stand-in"}}
		c.ChatKit.ToolChoices = []chatkit.ToolChoice{{ID: "guides", Source: "manual", PathPrefix: "guides/"}}
		c.ChatKit.Sources = true
	})
	ask := func(options string) string {
		return strings.Replace(says("How do I use Qdrant?"), `"inference_options":{}`, `"inference_options":`+options, 1)
	}
	a := f.kitStream(t, "threads.create", ask(`{"model":"best","tool_choice":{"id":"guides"}}`))
	all := model.Requests()
	if got := all[len(all)-1].Model; got != "other" {
		t.Errorf("the model %q answered", got)
	}
	if asked := a.events[1].raw; !strings.Contains(asked, `"inference_options":{"tool_choice":{"id":"guides"},"model":"best"}`) {
		t.Errorf("the message came back as %s", asked)
	}
	for _, options := range []string{`{"model":"other"}`, `{"model":""}`, `{"model":7}`, `{"tool_choice":{"id":"web"}}`, `{"tool_choice":{}}`, `{"tool_choice":"guides"}`, `null`, `[]`} {
		f.kitRefused(t, 400, "threads.create", ask(options))
	}
	cfg := f.cfg
	cfg.DataDir = t.TempDir()
	cfg.ChatKit.Models = []chatkit.Choice{{ID: "best", Model: "unknown"}}
	if s, err := New(cfg); err == nil {
		s.Close()
		t.Error("a model that is not configured is offered")
	}
}
