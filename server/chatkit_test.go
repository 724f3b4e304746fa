package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
	"docent/llm/llmtest"
)

// These tests hold /chatkit to the protocol's letter: frontEnd holds the shape of all
// that comes, the tests hold order, states and what is stored.

const askedPort = "How do I change the port?"

func TestANewThreadStreamsInOrder(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.Say("Set 😀 `PO", "RT` [", "1].", " Or use `--port` [1]."))
	f := start(t, withModel(model))
	k := f.frontEnd(t)
	thread, events := k.create(askedPort)
	const want = "created item.done stream_options item.added item.updated"
	if got := types(events); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "item.updated item.done updated") {
		t.Errorf("the order is %s", got)
	}
	if events[0]["thread"].(object)["title"] != nil || events[len(events)-1]["thread"].(object)["title"] != askedPort {
		t.Errorf("titled %v, then %v", events[0], events[len(events)-1])
	}
	if got := firstOf(events, "stream_options")["stream_options"]; !cmp.Equal(got, object{"allow_cancel": true}) {
		t.Errorf("stream_options are %v", got)
	}
	items := shown(t, events)
	if diff := cmp.Diff(items, k.items(thread)); diff != "" {
		t.Errorf("what is listed is not what was streamed: %s", diff)
	}
	answer := items[1].(object)
	said := answer["content"].([]any)[0].(object)
	if m := f.message(t, docent.SessionData{SessionID: thread, MessageID: answer["id"].(string)}); m.Text != said["text"] || len(m.Citations) == 0 {
		t.Errorf("the API tells %q %v, ChatKit %q", m.Text, m.Citations, said["text"])
	}
	for _, note := range said["annotations"].([]any) {
		units := utf16.Encode([]rune(said["text"].(string)))
		until := string(utf16.Decode(units[:int(note.(object)["index"].(float64))]))
		source := note.(object)["source"].(object)
		if !strings.HasSuffix(until, "[1]") || source["title"] == "" || source["description"] == nil || !strings.Contains(source["url"].(string), "#") {
			t.Errorf("behind %q stands %v", until, note)
		}
	}
}

// firstOf is the first event of a type.
func firstOf(events []object, kind string) object {
	for _, e := range events {
		if e["type"] == kind {
			return e
		}
	}
	return object{}
}

// TestTheQuestionIsShownBeforeTheModelSpeaks: the thread, the message and a sign that
// something is done are there while the model is still silent.
func TestTheQuestionIsShownBeforeTheModelSpeaks(t *testing.T) {
	model := llmtest.For(t)
	gate := make(chan struct{})
	model.Script(llmtest.HeldAt(0, gate, "Set PORT [1]."))
	k := start(t, withModel(model)).frontEnd(t)
	s := k.open(t.Context(), "threads.create", wrote, askedPort, "")
	defer s.Body.Close()
	var seen []string
	for range 4 {
		seen = append(seen, s.next()["type"].(string))
	}
	if got := strings.Join(seen, " "); got != "thread.created thread.item.done stream_options progress_update" {
		t.Errorf("before the model speaks there is %s", got)
	}
	close(gate)
	for e := s.next(); e != nil; e = s.next() {
	}
}

func TestAMessageIsShownAsItWasSent(t *testing.T) {
	k := start(t, nil).frontEnd(t)
	thread, _ := k.create(askedPort)
	const sent = `"thread_id":%q,"input":{"content":[
		{"type":"input_text","text":"How do I\u2028 change\r\nthe\u0000 "},
		{"type":"input_tag","id":"t","text":"@port","data":{"a":null,"b":[1]},"group":"g","interactive":"yes"}],
		"attachments":[],"quoted_text":"a 😀 quote","inference_options":{"tool_choice":null}}`
	want := []any{
		object{"type": "input_text", "text": "How do I\u2028 change\r\nthe\x00 "},
		object{"type": "input_tag", "id": "t", "text": "@port", "data": object{"a": nil, "b": []any{1.0}}, "group": "g", "interactive": true},
	}
	events := k.stream("threads.add_user_message", sent, thread)
	if got := types(events); !strings.HasPrefix(got, "item.done stream_options") {
		t.Errorf("the order is %s", got)
	}
	k.stream("threads.retry_after_item", `"thread_id":%q,"item_id":%q`, thread, events[0]["item"].(object)["id"])
	for when, message := range map[string]any{"streamed": events[0]["item"], "listed after a retry": k.items(thread)[2]} {
		if diff := cmp.Diff(want, message.(object)["content"]); diff != "" || message.(object)["quoted_text"] != "a 😀 quote" {
			t.Errorf("%s: %v %s", when, message, diff)
		}
	}
}

// TestAMessageMayHaveNoWords: a quote or files are a question, nothing at all is a
// greeting.
func TestAMessageMayHaveNoWords(t *testing.T) {
	f := start(t, nil)
	k := f.frontEnd(t)
	file := caller{url: f.url}.attach(t, "port.log", []byte("The port is taken."))
	for name, input := range map[string]string{
		"port.log":   `"content":[],"attachments":["` + file + `","` + file + `"]`,
		"the port":   `"content":[],"attachments":[],"quoted_text":"the port"`,
		"…":          `"content":[],"attachments":[]`,
		"… ":         `"content":[{"type":"input_text","text":" "}],"attachments":[],"quoted_text":"\u0000 "`,
		"the port\n": `"content":[{"type":"input_text","text":" "}],"attachments":[],"quoted_text":"the port\n"`,
	} {
		events := k.stream("threads.create", `"input":{%s,"inference_options":{}}`, input)
		message := events[1]["item"].(object)
		m := f.message(t, docent.SessionData{SessionID: message["thread_id"].(string), MessageID: message["id"].(string)})
		if m.Text != strings.TrimSpace(name) {
			t.Errorf("%s is asked as %q", input, m.Text)
		}
		if diff := cmp.Diff(any(message), k.items(m.SessionID)[0]); diff != "" {
			t.Errorf("%s: %s", input, diff)
		}
	}
}

func TestARetryTakesBackWhatCameLater(t *testing.T) {
	k := start(t, nil).frontEnd(t)
	thread, _ := k.create(askedPort)
	k.stream("threads.add_user_message", `"thread_id":%q,`+wrote, thread, "How do I set the host?", "")
	before := k.items(thread)
	first, answer := before[0].(object), before[1].(object)
	k.refused(http.StatusBadRequest, body("threads.retry_after_item", `"thread_id":%q,"item_id":%q`, thread, answer["id"]))
	if events := k.stream("threads.retry_after_item", `"thread_id":%q,"item_id":"msg_none"`, thread); len(events) != 0 {
		t.Errorf("of an item that is not there the stream has %v", events)
	}
	if diff := cmp.Diff(before, k.items(thread)); diff != "" {
		t.Errorf("what is refused deletes nothing: %s", diff)
	}
	events := k.stream("threads.retry_after_item", `"thread_id":%q,"item_id":%q`, thread, first["id"])
	if got := types(events); !strings.HasPrefix(got, "stream_options item.added") {
		t.Errorf("the order is %s", got)
	}
	if diff := cmp.Diff(append([]any{first}, shown(t, events)...), k.items(thread)); diff != "" {
		t.Errorf("after a retry: %s", diff)
	}
}

// TestWhoLeavesStopsTheAnswer: what was said stays, the model is stopped, and told of it
// with the next question. An answer that said nothing is nowhere.
func TestWhoLeavesStopsTheAnswer(t *testing.T) {
	for name, said := range map[string][]llmtest.Step{
		"said something": {llmtest.Text("To change the port, set PORT. ")},
		"said nothing":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			model := llmtest.For(t)
			asked, left := make(chan struct{}), make(chan struct{})
			model.Script(llmtest.Stream(append(said, func(o *llmtest.Out) error {
				close(asked)
				<-o.Context().Done()
				close(left)
				return o.Context().Err()
			})...), llmtest.Say("Set PORT [1]."))
			f := start(t, withModel(model))
			k := f.frontEnd(t)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			s := k.open(ctx, "threads.create", wrote, askedPort, "")
			thread := s.next()["thread"].(object)["id"].(string)
			<-asked
			streamed := any(nil)
			for said != nil && streamed == nil {
				streamed = s.next()["item_id"]
			}
			leave()
			<-left
			f.settled(t, thread)
			items := k.items(thread)
			if said == nil && len(items) != 1 || said != nil && (len(items) != 2 || items[1].(object)["id"] != streamed) {
				t.Fatalf("streamed was %v, listed is %v", streamed, items)
			}
			k.stream("threads.add_user_message", `"thread_id":%q,`+wrote, thread, "And the host?", "")
			told := false
			for _, m := range model.Requests()[1].Messages {
				told = told || strings.Contains(m.Content, "stopped")
			}
			if !told {
				t.Errorf("the model is not told: %+v", model.Requests()[1].Messages)
			}
		})
	}
}

// settled waits until a session has no answer in the making: the server learns by the
// connection that its client left.
func (f *fixture) settled(t *testing.T, session string) {
	t.Helper()
	list, err := f.conversations.Messages(t.Context(), docent.Owner{Site: docent.DefaultSite, Subject: access.LocalSubject}, session, docent.List{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Data {
		if m.Role == docent.RoleAssistant {
			f.takeUp(t, m.ID, 0).rest(t)
		}
	}
}

// TestAFailedAnswerIsToldAndNotListed: the stream ends in order, with what a client
// needs to offer another try.
func TestAFailedAnswerIsToldAndNotListed(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.CutAfter("To change the port, set PORT. "), llmtest.Say("Set PORT [1]."))
	k := start(t, withModel(model)).frontEnd(t)
	thread, events := k.create(askedPort)
	if got, want := firstOf(events, "error"), (object{"type": "error", "code": "stream.error", "allow_retry": true}); !cmp.Equal(got, want) {
		t.Errorf("told is %v", got)
	}
	items := k.items(thread)
	if len(items) != 1 {
		t.Fatalf("listed is %v", items)
	}
	k.stream("threads.retry_after_item", `"thread_id":%q,"item_id":%q`, thread, items[0].(object)["id"])
	if items := k.items(thread); len(items) != 2 {
		t.Errorf("after another try there is %v", items)
	}
}

// TestAThreadAnswersOneQuestionAtATime: a second one is refused, and deleting the
// thread stops the first.
func TestAThreadAnswersOneQuestionAtATime(t *testing.T) {
	model := llmtest.For(t)
	left := make(chan struct{})
	model.Script(llmtest.Stream(llmtest.Text("Set PORT "), func(o *llmtest.Out) error {
		<-o.Context().Done()
		close(left)
		return o.Context().Err()
	}))
	k := start(t, withModel(model)).frontEnd(t)
	s := k.open(t.Context(), "threads.create", wrote, askedPort, "")
	defer s.Body.Close()
	thread := s.next()["thread"].(object)["id"].(string)
	question := s.next()["item"].(object)["id"]
	for s.next()["type"] != "thread.item.added" { // until the model speaks
	}
	k.refused(http.StatusConflict, body("threads.add_user_message", `"thread_id":%q,`+wrote, thread, "And?", ""))
	k.refused(http.StatusConflict, body("threads.retry_after_item", `"thread_id":%q,"item_id":%q`, thread, question))
	k.one("Empty", "threads.delete", `"thread_id":%q`, thread)
	<-left
	for e := s.next(); e != nil; e = s.next() {
	}
	k.refused(http.StatusNotFound, body("threads.get_by_id", `"thread_id":%q`, thread))
}

// TestALockedThreadTakesNoQuestions and says why, as a closed one.
func TestALockedThreadTakesNoQuestions(t *testing.T) {
	f := start(t, nil)
	k := f.frontEnd(t)
	thread, events := k.create(askedPort)
	question := firstOf(events, "thread.item.done")["item"].(object)["id"]
	for _, status := range []string{docent.StatusLocked, docent.StatusClosed} {
		if _, err := f.conversations.SetStatus(t.Context(), docent.Owner{Site: docent.DefaultSite, Subject: access.LocalSubject}, thread, status, "moved to the forum"); err != nil {
			t.Fatal(err)
		}
		if got := k.one("Thread", "threads.get_by_id", `"thread_id":%q`, thread)["status"]; !cmp.Equal(got, object{"type": status, "reason": "moved to the forum"}) {
			t.Errorf("the status is %v", got)
		}
		for op, params := range map[string]string{
			"threads.add_user_message":       fmt.Sprintf(wrote, "And?", ""),
			"threads.add_client_tool_output": `"result":null`,
			"threads.add_structured_input":   `"item_id":"x","input":{}`,
			"threads.retry_after_item":       fmt.Sprintf(`"item_id":%q`, question),
			"threads.custom_action":          `"action":{"type":"x"}`,
			"threads.sync_custom_action":     `"action":{"type":"x"}`,
		} {
			if why := k.refused(http.StatusBadRequest, body(op, `"thread_id":%q,%s`, thread, params)); !strings.Contains(why, "moved to the forum") {
				t.Errorf("%s of a %s thread: %s", op, status, why)
			}
		}
		k.one("Thread", "threads.update", `"thread_id":%q,"title":"Ports"`, thread)
	}
}
