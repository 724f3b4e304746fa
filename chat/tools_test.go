package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// turn is what a model does in one round.
type turn struct {
	text  string
	calls []docent.ModelCall
}

// calls makes a turn that calls tools: name and arguments by turns.
func calls(of ...string) turn {
	var t turn
	for i := 0; i < len(of); i += 2 {
		t.calls = append(t.calls, docent.ModelCall{ID: fmt.Sprintf("call_%d", i/2+1), Name: of[i], Arguments: of[i+1]})
	}
	return t
}

// agent is a Model that does its turns, the last one for ever.
type agent struct {
	turns []turn

	mu   sync.Mutex
	seen []docent.ModelRequest
}

func (m *agent) Stream(_ context.Context, r docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	m.mu.Lock()
	now := m.turns[min(len(m.seen), len(m.turns)-1)]
	m.seen = append(m.seen, r)
	m.mu.Unlock()
	if now.text != "" {
		if err := onDelta(now.text); err != nil {
			return docent.ModelResult{}, err
		}
	}
	return docent.ModelResult{FinishReason: docent.FinishStop, Calls: now.calls, Model: "agent", Usage: docent.Usage{InputTokens: 10, OutputTokens: 2, CostUSD: .5}}, nil
}

// results gives what the model was last told of its calls.
func (m *agent) results() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var texts []string
	for _, msg := range m.seen[len(m.seen)-1].Messages {
		if msg.Role == docent.RoleTool {
			texts = append(texts, msg.Text)
		}
	}
	return texts
}

func (m *agent) requests() []docent.ModelRequest {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen
}

var toolBounds = ToolBounds{Rounds: 3, Parallel: 2, Timeout: time.Minute, MaxBytes: 4000}

// tooling makes a Service whose model may call tools.
func tooling(t *testing.T, c Config, f docent.Found, model Model, verify Verify, tools ...docent.Tool) (*Service, *memory) {
	t.Helper()
	store := newMemory()
	s := New(c, store, finds(f), model, quotes, verify, slog.New(slog.DiscardHandler), WithTools(tools, toolBounds))
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		s.Shutdown(ctx)
	})
	return s, store
}

// tool makes one that gives a text for its arguments.
func tool(name string, give func(arguments string) (string, error)) docent.Tool {
	return docent.Tool{Name: name, Description: "d", Parameters: json.RawMessage(`{"type":"object"}`), Call: func(_ context.Context, c docent.ToolCall) (docent.ToolResult, error) {
		text, err := give(string(c.Arguments))
		return docent.ToolResult{Text: text, Summary: "gave " + text}, err
	}}
}

func echo(name string) docent.Tool {
	return tool(name, func(a string) (string, error) { return name + " of " + a, nil })
}

// toolEvents gives the events of calls, a line each.
func toolEvents(t *testing.T, events []docent.Event) string {
	t.Helper()
	var lines []string
	for _, e := range events {
		if e.Name == docent.EventTool {
			d := decode[docent.ToolData](t, e)
			lines = append(lines, strings.Join([]string{d.ID, d.Name, d.State, d.Summary}, " "))
		}
	}
	return strings.Join(lines, "\n")
}

func TestToolsAreCalledAndTheAnswerGoesOn(t *testing.T) {
	m := &agent{turns: []turn{{text: "Let me look.", calls: calls("order", `{"id": 7}`).calls}, {text: "It was sent."}}}
	c := testConfig()
	c.KeepTraces = time.Hour
	s, store := tooling(t, c, found, m, nil, echo("order"))
	started, events := ask(t, s, docent.Ask{Message: "Where is order 7?"})
	if got, want := names(events), "session sources delta tool tool delta done"; got != want {
		t.Errorf("events: %s, want %s", got, want)
	}
	if got := said(t, events); got != "Let me look.\n\nIt was sent." {
		t.Errorf("said %q", got)
	}
	if got := toolEvents(t, events); got != "call_1 order started order\ncall_1 order done gave order of {\"id\": 7}" {
		t.Errorf("tool events:\n%s", got)
	}
	done := decode[docent.DoneData](t, last(events))
	if want := (docent.Usage{InputTokens: 20, OutputTokens: 4, CostUSD: 1}); done.Usage != want || done.FinishReason != docent.FinishStop {
		t.Errorf("%+v", done)
	}
	if diff := cmp.Diff(events, followAll(t, s, started.MessageID, 0)); diff != "" {
		t.Errorf("taken up again: %s", diff)
	}
	second := m.requests()[1].Messages
	asked, told := second[len(second)-2], second[len(second)-1]
	if asked.Text != "Let me look." || len(asked.Calls) != 1 || told.CallID != "call_1" || !strings.Contains(told.Text, `order of {"id": 7}`) {
		t.Errorf("%+v, then %+v", asked, told)
	}
	trace, err := ReadTrace(store.message(started.MessageID).Trace.Data)
	if err != nil || len(trace.Calls) != 1 || trace.Calls[0].Arguments != `{"id": 7}` || trace.Calls[0].State != docent.ToolDone || trace.Calls[0].Result != `order of {"id": 7}` {
		t.Errorf("%+v, %v", trace.Calls, err)
	}
}

// TestCallsOfOneRoundRunAtOnceAndAreBounded: with two places, two calls are under
// way together, and never three.
func TestCallsOfOneRoundRunAtOnceAndAreBounded(t *testing.T) {
	var mu sync.Mutex
	under, most := 0, 0
	both := make(chan struct{})
	slow := tool("slow", func(a string) (string, error) {
		mu.Lock()
		if under++; under > most {
			most = under
		}
		if under == 2 && most == 2 {
			select {
			case <-both:
			default:
				close(both)
			}
		}
		mu.Unlock()
		<-both
		mu.Lock()
		under--
		mu.Unlock()
		return a, nil
	})
	m := &agent{turns: []turn{calls("slow", `{"a":1}`, "slow", `{"a":2}`, "slow", `{"a":3}`, "slow", `{"a":4}`), {text: "Done."}}}
	s, _ := tooling(t, testConfig(), found, m, nil, slow)
	_, events := ask(t, s, docent.Ask{Message: "Which orders are there?"})
	if most != 2 || said(t, events) != "Done." {
		t.Errorf("%d at once, %q", most, said(t, events))
	}
	for i, text := range m.results() {
		if !strings.Contains(text, fmt.Sprintf(`{"a":%d}`, i+1)) {
			t.Errorf("result %d is %q", i+1, text)
		}
	}
}

func TestAnEqualCallIsAnsweredFromTheFirst(t *testing.T) {
	var mu sync.Mutex
	made := 0
	once := tool("once", func(string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		made++
		return fmt.Sprintf("result %d", made), nil
	})
	m := &agent{turns: []turn{calls("once", `{"a":1,"b":2}`, "once", ` {"b": 2, "a": 1} `), calls("once", `{"a":1,"b":2}`), {text: "Done."}}}
	s, _ := tooling(t, testConfig(), found, m, nil, once)
	_, events := ask(t, s, docent.Ask{Message: "What is it?"})
	results := m.results()
	if made != 1 || len(results) != 3 {
		t.Fatalf("%d calls, %d results", made, len(results))
	}
	ids := map[string]bool{}
	for _, r := range results {
		if !strings.Contains(r, "result 1") {
			t.Errorf("%q", r)
		}
	}
	for _, msg := range m.requests()[2].Messages {
		if msg.Role == docent.RoleTool {
			ids[msg.CallID] = true
		}
	}
	if len(ids) != 3 || strings.Count(toolEvents(t, events), " done ") != 3 {
		t.Errorf("IDs %v, events\n%s", ids, toolEvents(t, events))
	}
}

func TestWhatGoesWrongWithACallIsToldToTheModel(t *testing.T) {
	stopped := make(chan struct{})
	tools := []docent.Tool{
		echo("order"),
		tool("strict", func(a string) (string, error) {
			return "", docent.Errorf(docent.CodeInvalid, "the arguments are no JSON")
		}),
		tool("fails", func(string) (string, error) { return "", errors.New("dial 10.0.0.7: secret") }),
		tool("panics", func(string) (string, error) { panic("secret") }),
		{Name: "hangs", Timeout: time.Millisecond, Call: func(ctx context.Context, _ docent.ToolCall) (docent.ToolResult, error) {
			<-ctx.Done()
			return docent.ToolResult{}, ctx.Err()
		}},
		{Name: "deaf", Timeout: time.Millisecond, Call: func(context.Context, docent.ToolCall) (docent.ToolResult, error) {
			<-stopped
			return docent.ToolResult{}, nil
		}},
	}
	defer close(stopped)
	for call, says := range map[string]string{
		`strict {"a":`: "the arguments are no JSON", `fails {}`: "the tool failed", `panics {}`: "the tool failed", `hangs {}`: "gave nothing within 1ms",
		`deaf {}`: "gave nothing within 1ms", `order_status {}`: "there is no tool called order_status: the tools are order, strict", "a\nb<x> {}": "there is no tool called a_b_x_",
	} {
		name, arguments, _ := strings.Cut(call, " ")
		m := &agent{turns: []turn{calls(name, arguments), {text: "I could not look."}}}
		s, _ := tooling(t, testConfig(), found, m, nil, tools...)
		_, events := ask(t, s, docent.Ask{Message: "Where is order 7?"})
		results := m.results()
		if len(results) != 1 || !strings.Contains(results[0], says) || strings.Contains(results[0], "secret") {
			t.Errorf("%q: the model was told %q", call, results)
		}
		if got := toolEvents(t, events); strings.Count(got, "\n") != 1 || !strings.Contains(got, " failed ") || strings.Contains(got, "secret") {
			t.Errorf("%q: events\n%s", call, got)
		}
		if done := decode[docent.DoneData](t, last(events)); done.FinishReason != docent.FinishStop || said(t, events) != "I could not look." {
			t.Errorf("%q: %s, %q", call, done.FinishReason, said(t, events))
		}
	}
}

func TestAResultOf50MegabytesIsCut(t *testing.T) {
	big := tool("big", func(string) (string, error) { return strings.Repeat("lorem\x00\xff ", 6<<20), nil })
	m := &agent{turns: []turn{calls("big", `{}`), {text: "It is long."}}}
	s, _ := tooling(t, testConfig(), found, m, nil, big)
	_, events := ask(t, s, docent.Ask{Message: "What does it say?"})
	if r := m.results()[0]; len(r) > 3*toolBounds.MaxBytes || !strings.Contains(r, "lorem") || strings.Contains(r, "\x00") || !utf8.ValidString(r) {
		t.Errorf("%d bytes", len(r))
	}
	for line := range strings.Lines(toolEvents(t, events)) {
		if len(line) > 400 {
			t.Errorf("an event with %d bytes", len(line))
		}
	}
}

// TestALoopWithoutEndIsEnded: after the last round the model is asked not to call,
// and one that does all the same is asked without tools.
func TestALoopWithoutEndIsEnded(t *testing.T) {
	for name, at := range map[string]int{"obeys": toolBounds.Rounds, "does not obey": toolBounds.Rounds + 1} {
		turns := make([]turn, at, at+1)
		for i := range turns {
			turns[i] = calls("order", fmt.Sprintf(`{"id":%d}`, i))
		}
		m := &agent{turns: append(turns, turn{text: "That is all."})}
		s, _ := tooling(t, testConfig(), found, m, nil, echo("order"))
		_, events := ask(t, s, docent.Ask{Message: "Where are my orders?"})
		seen := m.requests()
		end := seen[len(seen)-1]
		if len(seen) != at+1 || said(t, events) != "That is all." || len(m.results()) != toolBounds.Rounds {
			t.Errorf("%s: %d requests, %d results, %q", name, len(seen), len(m.results()), said(t, events))
		}
		if at == toolBounds.Rounds && (!end.NoCalls || len(end.Tools) == 0) || at > toolBounds.Rounds && len(end.Tools) > 0 {
			t.Errorf("%s: the last request has %d tools, no calls %v", name, len(end.Tools), end.NoCalls)
		}
	}
}

func TestAStoppedAnswerStopsItsTools(t *testing.T) {
	under, over := make(chan struct{}), make(chan error, 1)
	waits := docent.Tool{Name: "waits", Call: func(ctx context.Context, _ docent.ToolCall) (docent.ToolResult, error) {
		close(under)
		<-ctx.Done()
		over <- ctx.Err()
		return docent.ToolResult{}, ctx.Err()
	}}
	m := &agent{turns: []turn{calls("waits", `{}`), {text: "Never."}}}
	s, _ := tooling(t, testConfig(), found, m, nil, waits)
	started, err := s.Start(context.Background(), reader, docent.Ask{Message: "Where is it?"})
	if err != nil {
		t.Fatal(err)
	}
	<-under
	if err := s.Cancel(context.Background(), reader, started.MessageID); err != nil {
		t.Fatal(err)
	}
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Errorf("the tool saw %v", err)
	}
	events := followAll(t, s, started.MessageID, 0)
	if done := decode[docent.DoneData](t, last(events)); done.FinishReason != docent.FinishCancelled || len(m.requests()) != 1 {
		t.Errorf("%+v after %d requests", done, len(m.requests()))
	}
}
