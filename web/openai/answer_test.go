package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

const portText = "Set 🔧 PORT [2].\n\n---\n\n- [2] [Ports \\[new\\] › PORT](http://localhost:8000/docs/manual/env%20%281%29#port)"

// portCitation is where portText cites: places count characters.
var portCitation = urlCitation{11, 14, "Ports [new] › PORT", "http://localhost:8000/docs/manual/env (1)#port"}

func init() { port.Citations[0].Start = 12 }

func TestAnAnswerIsACompletion(t *testing.T) {
	r := newRig(t)
	r.answers.say(port, "Set 🔧", " PORT [2].")
	var got completion
	w := r.asks(t, "", &got)
	if got.Created == 0 || w.Header().Get("X-Docent-Session") != "ses_1" || w.Header().Get("X-Request-Id") == "" {
		t.Errorf("created %d, headers %v", got.Created, w.Header())
	}
	got.Created = 0
	want := completion{
		ID: "chatcmpl-msg_a", Object: "chat.completion", Model: "docent", ServiceTier: "default", Fingerprint: "fp_test",
		Choices: []choice{{FinishReason: docent.FinishStop, Message: completionMessage{
			Role: "assistant", Content: portText, Annotations: []annotation{{"url_citation", portCitation}},
		}}},
		Usage: usage{PromptTokens: 90, CompletionTokens: 10, TotalTokens: 100, PromptDetails: promptDetails{CachedTokens: 40}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if cited := []rune(portText)[portCitation.StartIndex:portCitation.EndIndex]; string(cited) != "[2]" {
		t.Errorf("the citation is of %q", string(cited))
	}
}

var created = regexp.MustCompile(`"created":\d+`)

func TestAnAnswerComesInChunks(t *testing.T) {
	r := newRig(t)
	r.answers.say(port, "Set 🔧", " PORT [2].")
	w := r.send(http.MethodPost, "/chat/completions", `{"model":"docent","messages":[{"role":"user","content":"How?"}],"stream":true,"stream_options":{"include_usage":true}}`)
	notes, _ := json.Marshal(strings.TrimPrefix(portText, "Set 🔧 PORT [2]."))
	cited, _ := json.Marshal(newAnnotations([]urlCitation{portCitation}))
	var want strings.Builder
	for _, choice := range []string{
		`{"role":"assistant","content":""},"logprobs":null,"finish_reason":null`, `{"content":"Set 🔧"},"logprobs":null,"finish_reason":null`,
		`{"content":" PORT [2]."},"logprobs":null,"finish_reason":null`, `{"content":` + string(notes) + `},"logprobs":null,"finish_reason":null`,
		`{"annotations":` + string(cited) + `},"logprobs":null,"finish_reason":null`, `{},"logprobs":null,"finish_reason":"stop"`,
	} {
		fmt.Fprintf(&want, `data: {"id":"chatcmpl-msg_a","object":"chat.completion.chunk","created":0,"model":"docent","choices":[{"index":0,"delta":%s}],"usage":null,"service_tier":"default","system_fingerprint":"fp_test"}`+"\n\n", choice)
	}
	used, _ := json.Marshal(newUsage(port.Usage))
	fmt.Fprintf(&want, `data: {"id":"chatcmpl-msg_a","object":"chat.completion.chunk","created":0,"model":"docent","choices":[],"usage":%s,"service_tier":"default","system_fingerprint":"fp_test"}`+"\n\ndata: [DONE]\n\n", used)
	if diff := cmp.Diff(want.String(), created.ReplaceAllString(w.Body.String(), `"created":0`)); diff != "" {
		t.Error(diff)
	}
	if kind := w.Header().Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("the type is %q", kind)
	}
}

// events reads the events of a response's stream, and holds their names and numbers.
func events(t *testing.T, w *httptest.ResponseRecorder) []responseEvent {
	t.Helper()
	var all []responseEvent
	for i, frame := range strings.Split(strings.TrimSpace(w.Body.String()), "\n\n") {
		name, data, _ := strings.Cut(frame, "\ndata: ")
		var e responseEvent
		if err := json.Unmarshal([]byte(data), &e); err != nil || name != "event: "+e.Type || e.Sequence != i {
			t.Fatalf("event %d is %s", i, frame)
		}
		all = append(all, e)
	}
	return all
}

func TestAResponseComesAsItsEvents(t *testing.T) {
	r := newRig(t)
	r.answers.say(port, "Set 🔧", " PORT [2].")
	all := events(t, r.send(http.MethodPost, "/responses", `{"model":"docent","input":"How?","instructions":"Be brief.","metadata":{"plan":"pro"},"stream":true}`))
	var types []string
	var text string
	for _, e := range all {
		types = append(types, strings.TrimPrefix(e.Type, "response."))
		if e.Delta != nil {
			text += *e.Delta
		}
		if e.Response == nil && (e.OutputIndex == nil || e.Item == nil && (e.ItemID != "msg_a" || e.ContentIndex == nil)) {
			t.Errorf("%s does not say its place", e.Type)
		}
	}
	want := "created in_progress output_item.added content_part.added output_text.delta output_text.delta output_text.delta output_text.annotation.added output_text.done content_part.done output_item.done completed"
	if got := strings.Join(types, " "); got != want || text != portText {
		t.Errorf("the events are %s, the text %q", got, text)
	}
	last := all[len(all)-1].Response
	if last.ID != "resp_msg_a" || last.Status != "completed" || *last.Instructions != "Be brief." || last.Metadata["plan"] != "pro" || last.Usage.TotalTokens != 100 || last.Usage.InputDetails.CachedTokens != 40 {
		t.Errorf("the response is %+v", last)
	}
	content := outputText{"output_text", portText, []responseAnnotation{{"url_citation", portCitation}}, []struct{}{}}
	if diff := cmp.Diff([]outputItem{{"msg_a", "message", "completed", "assistant", []outputText{content}}}, last.Output, cmp.AllowUnexported(responseAnnotation{})); diff != "" {
		t.Error(diff)
	}
}

func TestARefusalIsTextWithTheNearestPages(t *testing.T) {
	r := newRig(t)
	r.answers.say(docent.DoneData{FinishReason: docent.FinishRefused}, "Not there.")
	found, _ := json.Marshal(docent.SourcesData{Sources: []docent.Source{{N: 1, Title: "Start", Heading: "Start", URL: "https://docs.example.com/start"}}})
	r.answers.events = append([]docent.Event{{Name: docent.EventSources, Data: found}}, r.answers.events...)
	var got completion
	r.asks(t, "", &got)
	m := got.Choices[0].Message
	if want := "Not there.\n\n---\n\n- [Start](https://docs.example.com/start)"; m.Content != want || m.Refusal != nil || len(m.Annotations) != 0 || got.Choices[0].FinishReason != "stop" {
		t.Errorf("answered %+v", got.Choices[0])
	}
	if withoutFootnotes(m.Content) != "Not there." || withoutFootnotes("A\n\n---\n\n- a list") != "A\n\n---\n\n- a list" {
		t.Error("footnotes are not what is taken away")
	}
	if got.Usage.CompletionTokens == 0 || got.Usage.PromptTokens == 0 {
		t.Errorf("without a model the usage is %+v, no estimate", got.Usage)
	}
}

func TestAnAnswerEndsWhereTheClientWantsIt(t *testing.T) {
	for _, tt := range []struct {
		more, text string
		finish     docent.FinishReason
		stopped    bool
	}{
		{`,"stop":"PORT"`, "Set 🔧 ", "stop", true},
		{`,"stop":["never","T [2"]`, "Set 🔧 POR", "stop", true},
		{`,"stop":["[2].!"]`, portText, "stop", false},
		{`,"max_tokens":2`, "Set ", "length", true},
		{`,"max_tokens":1,"max_completion_tokens":12`, "Set 🔧 PORT [2].", "stop", false}, // there is no room for the pages
		{`,"max_completion_tokens":500`, portText, "stop", false},
	} {
		r := newRig(t)
		r.messages.stored = []docent.Message{{ID: "msg_a", Role: docent.RoleAssistant, Usage: docent.Usage{InputTokens: 9, OutputTokens: 3}}}
		r.answers.say(port, "Set 🔧", " PO", "RT [2", "].")
		var got completion
		r.asks(t, tt.more, &got)
		c := got.Choices[0]
		if c.Message.Content != tt.text || c.FinishReason != tt.finish || (len(r.answers.cancelled) > 0) != tt.stopped {
			t.Errorf("%s: %q, %s, cancelled %v", tt.more, c.Message.Content, c.FinishReason, r.answers.cancelled)
		}
		if tt.stopped && (got.Usage.TotalTokens != 12 || len(c.Message.Annotations) > 0) {
			t.Errorf("%s: %+v, %+v", tt.more, got.Usage, c.Message.Annotations)
		}
	}
}

func TestACutDoesNotDependOnHowTheTextComes(t *testing.T) {
	const text = "one two éé three ENDING more"
	for size := 1; size < len(text); size++ {
		k := cut{stops: []string{"END!", "NDING", "IN"}}
		var got strings.Builder
		for at := 0; at < len(text); at += size {
			got.WriteString(k.write(text[at:min(at+size, len(text))]))
		}
		got.WriteString(k.close())
		if got.String() != "one two éé three END" || k.shown.String() != got.String() || k.why != docent.FinishStop {
			t.Errorf("in pieces of %d bytes %q passes, because of %q", size, got.String(), k.why)
		}
	}
}

func TestTooLongAnAnswerToAResponseIsIncomplete(t *testing.T) {
	r := newRig(t)
	r.answers.say(port, "Set 🔧", " PORT [2].")
	all := events(t, r.send(http.MethodPost, "/responses", `{"model":"docent","input":"How?","max_output_tokens":2,"stream":true}`))
	if last := all[len(all)-1]; last.Type != "response.incomplete" || last.Response.Status != "incomplete" || last.Response.Incomplete.Reason != "max_output_tokens" || last.Response.Output[0].Status != "incomplete" {
		t.Errorf("the last event is %+v", last)
	}
}

func TestAnAnswerIsStoppedWhenItsClientLeaves(t *testing.T) {
	r := newRig(t)
	r.answers.say(docent.DoneData{})
	r.answers.events = nil
	ctx, leave := context.WithCancel(t.Context())
	leave()
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v1/chat/completions", strings.NewReader(`{"model":"docent","stream":true,"messages":[{"role":"user","content":"How?"}]}`))
	req.Host = "localhost:8000"
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	if diff := cmp.Diff([]string{"msg_a"}, r.answers.cancelled); diff != "" || strings.Contains(w.Body.String(), "[DONE]") {
		t.Errorf("cancelled %v, answered %s", r.answers.cancelled, w.Body)
	}
}

func TestErrorsAreOpenAIs(t *testing.T) {
	for _, tt := range []struct {
		err    *docent.Error
		status int
		kind   string
		code   string
		retry  string
	}{
		{docent.Errorf(docent.CodeUnauthorized, "who"), 401, "invalid_request_error", "invalid_api_key", ""},
		{docent.Errorf(docent.CodeForbidden, "no"), 403, "permission_error", "forbidden", ""},
		{docent.Errorf(docent.CodeNotFound, "none"), 404, "invalid_request_error", "not_found", ""},
		{docent.Errorf(docent.CodeConflict, "busy"), 409, "invalid_request_error", "conflict", "false"},
		{&docent.Error{Code: docent.CodeRateLimited, Message: "much", RetryAfter: 3 * time.Second}, 429, "requests", "rate_limit_exceeded", "true"},
		{&docent.Error{Code: docent.CodeRateLimited, Message: "much", RetryAfter: time.Hour}, 429, "requests", "rate_limit_exceeded", "false"},
		{docent.NoIndex(), 503, "server_error", "no_index", "false"},
		{docent.Errorf(docent.CodeNotReady, "later"), 503, "server_error", "not_ready", "true"},
		{docent.Errorf(docent.CodeInternal, "oh"), 500, "server_error", "internal", "false"},
	} {
		r := newRig(t)
		r.answers.startErr = tt.err
		var told errorBody
		w := r.asks(t, "", &told)
		if w.Code != tt.status || told.Error.Type != tt.kind || told.Error.Code == nil || *told.Error.Code != tt.code || told.Error.Message != tt.err.Told() || w.Header().Get("x-should-retry") != tt.retry {
			t.Errorf("%s: %d, x-should-retry %q, %s", tt.err.Code, w.Code, w.Header().Get("x-should-retry"), w.Body)
		}
		if tt.err.RetryAfter > 0 && w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", tt.err.Code)
		}
	}
	long := newRig(t).send(http.MethodPost, "/chat/completions", `{"model":"docent","messages":[{"role":"user","content":"`+strings.Repeat("long ", 500)+`"}]}`)
	if long.Code != 400 || !strings.Contains(long.Body.String(), `"code":"context_length_exceeded"`) {
		t.Errorf("a long question: %d %s", long.Code, long.Body)
	}
}

func TestWhatFailsIsToldBeforeAStreamByAStatusAndThenByItsLastEvent(t *testing.T) {
	r := newRig(t)
	r.answers.fails("Set", docent.ErrorData{Code: string(docent.CodeModelCut), Message: "the stream broke off"})
	var told errorBody
	if w := r.asks(t, "", &told); w.Code != http.StatusBadGateway || *told.Error.Code != "model_cut" {
		t.Errorf("without a stream: %d %s", w.Code, w.Body)
	}
	w := r.send(http.MethodPost, "/chat/completions", `{"model":"docent","stream":true,"messages":[{"role":"user","content":"How?"}]}`)
	const last = `data: {"error":{"message":"the stream broke off","type":"server_error","param":null,"code":"model_cut"}}` + "\n\n"
	if !strings.HasSuffix(w.Body.String(), last) {
		t.Errorf("the stream ends with %s", w.Body)
	}
	all := events(t, r.send(http.MethodPost, "/responses", `{"model":"docent","stream":true,"input":"How?"}`))
	if e := all[len(all)-1]; e.Type != "response.failed" || e.Response.Status != "failed" || e.Response.Error.Code != "server_error" || e.Response.Error.Message != "the stream broke off" {
		t.Errorf("the last event is %+v", e)
	}
}
