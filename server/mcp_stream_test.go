package server

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/access"
	protocol "docent/web/mcp"
)

// slowModel says half of an answer, and the rest when it is let go on.
type slowModel struct {
	begun   chan struct{} // receives when the first half is said
	goOn    chan struct{}
	stopped chan struct{} // receives when it was stopped
}

func newSlowModel() slowModel {
	return slowModel{make(chan struct{}, 1), make(chan struct{}), make(chan struct{}, 1)}
}

func (m slowModel) Stream(ctx context.Context, _ docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	if err := onDelta("Set PORT, or give the flag [1]. "); err != nil {
		return docent.ModelResult{}, err
	}
	m.begun <- struct{}{}
	select {
	case <-m.goOn:
	case <-ctx.Done():
		m.stopped <- struct{}{}
		return docent.ModelResult{}, ctx.Err()
	}
	return docent.ModelResult{FinishReason: docent.FinishStop}, onDelta("That is all.")
}

// slow serves the manual with a slow model.
func slow(t *testing.T) (*fixture, slowModel) {
	t.Helper()
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	ingestManual(t, cfg)
	m := newSlowModel()
	return serve(t, cfg, WithModel(m)), m
}

const askPort = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"ask_docs","arguments":{"question":"How do I change the port?"},"_meta":{"progressToken":"p"}}}`

// TestALostAnswerIsTakenUpAgain: what was sent while nobody listened comes to who names
// the last event that it has.
func TestALostAnswerIsTakenUpAgain(t *testing.T) {
	f, m := slow(t)
	begun := rpc(t, f, http.MethodPost, strings.Replace(initialize, "2025-06-18", "2025-11-25", 1))
	if _, err := io.ReadAll(begun.Body); err != nil {
		t.Fatal(err)
	}
	session := []string{"Mcp-Session-Id", begun.Header.Get("Mcp-Session-Id"), "Mcp-Protocol-Version", "2025-11-25"}
	rpc(t, f, http.MethodPost, `{"jsonrpc":"2.0","method":"notifications/initialized"}`, session...)
	answer := rpc(t, f, http.MethodPost, askPort, session...)
	lines := bufio.NewScanner(answer.Body)
	last := ""
	for last == "" && lines.Scan() {
		if id, is := strings.CutPrefix(lines.Text(), "id: "); is {
			last = id
		}
	}
	<-m.begun
	answer.Body.Close() // the connection is lost, the answer goes on
	close(m.goOn)
	for { // until the server has noticed, it says that the stream is still listened to
		again := rpc(t, f, http.MethodGet, "", append(session, "Last-Event-ID", last)...)
		if again.StatusCode == http.StatusConflict {
			again.Body.Close()
			continue
		}
		rest, err := io.ReadAll(again.Body)
		if err != nil || !strings.Contains(string(rest), "That is all.") || !strings.Contains(string(rest), "notifications/progress") {
			t.Errorf("%s after %q: %s %v", again.Status, last, rest, err)
		}
		return
	}
}

func TestACancelledCallStopsItsAnswer(t *testing.T) {
	for _, way := range []string{"http", "stdio", "bridge"} {
		t.Run(way, func(t *testing.T) {
			f, m := slow(t)
			s := map[string]func() *mcp.ClientSession{
				"http": func() *mcp.ClientSession { return agent(t, f) }, "stdio": func() *mcp.ClientSession { return piped(t, f.onPipes(t)) },
				"bridge": func() *mcp.ClientSession { return piped(t, f.bridged(t, "")) },
			}[way]()
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-m.begun; cancel() }()
			if _, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "ask_docs", Arguments: map[string]any{"question": "How do I change the port?"}}); err == nil {
				t.Error("the call was not cancelled")
			}
			<-m.stopped
			if text, _, failed := tool(t, s, "search_docs", map[string]any{"query": "port"}); failed {
				t.Errorf("after it: %s", text)
			}
		})
	}
}

// ends are those of a client of a program's input and output.
type ends struct {
	in  io.WriteCloser
	out io.ReadCloser
}

// onPipes serves MCP as docent mcp does.
func (f *fixture) onPipes(t *testing.T) ends {
	t.Helper()
	return joinPipes(t, func(ctx context.Context, in io.ReadCloser, out io.WriteCloser) error {
		return f.ServeMCP(ctx, in, out, access.Local())
	})
}

// bridged passes on to the server as docent mcp --server does.
func (f *fixture) bridged(t *testing.T, key string) ends {
	t.Helper()
	return joinPipes(t, func(ctx context.Context, in io.ReadCloser, out io.WriteCloser) error {
		return protocol.Bridge(ctx, f.url+protocol.Root, key, in, out, func(err error) { t.Log(err) })
	})
}

func joinPipes(t *testing.T, run func(context.Context, io.ReadCloser, io.WriteCloser) error) ends {
	t.Helper()
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx, inRead, outWrite); err != nil {
			t.Error(err)
		}
		outWrite.Close()
	})
	t.Cleanup(func() { stop(); inWrite.Close(); running.Wait() })
	return ends{inWrite, outRead}
}

// piped connects a client to a program.
func piped(t *testing.T, e ends) *mcp.ClientSession {
	t.Helper()
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.IOTransport{Reader: e.out, Writer: e.in}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestABridgeBeginsALostSessionAgain: an agent keeps its program running for days, while
// servers start anew.
func TestABridgeBeginsALostSessionAgain(t *testing.T) {
	f := start(t, nil)
	var front http.Handler = f.Handler()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { front.ServeHTTP(w, r) }))
	defer h.Close()
	e := joinPipes(t, func(ctx context.Context, in io.ReadCloser, out io.WriteCloser) error {
		return protocol.Bridge(ctx, h.URL+protocol.Root, "", in, out, func(err error) { t.Log(err) })
	})
	lines := bufio.NewScanner(e.out)
	lines.Buffer(nil, 1<<20)
	say := func(message string) map[string]any {
		t.Helper()
		if _, err := io.WriteString(e.in, message+"\n"); err != nil || !lines.Scan() {
			t.Fatal(err, lines.Err())
		}
		var answer map[string]any
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if got := say(initialize); got["id"] != 1.0 || got["result"] == nil {
		t.Fatalf("initialize: %v", got)
	}
	other, err := New(f.cfg, WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	front = other.Handler() // the server was started anew
	if got := say(`{"jsonrpc":"2.0","id":2,"method":"tools/list"}`); got["id"] != 2.0 || got["result"] == nil {
		t.Errorf("tools/list: %v", got)
	}
	h.Close()
	if got := say(`{"jsonrpc":"2.0","id":3,"method":"tools/list"}`); got["id"] != 3.0 || !strings.Contains(got["error"].(map[string]any)["message"].(string), "can't be asked") {
		t.Errorf("without a server: %v", got)
	}
}

// TestABridgeTakesItsKeyNowhereElse: not where a server sends it on to.
func TestABridgeTakesItsKeyNowhereElse(t *testing.T) {
	asked := make(chan string, 10)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Header.Get("Authorization") }))
	defer elsewhere.Close()
	h := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer h.Close()
	e := joinPipes(t, func(ctx context.Context, in io.ReadCloser, out io.WriteCloser) error {
		return protocol.Bridge(ctx, h.URL+protocol.Root, "dk_secret", in, out, func(error) {})
	})
	if _, err := io.WriteString(e.in, initialize+"\n"); err != nil {
		t.Fatal(err)
	}
	if lines := bufio.NewScanner(e.out); !lines.Scan() || !strings.Contains(lines.Text(), `"error"`) {
		t.Errorf("answered %q", lines.Text())
	}
	if len(asked) > 0 {
		t.Errorf("another server was asked with %q", <-asked)
	}
}
