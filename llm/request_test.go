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
		if _, result, err := ask(c); err != nil || result.Usage != (docent.Usage{}) {
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
	s.Refuse("max_tokens", "max_completion_tokens")
	c := newClient(t, s, func(c *Config) { c.MaxTokens, c.Retries = 50, 2 })
	_, _, err := ask(c)
	wantError(t, err, docent.CodeModelFailed)
	if n := len(s.Requests()); n > 3 {
		t.Errorf("%d requests", n)
	}
	if c.dialect.get().completionTokens {
		t.Error("a change that did not help was kept")
	}
	s.Refuse("messages")
	before := len(s.Requests())
	_, _, err = ask(c)
	wantError(t, err, docent.CodeModelFailed)
	if n := len(s.Requests()) - before; n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestOpenAIIsSentItsOwnNameOfTheLimit(t *testing.T) {
	for base, want := range map[string]bool{"": true, "http://localhost:1/v1": false} {
		c, err := New(Config{Name: "m", BaseURL: base, MaxTokens: 5})
		if err != nil {
			t.Fatal(err)
		}
		p := c.params(docent.ModelRequest{Model: "m"}, c.dialect.get())
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
