package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/access"
)

func open(c *Config) { c.Auth.OpenToEveryone = true }

// subject asks and gives who asked, and the cookie that was set.
func subject(t *testing.T, r *rig, headers ...string) (string, *http.Cookie) {
	t.Helper()
	w := r.do("POST", "/api/v1/chat", `{"message":"a","stream":false}`, headers...)
	if len(r.answers.askers) == 0 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	last := r.answers.askers[len(r.answers.askers)-1]
	if cookies := w.Result().Cookies(); len(cookies) == 1 {
		return last.Subject, cookies[0]
	}
	return last.Subject, nil
}

func visitorRig(t *testing.T, change func(*Config)) *rig {
	r := newRig(t, func(c *Config) {
		open(c)
		if change != nil {
			change(c)
		}
	})
	wholeAnswer(r.answers)
	return r
}

func TestEveryCallerOfALocalServerIsLocal(t *testing.T) {
	r := newRig(t, nil)
	wholeAnswer(r.answers)
	if got, cookie := subject(t, r, "Authorization", "Bearer whatever"); got != access.LocalSubject || cookie != nil {
		t.Errorf("subject %q, cookie %v", got, cookie)
	}
}

func TestAVisitorIsKnownAgainByTheCookie(t *testing.T) {
	r := visitorRig(t, func(c *Config) { c.Server.PublicURL = "https://d.example/ask" })
	first, cookie := subject(t, r)
	if cookie == nil {
		t.Fatal("no cookie")
	}
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/ask/" || cookie.MaxAge != 30*24*3600 {
		t.Errorf("cookie %s", cookie)
	}
	if !strings.HasPrefix(first, "anon_") || strings.Contains(first, cookie.Value[4:28]) {
		t.Errorf("subject %q of %q: it must not tell the token", first, cookie.Value)
	}
	again, more := subject(t, r, "Cookie", visitorCookie+"="+cookie.Value)
	if again != first || more != nil {
		t.Errorf("subject %q, then %q, cookie %v", first, again, more)
	}
	if other, _ := subject(t, r); other == first {
		t.Error("two visitors are one subject")
	}
}

func TestAVisitorWithoutCookiesUsesAToken(t *testing.T) {
	r := visitorRig(t, nil)
	w := r.do("POST", "/api/v1/token", `{"site":""}`)
	var got struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || w.Header().Get("Set-Cookie") != "" {
		t.Fatalf("%d %s %v", w.Code, w.Body, w.Header())
	}
	if left := time.Until(got.ExpiresAt); left < 29*24*time.Hour || left > 30*24*time.Hour {
		t.Errorf("it is valid for %s", left)
	}
	first, cookie := subject(t, r, "Authorization", "Bearer "+got.Token)
	again, _ := subject(t, r, "Authorization", "Bearer "+got.Token)
	if first != again || cookie != nil || first == "" {
		t.Errorf("subjects %q and %q, cookie %v", first, again, cookie)
	}
	if w := r.do("POST", "/api/v1/token", ""); w.Code != 200 {
		t.Errorf("without a body: %d", w.Code)
	}
	wantProblem(t, r.do("POST", "/api/v1/token", `{"site":"other"}`), 422, docent.CodeInvalid, "site")
}

func TestATokenThatIsNotOursIsRefused(t *testing.T) {
	r := visitorRig(t, nil)
	now := time.Now()
	token, _ := newVisitor(now)
	old, _ := newVisitor(now.Add(-visitorTime - time.Minute))
	future, _ := newVisitor(now.Add(time.Hour)) // would be valid for longer than any
	for _, sent := range []string{
		"Bearer " + old, "Bearer " + future, "Bearer ", "Bearer x", "Basic " + token, "Bearer sk-123", "Bearer vis_" + strings.Repeat("a", 24), "Bearer " + token[4:],
	} {
		w := r.do("GET", "/api/v1/sessions", "", "Authorization", sent)
		wantProblem(t, w, 401, docent.CodeUnauthorized)
		if w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%q: no WWW-Authenticate", sent)
		}
	}
	for _, sent := range []string{old, future, "x"} {
		if _, cookie := subject(t, r, "Cookie", visitorCookie+"="+sent); cookie == nil {
			t.Errorf("the cookie %q was taken", sent)
		}
	}
}

func TestAnotherIdentityTakesOver(t *testing.T) {
	who := access.Principal{Site: "docs", Subject: "ada"}
	r := newRigWith(t, nil, func(req *http.Request) (access.Principal, []*http.Cookie, error) {
		if req.Header.Get("X-Who") == "" {
			return access.Principal{}, nil, docent.Errorf(docent.CodeUnauthorized, "who are you")
		}
		return who, nil, nil
	})
	wholeAnswer(r.answers)
	wantProblem(t, r.do("GET", "/api/v1/sessions", ""), 401, docent.CodeUnauthorized)
	if got, _ := subject(t, r, "X-Who", "ada", "Origin", "http://localhost:8000"); got != "ada" {
		t.Errorf("subject %q", got)
	}
	if got := r.answers.askers[0].Origin; got != "http://localhost:8000" {
		t.Errorf("origin %q", got)
	}
}

func TestAClientsAddressIsItsOwn(t *testing.T) {
	for _, c := range []struct {
		proxies           []string
		remote, forwarded string
		want              string
	}{
		{nil, "203.0.113.9:1", "", "203.0.113.9"},
		{nil, "127.0.0.1:1", "198.51.100.1", "127.0.0.1"}, // nobody is trusted
		{[]string{"10.0.0.0/8"}, "10.1.2.3:1", "198.51.100.1", "198.51.100.1"},
		{[]string{"10.0.0.0/8"}, "10.1.2.3:1", "1.1.1.1, 198.51.100.1", "198.51.100.1"}, // the left is the client's own word
		{[]string{"10.1.2.3"}, "10.1.2.4:1", "198.51.100.1", "10.1.2.4"},
		{[]string{"10.0.0.0/8"}, "127.0.0.1:1", "198.51.100.1", "127.0.0.1"}, // not even loopback, unless named
		{[]string{"::1"}, "[::1]:1", "2001:db8::1", "2001:db8::1"},
	} {
		nets, err := parseProxies(c.proxies)
		if err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequest("GET", "/", nil)
		req.RemoteAddr = c.remote
		if c.forwarded != "" {
			req.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := clientAddress(nets)(req); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
