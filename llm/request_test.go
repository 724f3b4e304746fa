package llm

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/llm/llmtest"
)

func TestOnlyWhatIsSetIsSent(t *testing.T) {
	s := llmtest.For(t)
	if _, _, err := ask(newClient(t, s, nil)); err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(s.Requests()[0].Body, &body); err != nil {
		t.Fatal(err)
	}
	message := func(role, content string) any { return map[string]any{"role": role, "content": content} }
	want := map[string]any{
		"model": "stand-in", "stream": true, "stream_options": map[string]any{"include_usage": true},
		"messages": []any{message("system", "answer from the passages"), message("user", "hello?"),
			message("assistant", "hello"), message("user", "how do I install it?")},
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

func TestARequestsOwnLimitsBeatTheConfiguredOnes(t *testing.T) {
	cold, warm := 0.0, 0.7
	s := llmtest.For(t)
	c := newClient(t, s, func(c *Config) { c.MaxTokens, c.Temperature = 100, &warm })
	for _, r := range []docent.ModelRequest{{}, {MaxTokens: 7, Temperature: &cold}} {
		if _, err := c.Stream(t.Context(), r, func(string) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	got := s.Requests()
	if got[0].MaxTokens != 100 || *got[0].Temperature != 0.7 {
		t.Errorf("first request %s", got[0].Body)
	}
	if got[1].MaxTokens != 7 || *got[1].Temperature != 0 {
		t.Errorf("second request %s", got[1].Body)
	}
}

// planted are variables that the SDK's own client would read.
var planted = []string{"OPENAI_API_KEY=planted", "OPENAI_ADMIN_KEY=planted", "OPENAI_ORG_ID=planted", "OPENAI_PROJECT_ID=planted",
	"OPENAI_BASE_URL=http://planted.invalid/v1", "OPENAI_CUSTOM_HEADERS=X-Planted: planted"}

// TestNothingOfTheEnvironmentReachesTheServer runs itself as a second process,
// in whose environment the variables stand from its start.
func TestNothingOfTheEnvironmentReachesTheServer(t *testing.T) {
	if os.Getenv("OPENAI_ORG_ID") != "planted" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), planted...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	s := llmtest.For(t)
	if _, _, err := ask(newClient(t, s, func(c *Config) { c.APIKey = "" })); err != nil {
		t.Fatal(err)
	}
	r := s.Requests()[0]
	for name, values := range r.Header {
		if strings.Contains(strings.Join(values, " "), "planted") {
			t.Errorf("header %s: %q", name, values)
		}
	}
	if strings.Contains(string(r.Body), "planted") || r.Header.Get("Authorization") != "" {
		t.Errorf("authorization %q, body %s", r.Header.Get("Authorization"), r.Body)
	}
}

func TestKeyOrganizationAndProjectAreSentWhereSet(t *testing.T) {
	s := llmtest.For(t)
	c := newClient(t, s, func(c *Config) { c.Organization, c.Project = "org-1", "proj-1" })
	if _, _, err := ask(c); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Authorization": "Bearer a-secret-key", "Openai-Organization": "org-1",
		"Openai-Project": "proj-1", "Accept": "text/event-stream", "User-Agent": "docent"} {
		if got := s.Requests()[0].Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestARefusedParameterIsLeftOutOnceAndForAll holds that a server's limits
// cost one repeat, not one for each question, and no try.
func TestARefusedParameterIsLeftOutOnceAndForAll(t *testing.T) {
	s := llmtest.For(t)
	s.Refuse("stream_options", "max_tokens")
	c := newClient(t, s, func(c *Config) { c.MaxTokens = 50 })
	for range 2 {
		if _, result, err := ask(c); err != nil || result.Usage.OutputTokens == 0 {
			t.Fatalf("usage %+v, error %v", result.Usage, err)
		}
	}
	var sent []string
	for _, r := range s.Requests() {
		var params []string
		for _, p := range []string{"stream_options", "max_tokens", "max_completion_tokens"} {
			if r.Has(p) {
				params = append(params, p)
			}
		}
		sent = append(sent, strings.Join(params, " "))
	}
	want := []string{"stream_options max_tokens", "max_tokens", "max_completion_tokens", "max_completion_tokens"}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

func TestARefusalThatNamesNothingKnownIsFinal(t *testing.T) {
	s := llmtest.For(t)
	s.Refuse("messages")
	_, _, err := ask(newClient(t, s, func(c *Config) { c.Retries = 2 }))
	wantError(t, err, docent.CodeModelFailed)
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestAChangeThatDidNotHelpIsNotKept(t *testing.T) {
	s := llmtest.For(t)
	s.Refuse("temperature", "messages")
	c := newClient(t, s, func(c *Config) { c.Temperature = new(float64) })
	_, _, err := ask(c)
	wantError(t, err, docent.CodeModelFailed)
	s.Refuse()
	if _, _, err := ask(c); err != nil || !s.Requests()[2].Has("temperature") {
		t.Errorf("%v; sent %s", err, s.Requests()[2].Body)
	}
}

// everything sets all parameters that a server may not know.
func everything(c *Config) {
	c.MaxTokens, c.Temperature, c.TopP = 50, new(0.5), new(0.25)
	c.Stop, c.ReasoningEffort = []string{"END"}, "low"
}

func TestAllThatIsConfiguredIsSent(t *testing.T) {
	s := llmtest.For(t)
	if _, _, err := ask(newClient(t, s, everything)); err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(s.Requests()[0].Body, &body); err != nil {
		t.Fatal(err)
	}
	delete(body, "messages")
	want := map[string]any{"model": "stand-in", "stream": true, "stream_options": map[string]any{"include_usage": true},
		"max_tokens": 50.0, "temperature": 0.5, "top_p": 0.25, "stop": []any{"END"}, "reasoning_effort": "low"}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

// TestAServerThatKnowsNoParameterIsAskedWithout holds that each refusal costs
// one repeat, in whatever words it comes, and that no other model suffers by it.
func TestAServerThatKnowsNoParameterIsAskedWithout(t *testing.T) {
	params := []string{"stream_options", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "reasoning_effort"}
	for name, refusal := range map[string]string{
		"by its name":  `{"error":{"message":"Unsupported.","param":"%s","code":"unsupported_parameter"}}`,
		"in a message": `{"error":{"message":"Unrecognized request argument supplied: %s"}}`,
		"in quotes":    `{"object":"error","message":"'%s' does not support 0.5 with this model.","code":400}`,
		"in a list":    `{"detail":[{"type":"extra_forbidden","loc":["body","%s"],"msg":"Extra inputs are not permitted"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := llmtest.For(t)
			s.Answer(func(r llmtest.Request) llmtest.Reply {
				for _, p := range params {
					if r.Model == "stand-in" && r.Has(p) {
						return llmtest.Reply{Status: 400, ContentType: jsonType, Body: strings.Replace(refusal, "%s", p, 1)}
					}
				}
				return llmtest.Say("text")
			})
			c := newClient(t, s, func(c *Config) { everything(c); c.Also = []string{"other"} })
			for _, want := range []int{len(params) + 1, len(params) + 2} {
				if _, _, err := ask(c); err != nil || len(s.Requests()) != want {
					t.Fatalf("%d requests, want %d; %v", len(s.Requests()), want, err)
				}
			}
			if _, err := c.Stream(t.Context(), docent.ModelRequest{Model: "other"}, func(string) error { return nil }); err != nil {
				t.Fatal(err)
			}
			if r := s.Requests(); !r[len(r)-1].Has("temperature") {
				t.Error("what one model refused was kept from another")
			}
		})
	}
}

func TestAParameterIsNamedByWholeWords(t *testing.T) {
	for message, want := range map[string]bool{
		"stop is unknown": true, "unknown: stop": true, "'stop'": true, "it stopped": false, "nonstop": false, "stop_token": false,
		"it stopped at stop": true, "": false,
	} {
		if got := (providerError{Message: message}).names("stop"); got != want {
			t.Errorf("%q: %v", message, got)
		}
	}
}

func TestOpenAIIsSentItsOwnNameOfTheLimit(t *testing.T) {
	for base, want := range map[string]bool{"": true, "http://localhost:1/v1": false} {
		c, err := New(Config{Name: "m", BaseURL: base, MaxTokens: 5})
		if err != nil {
			t.Fatal(err)
		}
		p := c.params("m", docent.ModelRequest{}, c.targets[0].dialect.get())
		if p.MaxCompletionTokens.Valid() != want || p.MaxTokens.Valid() == want {
			t.Errorf("%q: max_completion_tokens %v, max_tokens %v", base, p.MaxCompletionTokens, p.MaxTokens)
		}
	}
}

// TestRedirectsAreNotFollowed holds that key and question go to the configured
// address alone, not even elsewhere on the same host.
func TestRedirectsAreNotFollowed(t *testing.T) {
	s := llmtest.For(t)
	mux := http.NewServeMux()
	mux.Handle("/far/", http.RedirectHandler(s.URL+"/chat/completions", http.StatusTemporaryRedirect))
	mux.Handle("/near/", http.RedirectHandler("/elsewhere", http.StatusPermanentRedirect))
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { t.Error("a redirect on the host was followed") })
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, path := range []string{"/far", "/near"} {
		_, _, err := ask(newClient(t, s, func(c *Config) { c.BaseURL = server.URL + path }))
		wantError(t, err, docent.CodeModelFailed)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests were led away", n)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	s := llmtest.For(t)
	c := newClient(t, s, nil)
	for range 3 {
		if _, _, err := ask(c); err != nil {
			t.Fatal(err)
		}
	}
	var remotes []string
	for _, r := range s.Requests() {
		remotes = append(remotes, r.Remote)
	}
	if len(slices.Compact(remotes)) != 1 {
		t.Errorf("connections from %q, want one", remotes)
	}
}
