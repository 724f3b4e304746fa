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
	"time"

	"docent"
	"docent/ingest"
	"docent/llm/llmtest"
	"docent/web"
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

func serve(t *testing.T, cfg Config) *fixture {
	t.Helper()
	s, err := New(cfg, WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s.Handler())
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

func TestAnAnswerFromFolderToStore(t *testing.T) {
	f := start(t, nil)
	all := f.ask(t, question).rest(t)
	checkNumbered(t, all)
	if all[0].Name != docent.EventSession || all[1].Name != docent.EventSources || all[len(all)-1].Name != docent.EventDone {
		t.Fatalf("events are %v", all)
	}
	sources := map[int]docent.Source{}
	for _, s := range data[docent.SourcesData](t, all[1]).Sources {
		sources[s.N] = s
	}
	done := data[docent.DoneData](t, all[len(all)-1])
	if done.FinishReason != docent.FinishExtractive || len(done.Citations) == 0 {
		t.Fatalf("done is %+v", done)
	}
	for _, c := range done.Citations {
		if s, is := sources[c.N]; !is || s.URL != c.URL || !strings.Contains(c.URL, "#") {
			t.Errorf("citation %+v is not source %+v with an anchor", c, s)
		}
		if mark := fmt.Sprintf("[%d]", c.N); !strings.HasPrefix(text(t, all)[c.Start:], mark) {
			t.Errorf("%s does not stand at %d", mark, c.Start)
		}
	}
	if m := f.message(t, data[docent.SessionData](t, all[0])); m.Text != text(t, all) {
		t.Errorf("stored %q, streamed %q", m.Text, text(t, all))
	}
}

func TestJSONAnswersHoldTheStoredMessage(t *testing.T) {
	f := start(t, nil)
	answer, err := http.Post(f.url+"/api/v1/chat", "application/json", strings.NewReader(`{"message": "How do I change the port?", "stream": false}`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got struct {
		SessionID     string         `json:"session_id"`
		UserMessageID string         `json:"user_message_id"`
		Message       docent.Message `json:"message"`
		Cause         string         `json:"cause"`
		Certain       string         `json:"certain"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Message.SessionID != got.SessionID || got.Message.Text == "" || got.Cause != "no_model" || got.Certain == "" || got.UserMessageID == "" {
		t.Errorf("answer is %+v", got)
	}
}

func TestADroppedStreamIsTakenUpAndEveryEventSeenOnce(t *testing.T) {
	model := llmtest.For(t)
	gate := make(chan struct{})
	model.Script(llmtest.HeldAt(1, gate, "Set PORT ", "to a number [1", "]."))
	f := start(t, withModel(model))
	first := f.ask(t, question)
	seen := first.until(t, docent.EventDelta)
	first.answer.Body.Close()
	id := data[docent.SessionData](t, seen[0]).MessageID
	second := f.takeUp(t, id, seen[len(seen)-1].ID)
	close(gate)
	all := append(seen, second.rest(t)...)
	checkNumbered(t, all)
	if got := text(t, all); got != "Set PORT to a number [1]." {
		t.Errorf("text is %q", got)
	}
	if again := f.takeUp(t, id, 0).rest(t); len(again) != len(all) {
		t.Errorf("taken up again: %d events, were %d", len(again), len(all))
	}
}

func TestAnAnswerIsTakenUpAfterARestart(t *testing.T) {
	f := start(t, nil)
	all := f.ask(t, question).rest(t)
	session := data[docent.SessionData](t, all[0])
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	restarted := serve(t, f.cfg)
	again := restarted.takeUp(t, session.MessageID, 2).rest(t)
	if len(again) != len(all)-2 || again[0].ID != 3 || text(t, again) != text(t, all) {
		t.Errorf("after the restart %v, were %v", again, all)
	}
}

func TestACancelledAnswerIsStoredAsFarAsItWasSaid(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.StallAfter("Set PORT "))
	f := start(t, withModel(model))
	stream := f.ask(t, question)
	seen := stream.until(t, docent.EventDelta)
	session := data[docent.SessionData](t, seen[0])
	answer, err := http.Post(f.url+"/api/v1/chat/"+session.MessageID+"/cancel", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	all := append(seen, stream.rest(t)...)
	if done := data[docent.DoneData](t, all[len(all)-1]); done.FinishReason != docent.FinishCancelled {
		t.Errorf("done is %+v", done)
	}
	if m := f.message(t, session); m.Text != "Set PORT " || m.FinishReason != docent.FinishCancelled {
		t.Errorf("stored %q, %q", m.Text, m.FinishReason)
	}
}

// TestEveryMisbehaviourOfAModelHasAClearEnd holds what a reader sees of it:
// before the first word an extractive answer, after it an error event; and that
// what was said is stored.
func TestEveryMisbehaviourOfAModelHasAClearEnd(t *testing.T) {
	short := func(c *Config) {
		c.Model.FirstTokenTimeout, c.Model.StallTimeout = 100*time.Millisecond, 100*time.Millisecond
	}
	for name, c := range map[string]struct {
		reply llmtest.Reply
		code  docent.Code // of the error event; "" for an extractive answer
		said  string
	}{
		"401":                   {llmtest.Unauthorized(), "", ""},
		"429":                   {llmtest.Limited("600"), "", ""},
		"500":                   {llmtest.Broken(), "", ""},
		"HTML with 200":         {llmtest.HTML(), "", ""},
		"nothing ever":          {llmtest.StallAfter(), "", ""},
		"quota spent":           {llmtest.QuotaSpent(), "", ""},
		"stalls in mid-stream":  {llmtest.StallAfter("Set PORT "), docent.CodeModelStalled, "Set PORT "},
		"breaks off":            {llmtest.CutAfter("Set PORT "), docent.CodeModelCut, "Set PORT "},
		"breaks off in a mark":  {llmtest.CutAfter("Set PORT [", "1"), docent.CodeModelCut, "Set PORT [1"},
		"error in the stream":   {llmtest.Stream(llmtest.Text("Set "), llmtest.Failure("server_error", "sorry")), docent.CodeModelFailed, "Set "},
		"broken JSON midstream": {llmtest.Stream(llmtest.Text("Set "), llmtest.BrokenJSON()), docent.CodeModelFailed, "Set "},
	} {
		t.Run(name, func(t *testing.T) {
			model := llmtest.For(t)
			model.Answer(func(llmtest.Request) llmtest.Reply { return c.reply })
			f := start(t, func(cfg *Config) { withModel(model)(cfg); short(cfg) })
			all := f.ask(t, question).rest(t)
			checkNumbered(t, all)
			last := all[len(all)-1]
			m := f.message(t, data[docent.SessionData](t, all[0]))
			if m.Text != text(t, all) {
				t.Errorf("stored %q, streamed %q", m.Text, text(t, all))
			}
			if c.code == "" {
				if done := data[docent.DoneData](t, last); last.Name != docent.EventDone || done.Cause != docent.CauseModelDown {
					t.Errorf("last event is %s %s", last.Name, last.Data)
				}
				return
			}
			if d := data[docent.ErrorData](t, last); last.Name != docent.EventError || d.Code != string(c.code) {
				t.Errorf("last event is %s %s, want %s", last.Name, last.Data, c.code)
			}
			if m.Text != c.said || m.FinishReason != docent.FinishFailed {
				t.Errorf("stored %q, %q", m.Text, m.FinishReason)
			}
		})
	}
}

func TestInventedCitationsNeverReachAReader(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.Say("Set PORT [4", "2] to a number [1][77]. `list[99]` stays."))
	f := start(t, withModel(model))
	all := f.ask(t, question).rest(t)
	if got := text(t, all); got != "Set PORT to a number [1]. `list[99]` stays." {
		t.Errorf("text is %q", got)
	}
}

func TestBeforeAnythingWasIngestedAQuestionSaysHowTo(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	f := serve(t, cfg)
	for _, path := range []string{"/ready", "/api/v1/search?q=port"} {
		answer, err := http.Get(f.url + path)
		if err != nil {
			t.Fatal(err)
		}
		checkNoIndex(t, path, answer)
	}
	answer, err := http.Post(f.url+"/api/v1/chat", "application/json", strings.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	checkNoIndex(t, "/api/v1/chat", answer)
}

func checkNoIndex(t *testing.T, path string, answer *http.Response) {
	t.Helper()
	defer answer.Body.Close()
	var b bytes.Buffer
	b.ReadFrom(answer.Body)
	if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(b.String(), "docent ingest") {
		t.Errorf("%s: %s %s", path, answer.Status, b.String())
	}
}

func TestRunDrainsAnswersAndTellsTheRest(t *testing.T) {
	model := llmtest.For(t)
	model.Script(llmtest.StallAfter("Set PORT "))
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Server.Port, c.Server.ShutdownTimeout = 0, 10*time.Millisecond
	})
	ctx, stop := context.WithCancel(context.Background())
	address := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx, func(url string) { address <- url }) }()
	f.url = <-address
	stream := f.ask(t, question)
	seen := stream.until(t, docent.EventDelta)
	stop()
	all := append(seen, stream.rest(t)...)
	if d := data[docent.ErrorData](t, all[len(all)-1]); d.Code != string(docent.CodeShutdown) || !d.Retryable {
		t.Errorf("last event is %+v", d)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestEveryIndexedPageCanBeReadAtItsCitationsAddress(t *testing.T) {
	f := start(t, nil)
	found, err := web.Find(context.Background(), f.Search(), docent.Query{Site: docent.DefaultSite, Text: "port server docent answer", Limit: 20})
	if err != nil || len(found.Results) == 0 {
		t.Fatalf("%v, %v", found, err)
	}
	for _, r := range found.Results {
		path, anchor, _ := strings.Cut(r.URL, "#")
		answer, err := http.Get(f.url + path)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		b.ReadFrom(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || anchor != "" && !strings.Contains(b.String(), `id="`+anchor+`"`) {
			t.Errorf("%s: %s", r.URL, answer.Status)
		}
	}
}
