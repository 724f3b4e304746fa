package openai

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestAConversationBecomesAQuestionWithItsHistory(t *testing.T) {
	r := newRig(t)
	r.answers.say(docent.DoneData{}, "So.")
	w := r.send(http.MethodPost, "/chat/completions", `{"model":"docent/guides/api","user":"u","metadata":{"plan":"pro","session_id":"ses_9"},"messages":[
		{"role":"system","content":"Be brief."},
		{"role":"user","name":"ada","content":"What is it?"},
		{"role":"assistant","content":"A server [1].\n\n---\n\n- [1] [Start › It](http://x/a%28b%29#it)","tool_calls":null},
		{"role":"user","content":"Look it up."},
		{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
		{"role":"tool","tool_call_id":"c","content":"42"},
		{"role":"developer","content":[{"type":"text","text":"In German."}]},
		{"role":"user","content":[{"type":"text","text":"And how"},{"type":"text","text":"is it started?"}]}]}`)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := docent.Ask{
		Message: "And how\nis it started?", SessionID: "ses_9", Program: "Be brief.\n\nIn German.",
		Filters: docent.Filters{Source: "guides/api"}, Metadata: map[string]string{"plan": "pro"},
		History: []docent.ModelMessage{
			{Role: docent.RoleUser, Text: "What is it?"}, {Role: docent.RoleAssistant, Text: "A server [1]."},
			{Role: docent.RoleUser, Text: "Look it up."}, {Role: docent.RoleAssistant},
		},
	}
	if diff := cmp.Diff(want, r.answers.asked[0]); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCanNotBeHonouredIsRefusedByItsName(t *testing.T) {
	r := newRig(t)
	for more, param := range map[string]string{
		`,"n":2`: "n", `,"logprobs":true`: "logprobs", `,"top_logprobs":3`: "top_logprobs", `,"response_format":{"type":"json_object"}`: "response_format",
		`,"modalities":["text","audio"]`: "modalities", `,"audio":{"voice":"a"}`: "audio", `,"web_search_options":{}`: "web_search_options",
		`,"tool_choice":"required"`: "tool_choice", `,"tool_choice":{"type":"function","function":{"name":"f"}}`: "tool_choice", `,"function_call":{"name":"f"}`: "function_call",
		`,"temperature":3`: "temperature", `,"top_p":"a"`: "top_p", `,"max_tokens":0`: "max_tokens", `,"max_completion_tokens":-1`: "max_completion_tokens",
		`,"stop":7`: "stop", `,"stop":["a","b","c","d","e"]`: "stop", `,"stream":"yes"`: "stream", `,"metadata":{"a":1}`: "metadata",
		`,"metadata":{"a":"` + strings.Repeat("x", 600) + `"}`: "metadata", `,"model":""`: "model", `,"messages":[]`: "messages", `,"messages":"How?"`: "messages",
		`,"messages":[{"role":"system","content":"x"}]`:                    "messages",
		`,"messages":[{"role":"user","content":" "}]`:                      "messages",
		`,"messages":[{"role":"user","content":"\u0000"}]`:                 "messages",
		`,"messages":[{"role":"boss","content":"x"}]`:                      "messages[0].role",
		`,"messages":[{"role":"user","content":7}]`:                        "messages[0].content",
		`,"messages":[{"role":"user","content":["x"]}]`:                    "messages[0].content[0]",
		`,"messages":[{"role":"user","content":[{"type":"input_audio"}]}]`: "messages[0].content[0].type",
		`,"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"http://x"}}]}]`: "messages[0].content[1].image_url",
		`,"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"file","file_id":"f"}]}]`:                       "messages[0].content[1].file_id",
	} {
		var told errorBody
		w := r.asks(t, more, &told)
		if w.Code != http.StatusBadRequest || told.Error.Type != "invalid_request_error" || told.Error.Param == nil || *told.Error.Param != param || told.Error.Message == "" {
			t.Errorf("%s: %d %s", more, w.Code, w.Body)
		}
	}
	if len(r.answers.asked) > 0 {
		t.Errorf("%d were asked", len(r.answers.asked))
	}
}

func TestWhatAsksForNothingElseIsTaken(t *testing.T) {
	r := newRig(t)
	r.answers.say(docent.DoneData{}, "So.")
	for _, more := range []string{
		`,"n":1,"logprobs":false,"top_logprobs":0,"response_format":{ "type": "text" },"modalities":["text"],"stop":null,"max_tokens":null,"metadata":null,"tool_choice":null`,
		`,"temperature":0.2,"top_p":1,"seed":7,"presence_penalty":0,"frequency_penalty":-2,"logit_bias":{},"user":"u","store":true,"service_tier":"auto","reasoning_effort":"low"`,
		`,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"auto","parallel_tool_calls":true,"functions":[],"function_call":"none"`,
		`,"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[]},"of_tomorrow":{"a":1}`,
	} {
		var got completion
		if w := r.asks(t, more, &got); w.Code != http.StatusOK || got.Choices[0].Message.Content != "So." {
			t.Errorf("%s: %d %s", more, w.Code, w.Body)
		}
	}
}

func TestFilesInARequestAreAttached(t *testing.T) {
	r := newRig(t)
	r.answers.say(docent.DoneData{}, "So.")
	send := func(path, files string) (int, errorBody) {
		message := `[{"role":"user","content":[{"type":"text","text":"What is this?"},` + files + `]}]`
		body := `{"model":"docent","messages":` + message + `}`
		if path == "/responses" {
			body = `{"model":"docent","input":` + message + `}`
		}
		var told errorBody
		w := r.send(http.MethodPost, path, body)
		_ = json.Unmarshal(w.Body.Bytes(), &told)
		return w.Code, told
	}
	const log = `{"type":"file","file":{"filename":"a.log","file_data":"data:text/plain;base64,aGVsbG8="}}`
	if code, told := send("/chat/completions", log); code != http.StatusOK {
		t.Errorf("%d %+v", code, told)
	}
	if code, told := send("/responses", `{"type":"input_file","filename":"b.log","file_data":"data:text/plain;base64,aGVsbG8="}`); code != http.StatusOK {
		t.Errorf("%d %+v", code, told)
	}
	if diff := cmp.Diff([]string{"a.log hello", "b.log hello"}, r.files.taken); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"att_a.log"}, r.answers.asked[0].Attachments); diff != "" {
		t.Error(diff)
	}
	for files, words := range map[string]string{
		`{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}`: "the file is a picture",
		`{"type":"input_image","image_url":"data:image/png;base64,AAAA"}`:       "the file is a picture",
		`{"type":"input_image","image_url":"data:image/png;base64,***"}`:        "must be a data: address",
		log + `,` + log + `,` + log:                                             "at most 2",
	} {
		if code, told := send("/responses", files); code != http.StatusBadRequest || !strings.Contains(told.Error.Message, words) {
			t.Errorf("%s: %d %+v", files, code, told)
		}
	}
}

func TestModelsAreTheDocumentationAndItsSources(t *testing.T) {
	r := newRig(t)
	want := `{"object":"list","data":[{"id":"docent","object":"model","created":1735689600,"owned_by":"docent"},` +
		`{"id":"docent/manual","object":"model","created":1750000000,"owned_by":"docent"},{"id":"docent/guides/api","object":"model","created":1750000000,"owned_by":"docent"}]}`
	if w := r.send(http.MethodGet, "/models", ""); w.Body.String() != want {
		t.Errorf("the list is %s", w.Body)
	}
	for path, status := range map[string]int{
		"docent": 200, "docent/manual": 200, "docent%2Fmanual": 200, "docent/guides/api": 200, "docent%2Fguides%2Fapi": 200,
		"gpt-4o": 404, "docent/": 404, "docent/other": 404, "manual": 404,
	} {
		w := r.send(http.MethodGet, "/models/"+path, "")
		if w.Code != status || status == 404 && !strings.Contains(w.Body.String(), `"code":"model_not_found"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// FuzzRequests holds that no body makes the server fail.
func FuzzRequests(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `[]`, `{"model":"docent","messages":[{"role":"user","content":"x"}],"stream":true}`, `{"model":"docent","input":[{"role":"user","content":[{"type":"input_text","text":"x"}]}]}`,
		`{"model":"docent","messages":[{"content":[{"type":"image_url","image_url":[]}]}],"stop":[null]}`, `{"model":"docent","messages":[null],"tool_choice":{"type":7}}`,
		`{"model":"docent","input":"x","previous_response_id":"resp_msg_a","text":{"format":null}}`, "{\"model\":\"docent\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"}]}",
	} {
		f.Add([]byte(seed))
	}
	r := newRig(f)
	r.answers.say(port, "Set 🔧", "PORT [2].")
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range []string{"/chat/completions", "/responses"} {
			if w := r.send(http.MethodPost, path, string(body)); w.Code >= 500 {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	})
}

func TestPagesMaySendWhatOpenAIsClientSends(t *testing.T) {
	req := httptest.NewRequest(http.MethodOptions, "/v1/chat/completions", nil)
	req.Host = "localhost:8000"
	req.Header.Set("Origin", "http://localhost:8000")
	req.Header.Set("Access-Control-Request-Method", http.MethodPost)
	w := httptest.NewRecorder()
	newRig(t).ServeHTTP(w, req)
	allowed := strings.Split(w.Header().Get("Access-Control-Allow-Headers"), ", ")
	for _, sent := range []string{
		"Authorization", "Content-Type", "OpenAI-Beta", "OpenAI-Organization", "OpenAI-Project", "x-stainless-arch", "x-stainless-lang", "x-stainless-os", "x-stainless-helper-method",
		"x-stainless-package-version", "x-stainless-retry-count", "x-stainless-runtime", "x-stainless-runtime-version", "x-stainless-timeout",
	} {
		if !slices.Contains(allowed, sent) {
			t.Errorf("%s is not allowed", sent)
		}
	}
	if !strings.Contains(w.Header().Get("Access-Control-Expose-Headers"), "x-should-retry") {
		t.Errorf("what may be read is %q", w.Header().Get("Access-Control-Expose-Headers"))
	}
}
