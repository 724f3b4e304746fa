package llm

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/llm/llmtest"
)

// TestFailures holds what each misbehaviour of a server becomes, how much text
// is kept, and how often it is tried with two retries.
func TestFailures(t *testing.T) {
	say := llmtest.Text("one ")
	plain := llmtest.Say("text")
	plain.ContentType = "text/plain"
	broken := llmtest.Reply{ContentType: "application/json", Body: `{"choices":[{"message":`}
	partial := llmtest.Reply{ContentType: "application/json", Body: `{"choices":[{"message":{"content":"x"}}]}`}
	for name, tc := range map[string]struct {
		reply llmtest.Reply
		code  docent.Code
		text  string
		asked int
	}{
		"401":                   {llmtest.Unauthorized(), docent.CodeModelAuth, "", 1},
		"403":                   {llmtest.Fail(403, "forbidden", "Not with Bearer a-secret-key."), docent.CodeModelAuth, "", 1},
		"402":                   {llmtest.Fail(402, "payment", "Pay."), docent.CodeModelLimited, "", 1},
		"404":                   {llmtest.Fail(404, "model_not_found", "No such model."), docent.CodeModelFailed, "", 1},
		"400":                   {llmtest.Fail(400, "context_length_exceeded", "Too long."), docent.CodeModelFailed, "", 1},
		"429":                   {llmtest.Limited(""), docent.CodeModelLimited, "", 3},
		"quota spent":           {llmtest.QuotaSpent(), docent.CodeModelLimited, "", 1},
		"500":                   {llmtest.Broken(), docent.CodeModelFailed, "", 3},
		"500 in HTML":           {llmtest.Reply{Status: 502, ContentType: "text/html", Body: "<h1>bad gateway"}, docent.CodeModelFailed, "", 3},
		"HTML with 200":         {llmtest.HTML(), docent.CodeModelFailed, "", 1},
		"wrong content type":    {plain, docent.CodeModelFailed, "", 1},
		"broken whole JSON":     {broken, docent.CodeModelFailed, "", 1},
		"unfinished whole JSON": {partial, docent.CodeModelFailed, "x", 1},
		"error with 200":        {llmtest.Reply{ContentType: "application/json", Body: `{"error":"no"}`}, docent.CodeModelFailed, "", 3},
		"nothing":               {llmtest.Stream(), docent.CodeModelCut, "", 3},
		"cut at once":           {llmtest.CutAfter(), docent.CodeModelCut, "", 3},
		"cut in mid-stream":     {llmtest.CutAfter("one "), docent.CodeModelCut, "one ", 1},
		"cut in mid-line":       {llmtest.Stream(say, llmtest.HalfLine(), llmtest.Cut()), docent.CodeModelCut, "one ", 1},
		"ended in mid-line":     {llmtest.Stream(say, llmtest.HalfLine()), docent.CodeModelCut, "one ", 1},
		"ended without finish":  {llmtest.Stream(say), docent.CodeModelCut, "one ", 1},
		"DONE without finish":   {llmtest.Stream(say, llmtest.Done(), llmtest.Stall()), docent.CodeModelCut, "one ", 1},
		"error in stream":       {llmtest.Stream(say, llmtest.Failure("server_error", "Failed, key sk-abcdefgh.")), docent.CodeModelFailed, "one ", 1},
		"error before text":     {llmtest.Stream(llmtest.Failure("server_error", "Failed.")), docent.CodeModelFailed, "", 3},
		"limit in stream":       {llmtest.Stream(llmtest.Failure("rate_limit_exceeded", "Slow.")), docent.CodeModelLimited, "", 3},
		"quota in stream":       {llmtest.Stream(say, llmtest.Failure("insufficient_quota", "Pay.")), docent.CodeModelLimited, "one ", 1},
		"key refused in stream": {llmtest.Stream(llmtest.Failure("invalid_api_key", "No.")), docent.CodeModelAuth, "", 1},
		"broken JSON":           {llmtest.Stream(say, llmtest.BrokenJSON()), docent.CodeModelFailed, "one ", 1},
		"huge line":             {llmtest.Stream(say, llmtest.HugeLine(2<<20)), docent.CodeModelFailed, "one ", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Script(llmtest.Times(3, tc.reply)...)
			c := newClient(t, s, func(c *Config) { c.Retries = 2 })
			setClock(c, newFakeClock().clock())
			deltas, _, err := ask(c)
			wantError(t, err, tc.code)
			if got := strings.Join(deltas, ""); got != tc.text {
				t.Errorf("text %q, want %q", got, tc.text)
			}
			if n := len(s.Requests()); n != tc.asked {
				t.Errorf("asked %d times, want %d", n, tc.asked)
			}
		})
	}
}

func TestAServersWordsReachTheLogAlone(t *testing.T) {
	s := llmtest.For(t)
	s.Script(llmtest.Fail(400, "bad", "no such thing as a-secret-key, Bearer abc,\nor sk-proj-1234****5678 "+strings.Repeat("long ", 100)))
	_, _, err := ask(newClient(t, s, nil))
	wantError(t, err, docent.CodeModelFailed)
	var e *docent.Error
	errors.As(err, &e)
	if e.Message != "the model's server refused the request" {
		t.Errorf("message %q", e.Message)
	}
	cause := e.Err.Error()
	if !strings.HasPrefix(cause, "status 400: no such thing as [key], [key] or [key] long") || len(cause) > 230 {
		t.Errorf("cause %q", cause)
	}
}

func TestErrorsInEveryShape(t *testing.T) {
	for body, want := range map[string]providerError{
		`{"error":{"message":"m","type":"t","code":"c","param":"p"}}`: {Message: "m", Type: "t", Code: "c", Param: "p"},
		`{"error":{"message":"m","code":503,"param":null}}`:           {Message: "m", Code: "503"},
		`{"error":"m"}`: {Message: "m"},
		`{"error":{"message":{"deep":1},"type":[]}}`: {},
		`{"message":"m","object":"error"}`:           {Message: "m"},
		`{"detail":[{"loc":["body","max_tokens"]}]}`: {Message: `[{"loc":["body","max_tokens"]}]`},
		`<html>`: {}, ``: {}, `[]`: {}, `null`: {}, `{}`: {},
	} {
		if got := parseRefusal([]byte(body)); got != want {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
}

func TestAnErrorsBodyIsReadOnlySoFar(t *testing.T) {
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	c, err := New(Config{BaseURL: endless.URL, Name: "m"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = ask(c)
	wantError(t, err, docent.CodeModelFailed)
}

func TestAServerThatIsNotThereIsTriedAgain(t *testing.T) {
	s, err := llmtest.New()
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	fake := newFakeClock()
	c := newClient(t, s, func(c *Config) { c.Retries = 2 })
	setClock(c, fake.clock())
	_, _, err = ask(c)
	wantError(t, err, docent.CodeModelFailed)
	if got := fake.slept(); len(got) != 2 || got[0] != 500*time.Millisecond || got[1] != time.Second {
		t.Errorf("waits %v, want 500ms and 1s", got)
	}
}
