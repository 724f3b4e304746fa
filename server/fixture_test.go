package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"docent"
	"docent/ingest"
	"docent/llm/llmtest"
	"docent/web/openapi/openapitest"
)

// fixture is a running server over docs-sample.
type fixture struct {
	*Server
	cfg Config
	url string
}

// start ingests docs-sample and serves it. change may be nil.
func start(t *testing.T, change func(*Config)) *fixture {
	t.Helper()
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Model.Retries = 0
	if change != nil {
		change(&cfg)
	}
	ingestManual(t, cfg)
	return serve(t, cfg)
}

func ingestManual(t testing.TB, cfg Config) {
	t.Helper()
	index, err := OpenIndex(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ingest.Run(context.Background(), index, ingest.Source{Name: "manual", Dir: "../docs-sample"}, cfg.Ingest.Config, ingest.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := index.Close(); err != nil {
		t.Fatal(err)
	}
}

func serve(t *testing.T, cfg Config, options ...Option) *fixture {
	t.Helper()
	s, err := New(cfg, append(options, WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(openapitest.Watch(t, s.Handler(), true))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		h.Close()
	})
	return &fixture{s, cfg, h.URL}
}

// withModel configures a stand-in.
func withModel(m *llmtest.Server) func(*Config) {
	return func(c *Config) { c.Model.BaseURL, c.Model.Name = m.URL, "stand-in" }
}

// stream opens a stream of events; the caller reads and closes it.
func (f *fixture) stream(t *testing.T, request *http.Request) *events {
	t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		var b bytes.Buffer
		b.ReadFrom(answer.Body)
		answer.Body.Close()
		t.Fatalf("%s: %s", answer.Status, b.String())
	}
	if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("content type is %q", got)
	}
	return &events{answer: answer, lines: bufio.NewScanner(answer.Body)}
}

func (f *fixture) ask(t *testing.T, body string) *events {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, f.url+"/api/v1/chat", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return f.stream(t, r)
}

func (f *fixture) takeUp(t *testing.T, id string, after int) *events {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, f.url+"/api/v1/chat/"+id+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", fmt.Sprint(after))
	return f.stream(t, r)
}

// events reads a stream, event by event.
type events struct {
	answer *http.Response
	lines  *bufio.Scanner
}

func (e *events) next(t *testing.T) (docent.Event, bool) {
	t.Helper()
	var event docent.Event
	for e.lines.Scan() {
		line := e.lines.Text()
		switch {
		case line == "" && event.Name != "":
			return event, true
		case strings.HasPrefix(line, "id: "):
			fmt.Sscan(line[4:], &event.ID)
		case strings.HasPrefix(line, "event: "):
			event.Name = line[7:]
		case strings.HasPrefix(line, "data: "):
			event.Data = []byte(line[6:])
		}
	}
	return event, false
}

// until reads up to the first event of that name.
func (e *events) until(t *testing.T, name string) []docent.Event {
	t.Helper()
	var all []docent.Event
	for {
		event, more := e.next(t)
		if !more {
			t.Fatalf("the stream ended before %s: %v", name, all)
		}
		if all = append(all, event); event.Name == name {
			return all
		}
	}
}

func (e *events) rest(t *testing.T) []docent.Event {
	t.Helper()
	defer e.answer.Body.Close()
	var all []docent.Event
	for {
		event, more := e.next(t)
		if !more {
			return all
		}
		all = append(all, event)
	}
}

func data[T any](t *testing.T, e docent.Event) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(e.Data, &v); err != nil {
		t.Fatalf("%s: %v: %s", e.Name, err, e.Data)
	}
	return v
}

func text(t *testing.T, all []docent.Event) string {
	t.Helper()
	var b strings.Builder
	for _, e := range all {
		if e.Name == docent.EventDelta {
			b.WriteString(data[docent.DeltaData](t, e).Text)
		}
	}
	return b.String()
}

// message reads a stored message of a session.
func (f *fixture) message(t *testing.T, s docent.SessionData) docent.Message {
	t.Helper()
	answer, err := http.Get(f.url + "/api/v1/sessions/" + s.SessionID + "/messages")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var list docent.Listed[docent.Message]
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Data {
		if m.ID == s.MessageID {
			return m
		}
	}
	t.Fatalf("message %s is not among %d", s.MessageID, len(list.Data))
	return docent.Message{}
}

func checkNumbered(t *testing.T, all []docent.Event) {
	t.Helper()
	for i, e := range all {
		if e.ID != i+1 {
			t.Fatalf("event %d has id %d", i+1, e.ID)
		}
	}
}

const question = `{"message": "How do I change the port?"}`
