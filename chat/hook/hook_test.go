package hook

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/access"
	"docent/chat"
)

const secret = "a secret of the tests"

// noStore keeps the last answer, and nothing else.
type noStore struct {
	chat.Store
	last docent.Message
}

func (*noStore) BeginTurn(_ context.Context, _ docent.Owner, t docent.Turn) (docent.Turn, bool, error) {
	return t, false, nil
}

func (s *noStore) FinishTurn(_ context.Context, _ docent.Owner, m docent.Message, _ []docent.Event) error {
	s.last = m
	return nil
}

// ask gives the answer to a question as wrap makes it. Without it the answer is
// "default: " and the question as it is searched for.
func ask(t *testing.T, wrap func(chat.Responder) chat.Responder) docent.Message {
	t.Helper()
	store := &noStore{}
	find := func(_ context.Context, q docent.Query) (docent.Found, error) {
		p := docent.Passage{Chunk: docent.Chunk{Title: "Install", URL: "/docs/install", Text: "default: " + q.Text, Tokens: 5}}
		return docent.Found{Passages: []docent.Passage{p}, Answerable: 1, Asked: q.Text}, nil
	}
	quote := func(_, _ string, p []docent.Passage) (string, bool) { return p[0].Text, true }
	cfg := chat.Config{ContextTokens: 4000, HistoryTokens: 1000, MaxMessageBytes: 1000, MaxRuns: 1, Detach: time.Hour, Rewrite: chat.RewriteOff, Translate: chat.TranslateOff}
	s := chat.New(cfg, store, find, nil, quote, nil, slog.New(slog.DiscardHandler), chat.WithResponder(wrap))
	who := access.Local()
	who.Claims = map[string]string{"plan": "pro"}
	if _, err := s.Start(context.Background(), who, docent.Ask{Message: "How do I install it?", Metadata: map[string]string{"page": "x"}}); err != nil {
		t.Fatal(err)
	}
	s.Shutdown(context.Background())
	return store.last
}

// serve answers calls with a status, a type and a body, and gives the hook.
func serve(t *testing.T, fail string, status int, kind, body string) (Hook, *call) {
	t.Helper()
	var seen call
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		var unix int64
		fmt.Sscanf(r.Header.Get(SignatureHeader), "t=%d,", &unix)
		if got := r.Header.Get(SignatureHeader); got != Signature(secret, time.Unix(unix, 0), sent) {
			t.Errorf("the signature is %q", got)
		}
		if err := json.Unmarshal(sent, &seen); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return Hook{URL: s.URL, Secret: secret, Timeout: time.Minute, Fail: fail, AllowPrivate: true}, &seen
}

var quiet = slog.New(slog.DiscardHandler)

func TestASignatureIsOfTimeAndBody(t *testing.T) {
	got := Signature("key", time.Unix(1, 0), []byte("body"))
	if got != "t=1,v1=91b5374b153842ad05b2c4eab9349b8321b14703165bd3fb8b034dfb8be98ae5" {
		t.Error(got)
	}
}

func TestBeforeSeesTheReaderAndChangesTheQuestion(t *testing.T) {
	for body, want := range map[string]string{
		`{"message": "How do I update it?", "filters": {"source": "x"}, "instructions": "i", "context": "c"}`: "default: How do I update it?",
		`{"refuse": "Ask legal.", "message": "no"}`:                                                           "Ask legal.",
		`{"unknown": 1}`: "default: How do I install it?",
	} {
		h, seen := serve(t, FailClosed, 200, "application/json", body)
		if got := ask(t, Before(h, quiet)); got.Text != want {
			t.Errorf("%s: %q", body, got.Text)
		}
		if seen.Hook != "before" || seen.Subject != access.LocalSubject || seen.Claims["plan"] != "pro" || seen.Metadata["page"] != "x" || seen.Message != "How do I install it?" {
			t.Errorf("the hook saw %+v", seen)
		}
	}
	h, _ := serve(t, FailClosed, 204, "", "")
	if got := ask(t, Before(h, quiet)); got.Text != "default: How do I install it?" {
		t.Errorf("nothing to say: %q", got.Text)
	}
}

func TestRespondAnswersInAnyOfTheForms(t *testing.T) {
	const want = "Order 7 left [1]."
	for kind, body := range map[string]string{
		"application/json":     `{"text": "Order 7 left [1][2].", "sources": [{"title": "Order", "url": "/orders/7"}]}`,
		"application/x-ndjson": "{\"event\":\"tool\",\"id\":\"1\",\"name\":\"orders\",\"state\":\"started\"}\n\n{\"event\":\"sources\",\"sources\":[{\"title\":\"Order\",\"url\":\"/orders/7\"}]}\n{\"event\":\"delta\",\"text\":\"Order 7 \"}\n{\"event\":\"delta\",\"text\":\"left [1].\"}\n{\"event\":\"done\"}\nnot read any more",
		"text/event-stream":    ": hello\r\nevent: sources\r\ndata: {\"sources\":[{\"title\":\"Order\",\r\ndata: \"url\":\"/orders/7\"}]}\r\n\r\nevent: delta\ndata: {\"text\":\"Order 7 left [1].\"}\n\nevent: done\ndata: {}\n\n",
	} {
		h, seen := serve(t, FailClosed, 200, kind, body)
		got := ask(t, Respond(h, quiet))
		if got.Text != want || got.FinishReason != docent.FinishStop || len(got.Citations) != 1 || got.Citations[0].URL != "/orders/7" {
			t.Errorf("%s: %q, %s, %+v", kind, got.Text, got.FinishReason, got.Citations)
		}
		if len(seen.Passages) != 1 || seen.Passages[0].URL != "/docs/install" || seen.Refuse {
			t.Errorf("%s: the hook saw %+v", kind, seen.Passages)
		}
	}
	h, _ := serve(t, FailClosed, 200, "application/x-ndjson", `{"event":"delta","text":"No."}`+"\n"+`{"event":"done","refused":true}`)
	if got := ask(t, Respond(h, quiet)); got.FinishReason != docent.FinishRefused || got.Text != "No." {
		t.Errorf("refused: %+v", got)
	}
	h, _ = serve(t, FailClosed, 204, "", "")
	if got := ask(t, Respond(h, quiet)); !strings.HasPrefix(got.Text, "default: ") {
		t.Errorf("nothing to say: %q", got.Text)
	}
}

func TestAHookThatFailsIsPassedOverOrFailsTheAnswer(t *testing.T) {
	long := strings.Repeat("x", maxBody)
	type says struct {
		status     int
		kind, body string
	}
	both := []says{{500, "application/json", `{}`}, {302, "", ""}, {200, "application/json", `[1]`}, {200, "application/json", `{"refuse": "` + long + `"}`}}
	fails := func(name string, wrap func(Hook, *slog.Logger) func(chat.Responder) chat.Responder, fail string, c says) {
		h, _ := serve(t, fail, c.status, c.kind, c.body)
		got := ask(t, wrap(h, quiet))
		passedOver := got.FinishReason == docent.FinishExtractive && strings.HasPrefix(got.Text, "default: ")
		if passedOver != (fail == FailOpen) || !passedOver && got.FinishReason != docent.FinishFailed {
			t.Errorf("%s, %s, %d %s %.60q: %q, %s", name, fail, c.status, c.kind, c.body, got.Text, got.FinishReason)
		}
	}
	for _, fail := range []string{FailOpen, FailClosed} {
		for _, c := range append(both, says{200, "application/json", `{"message": ""}`}) {
			fails("before", Before, fail, c)
		}
		for _, c := range append(both, []says{
			{200, "text/html", "<p>"}, {200, "application/x-ndjson", "{}\n" + long}, {200, "application/x-ndjson", `{"event":"error","message":"internal detail"}`},
			{200, "application/x-ndjson", `{"event":"sources","sources":[{"title":"x","url":"javascript:x"}]}`},
			{200, "text/event-stream", "event: done"}, {200, "text/event-stream", "event: delta\ndata: x\n\n"}, {200, "application/json", `{}`},
		}...) {
			fails("respond", Respond, fail, c)
		}
	}
}

func TestAnAnswerThatBreaksOffFails(t *testing.T) {
	h, _ := serve(t, FailOpen, 200, "application/x-ndjson", `{"event":"delta","text":"Half "}`)
	if got := ask(t, Respond(h, quiet)); got.FinishReason != docent.FinishFailed || got.Text != "Half " {
		t.Errorf("%q, %s", got.Text, got.FinishReason)
	}
}

func TestAHookHasItsTimeAndItsPlace(t *testing.T) {
	hold := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(hold)
	late := Hook{URL: s.URL, Secret: secret, Timeout: 20 * time.Millisecond, Fail: FailOpen, AllowPrivate: true}
	if got := ask(t, Before(late, quiet)); !strings.HasPrefix(got.Text, "default: ") {
		t.Errorf("late: %q", got.Text)
	}
	private, seen := serve(t, FailClosed, 200, "application/json", `{"text":"x"}`)
	private.AllowPrivate = false
	if got := ask(t, Respond(private, quiet)); got.FinishReason != docent.FinishFailed || seen.Hook != "" {
		t.Errorf("a private address: %q", got.Text)
	}
}

func TestSettingsOfHooksAreChecked(t *testing.T) {
	fit := Hook{URL: "https://x.example/h", Secret: secret, Timeout: time.Second, Fail: FailOpen}
	for key, change := range map[string]func(*Hook){
		"url":     func(h *Hook) { h.URL = "ftp://x" },
		"secret":  func(h *Hook) { h.Secret = "short" },
		"timeout": func(h *Hook) { h.Timeout = 0 },
		"fail":    func(h *Hook) { h.Fail = "maybe" },
	} {
		bad := fit
		change(&bad)
		if err := (Config{Before: fit, Respond: bad, Action: fit}).Validate(); err == nil || !strings.Contains(err.Error(), "hooks.respond."+key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if err := (Config{Before: fit, Respond: fit, Action: fit}).Validate(); err != nil {
		t.Error(err)
	}
}

func FuzzStreams(f *testing.F) {
	for _, seed := range []string{"event: delta\ndata: {\"text\":\"x\"}\n\n", "{\"event\":\"delta\"}\n", ": c\r\n\r\ndata\n\n", "data: a\ndata: b\n\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		size := 0
		count := func(name string, data []byte) error {
			size += len(data)
			return nil
		}
		if _ = readSSE(strings.NewReader(string(stream)), count); size > len(stream) {
			t.Errorf("%d bytes of events of %d", size, len(stream))
		}
		_ = readLines(strings.NewReader(string(stream)), count)
	})
}

func TestAHookIsToldWhatAnAnswerGoesOnWith(t *testing.T) {
	h := newHook("respond", Hook{Timeout: time.Second}, quiet)
	for want, c := range map[string]*docent.Continuation{
		`"continues":{"answer_id":"msg_1","output":null}`:          {AnswerID: "msg_1", Output: json.RawMessage("null")},
		`"continues":{"answer_id":"msg_1","note":"chose Windows"}`: {AnswerID: "msg_1", Note: "chose Windows"},
		`"metadata":null}`: nil,
	} {
		if told, err := json.Marshal(h.callOf(&chat.Question{Continues: c})); err != nil || !strings.Contains(string(told), want) {
			t.Errorf("%v: %s", err, told)
		}
	}
}
