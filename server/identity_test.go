package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/access"
	"docent/llm/llmtest"
)

// TestALoginReachesThePromptByName: of a JSON Web Token's claims, and of the
// question's metadata, the model is told what the instructions name.
func TestALoginReachesThePromptByName(t *testing.T) {
	model := llmtest.For(t)
	model.Answer(func(llmtest.Request) llmtest.Reply { return llmtest.Say("Set PORT [1].") })
	f := start(t, func(c *Config) {
		withModel(model)(c)
		c.Auth.Issuers = issuersFor("jwt")
		c.Chat.Instructions = "The reader's plan is {{.Claims.plan}}, on the page {{.Metadata.page}}."
	})
	token := signedJWT(fmt.Sprintf(`{"iss":"shop","aud":"docs","sub":"ada","exp":%d,"plan":"pro","email":"ada@example.com"}`, time.Now().Add(time.Hour).Unix()))
	ada := caller{"ada", docent.DefaultSite, f.url, map[string]string{"Authorization": "Bearer " + token}, false}
	session, _, _ := ada.ask(t, `{`+portQuestion+`,"metadata":{"page":"billing","other":"unnamed"}}`)
	asked := fmt.Sprint(model.Requests()[0].Messages)
	if !strings.Contains(asked, `The reader's plan is "pro", on the page "billing".`) {
		t.Errorf("%s", asked)
	}
	for _, hidden := range []string{"ada@example.com", "unnamed", "shop:ada"} {
		if strings.Contains(asked, hidden) {
			t.Errorf("%q is in %s", hidden, asked)
		}
	}
	bob := ada
	bob.headers = map[string]string{"Authorization": "Bearer " + signedJWT(fmt.Sprintf(`{"iss":"shop","aud":"docs","sub":"bob","exp":%d}`, time.Now().Add(time.Hour).Unix()))}
	if r := bob.do(t, "GET", "/api/v1/sessions/"+session, ""); r.status != 404 {
		t.Errorf("another subject: %d %s", r.status, r.body)
	}
}

// TestARevokedKeyIsRefusedAtOnce, by a server that runs meanwhile.
func TestARevokedKeyIsRefusedAtOnce(t *testing.T) {
	f := twoSites(t)
	key := addKey(t, f.cfg, access.Key{Site: "a", Scopes: []string{access.ScopeSearch}})
	program := caller{"a program", "a", f.url, map[string]string{"Authorization": "Bearer " + key}, false}
	if r := program.do(t, "GET", "/api/v1/search?q=port", ""); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if err := f.conversations.RevokeKey(t.Context(), "a", strings.Split(key, "_")[1], time.Now()); err != nil {
		t.Fatal(err)
	}
	if r := program.do(t, "GET", "/api/v1/search?q=port", ""); r.status != 401 || !strings.Contains(r.body, "revoked") {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestATokenSurvivesARestart: the secret in the data folder signs for the next
// server, too, until another one takes its place.
func TestATokenSurvivesARestart(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.CORS.AllowedOrigins = t.TempDir(), []string{"https://docs.example.com"}
	ask := func(f *fixture, token string) int {
		c := caller{"a reader", docent.DefaultSite, f.url, map[string]string{"Origin": "https://docs.example.com", "Authorization": "Bearer " + token}, false}
		return c.do(t, "GET", "/api/v1/sessions", "").status
	}
	first := serve(t, cfg)
	token := caller{"a reader", docent.DefaultSite, first.url, map[string]string{"Origin": "https://docs.example.com"}, false}.mint(t, docent.DefaultSite)
	if got := ask(first, token); got != http.StatusOK {
		t.Fatal(got)
	}
	if got := ask(serve(t, cfg), token); got != http.StatusOK {
		t.Errorf("after a restart: %d", got)
	}
	cfg.Auth.Secret = []string{strings.Repeat("another secret ", 3)}
	if got := ask(serve(t, cfg), token); got != http.StatusUnauthorized {
		t.Errorf("with another secret: %d", got)
	}
}
