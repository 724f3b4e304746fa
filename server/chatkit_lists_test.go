package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
)

// idsOf are those of a list.
func idsOf(page object) []string {
	var all []string
	for _, one := range page["data"].([]any) {
		all = append(all, one.(object)["id"].(string))
	}
	return all
}

// walked reads a list to its end, by pages of a size, from params on.
func (k frontEnd) walked(kind, op, params string, size int) []string {
	k.t.Helper()
	var all []string
	for after, more := "null", true; more; {
		page := k.one(kind, op, `%s,"limit":%d,"after":%s`, params, size, after)
		got := idsOf(page)
		if more = page["has_more"].(bool); more != (page["after"] != nil) || len(got) > size || more && len(got) == 0 {
			k.t.Fatalf("a page of %d has %v, has_more %v, after %v", size, got, more, page["after"])
		}
		all = append(all, got...)
		after = fmt.Sprintf("%q", page["after"])
	}
	return all
}

// TestListsOfAThousandAreReadInPages: threads and items, in both orders.
func TestListsOfAThousandAreReadInPages(t *testing.T) {
	f := start(t, nil)
	k := f.frontEnd(t)
	o := docent.Owner{Site: docent.DefaultSite, Subject: access.LocalSubject}
	var threads, items []string
	begin := func(session docent.Session, fresh bool) {
		turn, _, err := f.conversations.BeginTurn(t.Context(), o, docent.Turn{
			Session: session, NewSession: fresh, User: docent.Message{ID: access.NewID("msg_"), Text: "Why?"}, Answer: docent.Message{ID: access.NewID("msg_")},
		})
		if err != nil {
			t.Fatal(err)
		}
		turn.Answer.Text, turn.Answer.FinishReason = "So.", docent.FinishStop
		if err := f.conversations.FinishTurn(t.Context(), o, turn.Answer, nil); err != nil {
			t.Fatal(err)
		}
		items = append(items, turn.User.ID, turn.Answer.ID)
	}
	for i := range 1000 {
		session := docent.Session{ID: access.NewID("ses_"), Title: "t"}
		begin(session, true)
		threads = append(threads, session.ID)
		if i == 999 {
			items = items[len(items)-2:]
			for range 300 {
				begin(session, false)
			}
		}
	}
	last := threads[999]
	for _, order := range []string{"asc", "desc"} {
		params := fmt.Sprintf(`"order":%q`, order)
		if diff := cmp.Diff(threads, k.walked("Threads", "threads.list", params, 100)); diff != "" {
			t.Errorf("threads, %s: %.500s", order, diff)
		}
		if diff := cmp.Diff(items, k.walked("Items", "items.list", params+`,"thread_id":"`+last+`"`, 7)); diff != "" {
			t.Errorf("items, %s: %.500s", order, diff)
		}
		slices.Reverse(threads)
		slices.Reverse(items)
	}
	for limit, want := range map[string]int{`null`: 20, `0`: 20, `-5`: 1, `100000000000000000000`: 100, `"3"`: 3, `3.0`: 3, `true`: 1} {
		if got := idsOf(k.one("Threads", "threads.list", `"limit":%s`, limit)); !slices.Equal(got, reversed(threads)[:want]) {
			t.Errorf("a limit of %s gives %d", limit, len(got))
		}
	}
	oldest := k.one("Thread", "threads.get_by_id", `"thread_id":%q`, last)["items"].(object)
	if got := idsOf(oldest); !slices.Equal(got, items[:20]) || oldest["after"] != items[19] {
		t.Errorf("a thread is given with %v, after %v", got, oldest["after"])
	}
	other := idsOf(k.one("Items", "items.list", `"thread_id":%q`, threads[0]))[0]
	for _, wrong := range []string{
		body("threads.list", `"after":"ses_none"`), body("threads.list", `"after":%q`, items[0]),
		body("items.list", `"thread_id":%q,"after":%q`, last, other), body("items.list", `"thread_id":%q,"after":%q`, last, last),
		body("items.list", `"thread_id":%q,"after":"' OR 1=1 --"`, last),
	} {
		k.refused(http.StatusBadRequest, wrong)
	}
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

func TestFeedbackIsOfAnswersAlone(t *testing.T) {
	f := start(t, nil)
	k := f.frontEnd(t)
	thread, _ := k.create(askedPort)
	other, _ := k.create(askedPort)
	items, others := k.items(thread), k.items(other)
	rated := fmt.Sprintf(`%q,%q,%q,"none"`, items[0].(object)["id"], items[1].(object)["id"], others[1].(object)["id"])
	k.one("Empty", "items.feedback", `"thread_id":%q,"item_ids":[],"kind":"positive"`, thread)
	k.one("Empty", "items.feedback", `"thread_id":%q,"item_ids":[%s],"kind":"negative"`, thread, rated)
	rating := func(thread string, item any) string {
		m := f.message(t, docent.SessionData{SessionID: thread, MessageID: item.(object)["id"].(string)})
		if m.Feedback == nil {
			return ""
		}
		return m.Feedback.Rating
	}
	if got := rating(thread, items[1]); got != "down" {
		t.Errorf("the answer is rated %q", got)
	}
	if got := rating(other, others[1]); got != "" {
		t.Errorf("an answer of another thread is rated %q", got)
	}
}

// TestWhatIsNoRequestIsRefused: as the reference's validation has it.
func TestWhatIsNoRequestIsRefused(t *testing.T) {
	k := start(t, nil).frontEnd(t)
	input := func(content, rest string) string {
		return `{"type":"threads.create","params":{"input":{"content":[` + content + `]` + rest + `}}}`
	}
	const fine = `,"attachments":[],"inference_options":{}`
	for _, wrong := range []string{
		"", "null", "[]", `"x"`, "{", `{"type":"threads.list","params":{}}x`, "\ufeff" + `{"type":"threads.list","params":{}}`, "{\"type\":\"threads.list\",\"params\":{\"x\":\"\xff\"}}",
		`{"params":{}}`, `{"type":"threads.list"}`, `{"type":"threads.list","params":null}`, `{"type":"threads.list","params":[]}`, `{"type":"Threads.list","params":{}}`, `{"Type":"threads.list","params":{}}`,
		`{"type":"threads.list","params":{},"metadata":null}`, `{"type":"threads.list","params":{},"metadata":[]}`,
		`{"type":"threads.list","params":{"after":"\ud800"}}`, `{"type":"threads.list","params":{"x":{"\udc00":1}}}`, `{"type":"threads.list","params":{"x":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}}`,
		body("threads.list", `"limit":1.5`), body("threads.list", `"limit":"abc"`), body("threads.list", `"limit":"1e2"`), body("threads.list", `"order":null`), body("threads.list", `"after":1`),
		body("threads.get_by_id", ""), body("threads.update", `"thread_id":"x"`), body("threads.update", `"thread_id":"x","title":null`), body("items.feedback", `"thread_id":"x","item_ids":[1],"kind":"positive"`),
		body("items.feedback", `"thread_id":"x","item_ids":[]`), body("items.feedback", `"thread_id":"x","item_ids":[],"kind":"fine"`), body("threads.add_client_tool_output", `"thread_id":"x"`),
		body("attachments.create", `"name":"x","size":1.5,"mime_type":"text/plain"`),
		input(`{"type":"input_text"}`, fine), input(`{"text":"x"}`, fine), input(`{"type":"input_tag","id":"a","text":"x"}`, fine),
		input(`{"type":"input_tag","id":"a","text":"x","data":{},"interactive":null}`, fine), input(`{"type":"input_text","text":"x"}`, ""), input(`{"type":"input_text","text":"x"}`, `,"attachments":[]`),
		input(`{"type":"input_text","text":"x"}`, `,"attachments":[],"inference_options":null`), input(`{"type":"input_text","text":"x"}`, `,"attachments":[],"inference_options":{"tool_choice":{}}`),
	} {
		k.refused(http.StatusBadRequest, wrong)
	}
	for _, right := range []string{
		`{"type":"threads.list","params":{}}`, " {\"x\":[1],\"type\":\"nothing\",\"type\":\"threads.list\",\"params\":1,\"params\":{\"y\":\"\\ud83d\\ude00\"},\"metadata\":{\"k\":{}}} \n",
		body("threads.list", `"limit":"0003","after":null`),
	} {
		if answer, status := k.raw(right); status != http.StatusOK {
			t.Errorf("%s: %d %v", right, status, answer)
		}
	}
	for _, unknown := range []string{
		body("threads.get_by_id", `"thread_id":""`), body("threads.delete", `"thread_id":"../x"`), body("threads.update", `"thread_id":"x","title":"y"`),
		body("items.list", `"thread_id":"x"`), body("threads.add_user_message", `"thread_id":"x",`+wrote, "Why?", ""), body("threads.create", wrote, "Why?", `"att_none"`),
	} {
		k.refused(http.StatusNotFound, unknown)
	}
}
