package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
)

func TestSessionsAreListedReadRenamedAndDeleted(t *testing.T) {
	const session = `{"id":"ses_1","title":"Ports","created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z","status":"active"}`
	for _, c := range []struct {
		method, target, body string
		status               int
		want                 string
	}{
		{"GET", "/api/v1/sessions", "", 200, `{"data":[` + session + `],"has_more":false}`},
		{"GET", "/api/v1/sessions/ses_1", "", 200, session},
		{"PATCH", "/api/v1/sessions/ses_1", `{"title":" New "}`, 200, strings.Replace(session, "Ports", "New", 1)},
		{"DELETE", "/api/v1/sessions/ses_1", "", 204, ""},
	} {
		r := newRig(t, nil)
		w := r.do(c.method, c.target, c.body)
		if diff := cmp.Diff(c.want, w.Body.String()); diff != "" || w.Code != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.target, w.Code, diff)
		}
		if r.sessions.owner != access.Local().Owner() {
			t.Errorf("%s %s asked for %+v", c.method, c.target, r.sessions.owner)
		}
	}
}

func TestADeletedSessionsAnswersAreStoppedFirst(t *testing.T) {
	r := newRig(t, nil)
	r.do("DELETE", "/api/v1/sessions/ses_1", "")
	if diff := cmp.Diff([]string{"ses_1"}, r.answers.stopped); diff != "" {
		t.Error(diff)
	}
}

func TestListsTakeLimitAndOrder(t *testing.T) {
	r := newRig(t, nil)
	for _, path := range []string{"/api/v1/sessions", "/api/v1/sessions/ses_1/messages"} {
		r.sessions.lists = nil
		if w := r.do("GET", path+"?limit=7&order=desc", ""); w.Code != 200 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		if diff := cmp.Diff([]docent.List{{Limit: 7, Order: "desc"}}, r.sessions.lists); diff != "" {
			t.Error(diff)
		}
		for _, query := range []string{"limit=0", "limit=101", "limit=x", "limit=-1", "order=up", "after=1", "after=" + strings.Repeat("x", 5000)} {
			wantProblem(t, r.do("GET", path+"?"+query, ""), 422, docent.CodeInvalid)
		}
	}
}

func listed(t *testing.T, w *httptest.ResponseRecorder) docent.Listed[docent.Message] {
	t.Helper()
	var got docent.Listed[docent.Message]
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return got
}

func TestMessagesComeInParts(t *testing.T) {
	r := newRig(t, nil)
	first := listed(t, r.do("GET", "/api/v1/sessions/ses_1/messages", ""))
	if len(first.Data) != 1 || !first.HasMore || first.Data[0].ID != "msg_q" {
		t.Errorf("%+v", first)
	}
	rest := listed(t, r.do("GET", "/api/v1/sessions/ses_1/messages?after="+first.After, ""))
	if len(rest.Data) != 1 || rest.HasMore || rest.After != "" || rest.Data[0].ID != "msg_a" {
		t.Errorf("%+v", rest)
	}
}

// TestACursorIsGoodForTheListAndTheOwnerThatItWasGivenFor, as it was given.
func TestACursorIsGoodForTheListAndTheOwnerThatItWasGivenFor(t *testing.T) {
	subject := "local"
	r := newRigWith(t, nil, func(*http.Request) (access.Principal, error) {
		return access.Principal{Subject: subject, Scopes: access.AllScopes()}, nil
	})
	const path = "/api/v1/sessions/ses_1/messages?after="
	cursor := listed(t, r.do("GET", path, "")).After
	if w := r.do("GET", path+cursor, ""); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	flipped := []byte(cursor)
	flipped[3] ^= 1
	plain := base64.RawURLEncoding.EncodeToString([]byte("1"))
	for _, forged := range []string{string(flipped), cursor[:len(cursor)-1], cursor + "A", plain, "1", "."} {
		wantProblem(t, r.do("GET", path+forged, ""), 422, docent.CodeInvalid, "after")
	}
	wantProblem(t, r.do("GET", "/api/v1/sessions?after="+cursor, ""), 422, docent.CodeInvalid, "after")
	wantProblem(t, r.do("GET", "/api/v1/sessions/ses_2/messages?after="+cursor, ""), 422, docent.CodeInvalid, "after")
	subject = "another"
	wantProblem(t, r.do("GET", path+cursor, ""), 422, docent.CodeInvalid, "after")
}

func TestAnothersAndUnknownSessionsAreTheSameAnswer(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range [][3]string{
		{"GET", "", ""}, {"DELETE", "", ""}, {"PATCH", "", `{"title":"x"}`}, {"GET", "/messages", ""}, {"GET", "/export", ""},
	} {
		for _, id := range []string{"ses_other", "a%20b", "%00", strings.Repeat("x", 100)} {
			wantProblem(t, r.do(c[0], "/api/v1/sessions/"+id+c[1], c[2]), 404, docent.CodeNotFound)
		}
	}
}

func TestATitleIsOneLine(t *testing.T) {
	r := newRig(t, nil)
	for _, title := range []string{"", "  ", `a\nb`, `\u0000`, strings.Repeat("x", 301)} {
		wantProblem(t, r.do("PATCH", "/api/v1/sessions/ses_1", `{"title":"`+title+`"}`), 422, docent.CodeInvalid, "title")
	}
	wantProblem(t, r.do("PATCH", "/api/v1/sessions/ses_1", "{"), 400, docent.CodeMalformed)
}

func TestAnExportIsTheWholeConversation(t *testing.T) {
	r := newRig(t, nil)
	w := r.do("GET", "/api/v1/sessions/ses_1/export?format=md", "")
	want := "# Ports\n\n2 January 2026, 03:04 UTC\n\n## Question\n\nHow do I change the port?\n\n## Answer\n\nSet PORT [1].\n\n" +
		"- [1] [Environment: PORT \\[env\\]](</docs/manual/env.md#port>)\n"
	if diff := cmp.Diff(want, w.Body.String()); diff != "" {
		t.Error(diff)
	}
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="ses_1.md"` {
		t.Errorf("Content-Disposition: %s", got)
	}
	w = r.do("GET", "/api/v1/sessions/ses_1/export?format=json", "")
	var got Conversation
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Messages) != 2 || got.Session.ID != "ses_1" {
		t.Errorf("%v: %s", err, w.Body)
	}
	wantProblem(t, r.do("GET", "/api/v1/sessions/ses_1/export?format=pdf", ""), 422, docent.CodeInvalid, "format")
}

func TestFeedbackIsAVerdictOnAnAnswer(t *testing.T) {
	r := newRig(t, nil)
	if w := r.do("POST", "/api/v1/messages/msg_a/feedback", `{"rating":"down","reasons":["outdated"],"comment":"old"}`); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if diff := cmp.Diff(docent.Feedback{Rating: "down", Reasons: []string{"outdated"}, Comment: "old"}, r.sessions.feedback); diff != "" {
		t.Error(diff)
	}
	many := `"` + strings.Repeat(`x","`, 11) + `x"`
	for _, body := range []string{
		`{}`, `{"rating":"5"}`, `{"rating":"up","reasons":[` + many + `]}`, `{"rating":"up","reasons":["` + strings.Repeat("x", 201) + `"]}`,
		`{"rating":"up","comment":"` + strings.Repeat("x", 4001) + `"}`, `{"rating":"up","reasons":"x"}`,
	} {
		wantProblem(t, r.do("POST", "/api/v1/messages/msg_a/feedback", body), 422, docent.CodeInvalid)
	}
	wantProblem(t, r.do("POST", "/api/v1/messages/msg_q/feedback", `{"rating":"up"}`), 422, docent.CodeInvalid, "only answers")
	wantProblem(t, r.do("POST", "/api/v1/messages/msg_x/feedback", `{"rating":"up"}`), 404, docent.CodeNotFound)
}
