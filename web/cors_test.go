package web

import (
	"strings"
	"testing"

	"docent"
)

func TestOrigins(t *testing.T) {
	listed := func(c *Config) {
		c.CORS.AllowedOrigins = []string{"https://Docs.example.com:443/", "http://localhost:3000"}
		c.Server.PublicURL = "https://ask.example.com/x"
		c.Auth.OpenToEveryone = true
	}
	anyone := func(c *Config) { c.CORS.AllowedOrigins, c.Auth.OpenToEveryone = []string{"*"}, true }
	preview := func(c *Config) {
		c.CORS.AllowedOrigins, c.Auth.OpenToEveryone = []string{"https://deploy-*--docs.netlify.app"}, true
	}
	for _, c := range []struct {
		name, origin, host string
		config             func(*Config)
		allowed            string // Access-Control-Allow-Origin; "" is refused
		credentials        string
	}{
		{"listed", "https://docs.example.com", "h", listed, "https://docs.example.com", "true"},
		{"listed with a port", "http://localhost:3000", "h", listed, "http://localhost:3000", "true"},
		{"the public address", "https://ask.example.com", "h", listed, "https://ask.example.com", "true"},
		{"the request's own host", "http://h:8000", "h:8000", listed, "http://h:8000", "true"},
		{"a preview", "https://deploy-7--docs.netlify.app", "h", preview, "https://deploy-7--docs.netlify.app", ""},
		{"another's preview", "https://deploy-7--other.netlify.app", "h", preview, "", ""},
		{"the public host without TLS", "http://ask.example.com", "ask.example.com", listed, "", ""},
		{"another port", "http://localhost:3001", "h", listed, "", ""},
		{"another scheme", "http://docs.example.com", "h", listed, "", ""},
		{"a longer host", "https://docs.example.com.evil.example", "h", listed, "", ""},
		{"a subdomain", "https://a.docs.example.com", "h", listed, "", ""},
		{"null", "null", "h", listed, "", ""},
		{"null by default", "null", "localhost", nil, "", ""},
		{"a line break", "https://a\r\nX: y", "localhost", nil, "", ""},
		{"any", "https://other.example", "localhost", anyone, "*", ""},
		{"own beside any", "http://localhost", "localhost", anyone, "http://localhost", "true"},
		{"none by default", "https://other.example", "localhost", nil, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, c.config)
			wholeAnswer(r.answers)
			ask := r.do("POST", "/api/v1/chat", `{"message":"a"}`, "Origin", c.origin, "Host", c.host)
			asked := len(r.answers.asked)
			preflight := r.do("OPTIONS", "/api/v1/chat", "", "Origin", c.origin, "Host", c.host, "Access-Control-Request-Method", "POST")
			if c.allowed == "" {
				wantProblem(t, ask, 403, docent.CodeForbidden, "cors.allowed_origins")
				wantProblem(t, preflight, 403, docent.CodeForbidden)
				if asked > 0 || ask.Header().Get("Access-Control-Allow-Origin") != "" {
					t.Error("it was asked all the same")
				}
				if c.origin == "https://other.example" && (!strings.Contains(ask.Body.String(), c.origin) || !strings.Contains(r.log.String(), c.origin)) {
					t.Errorf("the origin is not named: %s, log %s", ask.Body, r.log)
				}
				return
			}
			if ask.Code != 200 || asked != 1 || preflight.Code != 204 || preflight.Body.Len() > 0 {
				t.Fatalf("asking %d, preflight %d %s", ask.Code, preflight.Code, ask.Body)
			}
			for _, w := range []struct{ name, got, want string }{
				{"origin", ask.Header().Get("Access-Control-Allow-Origin"), c.allowed},
				{"credentials", ask.Header().Get("Access-Control-Allow-Credentials"), c.credentials},
				{"exposed", ask.Header().Get("Access-Control-Expose-Headers"), "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"},
				{"vary", ask.Header().Get("Vary"), "Origin"},
				{"preflight's origin", preflight.Header().Get("Access-Control-Allow-Origin"), c.allowed},
				{"headers", preflight.Header().Get("Access-Control-Allow-Headers"), "Authorization, Content-Type, Last-Event-ID, Idempotency-Key, Accept-Language, traceparent"},
				{"methods", preflight.Header().Get("Access-Control-Allow-Methods"), "GET, POST, PUT, PATCH, DELETE, OPTIONS"},
			} {
				if w.got != w.want {
					t.Errorf("%s: %q, want %q", w.name, w.got, w.want)
				}
			}
		})
	}
}

func TestPreflightsAreAnsweredBeforeIdentityAndLimits(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.CORS.AllowedOrigins = []string{"https://d.example"}
		c.Limits.RequestsPerMinute = 1
		c.Auth.OpenToEveryone = true
	})
	for range 5 {
		w := r.do("OPTIONS", "/api/v1/sessions", "", "Origin", "https://d.example", "Access-Control-Request-Method", "GET", "Authorization", "Bearer wrong")
		if w.Code != 204 || w.Header().Get("Set-Cookie") != "" || w.Header().Get("RateLimit") != "" {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
	}
}

// TestErrorsAreReadableByAllowedPages: without the header a browser hides even
// the reason from its page.
func TestErrorsAreReadableByAllowedPages(t *testing.T) {
	r := newRig(t, func(c *Config) { c.CORS.AllowedOrigins = []string{"https://d.example"} })
	for _, target := range []string{"/api/v1/none", "/api/v1/sessions/ses_x", "/api/v1/search"} {
		w := r.do("GET", target, "", "Origin", "https://d.example")
		if w.Code < 400 || w.Header().Get("Access-Control-Allow-Origin") != "https://d.example" {
			t.Errorf("%s: %d %v", target, w.Code, w.Header())
		}
	}
}

// TestForeignNamesOfALocalServerAreRefused is against DNS rebinding: a page
// whose own name was made to resolve to this machine sends no Origin at all.
func TestForeignNamesOfALocalServerAreRefused(t *testing.T) {
	public := func(c *Config) { c.Server.PublicURL = "https://ask.example.com" }
	for host, status := range map[string]int{
		"localhost:8000": 200, "LOCALHOST": 200, "docs.localhost": 200, "127.0.0.1:8000": 200, "[::1]:8000": 200, "192.168.1.7:8000": 200,
		"ask.example.com": 200, "ask.example.com:443": 200, "evil.example:8000": 403, "localhost.evil.example": 403, "": 403,
	} {
		for _, path := range []string{"/api/v1/sessions", "/docs/manual/a"} {
			if w := newRig(t, public).do("GET", path, "", "Host", host); w.Code != status {
				t.Errorf("%q%s: %d, want %d", host, path, w.Code, status)
			}
		}
	}
	open := newRig(t, func(c *Config) { c.Auth.OpenToEveryone = true })
	if w := open.do("GET", "/api/v1/search?q=x", "", "Host", "any.example"); w.Code != 200 {
		t.Errorf("open to everyone: %d", w.Code)
	}
}
