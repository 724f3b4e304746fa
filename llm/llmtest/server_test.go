package llmtest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// post asks the server and gives the response, which the test's end closes.
func post(t *testing.T, s *Server, body string) *http.Response {
	t.Helper()
	res, err := http.Post(s.URL+"/chat/completions", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func TestAReplyCanBeMadeFromTheRequest(t *testing.T) {
	s := For(t)
	s.Answer(func(r Request) Reply { return Whole("You said: " + r.Last("user")) })
	body, err := io.ReadAll(post(t, s, `{"messages":[{"role":"user","content":"hello"},{"role":"system","content":"x"}]}`).Body)
	if err != nil || !strings.Contains(string(body), `"You said: hello"`) {
		t.Errorf("%s, error %v", body, err)
	}
}

func TestAScriptIsSaidInOrderBeforeAnswer(t *testing.T) {
	s := For(t)
	s.Script(append(Times(2, Limited("1")), Broken())...)
	for _, want := range []int{429, 429, 500, 200} {
		if res := post(t, s, `{}`); res.StatusCode != want {
			t.Errorf("status %d, want %d", res.StatusCode, want)
		}
	}
	if n := len(s.Requests()); n != 4 {
		t.Errorf("%d requests recorded, want 4", n)
	}
}

func TestAGateHoldsTheStreamAtItsPlace(t *testing.T) {
	s := For(t)
	gate := make(chan struct{})
	s.Script(HeldAt(1, gate, "before", "after"))
	res := post(t, s, `{"model":"m"}`)
	var seen strings.Builder
	for buf := make([]byte, 1); !strings.Contains(seen.String(), "before"); {
		if _, err := res.Body.Read(buf); err != nil {
			t.Fatal(err)
		}
		seen.Write(buf)
	}
	close(gate)
	rest, err := io.ReadAll(res.Body)
	if err != nil || !strings.Contains(string(rest), "after") || !strings.HasSuffix(string(rest), "data: [DONE]\n\n") {
		t.Errorf("rest %q, error %v", rest, err)
	}
}

func TestUsageIsSentOnlyWhereAskedFor(t *testing.T) {
	s := For(t)
	for body, want := range map[string]bool{`{}`: false, `{"stream_options":{"include_usage":true}}`: true} {
		b, err := io.ReadAll(post(t, s, body).Body)
		if got := strings.Contains(string(b), "completion_tokens"); got != want || err != nil {
			t.Errorf("%s: usage %v, error %v", body, got, err)
		}
	}
}

func TestModelsAreListed(t *testing.T) {
	s := For(t)
	s.SetModels("one", "two")
	res, err := http.Get(s.URL + "/models")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var list struct {
		Data []struct{ ID string }
	}
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil || len(list.Data) != 2 || list.Data[1].ID != "two" {
		t.Errorf("models %+v, error %v", list, err)
	}
}

func TestABodyThatIsNotJSONIsRefused(t *testing.T) {
	if res := post(t, For(t), `{"model":`); res.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", res.StatusCode)
	}
}

// TestCloseReleasesStalledStreams would wait for ever if it did not.
func TestCloseReleasesStalledStreams(t *testing.T) {
	s := For(t)
	s.Script(StallAfter("one"))
	res := post(t, s, `{}`)
	s.Close()
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("a stalled stream ended as if it were complete")
	}
	s.Close()
}
