package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
	"docent/web"
)

// deafConn is the end of a client that reads nothing.
type deafConn struct {
	net.Conn
	closed chan struct{}
	once   sync.Once
}

func (d *deafConn) Read([]byte) (int, error) { <-d.closed; return 0, os.ErrClosed }
func (d *deafConn) Close() error             { d.once.Do(func() { close(d.closed) }); return d.Conn.Close() }

// pipes is a listener whose connections hold nothing on the way.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// deafClient reads nothing.
func (p *pipes) deafClient(t *testing.T) *http.Client {
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		p.dialled <- there
		return &deafConn{Conn: here, closed: make(chan struct{})}, nil
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// TestTwoHundredClientsThatNeverReadHoldNothingUp, on streams of each kind, while the
// model is held. Where nobody could take an answer up it is stopped; the others are
// stored whole, and who reads gets all.
func TestTwoHundredClientsThatNeverReadHoldNothingUp(t *testing.T) {
	const each = 50
	gate, model := make(chan struct{}), llmtest.For(t)
	model.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.HeldAt(1, gate, grounded...) })
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Answer.CacheFor, c.Server.WriteTimeout, c.Chat.Detach = 0, time.Second, time.Hour
	})
	p := f.listen(t)
	reader := f.ask(t, question)
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	ask := func(path, body string) {
		for range each {
			client := p.deafClient(t)
			all.Go(func() {
				request, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost"+path, strings.NewReader(body))
				request.Header.Set("Content-Type", "application/json")
				if _, err := client.Do(request); err == nil {
					t.Error("a client that reads nothing read headers")
				}
			})
		}
	}
	ask("/chatkit", `{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"How do I change the port?"}],"attachments":[],"inference_options":{}}}}`)
	ask("/v1/chat/completions", `{"model":"docent","stream":true,"messages":[{"role":"user","content":"How do I change the port?"}]}`)
	ask("/v1/responses", `{"model":"docent","stream":true,"input":"How do I change the port?"}`)
	reads := reader.until(t, docent.EventSession)
	for _, m := range f.answers(t, 1+3*each) {
		if m.SessionID != data[docent.SessionData](t, reads[0]).SessionID {
			f.takeUp(t, m.ID, 0).rest(t) // it would not end, since the model is held
		}
	}
	ask("/api/v1/chat", question)
	begun := f.answers(t, 1+4*each)
	close(gate)
	if got := text(t, append(reads, reader.rest(t)...)); got != strings.Join(grounded, "") {
		t.Errorf("who reads got %q", got)
	}
	ended := map[docent.FinishReason]int{}
	for _, m := range begun {
		f.takeUp(t, m.ID, 0).rest(t)
		ended[f.message(t, docent.SessionData{SessionID: m.SessionID, MessageID: m.ID}).FinishReason]++
	}
	if ended[docent.FinishStop] != 1+each || ended[docent.FinishCancelled] != 3*each {
		t.Errorf("the answers ended as %v", ended)
	}
	leave()
	all.Wait()
}

// listen serves as docent serve does, on pipes, until the test ends.
func (f *fixture) listen(t *testing.T) *pipes {
	t.Helper()
	p := &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- web.Serve(ctx, p, f.Handler(), f.cfg.Server, func(context.Context) {}, slog.New(slog.DiscardHandler))
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return p
}

// answers waits until so many conversations have begun, and gives an answer of each.
func (f *fixture) answers(t *testing.T, want int) (list []docent.Message) {
	t.Helper()
	get := func(path string, into any) {
		answer, err := http.Get(f.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	var sessions []docent.Session
	next := time.NewTicker(100 * time.Millisecond)
	defer next.Stop()
	for ; len(sessions) < want; <-next.C {
		sessions = nil
		for page := (docent.Listed[docent.Session]{HasMore: true}); page.HasMore; sessions = append(sessions, page.Data...) {
			after := page.After
			page = docent.Listed[docent.Session]{}
			get("/api/v1/sessions?limit=100&after="+after, &page)
		}
	}
	for _, s := range sessions {
		var messages docent.Listed[docent.Message]
		get("/api/v1/sessions/"+s.ID+"/messages", &messages)
		for _, m := range messages.Data {
			if m.Role == docent.RoleAssistant {
				list = append(list, m)
			}
		}
	}
	return list
}
