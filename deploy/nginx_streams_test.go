package deploy_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent/llm/llmtest"
	"docent/server"
)

// bare is what most begin with: nothing is set.
const bare = "server {\nlisten 80;\nlocation / {\nproxy_pass http://127.0.0.1:8000;\n}\n}\n"

// TestNginxPassesStreamsOnEventByEvent: the model is held after its first words, which
// must reach the reader before the second are said, whichever protocol is spoken.
func TestNginxPassesStreamsOnEventByEvent(t *testing.T) {
	for name, s := range map[string]site{
		"the example":              example(t, false, "http://ask.example.com"),
		"the example with TLS":     example(t, true, "https://ask.example.com"),
		"the example below a path": example(t, true, "https://docs.example.com/ask"),
		"nothing set":              {servers: bare, address: "http://127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			model := llmtest.For(t)
			client := startNginx(t, startDocent(t, model, s.public, nil), s.servers)
			for path, body := range map[string]string{
				"/api/v1/chat":         `{"message": "How do I change the port?"}`,
				"/chatkit":             `{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"How do I change the port?"}],"attachments":[],"inference_options":{}}}}`,
				"/v1/chat/completions": `{"model":"docent","stream":true,"messages":[{"role":"user","content":"How do I change the port?"}]}`,
				"/v1/responses":        `{"model":"docent","stream":true,"input":"How do I change the port?"}`,
			} {
				gate := make(chan struct{})
				model.Answer(func(llmtest.Request) llmtest.Reply {
					return llmtest.HeldAt(1, gate, "Set PORT ", "to another number [1].")
				})
				lines := post(t, client, s.address+path, body)
				readUntil(t, lines, "Set PORT")
				close(gate)
				readUntil(t, lines, "to another number")
			}
		})
	}
}

// post asks for a stream, and gives its lines.
func post(t *testing.T, client *http.Client, address, body string) *bufio.Scanner {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	return stream(t, client, request)
}

func stream(t *testing.T, client *http.Client, request *http.Request) *bufio.Scanner {
	t.Helper()
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") || answer.Header.Get("Content-Encoding") != "" || answer.Uncompressed {
		t.Fatalf("%s: %s %v", request.URL, answer.Status, answer.Header)
	}
	return bufio.NewScanner(answer.Body)
}

func readUntil(t *testing.T, lines *bufio.Scanner, words string) {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), words) {
			return
		}
	}
	t.Fatalf("the stream ended before %q: %v", words, lines.Err())
}

// TestNginxPassesWhatToolsTellOnWhileTheyWork: an agent hears that its question is being
// answered before the model has said its last word.
func TestNginxPassesWhatToolsTellOnWhileTheyWork(t *testing.T) {
	gate, model := make(chan struct{}), llmtest.For(t)
	model.Answer(func(llmtest.Request) llmtest.Reply {
		return llmtest.HeldAt(1, gate, "Set PORT ", "to another number [1].")
	})
	proxied := startNginx(t, startDocent(t, model, "", nil), bare)
	told := make(chan struct{}, 100)
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, &mcp.ClientOptions{
		ProgressNotificationHandler: func(context.Context, *mcp.ProgressNotificationClientRequest) { told <- struct{}{} },
	})
	agent, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: "http://127.0.0.1/mcp", HTTPClient: proxied, MaxRetries: -1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	asked := &mcp.CallToolParams{Name: "ask_docs", Arguments: map[string]any{"question": "How do I change the port?"}}
	asked.SetProgressToken("asked")
	ended := make(chan error, 1)
	var result *mcp.CallToolResult
	go func() {
		var err error
		result, err = agent.CallTool(t.Context(), asked)
		ended <- err
	}()
	select {
	case <-told:
	case err := <-ended:
		t.Fatalf("it ended without having told of it: %v", err)
	}
	close(gate)
	if err := <-ended; err != nil || result.IsError {
		t.Errorf("%v, %+v", err, result)
	}
}

// TestWhatNginxCutsIsTakenUp: a proxy that waits for less than Docent's keepalive ends
// the stream. The reader gets the rest from where it was, once.
func TestWhatNginxCutsIsTakenUp(t *testing.T) {
	gate, model := make(chan struct{}), llmtest.For(t)
	model.Script(llmtest.HeldAt(1, gate, "Set PORT ", "to another number [1]."))
	upstream := startDocent(t, model, "", func(c *server.Config) { c.Server.Keepalive = time.Hour })
	client := startNginx(t, upstream, strings.Replace(bare, "proxy_pass", "proxy_read_timeout 100ms;\nproxy_pass", 1))
	lines := post(t, client, "http://127.0.0.1/api/v1/chat", `{"message": "How do I change the port?"}`)
	var all []string
	for lines.Scan() {
		all = append(all, lines.Text())
	}
	seen := strings.Join(all, "\n")
	if lines.Err() == nil || !strings.Contains(seen, "Set PORT") || strings.Contains(seen, "event: done") {
		t.Fatalf("the stream was not cut in its middle: %v\n%s", lines.Err(), seen)
	}
	id := cut(t, seen, `"message_id":"`, `"`)
	last := cut(t, seen[strings.LastIndex(seen, "\nid: "):], "\nid: ", "\n")
	close(gate)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/api/v1/chat/"+id+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Last-Event-ID", last)
	rest := stream(t, client, request)
	readUntil(t, rest, "to another number")
	readUntil(t, rest, "event: done")
}

// cut gives what stands between two texts.
func cut(t *testing.T, s, from, to string) string {
	t.Helper()
	_, rest, there := strings.Cut(s, from)
	found, _, ends := strings.Cut(rest, to)
	if !there || !ends {
		t.Fatalf("there is nothing between %q and %q in %q", from, to, s)
	}
	return found
}
