package server

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"docent/llm/llmtest"
)

// statuses sends n requests at once and counts their statuses.
func statuses(t *testing.T, n int, send func() (*http.Response, error)) map[int]int {
	t.Helper()
	got := map[int]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			answer, err := send()
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			got[answer.StatusCode]++
		})
	}
	all.Wait()
	return got
}

func TestARestartGivesNoRequestsBack(t *testing.T) {
	f := start(t, func(c *Config) { c.Limits.RequestsPerMinute = "60" })
	search := func(f *fixture) map[int]int {
		return statuses(t, 200, func() (*http.Response, error) { return http.Get(f.url + "/api/v1/search?q=port") })
	}
	if got := search(f); got[200] != 60 || got[429] != 140 {
		t.Fatalf("200 requests at once: %v", got)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := search(serve(t, f.cfg)); got[429] != 200 {
		t.Errorf("after a restart: %v", got)
	}
}

func TestARefusedQuestionCostsNoModelCall(t *testing.T) {
	model := llmtest.For(t)
	for range 2 {
		model.Script(llmtest.Say("Set PORT [1]."))
	}
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Limits.QuestionsPerHour, c.Answer.CacheFor = "2", 0
	})
	ask := func(f *fixture) (*http.Response, error) {
		return http.Post(f.url+"/api/v1/chat", "application/json", strings.NewReader(`{"message": "How do I change the port?", "stream": false}`))
	}
	for _, left := range []string{`"questions";r=1;t=3600`, `"questions";r=0;t=`} {
		answer, err := ask(f)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := answer.Header.Get("RateLimit"); answer.StatusCode != 200 || !strings.HasPrefix(got, left) {
			t.Errorf("%d, RateLimit %s, want %s", answer.StatusCode, got, left)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	restarted := serve(t, f.cfg)
	answer, err := ask(restarted)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 429 || answer.Header.Get("Retry-After") == "" || answer.Header.Get("RateLimit-Policy") != `"questions";q=2;w=3600` {
		t.Errorf("the third question: %d %v", answer.StatusCode, answer.Header)
	}
	if n := len(model.Requests()); n != 2 {
		t.Errorf("the model was asked %d times, want 2", n)
	}
}

func TestLimitsAreOnWhereOthersCanReachTheServer(t *testing.T) {
	c := Defaults()
	if c.perMinute() != 0 || c.bounds().PerHour != 0 || c.bounds().AtOnce != 0 {
		t.Errorf("on loopback: %d, %+v", c.perMinute(), c.bounds())
	}
	for name, change := range map[string]func(*Config){
		"beyond loopback": func(c *Config) { c.Server.Host = "0.0.0.0" },
		"behind a proxy":  func(c *Config) { c.Server.PublicURL = "https://docs.example.com/ask" },
	} {
		c := Defaults()
		change(&c)
		if c.perMinute() != 60 || c.bounds().PerHour != 20 || c.bounds().AtOnce != 3 {
			t.Errorf("%s: %d, %+v", name, c.perMinute(), c.bounds())
		}
	}
}
