package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"docent"
	"docent/access"
	"docent/web/openapi/openapitest"
)

// rig is a Handler over fakes, and all that it logged.
type rig struct {
	*Handler
	watched  http.Handler // the Handler, its answers held against openapi.yaml
	answers  *fakeAnswers
	sessions *fakeSessions
	search   *fakeSearch
	files    *fakeAttachments
	notReady error
	trouble  []string
	keys     fakeKeys
	log      *lockedBuffer
}

// fakeKeys are API keys by ID. It is not their being there, but the other
// settings, that asks callers who they are.
type fakeKeys map[string]access.Key

func (k fakeKeys) Key(_ context.Context, id string) (access.Key, error) {
	if key, known := k[id]; known {
		return key, nil
	}
	return access.Key{}, docent.Errorf(docent.CodeNotFound, "there is no such key")
}
func (k fakeKeys) KeyUsed(context.Context, string, time.Time) error { return nil }
func (k fakeKeys) HasKeys(context.Context) (bool, error)            { return false, nil }

// key makes an API key and gives the header to send it with.
func (r *rig) key(site string, scopes ...string) string {
	id := access.NewKeyID()
	text, digest := access.NewKeySecret(id)
	r.keys[id] = access.Key{ID: id, Site: site, Scopes: scopes, Digest: digest, UsedAt: time.Now()}
	return "Bearer " + text
}

func newRig(t testing.TB, change func(*Config)) *rig {
	t.Helper()
	return newRigWith(t, change, nil)
}

func newRigWith(t testing.TB, change func(*Config), identify Identify, sites ...access.Site) *rig {
	t.Helper()
	return newRigOver(t, change, func(p *Ports) { p.Identify = identify }, sites)
}

func newRigOver(t testing.TB, change func(*Config), join func(*Ports), sites []access.Site) *rig {
	t.Helper()
	cfg := Config{MaxMessageBytes: 16384, Server: ServerConfig{
		Host: "127.0.0.1", Port: 8000, MaxBodyBytes: 1 << 20,
		WriteTimeout: 30 * time.Second, Keepalive: 15 * time.Second, ShutdownTimeout: 20 * time.Second,
	}, Auth: access.Config{
		Secret: []string{"a secret of the tests, at least 32 characters"}, TokenTTL: time.Hour, RenewWithin: 24 * time.Hour, BindAddress: true,
	}}
	if change != nil {
		change(&cfg)
	}
	if sites == nil {
		sites = []access.Site{{Name: docent.DefaultSite, Origins: cfg.CORS.AllowedOrigins}}
	}
	keys := fakeKeys{}
	gate, err := access.NewGate(t.Context(), cfg.Auth, sites, keys, access.OnLoopback())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gate.Close() })
	r := &rig{answers: &fakeAnswers{}, sessions: newFakeSessions(), search: &fakeSearch{}, files: &fakeAttachments{}, log: &lockedBuffer{}, keys: keys}
	ports := Ports{
		Answers: r.answers, Sessions: r.sessions, Search: r.search, Library: r.search, Attachments: r.files, Assets: assets, Gate: gate,
		Ready:   func(context.Context) error { return r.notReady },
		Trouble: func() []string { return r.trouble },
	}
	join(&ports)
	h, err := New(cfg, ports, slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	r.Handler, r.watched = h, openapitest.Watch(t, h, false)
	return r
}

// ServeHTTP implements http.Handler.
func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.watched.ServeHTTP(w, req) }

var assets fs.FS = fstest.MapFS{
	"index.html":  {Data: []byte("<!doctype html><title>Ask</title>")},
	"widget.js":   {Data: []byte("console.log(1)")},
	"reader.js":   {Data: []byte("console.log(2)")},
	"favicon.svg": {Data: []byte("<svg/>")},
	"page.css":    {Data: []byte("body{}")},
}

// do sends a request; headers are names and values in turn. A body is JSON
// unless the headers say otherwise.
func (r *rig) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Host = "localhost:8000"
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

// problemOf reads a problem document and holds it to its shape.
func problemOf(t *testing.T, w *httptest.ResponseRecorder) problem {
	t.Helper()
	if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("status %d has the type %q, want a problem: %s", w.Code, kind, w.Body)
	}
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if p.Type != "about:blank" || p.Title != http.StatusText(w.Code) || p.Status != w.Code || p.Detail == "" || p.Code == "" {
		t.Errorf("an incomplete problem with status %d: %+v", w.Code, p)
	}
	if p.RequestID == "" || p.RequestID != w.Header().Get("X-Request-Id") {
		t.Errorf("request_id %q, header %q", p.RequestID, w.Header().Get("X-Request-Id"))
	}
	return p
}

// wantProblem checks an answer's status and code, and that what it says holds
// the words.
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, code docent.Code, words ...string) {
	t.Helper()
	p := problemOf(t, w)
	if w.Code != status || p.Code != code {
		t.Errorf("status %d, code %s, want %d, %s: %s", w.Code, p.Code, status, code, w.Body)
	}
	for _, word := range words {
		if !strings.Contains(w.Body.String(), word) {
			t.Errorf("%q is not in %s", word, w.Body)
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// fakeAnswers has one answer, whose events the test adds as it likes.
type fakeAnswers struct {
	startErr, followErr, cancelErr error
	panics                         bool // in Follow

	mu        sync.Mutex
	asked     []docent.Ask
	askers    []access.Principal
	cancelled []string
	stopped   []string // sessions
	events    []docent.Event
	ended     bool // Follow returns after the last event
	more      chan struct{}
	following chan struct{} // gets a token for every Follow, where not nil
}

// event appends one to the answer's log.
func (a *fakeAnswers) event(name, data string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events = append(a.events, docent.Event{ID: len(a.events) + 1, Name: name, Data: json.RawMessage(data)})
	a.ended = a.events[len(a.events)-1].Last()
	if a.more != nil {
		close(a.more)
		a.more = nil
	}
}

func (a *fakeAnswers) Start(_ context.Context, p access.Principal, q docent.Ask) (docent.Started, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked, a.askers = append(a.asked, q), append(a.askers, p)
	return docent.Started{SessionID: "ses_1", UserMessageID: "msg_q", MessageID: "msg_a"}, a.startErr
}

func (a *fakeAnswers) Follow(ctx context.Context, _ access.Principal, _ string, after int, fn func([]docent.Event) error) error {
	if a.following != nil {
		a.following <- struct{}{}
	}
	if a.panics {
		panic("a defect with the secret sk-123")
	}
	for {
		a.mu.Lock()
		events, ended := a.events, a.ended
		if a.more == nil {
			a.more = make(chan struct{})
		}
		more := a.more
		a.mu.Unlock()
		if after < len(events) {
			if err := fn(events[after:]); err != nil {
				return err
			}
			after = len(events)
		}
		if a.followErr != nil || ended {
			return a.followErr
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (a *fakeAnswers) CancelSession(_ context.Context, _ access.Principal, sessionID string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = append(a.stopped, sessionID)
	return nil
}

func (a *fakeAnswers) Cancel(_ context.Context, _ access.Principal, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cancelled = append(a.cancelled, id)
	return a.cancelErr
}

// fakeSessions has the session ses_1 of the local subject, with a question
// (msg_q) and an answer (msg_a).
type fakeSessions struct {
	err      error
	owner    docent.Owner
	session  docent.Session
	messages []docent.Message
	lists    []docent.List
	feedback docent.Feedback
}

func newFakeSessions() *fakeSessions {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &fakeSessions{
		session: docent.Session{ID: "ses_1", Title: "Ports", CreatedAt: at, UpdatedAt: at, Status: "active"},
		messages: []docent.Message{
			{ID: "msg_q", SessionID: "ses_1", Role: docent.RoleUser, Text: "How do I change the port?", Citations: []docent.Citation{}, Sources: []docent.Source{}, CreatedAt: at},
			{
				ID: "msg_a", SessionID: "ses_1", Role: docent.RoleAssistant, Text: "Set PORT [1].",
				Citations: []docent.Citation{{N: 1, Title: "Environment", Heading: "PORT [env]", URL: "/docs/manual/env.md#port", Start: 9}},
				Sources:   []docent.Source{}, FinishReason: docent.FinishExtractive, Cause: docent.CauseNoModel, Certain: "yes",
				Timings: &docent.Timings{RetrievalMS: 1, TotalMS: 2}, CreatedAt: at,
			},
		},
	}
}

var errNoSuch = docent.Errorf(docent.CodeNotFound, "there is no such conversation")

func (s *fakeSessions) check(o docent.Owner, id string) error {
	s.owner = o
	if s.err != nil {
		return s.err
	}
	if id != "ses_1" || o != access.Local().Owner() {
		return errNoSuch
	}
	return nil
}

func (s *fakeSessions) Sessions(_ context.Context, o docent.Owner, q docent.List) (docent.Listed[docent.Session], error) {
	s.lists = append(s.lists, q)
	return docent.Listed[docent.Session]{Data: []docent.Session{s.session}}, s.check(o, "ses_1")
}

func (s *fakeSessions) Session(_ context.Context, o docent.Owner, id string) (docent.Session, error) {
	return s.session, s.check(o, id)
}

func (s *fakeSessions) RenameSession(_ context.Context, o docent.Owner, id, title string) (docent.Session, error) {
	s.session.Title = title
	return s.session, s.check(o, id)
}

func (s *fakeSessions) DeleteSession(_ context.Context, o docent.Owner, id string) error {
	return s.check(o, id)
}

// Messages gives one message a part, so that whoever wants all must go on.
func (s *fakeSessions) Messages(_ context.Context, o docent.Owner, id string, q docent.List) (docent.Listed[docent.Message], error) {
	s.lists = append(s.lists, q)
	at := 0
	if q.After != "" {
		at = 1
	}
	l := docent.Listed[docent.Message]{Data: s.messages[at : at+1]}
	if at == 0 {
		l.HasMore, l.After = true, "1"
	}
	return l, s.check(o, id)
}

func (s *fakeSessions) Message(_ context.Context, o docent.Owner, id string) (docent.Message, error) {
	for _, m := range s.messages {
		if m.ID == id {
			return m, s.check(o, "ses_1")
		}
	}
	return docent.Message{}, errNoSuch
}

func (s *fakeSessions) SetFeedback(_ context.Context, o docent.Owner, _ string, f docent.Feedback) error {
	s.feedback = f
	return s.check(o, "ses_1")
}

// fakeSearch answers every query alike.
type fakeSearch struct {
	mu     sync.Mutex
	err    error
	asked  docent.Query
	found  docent.Found
	page   docent.Page
	chunks []docent.Chunk
	byPath bool // pages are found by path alone
	path   string
	filter docent.Filters
	choice Choice
	pages  []docent.Page
	gone   string // the path of a page that can't be read
}

func (s *fakeSearch) Search(_ context.Context, q docent.Query) (docent.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = q
	return s.found, s.err
}

func (s *fakeSearch) Page(_ context.Context, _ string, f docent.Filters, path string) (docent.Page, []docent.Chunk, error) {
	s.filter, s.path = f, path
	if s.byPath && strings.HasPrefix(path, "/") {
		return docent.Page{}, nil, docent.Errorf(docent.CodeNotFound, "there is no page %q", path)
	}
	return s.page, s.chunks, s.err
}

// errSecret is an error that holds what no client may read.
var errSecret = errors.New("open /srv/docent/docent.db: key sk-123")

// chunked sends a body whose length is not told.
func (r *rig) chunked(method, target, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, io.NopCloser(strings.NewReader(body)))
	req.Host, req.ContentLength = "localhost:8000", -1
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

// Choose, Pages and Read make it a library of one release, or of none.
func (s *fakeSearch) Choose(_ context.Context, _ string, f docent.Filters) (Choice, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filter = f
	return s.choice, s.err
}

func (s *fakeSearch) Pages(context.Context, docent.Release) ([]docent.Page, error) {
	return s.pages, s.err
}

func (s *fakeSearch) Read(_ context.Context, _ docent.Release, path string) (docent.Page, []docent.Chunk, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pages {
		if p.Path == path && p.Path != s.gone {
			return p, s.chunks, nil
		}
	}
	return docent.Page{}, nil, docent.Errorf(docent.CodeNotFound, "there is no such page")
}
