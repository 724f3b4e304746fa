package openai

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/access"
	"docent/web"
)

// rig is the protocol behind web's chain, over fakes.
type rig struct {
	http.Handler
	answers  *fakeAnswers
	messages *fakeMessages
	files    *fakeFiles
}

// fakeAnswers has one answer, whose events the test gives.
type fakeAnswers struct {
	web.Answers
	asked     []docent.Ask
	startErr  error
	events    []docent.Event
	cancelled []string
}

func (a *fakeAnswers) Start(_ context.Context, _ access.Principal, q docent.Ask) (docent.Started, error) {
	a.asked = append(a.asked, q)
	session := q.SessionID
	if session == "" {
		session = "ses_" + string(rune('0'+len(a.asked)))
	}
	return docent.Started{SessionID: session, UserMessageID: "msg_q", MessageID: "msg_a"}, a.startErr
}

func (a *fakeAnswers) Follow(ctx context.Context, _ access.Principal, _ string, _ int, fn func([]docent.Event) error) error {
	for _, e := range a.events {
		if err := fn([]docent.Event{e}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (a *fakeAnswers) Cancel(_ context.Context, _ access.Principal, id string) error {
	a.cancelled = append(a.cancelled, id)
	return nil
}

// say lets the answer have these texts, then citations, and end.
func (a *fakeAnswers) say(done docent.DoneData, texts ...string) {
	a.events = nil
	add := func(name string, data any) {
		encoded, _ := json.Marshal(data)
		a.events = append(a.events, docent.Event{ID: len(a.events) + 1, Name: name, Data: encoded})
	}
	for _, text := range texts {
		add(docent.EventDelta, docent.DeltaData{Text: text})
	}
	for _, c := range done.Citations {
		add(docent.EventCitation, c)
	}
	add(docent.EventDone, done)
}

// fails lets the answer fail after a text.
func (a *fakeAnswers) fails(text string, e docent.ErrorData) {
	a.say(docent.DoneData{}, text)
	encoded, _ := json.Marshal(e)
	a.events[len(a.events)-1] = docent.Event{ID: 2, Name: docent.EventError, Data: encoded}
}

// What of web's ports the protocol does not use.
type (
	sessions  interface{ web.Sessions }
	searching interface{ web.Search }
	noSearch  struct{ searching }
)

// fakeMessages are those of one session.
type fakeMessages struct {
	sessions
	stored []docent.Message // oldest first
}

func (f *fakeMessages) Message(_ context.Context, o docent.Owner, id string) (docent.Message, error) {
	for _, m := range f.stored {
		if m.ID == id && o == access.Local().Owner() {
			return m, nil
		}
	}
	return docent.Message{}, docent.Errorf(docent.CodeNotFound, "there is no such message")
}

func (f *fakeMessages) Messages(_ context.Context, _ docent.Owner, _ string, q docent.List) (docent.Listed[docent.Message], error) {
	at := len(f.stored) - 1 - len(q.After) // a part is one message, and its cursor as long as what was given
	return docent.Listed[docent.Message]{Data: f.stored[at : at+1], HasMore: at > 0, After: q.After + "x"}, nil
}

// fakeFiles takes what is no picture.
type fakeFiles struct {
	taken []string
}

func (f *fakeFiles) Attach(_ context.Context, _ docent.Owner, name string, content []byte) (docent.Attachment, error) {
	if strings.HasSuffix(name, ".png") {
		return docent.Attachment{}, docent.Errorf(docent.CodeUnsupported, "the file is a picture, which is not taken")
	}
	f.taken = append(f.taken, name+" "+string(content))
	return docent.Attachment{ID: "att_" + name}, nil
}

// fakeSources are manual and guides/api.
type fakeSources struct{ web.Library }

func (fakeSources) Choose(context.Context, string, docent.Filters) (web.Choice, error) {
	released := func(source, version string) docent.Release {
		return docent.Release{Unit: docent.Unit{Source: source, Version: version}, CreatedAt: time.Unix(1750000000, 0)}
	}
	return web.Choice{Releases: []docent.Release{released("manual", "2"), released("guides/api", "")}, Others: []docent.Release{released("manual", "1")}}, nil
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{answers: &fakeAnswers{}, messages: &fakeMessages{}, files: &fakeFiles{}}
	gate, err := access.NewGate(t.Context(), access.Config{Secret: []string{"a secret of the tests, at least 32 characters"}, TokenTTL: time.Hour, RenewWithin: time.Hour}, []access.Site{{Name: docent.DefaultSite}}, nil, access.OnLoopback())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gate.Close() })
	cfg := web.Config{Server: web.ServerConfig{Host: "127.0.0.1", Port: 8000, MaxBodyBytes: 1 << 20, WriteTimeout: time.Minute, Keepalive: time.Minute}}
	p := New(Config{MaxBodyBytes: 1 << 20, MaxMessageBytes: 2000, MaxFiles: 2, MaxFileBytes: 1000, Fingerprint: "fp_test"},
		Ports{Sources: fakeSources{}, Messages: r.messages, Attachments: r.files})
	r.Handler, err = web.New(cfg, web.Ports{
		Answers: r.answers, Sessions: r.messages, Search: noSearch{}, Library: fakeSources{}, Gate: gate, Protocols: []web.Protocol{p},
		Ready: func(context.Context) error { return nil },
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// send sends a request as OpenAI's clients do, with a key that is nobody's.
func (r *rig) send(method, path, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "/v1"+path, strings.NewReader(body))
	req.Host = "localhost:8000"
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer sk-anything")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

// asks sends a question with further fields, and gives the answer read into what.
func (r *rig) asks(t *testing.T, more string, into any) *httptest.ResponseRecorder {
	t.Helper()
	w := r.send(http.MethodPost, "/chat/completions", `{"model":"docent","messages":[{"role":"user","content":"How?"}]`+more+`}`)
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return w
}

// port is an answer with a citation behind a character of two UTF-16 units.
var port = docent.DoneData{
	FinishReason: docent.FinishStop, Usage: docent.Usage{InputTokens: 90, OutputTokens: 10, CachedTokens: 40},
	Citations: []docent.Citation{{N: 2, Title: "Ports [new]", Heading: "PORT", URL: "/docs/manual/env (1)#port", Start: 9}},
}
