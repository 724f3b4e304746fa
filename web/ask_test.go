package web

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestAQuestionArrivesWhole(t *testing.T) {
	r := newRig(t, nil)
	wholeAnswer(r.answers)
	body := `{"message":"How do I…?\n","session_id":"ses_1","stream":true,"unknown":{"x":[1]},
		"filters":{"source":"manual","version":"2","lang":"en","path_prefix":"guide/"},
		"page":{"url":"https://d.example/x","title":"X","selection":"sel"},"attachments":[],"retry_of":"","index":"pr-1",
		"model":"small","metadata":{"plan":"pro","seats":12,"trial":false,"none":null}}`
	if w := r.do("POST", "/api/v1/chat", body, "Idempotency-Key", "k-1", "Content-Type", "application/json; charset=UTF-8"); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := docent.Ask{
		Message: "How do I…?\n", SessionID: "ses_1", Model: "small", IdempotencyKey: "k-1",
		Filters:  docent.Filters{Source: "manual", Version: "2", Lang: "en", PathPrefix: "guide/", Index: "pr-1"},
		Page:     docent.PageContext{URL: "https://d.example/x", Title: "X", Selection: "sel"},
		Metadata: map[string]string{"plan": "pro", "seats": "12", "trial": "false"},
	}
	if diff := cmp.Diff(want, r.answers.asked[0]); diff != "" {
		t.Error(diff)
	}
}

func TestTheLastQuestionOfMessagesIsAsked(t *testing.T) {
	var q askRequest
	if err := json.Unmarshal([]byte(`{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}`), &q); err != nil {
		t.Fatal(err)
	}
	got, err := q.ask("", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := docent.Ask{Message: "c", History: []docent.ModelMessage{{Role: "user", Text: "a"}, {Role: "assistant", Text: "b"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAClientsOwnHistoryIsNeverTheStoredOne: one message alone has an empty
// history, which is not the same as none.
func TestAClientsOwnHistoryIsNeverTheStoredOne(t *testing.T) {
	q := askRequest{Messages: []docent.ModelMessage{{Role: "user", Text: "a"}}}
	got, err := q.ask("", 0, 0)
	if err != nil || got.History == nil || len(got.History) != 0 {
		t.Errorf("history %#v, %v", got.History, err)
	}
}

func TestFieldsThatDoNotFitAreNamed(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for body, field := range map[string]string{
		`{}`:                               "message",
		`null`:                             "message",
		`{"message":""}`:                   "message",
		`{"message":" \n\t\u3000"}`:        "message",
		`{"message":"a\u0000b"}`:           "message",
		`{"message":1}`:                    "message",
		`{"message":"a","retry_of":"msg"}`: "message",
		`{"message":"a","messages":[]}`:    "message",
		`{"retry_of":"../x"}`:              "retry_of",
		`{"messages":[]}`:                  "messages",
		`{"messages":[{"role":"assistant","content":"a"}]}`:                               "messages",
		`{"messages":[{"role":"system","content":"obey"},{"role":"user","content":"a"}]}`: "messages[0].role",
		`{"messages":[{"role":"user","content":["a"]}]}`:                                  "messages.content",
		`{"message":"a","session_id":"a b"}`:                                              "session_id",
		`{"message":"a","session_id":7}`:                                                  "session_id",
		`{"message":"a","stream":"yes"}`:                                                  "stream",
		`{"message":"a","filters":[]}`:                                                    "filters",
		`{"message":"a","filters":{"source":1}}`:                                          "filters.source",
		`{"message":"a","filters":{"path_prefix":"` + long + `"}}`:                        "filters.path_prefix",
		`{"message":"a","page":{"url":"` + long + `"}}`:                                   "page.url",
		`{"message":"a","model":"` + long + `"}`:                                          "model",
		`{"message":"a","metadata":{"a":{"b":1}}}`:                                        "metadata",
		`{"message":"a","metadata":{"a":[1]}}`:                                            "metadata",
		`{"message":"a","metadata":{"a":"` + long + `"}}`:                                 "metadata",
		`{"message":"a","attachments":["att_1"]}`:                                         "attachments",
		`{"message":"a","attachments":"att_1"}`:                                           "attachments",
		`{"message":"a","attachments":[1]}`:                                               "attachments",
		`{"message":"a","index":"` + long + `"}`:                                          "index",
	} {
		r := newRig(t, nil)
		w := r.do("POST", "/api/v1/chat", body)
		p := problemOf(t, w)
		if w.Code != 422 || p.Code != docent.CodeInvalid || len(p.Errors) == 0 || p.Errors[0].Field != field {
			t.Errorf("%.80s: %d %+v, want field %s", body, w.Code, p.Errors, field)
		}
		if len(r.answers.asked) > 0 {
			t.Errorf("%.80s was asked", body)
		}
	}
}

func TestBodiesThatAreNotAQuestionSayWhyAndWhere(t *testing.T) {
	for _, c := range []struct {
		body, kind string
		status     int
		code       docent.Code
		words      string
	}{
		{`{"message":"a"}`, "text/plain", 415, docent.CodeUnsupported, "only application/json"},
		{`{"message":"a"}`, "application/json; charset=latin1", 415, docent.CodeUnsupported, "UTF-8"},
		{`{"message":"a"}`, ";", 415, docent.CodeUnsupported, "Content-Type"},
		{`message=a`, "application/x-www-form-urlencoded", 415, docent.CodeUnsupported, "Content-Type"},
		{"{\n \"message\": oops}", "application/json", 400, docent.CodeMalformed, "line 2, column 13"},
		{`{"message":"a"`, "application/json", 400, docent.CodeMalformed, "line 1"},
		{`{"message":"a"} x`, "application/json", 400, docent.CodeMalformed, "line 1, column 17"},
		{"{\"message\":\"\xff\"}", "application/json", 400, docent.CodeMalformed, "UTF-8 at byte 13"},
		{" ", "application/json", 400, docent.CodeMalformed, "not JSON"},
		{strings.Repeat("[", 20000), "application/json", 400, docent.CodeMalformed, "depth"},
		{`["a"]`, "application/json", 422, docent.CodeInvalid, "must be an object"},
		{`{"message":"` + strings.Repeat("x", 16385) + `"}`, "application/json", 413, docent.CodeTooLarge, "it has 16385 characters, and about 16384 are taken"},
		{`{"message":"` + strings.Repeat("語", 6000) + `"}`, "application/json", 413, docent.CodeTooLarge, "it has 6000 characters, and about 5461 are taken"},
		{`{"message":"` + strings.Repeat("x", 1_000_000) + `"}`, "application/json", 413, docent.CodeTooLarge, "about 16384"},
		{`{"message":"` + strings.Repeat("x", 1<<20) + `"}`, "application/json", 413, docent.CodeTooLarge, "at most 1048576"},
	} {
		r := newRig(t, nil)
		w := r.do("POST", "/api/v1/chat", c.body, "Content-Type", c.kind)
		wantProblem(t, w, c.status, c.code, c.words)
		if len(r.answers.asked) > 0 {
			t.Errorf("%.40q was asked", c.body)
		}
	}
}

func TestAnIdempotencyKeyHasBounds(t *testing.T) {
	r := newRig(t, nil)
	for _, key := range []string{strings.Repeat("k", 201), "ké"} {
		wantProblem(t, r.do("POST", "/api/v1/chat", `{"message":"a"}`, "Idempotency-Key", key), 422, docent.CodeInvalid, "Idempotency-Key")
	}
}

func FuzzAskRequest(f *testing.F) {
	for _, seed := range []string{
		`{"message":"a"}`, `{"messages":[{"role":"user","content":"a"}]}`, `{"retry_of":"msg_1"}`, `null`, `[]`, `{`, "\xff",
		`{"message":"a","metadata":{"a":1,"b":null,"c":{}},"attachments":[null]}`, `{"message":"\ud800"}`, `{"metadata":{"a": "b" }}`,
	} {
		f.Add([]byte(seed), "key")
	}
	f.Fuzz(func(t *testing.T, body []byte, key string) {
		var q askRequest
		err := decode(body, &q)
		if err == nil {
			var a docent.Ask
			if a, err = q.ask(key, 100, 4); err == nil {
				if (a.Message == "") == (a.RetryOf == "") || len(a.Message) > 100 || !utf8.ValidString(a.Message) || !utf8.Valid(body) {
					t.Errorf("%q was taken as %+v", body, a)
				}
				return
			}
		}
		var known *docent.Error
		if !errors.As(err, &known) || statusOf(known.Code) >= 500 {
			t.Errorf("%q gave %v", body, err)
		}
	})
}
