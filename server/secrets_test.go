package server

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"docent"
	"docent/access"
	"docent/llm/llmtest"
)

// lockedLog is a log that many goroutines write.
type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// plantSecrets puts a secret into every setting that is one.
func plantSecrets(c *Config) (planted []string) {
	plant := func(name string) string {
		planted = append(planted, "planted-"+name+"-secret-of-more-than-32-characters")
		return planted[len(planted)-1]
	}
	c.Model.APIKey = plant("model")
	c.Embedding.APIKey = plant("embedding")
	c.Qdrant.APIKey = plant("qdrant")
	c.ChatKit.Transcribe.APIKey = plant("transcription")
	c.Auth.Secret = []string{plant("signing"), plant("former")}
	c.Auth.Issuers = []access.IssuerConfig{{Name: "shop", Issuer: "shop", Audience: "docs", Secret: plant("issuer")}}
	return planted
}

// TestNoSecretLeavesTheServer plants secrets in every setting that is one, and
// in every way that a request has to bring one, drives every route with them,
// while the model's server repeats its key in its errors, and looks for them in
// every answer and in the whole log.
func TestNoSecretLeavesTheServer(t *testing.T) {
	model := llmtest.For(t)
	cfg := Defaults()
	planted := plantSecrets(&cfg)
	model.Answer(func(llmtest.Request) llmtest.Reply {
		return llmtest.Fail(401, "invalid_api_key", "Incorrect API key provided: "+cfg.Model.APIKey)
	})
	cfg.DataDir, cfg.Model.Retries, cfg.Auth.OpenToEveryone, cfg.LogLevel = t.TempDir(), 0, true, "debug"
	withModel(model)(&cfg)
	cfg.ChatKit.Transcribe.BaseURL, cfg.ChatKit.Transcribe.Model = model.URL, "ears"
	model.AnswerTranscriptions(func(llmtest.TranscriptionRequest) llmtest.Reply {
		return llmtest.Fail(401, "invalid_api_key", "Incorrect API key provided: "+cfg.ChatKit.Transcribe.APIKey)
	})
	ingestManual(t, cfg)
	log := &lockedLog{}
	srv, err := New(cfg, WithLogger(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(srv.Handler())
	defer h.Close()
	someone := caller{"someone", docent.DefaultSite, h.URL, nil, false}
	token := someone.mint(t, docent.DefaultSite)
	key := addKey(t, cfg, access.Key{Scopes: []string{access.ScopeChat, access.ScopeSearch}})
	weak := addKey(t, cfg, access.Key{Scopes: []string{access.ScopeIngest}})
	secrets := append(planted, token, token[20:60], key, key[15:50], weak[15:50])
	var answers []string
	for _, sent := range credentialsOf(token, key, weak) {
		who := caller{"someone", docent.DefaultSite, h.URL, sent, false}
		session, question, message := "ses_x", "msg_x", "msg_y"
		if sent["works"] != "" {
			delete(sent, "works")
			session, question, message = who.ask(t, `{"message":"How do I change the port?","stream":false}`)
		}
		v := victim{caller: who, session: session, question: question, answer: message, running: session, making: message}
		for _, route := range srv.handler.Routes() {
			for _, a := range attacks[route.Method+" "+route.Path](v) {
				r := who.do(t, route.Method, a.path, a.body, a.headers...)
				answers = append(answers, fmt.Sprint(route.Method, a.path, r.status, withoutCookies(r.header), r.body))
			}
		}
		r := who.do(t, "POST", "/api/v1/token", `{"site":"`+planted[0]+`","challenge":"`+planted[1]+`","solution":"`+planted[2]+`"}`)
		answers = append(answers, r.body)
	}
	h.Close() // every line is written
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if len(answers) < 100 || !strings.Contains(log.String(), "model") {
		t.Fatalf("only %d answers, and the log %s", len(answers), log)
	}
	for _, secret := range append(secrets, "cookie-secret", "header-secret") {
		for _, line := range append(answers, strings.Split(log.String(), "\n")...) {
			if strings.Contains(line, secret) {
				t.Errorf("%s is in %s", secret, line)
			}
		}
	}
	for _, f := range Doctor(t.Context(), cfg) {
		for _, secret := range secrets {
			if strings.Contains(fmt.Sprint(f), secret) {
				t.Errorf("%s is in %+v", secret, f)
			}
		}
	}
}

// credentialsOf are the ways in which a request can bring a secret; "works"
// marks those that are believed.
func credentialsOf(token, key, weak string) []map[string]string {
	return []map[string]string{
		{"Authorization": "Bearer " + token, "works": "yes"},
		{"Authorization": "Bearer " + key, "works": "yes"},
		{"Authorization": "Bearer " + weak},
		{"Authorization": "Bearer " + token + "x"},
		{"Authorization": "Bearer " + key[:len(key)-1]},
		{"Authorization": "Basic header-secret"},
		{"Authorization": "Bearer header-secret.header-secret.header-secret"},
		{"Cookie": access.VisitorCookie + "=cookie-secret; session=cookie-secret"},
		{"Cookie": access.VisitorCookie + "=" + token, "Origin": "https://evil.example", "X-Api-Key": "header-secret"},
	}
}

// withoutCookies are an answer's headers but for the one that hands a token out.
func withoutCookies(head http.Header) http.Header {
	head = head.Clone()
	head.Del("Set-Cookie")
	return head
}
