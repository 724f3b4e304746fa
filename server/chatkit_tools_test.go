package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"docent"
	"docent/llm/llmtest"
	"docent/web/chatkit"
)

// withPage configures tools of the reader's page.
func withPage(c *Config) {
	c.ChatKit.PageTools = []string{"open_page", "get_page_context"}
	c.ChatKit.ClientTools = []chatkit.ClientTool{{Name: "pick_theme", Description: "Changes the page's theme.", Parameters: map[string]any{
		"type": "object", "properties": map[string]any{"theme": map[string]any{"enum": []any{"dark", "light"}}}, "required": []any{"theme"},
	}}}
}

func threadParam(id string) string { return fmt.Sprintf(`"thread_id":%q`, id) }

func TestTheModelCallsAToolOfTheReadersPage(t *testing.T) {
	f, model := startKit(t, withPage)
	model.Script(
		llmtest.CallTool("call_a", "get_page_context", `{}`),
		llmtest.CallTool("call_b", "pick_theme", `{"theme":"dark"}`),
		llmtest.Say("The port is set by PORT [1]."),
	)
	asked := f.kitStream(t, "threads.create", says("How do I change the port that this page is about?"))
	thread := asked.events[0].Thread.ID
	last := asked.events[len(asked.events)-1]
	calls := asked.done("client_tool_call")
	if len(calls) != 1 || calls[0].Status != "pending" || calls[0].Name != "get_page_context" || calls[0].Output != nil {
		t.Fatalf("called %+v in %s", calls, asked.types())
	}
	if last.Type != "thread.item.done" && last.Type != "thread.updated" {
		t.Errorf("the stream ends with %s", last.raw)
	}
	if got := kinds(f.kitItems(t, thread)); got != "user_message client_tool_call" {
		t.Errorf("the thread has %s", got)
	}

	second := f.kitStream(t, "threads.add_client_tool_output", threadParam(thread)+`,"result":{"url":"https://x.example","note":null}`)
	if got := second.types(); got != "stream_options item.done:client_tool_call" {
		t.Errorf("after the first output: %s", got)
	}
	third := f.kitStream(t, "threads.add_client_tool_output", threadParam(thread)+`,"result":null`)
	if got := third.types(); got != "stream_options item.added:assistant_message item.done:assistant_message" {
		t.Errorf("after the second output: %s", got)
	}
	items := f.kitItems(t, thread)
	if got := kinds(items); got != "user_message client_tool_call client_tool_call assistant_message" {
		t.Fatalf("the thread has %s", got)
	}
	if items[1].ID != calls[0].ID || items[1].Status != "completed" || string(items[1].Output) != `{"note":null,"url":"https://x.example"}` || string(items[2].Output) != "null" {
		t.Errorf("the calls are %+v", items[1:3])
	}
	all := model.Requests()
	if told := fmt.Sprint(all[len(all)-1].Messages); !strings.Contains(told, "https://x.example") {
		t.Errorf("the model was not told what the page gave: %s", told)
	}
}

func TestOnlyTheLastCallTakesAnOutput(t *testing.T) {
	f, model := startKit(t, withPage)
	model.Script(llmtest.Say("Hello."), llmtest.CallTool("call_a", "open_page", `{"url":"/x"}`), llmtest.CallTool("call_b", "open_page", `{"url":"/y"}`), llmtest.Say("Done."))
	thread := f.kitStream(t, "threads.create", says("How do I change the port?")).events[0].Thread.ID
	f.kitRefused(t, 400, "threads.add_client_tool_output", threadParam(thread)+`,"result":1`) // nothing was called
	f.kitRefused(t, 400, "threads.add_client_tool_output", threadParam(thread))               // no result
	f.kitRefused(t, 404, "threads.add_client_tool_output", `"thread_id":"ses_nobody","result":1`)
	for range 2 { // the second question leaves the first call alone
		f.kitStream(t, "threads.add_user_message", threadParam(thread)+","+says("Open the page about ports"))
	}
	if got := kinds(f.kitItems(t, thread)); got != "user_message assistant_message user_message client_tool_call user_message client_tool_call" {
		t.Errorf("before the output: %s", got)
	}
	f.kitStream(t, "threads.add_client_tool_output", threadParam(thread)+`,"result":"opened"`)
	if got := kinds(f.kitItems(t, thread)); got != "user_message assistant_message user_message user_message client_tool_call assistant_message" {
		t.Errorf("a call that nothing came of is not gone: %s", got)
	}
	f.kitRefused(t, 400, "threads.add_client_tool_output", threadParam(thread)+`,"result":1`)
	f.kitRefused(t, 413, "threads.add_user_message", threadParam(thread)+","+says(strings.Repeat("x", 1<<20)))
}

func TestArgumentsThatDoNotFitReachNoPage(t *testing.T) {
	f, model := startKit(t, withPage)
	model.Script(llmtest.CallTool("call_a", "pick_theme", `{"theme":"pink"}`), llmtest.CallTool("call_b", "open_page", `{"url":"javascript:alert(1)"}`), llmtest.Say("It can't be pink."))
	a := f.kitStream(t, "threads.create", says("How do I change the port?"))
	if len(a.done("client_tool_call")) != 0 || len(a.done("assistant_message")) != 1 {
		t.Errorf("answered %s", a.types())
	}
}

func TestToolsOfPagesAreCheckedAsTheyAreConfigured(t *testing.T) {
	for name, change := range map[string]func(*chatkit.Options){
		"no such page tool": func(o *chatkit.Options) { o.PageTools = []string{"close_page"} },
		"twice":             func(o *chatkit.Options) { o.PageTools = []string{"open_page", "open_page"} },
		"a name of no tool": func(o *chatkit.Options) { o.ClientTools = []chatkit.ClientTool{{Name: "a b", Description: "d"}} },
		"no description":    func(o *chatkit.Options) { o.ClientTools = []chatkit.ClientTool{{Name: "a"}} },
		"two of one name": func(o *chatkit.Options) {
			o.ClientTools = []chatkit.ClientTool{{Name: "a", Description: "d"}, {Name: "a", Description: "d"}}
		},
		"as a page tool": func(o *chatkit.Options) {
			o.PageTools = []string{"open_page"}
			o.ClientTools = []chatkit.ClientTool{{Name: "open_page", Description: "d"}}
		},
		"no object's schema": func(o *chatkit.Options) {
			o.ClientTools = []chatkit.ClientTool{{Name: "a", Description: "d", Parameters: map[string]any{"type": "string"}}}
		},
		"no schema": func(o *chatkit.Options) {
			o.ClientTools = []chatkit.ClientTool{{Name: "a", Description: "d", Parameters: map[string]any{"type": 7}}}
		},
		"two models":     func(o *chatkit.Options) { o.Models = []chatkit.Choice{{ID: "a"}, {ID: "a"}} },
		"no choice's id": func(o *chatkit.Options) { o.ToolChoices = []chatkit.ToolChoice{{Source: "x"}} },
	} {
		cfg := Defaults()
		change(&cfg.ChatKit.Options)
		var wrong *docent.SettingError
		if err := cfg.Validate(); !errors.As(err, &wrong) || !strings.HasPrefix(wrong.Key, "chatkit.") {
			t.Errorf("%s: %v", name, err)
		}
	}
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.ChatKit.ClientTools = []chatkit.ClientTool{{Name: "search_docs", Description: "d"}}
	if s, err := New(cfg); err == nil {
		s.Close()
		t.Error("a page's tool is called like one of the server's")
	}
}

// putForm stores a form in a thread.
func (f *fixture) putForm(t *testing.T, thread, id string) {
	t.Helper()
	err := f.conversations.PutItem(t.Context(), docent.Owner{Site: docent.DefaultSite, Subject: "local"}, docent.Item{ID: id, SessionID: thread, Type: "structured_input", Body: json.RawMessage(
		`{"status":"pending","inputs":[{"id":"os","question":"Which system?","type":"multiple_choice","options":[{"value":"Linux"},{"value":"macOS"}],"multiple":false},` +
			`{"id":"why","question":"What for?","type":"freeform"},{"id":"all","question":"Which ports?","type":"multiple_choice","options":[],"multiple":true}]}`)})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFormIsAnsweredOnceAndTheModelKnowsIt(t *testing.T) {
	f, model := startKit(t, nil)
	model.Script(llmtest.Say("Which system?"), llmtest.Say("On Linux set PORT."))
	asked := f.kitStream(t, "threads.create", says("How do I change the port?"))
	thread := asked.events[0].Thread.ID
	f.putForm(t, thread, "form_1")
	params := threadParam(thread) + `,"item_id":"form_1","input":{"answers":{"os":{"values":["Linux","macOS"]},"why":{"values":[]},"all":{"values":["80","81"]},"unknown":{"values":["x"]}}}`
	a := f.kitStream(t, "threads.add_structured_input", params)
	if got := a.types(); got != "stream_options item.replaced:structured_input item.added:assistant_message item.done:assistant_message" {
		t.Fatalf("answered %s", got)
	}
	form := a.events[1].Item
	want := `"answer":{"values":["Linux"],"skipped":false}`
	if form.Status != "answered" || !strings.Contains(string(form.Inputs), want) || !strings.Contains(string(form.Inputs), `{"values":[],"skipped":true}`) || !strings.Contains(string(form.Inputs), `["80","81"]`) {
		t.Errorf("the form is %s %s", form.Status, form.Inputs)
	}
	all := model.Requests()
	if told := fmt.Sprint(all[len(all)-1].Messages); !strings.Contains(told, "Which system? Linux") || !strings.Contains(told, "What for? (skipped)") {
		t.Errorf("the model was told %s", told)
	}
	f.kitRefused(t, 400, "threads.add_structured_input", params)
	f.putForm(t, thread, "form_2")
	skipped := f.kitStream(t, "threads.add_structured_input", threadParam(thread)+`,"item_id":"form_2","input":{"status":"skipped","answers":{"os":{"values":["Linux"]}}}`)
	if form := skipped.events[1].Item; form.Status != "skipped" || strings.Contains(string(form.Inputs), `["Linux"]`) {
		t.Errorf("skipped: %s %s", form.Status, form.Inputs)
	}
}

func TestWhatIsNoFormIsNotAnswered(t *testing.T) {
	f, _ := startKit(t, nil)
	asked := f.kitStream(t, "threads.create", says("How do I change the port?"))
	thread, answer := asked.events[0].Thread.ID, asked.done("assistant_message")[0].ID
	f.putForm(t, thread, "form_1")
	for params, status := range map[string]int{
		`"item_id":"form_nobody","input":{}`:                                  404,
		`"item_id":"` + answer + `","input":{}`:                               400,
		`"item_id":"form_1"`:                                                  400,
		`"item_id":"form_1","input":{"status":"pending"}`:                     400,
		`"item_id":"form_1","input":{"answers":[]}`:                           400,
		`"item_id":"form_1","input":{"answers":{"os":"Linux"}}`:               400,
		`"item_id":"form_1","input":{"answers":{"os":{"values":"Linux"}}}`:    400,
		`"item_id":"form_1","input":{"answers":{"os":{"values":[1]}}}`:        400,
		`"item_id":"form_1","input":{"answers":{"os":{"skipped":"perhaps"}}}`: 400,
	} {
		f.kitRefused(t, status, "threads.add_structured_input", threadParam(thread)+","+params)
	}
	if items := f.kitItems(t, thread); items[2].Status != "pending" {
		t.Errorf("the form is %s", items[2].Status)
	}
}
