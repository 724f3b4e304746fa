package llm

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/llm/llmtest"
)

var schema = json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`)

// withTools is a question with tools.
func withTools() docent.ModelRequest {
	return docent.ModelRequest{Messages: question.Messages, Tools: []docent.Tool{
		{Name: "weather", Description: "The weather of a city.", Parameters: schema}, {Name: "now"},
	}}
}

// called asks with tools and gives the text and the calls.
func called(t *testing.T, c *Client, r docent.ModelRequest) (string, docent.ModelResult) {
	t.Helper()
	var text strings.Builder
	result, err := c.Stream(t.Context(), r, func(s string) error { text.WriteString(s); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return text.String(), result
}

func TestToolsAreSentAsTheyStand(t *testing.T) {
	s := llmtest.For(t)
	r := withTools()
	called(t, newClient(t, s, nil), r)
	r.NoCalls = true
	called(t, newClient(t, s, nil), r)
	got := s.Requests()
	if len(got[0].Tools) != 2 || got[0].ToolChoice != "" || got[1].ToolChoice != "none" {
		t.Fatalf("sent %s and %s", got[0].Body, got[1].Body)
	}
	first, second := got[0].Tools[0], got[0].Tools[1]
	if first.Type != "function" || first.Function.Name != "weather" || first.Function.Description != "The weather of a city." {
		t.Errorf("%+v", first)
	}
	if string(first.Function.Parameters) != string(schema) || second.Function.Parameters != nil {
		t.Errorf("schemas %s and %s", first.Function.Parameters, second.Function.Parameters)
	}
}

// TestCallsAreAssembled holds what comes of the ways in which servers write calls.
func TestCallsAreAssembled(t *testing.T) {
	raw := func(calls string) llmtest.Step {
		return llmtest.Raw(`data: {"choices":[{"delta":{"tool_calls":[` + calls + `]}}]}` + "\n\n")
	}
	two := []docent.ModelCall{{ID: "a", Name: "weather", Arguments: `{"city":"Oslo"}`}, {ID: "b", Name: "now", Arguments: "{}"}}
	for name, tc := range map[string]struct {
		steps []llmtest.Step
		want  []docent.ModelCall
	}{
		"in pieces": {[]llmtest.Step{llmtest.Call(0, "a", "weather", ""), llmtest.Call(0, "", "", `{"city"`),
			llmtest.Call(0, "", "", `:"Oslo"}`), llmtest.Call(1, "b", "now", "{}")}, two},
		"side by side": {[]llmtest.Step{llmtest.Call(0, "a", "weather", `{"city"`), llmtest.Call(1, "b", "now", "{"),
			llmtest.Call(0, "", "", `:"Oslo"}`), llmtest.Call(1, "", "", "}")}, two},
		"names and IDs again": {[]llmtest.Step{llmtest.Call(0, "a", "weather", `{"city"`), llmtest.Call(0, "a", "weather", `:"Oslo"}`),
			llmtest.Call(1, "b", "now", "{}")}, two},
		"in one chunk":      {[]llmtest.Step{raw(`{"index":0,"id":"a","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}},{"index":1,"id":"b","function":{"name":"now","arguments":"{}"}}`)}, two},
		"one index for all": {[]llmtest.Step{llmtest.Call(0, "a", "weather", `{"city":"Oslo"}`), llmtest.Call(0, "b", "now", "{}")}, two},
		"no index": {[]llmtest.Step{raw(`{"id":"a","function":{"name":"weather","arguments":"{\"city\":"}}`),
			raw(`{"function":{"arguments":"\"Oslo\"}"}}`), raw(`{"id":"b","function":{"name":"now","arguments":"{}"}}`)}, two},
		"arguments as JSON": {[]llmtest.Step{raw(`{"index":0,"id":"a","function":{"name":"weather","arguments":{"city":"Oslo"}}}`),
			raw(`{"index":1,"id":"b","function":{"name":"now","arguments":{}}}`)}, two},
		"no IDs": {[]llmtest.Step{llmtest.Call(3, "", "now", "{}"), llmtest.Call(7, "", "now", "")},
			[]docent.ModelCall{{ID: "call_1", Name: "now", Arguments: "{}"}, {ID: "call_2", Name: "now"}}},
		"one ID for all": {[]llmtest.Step{llmtest.Call(0, "call_2", "now", ""), llmtest.Call(1, "call_2", "now", "{}")},
			[]docent.ModelCall{{ID: "call_2", Name: "now"}, {ID: "call_3", Name: "now", Arguments: "{}"}}},
		"broken JSON": {[]llmtest.Step{llmtest.Call(0, "a", "now", `{"city": Os`)}, []docent.ModelCall{{ID: "a", Name: "now", Arguments: `{"city": Os`}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Script(llmtest.Stream(append(tc.steps, llmtest.Finish("tool_calls"), llmtest.Usage(), llmtest.Done())...))
			text, result := called(t, newClient(t, s, nil), withTools())
			if diff := cmp.Diff(tc.want, result.Calls); diff != "" || text != "" || result.FinishReason != docent.FinishStop {
				t.Errorf("text %q, finish %s, calls %s", text, result.FinishReason, diff)
			}
		})
	}
}

func TestTextMayStandBesideCalls(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Stream(llmtest.Text("<think>hm</think>Let me look."), llmtest.Call(0, "a", "now", "{}"), llmtest.Finish("tool_calls"), llmtest.Done()),
		llmtest.Reply{ContentType: jsonType, Body: `{"choices":[{"finish_reason":"tool_calls","message":{"content":"Let me look.",
			"tool_calls":[{"id":"a","type":"function","function":{"name":"now","arguments":"{}"}}]}}]}`})
	c := newClient(t, s, nil)
	for range 2 {
		text, result := called(t, c, withTools())
		if text != "Let me look." || len(result.Calls) != 1 || result.Usage.OutputTokens == 0 {
			t.Errorf("%q, %+v", text, result)
		}
	}
}

func TestCallsAndResultsGoBackInTheProtocolsForm(t *testing.T) {
	s := llmtest.For(t)
	r := withTools()
	r.Messages = append(r.Messages[:len(r.Messages):len(r.Messages)],
		docent.ModelMessage{Role: docent.RoleAssistant, Calls: []docent.ModelCall{
			{ID: "a", Name: "weather", Arguments: `{"city":"Oslo"}`}, {ID: "b", Name: "now", Arguments: "{broken"}}},
		docent.ModelMessage{Role: docent.RoleTool, CallID: "a", Text: "rain"},
		docent.ModelMessage{Role: docent.RoleTool, CallID: "b", Text: "the arguments are no JSON"})
	called(t, newClient(t, s, nil), r)
	got := s.Requests()[0].Messages[len(question.Messages):]
	if len(got) != 3 || len(got[0].ToolCalls) != 2 || got[1].Role != "tool" || got[1].ToolCallID != "a" || got[1].Content != "rain" || got[2].ToolCallID != "b" {
		t.Fatalf("sent %s", s.Requests()[0].Body)
	}
	a, b := got[0].ToolCalls[0], got[0].ToolCalls[1]
	if a.ID != "a" || a.Type != "function" || a.Function.Name != "weather" || a.Function.Arguments != `{"city":"Oslo"}` || b.Function.Arguments != "{}" {
		t.Errorf("calls %+v", got[0].ToolCalls)
	}
}

// TestAModelThatKnowsNoToolsIsAskedWithout holds that each refusal costs one
// repeat for all, that what tools gave is told all the same, and that a fault in
// one tool is not taken for it.
func TestAModelThatKnowsNoToolsIsAskedWithout(t *testing.T) {
	for name, refusal := range map[string]llmtest.Reply{
		"Ollama":     llmtest.Fail(400, "invalid_request_error", "registry.ollama.ai/library/gemma:2b does not support tools"),
		"vLLM":       llmtest.Fail(400, "BadRequestError", `"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set`),
		"a router":   llmtest.Fail(404, "404", "No endpoints found that support tool use."),
		"OpenAI":     {Status: 400, ContentType: jsonType, Body: `{"error":{"message":"Unsupported.","param":"tools"}}`},
		"a stranger": {Status: 422, ContentType: jsonType, Body: `{"detail":[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Answer(func(r llmtest.Request) llmtest.Reply {
				if r.Has("tools") || r.Has("tool_choice") {
					return refusal
				}
				return llmtest.Say("text")
			})
			c := newClient(t, s, nil)
			r := withTools()
			r.NoCalls = true
			r.Messages = append(r.Messages[:len(r.Messages):len(r.Messages)],
				docent.ModelMessage{Role: docent.RoleAssistant, Calls: []docent.ModelCall{{ID: "a", Name: "now"}}},
				docent.ModelMessage{Role: docent.RoleTool, CallID: "a", Text: "noon"})
			for _, want := range []int{2, 3} {
				if text, _ := called(t, c, r); text != "text" || len(s.Requests()) != want {
					t.Fatalf("%q after %d requests, want %d", text, len(s.Requests()), want)
				}
			}
			last := s.Requests()[2].Messages
			if m := last[len(last)-1]; m.Role != "user" || m.Content != "noon" || last[len(last)-2].Content != question.Messages[3].Text {
				t.Errorf("sent %+v", last)
			}
		})
	}
	s := llmtest.For(t)
	s.Script(llmtest.Reply{Status: 400, ContentType: jsonType,
		Body: `{"error":{"message":"Invalid schema for function 'now'.","param":"tools[1].function.parameters"}}`})
	if _, err := newClient(t, s, nil).Stream(t.Context(), withTools(), func(string) error { return nil }); err == nil || len(s.Requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.Requests()))
	}
}

func TestEndlessCallsAreRefused(t *testing.T) {
	many := make([]llmtest.Step, maxCalls+1)
	for i := range many {
		many[i] = llmtest.Call(i, "", "now", "{}")
	}
	for name, steps := range map[string][]llmtest.Step{
		"many": many, "long": {llmtest.Call(0, "a", "now", strings.Repeat("x", maxCallBytes+1))},
	} {
		s := llmtest.For(t)
		s.Script(llmtest.Stream(append(steps, llmtest.Stall())...))
		_, err := newClient(t, s, nil).Stream(t.Context(), withTools(), func(string) error { return nil })
		if docent.CodeOf(err) != docent.CodeModelFailed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACallThatBreaksOffIsTriedAgainWhole(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Stream(llmtest.Call(0, "a", "weather", `{"ci`), llmtest.Cut()), llmtest.CallTool("b", "now", `{"zone":"UTC"}`))
	c := newClient(t, s, func(c *Config) { c.Retries = 1 })
	setClock(c, newFakeClock().clock())
	_, result := called(t, c, withTools())
	if diff := cmp.Diff([]docent.ModelCall{{ID: "b", Name: "now", Arguments: `{"zone":"UTC"}`}}, result.Calls); diff != "" {
		t.Error(diff)
	}
}
