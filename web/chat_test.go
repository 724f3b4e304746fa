package web

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// wholeAnswer adds the events of an answer from start to end.
func wholeAnswer(a *fakeAnswers) {
	a.event("session", `{"session_id":"ses_1","message_id":"msg_a","user_message_id":"msg_q"}`)
	a.event("sources", `{"sources":[]}`)
	a.event("delta", `{"text":"Set PORT "}`)
	a.event("citation", `{"n":1}`)
	a.event("delta", `{"text":"[1]."}`)
	a.event("done", `{"message_id":"msg_a","finish_reason":"stop"}`)
}

func TestAnAnswerStreamsItsEventsInOrder(t *testing.T) {
	r := newRig(t, nil)
	wholeAnswer(r.answers)
	w := r.do("POST", "/api/v1/chat", `{"message":"How?"}`)
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	frames, _ := readFrames(w.Body.String())
	var got []frame
	for _, e := range r.answers.events {
		got = append(got, frame{string(appendInt(e.ID)), e.Name, string(e.Data)})
	}
	if diff := cmp.Diff(got, frames); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(w.Body.String(), "id: 1\nevent: session\ndata: {\"session_id\"") {
		t.Errorf("the stream begins %.80q", w.Body)
	}
}

func appendInt(n int) []byte { b, _ := json.Marshal(n); return b }

func TestHeadersComeBeforeTheFirstEvent(t *testing.T) {
	r := newRig(t, nil)
	s := httptest.NewServer(r)
	defer s.Close()
	resp, err := http.Post(s.URL+"/api/v1/chat", "application/json", strings.NewReader(`{"message":"How?"}`))
	if err != nil { // it would wait for ever, since no event was made yet
		t.Fatal(err)
	}
	defer resp.Body.Close()
	wholeAnswer(r.answers)
	body, err := io.ReadAll(resp.Body)
	if frames, _ := readFrames(string(body)); err != nil || len(frames) != 6 {
		t.Errorf("%d events, %v", len(frames), err)
	}
}

// TestADroppedAnswerIsTakenUpWithoutGapOrRepetition reads two events, drops the
// connection and asks for the rest, by header and by parameter.
func TestADroppedAnswerIsTakenUpWithoutGapOrRepetition(t *testing.T) {
	r := newRig(t, nil)
	r.answers.event("session", `{"message_id":"msg_a"}`)
	r.answers.event("delta", `{"text":"a"}`)
	s := httptest.NewServer(r)
	defer s.Close()
	ctx, drop := context.WithCancel(t.Context())
	defer drop()
	req, _ := http.NewRequestWithContext(ctx, "POST", s.URL+"/api/v1/chat", strings.NewReader(`{"message":"How?"}`))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	lines := bufio.NewReader(resp.Body)
	for strings.Count(seen.String(), "\n\n") < 2 {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		seen.WriteString(line)
	}
	drop()
	resp.Body.Close()
	r.answers.event("delta", `{"text":"b"}`)
	r.answers.event("done", `{}`)
	for _, w := range []*httptest.ResponseRecorder{
		r.do("GET", "/api/v1/chat/msg_a/events", "", "Last-Event-ID", "2"),
		r.do("GET", "/api/v1/chat/msg_a/events?after=2", ""),
		r.do("GET", "/api/v1/chat/msg_a/events?after=0", "", "Last-Event-ID", "2"),
	} {
		frames, _ := readFrames(seen.String() + w.Body.String())
		want := []frame{
			{"1", "session", `{"message_id":"msg_a"}`}, {"2", "delta", `{"text":"a"}`}, {"3", "delta", `{"text":"b"}`}, {"4", "done", `{}`},
		}
		if diff := cmp.Diff(want, frames); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTakingUpRefusesWhatIsNotAnAnswer(t *testing.T) {
	r := newRig(t, nil)
	for target, status := range map[string]int{
		"/api/v1/chat/msg_none/events":       404,
		"/api/v1/chat/msg_q/events":          404, // a question
		"/api/v1/chat/..%00/events":          404,
		"/api/v1/chat/msg_a/events?after=-1": 422,
		"/api/v1/chat/msg_a/events?after=x":  422,
	} {
		if w := r.do("GET", target, ""); w.Code != status {
			t.Errorf("%s: %d, want %d", target, w.Code, status)
		} else {
			problemOf(t, w)
		}
	}
}

func TestAFailureAfterTheHeadersIsAnErrorEvent(t *testing.T) {
	r := newRig(t, nil)
	r.answers.event("session", `{}`)
	r.answers.followErr = &docent.Error{Code: docent.CodeStore, Message: "the answer can't be read", Err: errSecret}
	w := r.do("POST", "/api/v1/chat", `{"message":"How?"}`)
	frames, _ := readFrames(w.Body.String())
	want := []frame{{"1", "session", `{}`}, {"", "error", `{"code":"store_failed","message":"the answer can't be read","retryable":true}`}}
	if diff := cmp.Diff(want, frames); diff != "" {
		t.Error(diff)
	}
	if log := r.log.String(); !strings.Contains(log, "sk-123") || !strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("the cause is not in the log: %s", log)
	}
}

func TestAFailureBeforeTheHeadersIsAStatus(t *testing.T) {
	r := newRig(t, nil)
	r.answers.startErr = &docent.Error{Code: docent.CodeNoIndex, Message: "nothing was ingested yet", Hint: "run docent ingest DIR"}
	wantProblem(t, r.do("POST", "/api/v1/chat", `{"message":"How?"}`), 503, docent.CodeNoIndex, "run docent ingest DIR")
}

func TestAnUnstreamedAnswerIsOneDocument(t *testing.T) {
	r := newRig(t, nil)
	wholeAnswer(r.answers)
	w := r.do("POST", "/api/v1/chat", `{"message":"How?","stream":false}`)
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	message, _ := got["message"].(map[string]any)
	if message["text"] != "Set PORT [1]." || message["role"] != "assistant" {
		t.Errorf("message is %v", message)
	}
	delete(got, "message")
	want := map[string]any{
		"session_id": "ses_1", "user_message_id": "msg_q", "cause": "no_model", "certain": "yes",
		"timings": map[string]any{"retrieval_ms": 1.0, "first_token_ms": 0.0, "total_ms": 2.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnstreamedFailureIsAStatus(t *testing.T) {
	for code, status := range map[docent.Code]int{
		docent.CodeModelAuth: 502, docent.CodeModelFailed: 502, docent.CodeModelCut: 502, docent.CodeModelStalled: 504,
		docent.CodeModelLimited: 503, docent.CodeShutdown: 503, docent.CodeInternal: 500,
	} {
		r := newRig(t, nil)
		data, _ := json.Marshal(docent.ErrorData{Code: string(code), Message: "it failed"})
		r.answers.event("error", string(data))
		wantProblem(t, r.do("POST", "/api/v1/chat", `{"message":"How?","stream":false}`), status, code, "it failed")
	}
}

func TestCancelStopsByName(t *testing.T) {
	r := newRig(t, nil)
	if w := r.do("POST", "/api/v1/chat/msg_a/cancel", ""); w.Code != 204 || w.Body.Len() > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if diff := cmp.Diff([]string{"msg_a"}, r.answers.cancelled); diff != "" {
		t.Error(diff)
	}
	r.answers.cancelErr = errNoSuch
	wantProblem(t, r.do("POST", "/api/v1/chat/msg_x/cancel", ""), 404, docent.CodeNotFound)
	wantProblem(t, r.do("POST", "/api/v1/chat/a%20b/cancel", ""), 404, docent.CodeNotFound)
}

// TestLeavingAStreamEndsItsHandlerOnly: the answer is not cancelled, and the log
// does not call it an error.
func TestLeavingAStreamEndsItsHandlerOnly(t *testing.T) {
	r := newRig(t, nil)
	r.answers.following = make(chan struct{}, 1)
	ended := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer close(ended)
		r.ServeHTTP(w, req)
	}))
	defer s.Close()
	ctx, leave := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "POST", s.URL+"/api/v1/chat", strings.NewReader(`{"message":"How?"}`))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	<-r.answers.following
	leave()
	<-ended
	if len(r.answers.cancelled) > 0 || strings.Contains(r.log.String(), `"level":"ERROR"`) {
		t.Errorf("cancelled %v; log: %s", r.answers.cancelled, r.log)
	}
}

// TestAClientThatReadsNothingIsLetGo fills a real connection until a write
// does not end in time.
func TestAClientThatReadsNothingIsLetGo(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Server.WriteTimeout = 50 * time.Millisecond })
	big, _ := json.Marshal(docent.DeltaData{Text: strings.Repeat("x", 1<<20)})
	for range 64 { // more than the buffers of a connection hold
		r.answers.event("delta", string(big))
	}
	ended := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer close(ended)
		r.ServeHTTP(w, req)
	}))
	defer s.Close()
	resp, err := http.Post(s.URL+"/api/v1/chat", "application/json", strings.NewReader(`{"message":"How?"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	<-ended // without reading
	if log := r.log.String(); !strings.Contains(log, "the client left") {
		t.Errorf("log: %s", log)
	}
}

func TestAPanicInAStreamBreaksItOff(t *testing.T) {
	r := newRig(t, nil)
	r.answers.panics = true
	s := httptest.NewServer(r)
	defer s.Close()
	resp, err := http.Post(s.URL+"/api/v1/chat", "application/json", strings.NewReader(`{"message":"How?"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("the stream ended as if it were whole: %q", body)
	}
	if !strings.Contains(r.log.String(), "fakes_test.go") {
		t.Errorf("no stack in the log: %s", r.log)
	}
}
