package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent/access"
)

// agent connects a client over HTTP, which sends the given headers.
func agent(t *testing.T, f *fixture, headers ...string) *mcp.ClientSession {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: f.url + "/mcp", HTTPClient: &http.Client{Transport: sending(headers)}, MaxRetries: -1,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// sending adds headers to requests: name, value, and so on.
type sending []string

func (s sending) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for i := 0; i < len(s); i += 2 {
		r.Header.Set(s[i], s[i+1])
	}
	return http.DefaultTransport.RoundTrip(r)
}

// tool calls a tool, and gives its text and its data.
func tool(t *testing.T, s *mcp.ClientSession, name string, arguments map[string]any) (string, map[string]any, bool) {
	t.Helper()
	result, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s %v: %v", name, arguments, err)
	}
	if len(result.Content) != 1 {
		t.Fatalf("%s %v: %d contents", name, arguments, len(result.Content))
	}
	data, _ := result.StructuredContent.(map[string]any)
	return result.Content[0].(*mcp.TextContent).Text, data, result.IsError
}

func TestAnAgentSearchesReadsAndAsks(t *testing.T) {
	f := start(t, nil)
	s := agent(t, f)
	if said := s.InitializeResult().Instructions; !strings.Contains(said, `source "manual"`) || !strings.Contains(said, "search_docs") {
		t.Errorf("instructions: %s", said)
	}
	text, data, failed := tool(t, s, "search_docs", map[string]any{"query": "How do I change the port?", "limit": 3})
	if failed || !strings.Contains(text, f.url+"/docs/manual/") || len(data["results"].([]any)) != 3 {
		t.Errorf("search_docs: %s\n%v", text, data)
	}
	text, data, failed = tool(t, s, "read_page", map[string]any{"url": data["results"].([]any)[0].(map[string]any)["url"]})
	if failed || !strings.HasPrefix(text, "# ") || len(data["sections"].([]any)) == 0 {
		t.Errorf("read_page: %s\n%v", text, data)
	}
	text, data, failed = tool(t, s, "list_pages", map[string]any{"path_prefix": "guides/"})
	if failed || !strings.Contains(text, "guides/coding-agents.md") || strings.Contains(text, "reference/") || data["total"].(float64) < 10 {
		t.Errorf("list_pages: %s", text)
	}
	text, data, failed = tool(t, s, "ask_docs", map[string]any{"question": "How do I change the port?"})
	if failed || data["finish_reason"] != "extractive" || !strings.Contains(text, "Sources:\n[1] ") {
		t.Errorf("ask_docs: %s\n%v", text, data)
	}
	if text, _, failed = tool(t, s, "read_page", map[string]any{"path": "no/such.md"}); !failed || !strings.Contains(text, "no/such.md") {
		t.Errorf("a page that is not there: %v %s", failed, text)
	}
	if text, _, failed = tool(t, s, "search_docs", map[string]any{"query": "x", "source": "gone"}); !failed || !strings.Contains(text, "manual") {
		t.Errorf("a source that is not there: %v %s", failed, text)
	}
}

func TestEachPageIsAResource(t *testing.T) {
	f := start(t, nil)
	s := agent(t, f)
	n := 0
	for resource, err := range s.Resources(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		read, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: resource.URI})
		if err != nil || !strings.HasPrefix(read.Contents[0].Text, "# ") || read.Contents[0].MIMEType != "text/markdown" {
			t.Fatalf("%s: %v", resource.URI, err)
		}
	}
	if n < 30 {
		t.Errorf("%d resources", n)
	}
	if _, err := s.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "docent://manual/gone.md"}); err == nil {
		t.Error("a page that is not there is read")
	}
	completed, err := s.Complete(t.Context(), &mcp.CompleteParams{
		Ref: &mcp.CompleteReference{Type: "ref/resource", URI: "docent://{source}/{+path}{?version,lang}"}, Argument: mcp.CompleteParamsArgument{Name: "path", Value: "guides/cod"},
	})
	if err != nil || len(completed.Completion.Values) != 1 || completed.Completion.Values[0] != "guides/coding-agents.md" {
		t.Errorf("completed %+v, %v", completed, err)
	}
	prompt, err := s.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "answer_from_docs", Arguments: map[string]string{"question": "How do I change the port?"}})
	if err != nil || !strings.Contains(prompt.Messages[0].Content.(*mcp.TextContent).Text, "## ") {
		t.Errorf("prompt %+v, %v", prompt, err)
	}
}

// rpc sends one message by hand.
func rpc(t *testing.T, f *fixture, method, body string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, f.url+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`

// TestASessionIsItsCallers: with another's ID there is none, whatever is asked of it.
func TestASessionIsItsCallers(t *testing.T) {
	f := start(t, func(c *Config) {
		c.Sites = []access.Site{{Name: "default", Origins: []string{"https://docs.example.com"}, Public: []string{access.SurfaceMCP}}}
	})
	id := rpc(t, f, http.MethodPost, initialize).Header.Get("Mcp-Session-Id")
	if len(id) < 20 {
		t.Fatalf("the session is %q", id)
	}
	key := addKey(t, f.cfg, access.Key{Scopes: []string{access.ScopeSearch, access.ScopeChat}})
	ping := `{"jsonrpc":"2.0","id":2,"method":"ping"}`
	for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodDelete} {
		if got := rpc(t, f, method, ping, "Mcp-Session-Id", id, "Authorization", "Bearer "+key); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s with another's session: %s", method, got.Status)
		}
	}
	if got := rpc(t, f, http.MethodPost, ping, "Mcp-Session-Id", id); got.StatusCode != http.StatusOK {
		t.Errorf("with one's own: %s", got.Status)
	}
	if got := rpc(t, f, http.MethodDelete, "", "Mcp-Session-Id", id); got.StatusCode != http.StatusNoContent {
		t.Errorf("DELETE: %s", got.Status)
	}
	if got := rpc(t, f, http.MethodPost, ping, "Mcp-Session-Id", id); got.StatusCode != http.StatusNotFound {
		t.Errorf("after DELETE: %s", got.Status)
	}
}

func TestWhoMayNotCallMCPIsToldWhereToLogIn(t *testing.T) {
	f := start(t, func(c *Config) {
		c.Server.PublicURL = "https://docs.example.com/ask"
		c.Auth.Issuers = []access.IssuerConfig{
			{Name: "login", Issuer: "https://login.example.com/", Audience: "https://docs.example.com/ask/mcp", JWKSURL: "https://login.example.com/keys", Scopes: []string{access.ScopeSearch}},
			{Name: "own", Issuer: "own", Secret: strings.Repeat("s", 32)},
		}
	})
	refused := rpc(t, f, http.MethodPost, initialize)
	where := "https://docs.example.com/ask/.well-known/oauth-protected-resource/mcp"
	if refused.StatusCode != http.StatusUnauthorized || refused.Header.Get("WWW-Authenticate") != `Bearer resource_metadata="`+where+`"` {
		t.Errorf("%s %q", refused.Status, refused.Header.Get("WWW-Authenticate"))
	}
	for _, path := range []string{"/ask/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/ask/mcp"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, f.url+path, nil)
		r.Header.Set("Origin", "https://anywhere.example")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var told struct {
			Resource string   `json:"resource"`
			Servers  []string `json:"authorization_servers"`
			Scopes   []string `json:"scopes_supported"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&told); err != nil || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Fatalf("%s: %s %v %v", path, answer.Status, answer.Header, err)
		}
		if told.Resource != "https://docs.example.com/ask/mcp" || len(told.Servers) != 1 || told.Servers[0] != "https://login.example.com/" || len(told.Scopes) != 1 || told.Scopes[0] != access.ScopeChat {
			t.Errorf("%s: %+v", path, told)
		}
	}
	for _, path := range []string{"/.well-known/oauth-protected-resource/other", "/.well-known/oauth-protected-resource/x/mcp"} {
		if answer, err := http.Get(f.url + path); err != nil || answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v %v", path, answer.Status, err)
		}
	}
}

// onSession attacks a session of MCP that never was.
func onSession(victim) []attack {
	return []attack{{path: "/mcp", body: `{"jsonrpc":"2.0","id":1,"method":"ping"}`, headers: []string{"Mcp-Session-Id", "mcp_aaaaaaaaaaaaaaaaaaaaaaaa"}, status: 404}}
}
