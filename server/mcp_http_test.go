package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"docent"
	"docent/access"
)

// said reads the whole of an answer.
func said(t *testing.T, answer *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// begun begins a session of a version, and gives the headers of its requests.
func begun(t *testing.T, f *fixture, version string, headers ...string) []string {
	t.Helper()
	answer := rpc(t, f, http.MethodPost, strings.Replace(initialize, "2025-06-18", version, 1), headers...)
	if body := said(t, answer); answer.StatusCode != http.StatusOK || !strings.Contains(body, `"protocolVersion":"`+version+`"`) {
		t.Fatalf("initialize: %s %s", answer.Status, body)
	}
	id := answer.Header.Get("Mcp-Session-Id")
	return append(headers, "Mcp-Session-Id", id, "Mcp-Protocol-Version", version)
}

const listTools = `{"jsonrpc":"2.0","id":5,"method":"tools/list"}`

func TestEachVersionOfTheProtocolIsSpoken(t *testing.T) {
	f := start(t, nil)
	for _, version := range []string{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"} {
		if body := said(t, rpc(t, f, http.MethodPost, listTools, begun(t, f, version)...)); !strings.Contains(body, "search_docs") {
			t.Errorf("%s: %s", version, body)
		}
	}
	latest := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_docs","arguments":{"query":"port"},"_meta":{` +
		`"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}`
	answer := rpc(t, f, http.MethodPost, latest, "Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/call", "Mcp-Name", "search_docs")
	if body := said(t, answer); answer.StatusCode != http.StatusOK || !strings.Contains(body, "structuredContent") || answer.Header.Get("Mcp-Session-Id") != "" {
		t.Errorf("without sessions: %s %s", answer.Status, body)
	}
	for _, unknown := range []string{"1999-01-01", "none", "2099-01-01"} {
		if answer := rpc(t, f, http.MethodPost, listTools, "Mcp-Protocol-Version", unknown); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("version %s: %s %s", unknown, answer.Status, said(t, answer))
		}
	}
}

func TestWhatIsNoMCPIsRefused(t *testing.T) {
	f := start(t, nil)
	session := begun(t, f, "2025-06-18")
	batch := "[" + strings.Repeat(listTools+",", 10) + listTools + "]"
	for _, sent := range []struct {
		what, method, body string
		headers            []string
		status             int
		words              string
	}{
		{"no JSON", http.MethodPost, "{", session, 400, ""},
		{"nothing", http.MethodPost, "", session, 400, ""},
		{"no message", http.MethodPost, `{"jsonrpc":"1.0"}`, session, 400, ""},
		{"a batch in a version without", http.MethodPost, "[" + listTools + "]", session, 400, "batching"},
		{"a long batch", http.MethodPost, batch, nil, 413, "each message by itself"},
		{"a call before initialize", http.MethodPost, listTools, nil, 200, "during session initialization"},
		{"a stream before initialize", http.MethodGet, "", nil, 400, ""},
		{"an end before initialize", http.MethodDelete, "", nil, 400, ""},
		{"another type", http.MethodPost, listTools, append(session, "Content-Type", "text/plain"), 415, ""},
		{"an answer that is not understood", http.MethodPost, listTools, append(session, "Accept", "text/html"), 400, "Accept"},
		{"a false event", http.MethodGet, "", append(session, "Last-Event-ID", "x"), 400, ""},
		{"another method", http.MethodPut, listTools, session, 405, ""},
		{"a session that is none", http.MethodPost, listTools, []string{"Mcp-Session-Id", "'; --"}, 404, "initialize"},
		{"too much", http.MethodPost, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_docs","arguments":{"query":"` + strings.Repeat("x", 2<<20) + `"}}}`, session, 413, "too large"},
		{"a compressed body", http.MethodPost, listTools, append(session, "Content-Encoding", "gzip"), 415, ""},
		{"another's page", http.MethodPost, listTools, append(session, "Origin", "https://evil.example"), 403, "evil.example"},
	} {
		answer := rpc(t, f, sent.method, sent.body, sent.headers...)
		if body := said(t, answer); answer.StatusCode != sent.status || !strings.Contains(body, sent.words) {
			t.Errorf("%s: %s %s, want %d with %q", sent.what, answer.Status, body, sent.status, sent.words)
		}
	}
	if body := said(t, rpc(t, f, http.MethodPost, "["+listTools+"]")); !strings.Contains(body, "during session initialization") {
		t.Errorf("a batch of an old version: %s", body)
	}
}

// TestASessionIsNoWayAroundLimits: each of its requests is one, and each question counts.
func TestASessionIsNoWayAroundLimits(t *testing.T) {
	f := start(t, func(c *Config) {
		c.Sites = []access.Site{{Name: "default", Origins: []string{"https://docs.example.com"}, Public: []string{access.SurfaceMCP}}}
		c.Limits.RequestsPerMinute, c.Limits.QuestionsPerHour = "6", "2"
	})
	session := begun(t, f, "2025-06-18")
	ask := func() string {
		return said(t, rpc(t, f, http.MethodPost, strings.Replace(askPort, `,"_meta":{"progressToken":"p"}`, "", 1), session...))
	}
	for range 2 {
		if body := ask(); strings.Contains(body, "isError") {
			t.Errorf("within the limits: %s", body)
		}
	}
	if body := ask(); !strings.Contains(body, `"isError":true`) || !strings.Contains(body, "hour") || !strings.Contains(body, "try again in") {
		t.Errorf("the third question: %s", body)
	}
	if again := begun(t, f, "2025-06-18"); again[1] == session[1] {
		t.Error("two sessions have one ID")
	}
	if body := said(t, rpc(t, f, http.MethodPost, listTools, session...)); !strings.Contains(body, "search_docs") {
		t.Errorf("the sixth request: %s", body)
	}
	over := rpc(t, f, http.MethodPost, listTools, session...)
	if body := said(t, over); over.StatusCode != http.StatusTooManyRequests || over.Header.Get("Retry-After") == "" || !strings.Contains(body, `"jsonrpc"`) {
		t.Errorf("the seventh request: %s %s", over.Status, body)
	}
}

// TestWhereAServerIsCalledChangesNoneOfItsRules: behind a prefix, by a name that is not
// its own, and without its surface being public.
func TestWhereAServerIsCalledChangesNoneOfItsRules(t *testing.T) {
	f := start(t, func(c *Config) {
		c.Server.PublicURL = "https://docs.example.com/ask"
		c.Sites = []access.Site{{Name: "default", Origins: []string{"https://docs.example.com"}, Public: []string{access.SurfaceMCP}}}
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+"/ask/mcp", strings.NewReader(initialize))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "docs.example.com" // as a proxy on this machine passes it on
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("behind a prefix: %v %v", answer, err)
	}
	answer.Body.Close()
	session := begun(t, f, "2025-06-18")
	found := said(t, rpc(t, f, http.MethodPost, `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search_docs","arguments":{"query":"port"}}}`, session...))
	if !strings.Contains(found, "https://docs.example.com/ask/docs/manual/") {
		t.Errorf("addresses: %s", found)
	}
	page := `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"read_page","arguments":{"url":"https://docs.example.com/ask/docs/manual/guides/coding-agents"}}}`
	if body := said(t, rpc(t, f, http.MethodPost, page, session...)); strings.Contains(body, "isError") || !strings.Contains(body, "coding-agents") {
		t.Errorf("a page by its address: %.300s", body)
	}
	local := start(t, nil)
	r, _ = http.NewRequestWithContext(t.Context(), http.MethodPost, local.url+"/mcp", strings.NewReader(initialize))
	r.Host = "rebound.example.com"
	if answer, err := http.DefaultClient.Do(r); err != nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("a name that is not the server's: %v %v", answer, err)
	}
	closed := start(t, func(c *Config) { c.CORS.AllowedOrigins = []string{"https://docs.example.com"} })
	if answer := rpc(t, closed, http.MethodPost, initialize); answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("where MCP is not public: %s %v", answer.Status, answer.Header)
	}
	search := addKey(t, closed.cfg, access.Key{Scopes: []string{access.ScopeSearch}})
	headers := begun(t, closed, "2025-06-18", "Authorization", "Bearer "+search)
	if body := said(t, rpc(t, closed, http.MethodPost, askPort, headers...)); !strings.Contains(body, `lack the scope \"chat\"`) {
		t.Errorf("asking with a key to search: %s", body)
	}
}

func TestPagesOfAllowedOriginsCanSpeakMCP(t *testing.T) {
	f := start(t, func(c *Config) {
		c.Sites = []access.Site{{Name: "default", Origins: []string{"https://docs.example.com"}, Public: []string{access.SurfaceMCP}}}
	})
	answer := rpc(t, f, http.MethodOptions, "", "Origin", "https://docs.example.com", "Access-Control-Request-Method", "POST")
	for header, want := range map[string]string{"Access-Control-Allow-Headers": "Mcp-Session-Id, Mcp-Protocol-Version", "Access-Control-Expose-Headers": "Mcp-Session-Id"} {
		if got := answer.Header.Get(header); answer.StatusCode != http.StatusNoContent || !strings.Contains(got, want) {
			t.Errorf("%s %s: %q", answer.Status, header, got)
		}
	}
}

// TestSessionsEndWithTheServer: those that listen would keep it from stopping.
func TestSessionsEndWithTheServer(t *testing.T) {
	f := start(t, nil)
	session := begun(t, f, "2025-06-18")
	listening := rpc(t, f, http.MethodGet, "", session...)
	f.Shutdown(t.Context())
	if rest := said(t, listening); rest != ": ok\n\n" {
		t.Errorf("the stream ended with %q", rest)
	}
	if answer := rpc(t, f, http.MethodPost, initialize); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after it: %s", answer.Status)
	}
}

func TestANewReleaseIsSeenByOldSessions(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	f := serve(t, cfg)
	s := agent(t, f)
	if text, _, failed := tool(t, s, "search_docs", map[string]any{"query": "port"}); !failed || !strings.Contains(text, docent.NoIndex().Told()) {
		t.Errorf("before anything was ingested: %v %q", failed, text)
	}
	ingestManual(t, cfg)
	if err := f.lookAgain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text, _, failed := tool(t, s, "search_docs", map[string]any{"query": "port"}); failed {
		t.Errorf("after it: %q", text)
	}
	if said := fmt.Sprint(agent(t, f).InitializeResult().Instructions); !strings.Contains(said, "manual") {
		t.Errorf("a new session is told %q", said)
	}
}
