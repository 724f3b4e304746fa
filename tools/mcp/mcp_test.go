package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/tools"
)

// asServer is set in the environment of a process of these tests that is an MCP server.
const asServer = "DOCENT_TEST_MCP_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Exit(m.Run())
	}
	os.Stderr.WriteString("hello\n")
	_ = newTestServer().Run(context.Background(), &mcp.StdioTransport{})
}

// newTestServer is an MCP server with a tool of each kind.
func newTestServer() *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "test"}, nil)
	object := json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"}}}`)
	add := func(name string, schema any, call func(ctx context.Context, arguments string) (*mcp.CallToolResult, error)) {
		s.AddTool(&mcp.Tool{Name: name, Description: "About " + name, InputSchema: schema}, func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return call(ctx, string(r.Params.Arguments))
		})
	}
	say := func(content ...mcp.Content) func(context.Context, string) (*mcp.CallToolResult, error) {
		return func(context.Context, string) (*mcp.CallToolResult, error) {
			return &mcp.CallToolResult{Content: content}, nil
		}
	}
	add("echo", object, func(_ context.Context, arguments string) (*mcp.CallToolResult, error) {
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: arguments + os.Getenv("OWN") + os.Getenv("OPENAI_API_KEY")}}}, nil
	})
	add("kinds", object, say(&mcp.TextContent{Text: "one"}, &mcp.ImageContent{Data: []byte("x"), MIMEType: "image/png"}, &mcp.ResourceLink{URI: "file:///a", Name: "a"}, &mcp.EmbeddedResource{Resource: &mcp.ResourceContents{URI: "x:", Text: "two"}}))
	add("structured", object, func(context.Context, string) (*mcp.CallToolResult, error) {
		return &mcp.CallToolResult{StructuredContent: map[string]any{"state": "sent"}}, nil
	})
	add("fails", object, func(context.Context, string) (*mcp.CallToolResult, error) {
		return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: "no such order"}}}, nil
	})
	add("hangs", object, func(ctx context.Context, _ string) (*mcp.CallToolResult, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	add("dies", object, func(context.Context, string) (*mcp.CallToolResult, error) {
		if os.Getenv(asServer) != "" {
			os.Exit(1)
		}
		return &mcp.CallToolResult{}, nil
	})
	add("floods", object, say(&mcp.TextContent{Text: strings.Repeat("x", 3*maxMessage)}))
	add("with.dot", object, say(&mcp.TextContent{Text: "dotted"}))
	add("unusable", json.RawMessage(`{"type":"object","properties":{"id":{"type":"whatever"}}}`), say())
	return s
}

// stdio is the entry of a server that is a process of this test program.
func stdio(t *testing.T, allow ...string) tools.MCPServer {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return tools.MCPServer{Name: "test", Command: program, Env: []tools.Header{{Name: asServer, Value: "1"}, {Name: "OWN", Value: "!"}}, Allow: allow}
}

// overHTTP is the entry of a server that wants a header.
func overHTTP(t *testing.T, allow ...string) tools.MCPServer {
	t.Helper()
	server := newTestServer()
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") != "k" {
			http.Error(w, "who are you", http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return tools.MCPServer{Name: "test", URL: s.URL, Headers: []tools.Header{{Name: "X-Key", Value: "k"}}, Allow: allow}
}

// opened is a client whose one server has answered.
func opened(t *testing.T, entry tools.MCPServer) *Client {
	t.Helper()
	c := Open(tools.Config{Timeout: time.Minute, MCP: []tools.MCPServer{entry}}, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { c.Close() })
	connected(t, c)
	return c
}

// connected waits until the client's server is connected.
func connected(t *testing.T, c *Client) {
	t.Helper()
	for len(c.Trouble()) > 0 {
		if t.Context().Err() != nil {
			t.Fatal("the test ended")
		}
		time.Sleep(time.Millisecond)
	}
}

func call(t *testing.T, c *Client, name, arguments string) (docent.ToolResult, error) {
	t.Helper()
	for _, tool := range c.Tools() {
		if tool.Name == name {
			return tool.Call(t.Context(), docent.ToolCall{Arguments: []byte(arguments)})
		}
	}
	t.Fatalf("there is no tool %s", name)
	return docent.ToolResult{}, nil
}

func TestToolsAreCalledOverBothTransports(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-planted")
	for name, entry := range map[string]func(*testing.T, ...string) tools.MCPServer{"stdio": stdio, "http": overHTTP} {
		c := opened(t, entry(t, "echo", "kinds", "structured", "fails", "with.dot"))
		own := ""
		if name == "stdio" {
			own = "!"
		}
		want := map[string]string{
			"test_kinds":      "one\n\n(an image was left out)\n\nresource: a file:///a\n\ntwo",
			"test_structured": `{"state":"sent"}`,
			"test_with_dot":   "dotted",
		}
		if name == "stdio" {
			want["test_echo"] = `{"id":7}` + own
		}
		got := map[string]string{}
		for tool := range want {
			result, err := call(t, c, tool, `{"id":7}`)
			if err != nil {
				t.Errorf("%s, %s: %v", name, tool, err)
			}
			got[tool] = result.Text
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if _, err := call(t, c, "test_fails", `{}`); docent.CodeOf(err) != docent.CodeInvalid || !strings.Contains(err.(*docent.Error).Told(), "no such order") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := call(t, c, "test_echo", `{"id":"x"}`); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: arguments that do not fit: %v", name, err)
		}
	}
}

func TestOnlyAllowedAndUsableToolsAreTaken(t *testing.T) {
	names, warnings, err := Check(t.Context(), tools.Config{Timeout: time.Minute}, overHTTP(t, "echo", "unusable", "missing"))
	if err != nil || len(names) != 1 || names[0] != "test_echo" || len(warnings) != 2 {
		t.Errorf("%v, %q, %v", names, warnings, err)
	}
	names, _, err = Check(t.Context(), tools.Config{Timeout: time.Minute}, stdio(t, "*"))
	if err != nil || len(names) != 8 {
		t.Errorf("%v, %v", names, err)
	}
}

func TestAServerThatDiesIsStartedAgain(t *testing.T) {
	c := opened(t, stdio(t, "dies", "echo"))
	if _, err := call(t, c, "test_dies", `{}`); err == nil {
		t.Error("a call that nobody answered")
	}
	for len(c.Trouble()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := call(t, c, "test_echo", `{}`); docent.CodeOf(err) != docent.CodeNotReady {
		t.Errorf("meanwhile: %v", err)
	}
	connected(t, c)
	if got, err := call(t, c, "test_echo", `{}`); err != nil || got.Text != "{}!" {
		t.Errorf("again: %q, %v", got.Text, err)
	}
}

func TestAServerThatIsRestartedGetsAnotherSession(t *testing.T) {
	var handler atomic.Pointer[mcp.StreamableHTTPHandler]
	renew := func() {
		server := newTestServer()
		handler.Store(mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil))
	}
	renew()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(w, r) }))
	defer s.Close()
	c := opened(t, tools.MCPServer{Name: "test", URL: s.URL, Allow: []string{"structured"}})
	renew()
	if _, err := call(t, c, "test_structured", `{}`); err == nil {
		return // the protocol of both needs no session
	}
	for len(c.Trouble()) == 0 {
		time.Sleep(time.Millisecond)
	}
	connected(t, c)
	if _, err := call(t, c, "test_structured", `{}`); err != nil {
		t.Error(err)
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	c := opened(t, stdio(t, "hangs"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Tools()[0].Call(ctx, docent.ToolCall{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestAMessageHasABound(t *testing.T) {
	for _, entry := range []tools.MCPServer{stdio(t, "floods"), overHTTP(t, "floods")} {
		c := opened(t, entry)
		if got, err := call(t, c, "test_floods", `{}`); err == nil {
			t.Errorf("%d bytes were taken", len(got.Text))
		}
	}
}

func TestADeadServerHoldsNothingUp(t *testing.T) {
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	c := Open(tools.Config{Timeout: time.Minute, MCP: []tools.MCPServer{
		{Name: "gone", URL: nobody.URL, Allow: []string{"*"}}, {Name: "none", Command: "/nowhere/none", Allow: []string{"*"}},
	}}, slog.New(slog.DiscardHandler))
	if len(c.Tools()) != 0 || len(c.Trouble()) != 2 || strings.Contains(strings.Join(c.Trouble(), ""), "/nowhere") {
		t.Errorf("%v, %q", c.Tools(), c.Trouble())
	}
	c.Close()
}
