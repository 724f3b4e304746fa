package web

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
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
	synctest.Test(t, func(t *testing.T) {
		r := visitorRig(t, func(c *Config) { c.Server.PublicURL = "https://d.example/ask" })
		first, cookie := subject(t, r)
		if cookie == nil {
			t.Fatal("no cookie")
		}
		if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/ask/" || cookie.MaxAge != 25*3600 {
			t.Errorf("cookie %s", cookie)
		}
		if !strings.HasPrefix(first, "anon_") {
			t.Errorf("subject %q", first)
		}
		own := []string{"Origin", "https://d.example", "Host", "d.example"}
		again, more := subject(t, r, append(own, "Cookie", access.VisitorCookie+"="+cookie.Value)...)
		if again != first || more != nil {
			t.Errorf("subject %q, then %q, cookie %v", first, again, more)
		}
		time.Sleep(2 * time.Hour) // the token has ended, and is renewed
		again, more = subject(t, r, append(own, "Cookie", access.VisitorCookie+"="+cookie.Value)...)
		if again != first || more == nil || more.Value == cookie.Value {
			t.Errorf("subject %q, later %q, cookie %v", first, again, more)
		}
		time.Sleep(26 * time.Hour)
		if again, _ = subject(t, r, append(own, "Cookie", access.VisitorCookie+"="+cookie.Value)...); again == first {
			t.Error("the visitor is known for ever")
		}
		if other, _ := subject(t, r); other == first {
			t.Error("two visitors are one subject")
		}
	})
}

// TestAForeignPageDoesNothingWithAVisitorsCookie: browsers say the Origin of a
// request that changes something. A program that keeps cookies says none.
func TestAForeignPageDoesNothingWithAVisitorsCookie(t *testing.T) {
	r := visitorRig(t, nil)
	r.watched = r.Handler // the fake store knows the local subject alone
	first, cookie := subject(t, r)
	sent := access.VisitorCookie + "=" + cookie.Value
	if again, more := subject(t, r, "Cookie", sent); again != first || more != nil {
		t.Errorf("a program is %q, then %q, cookie %v", first, again, more)
	}
	for _, origin := range []string{"https://evil.example", "null"} {
		wantProblem(t, r.do("POST", "/api/v1/chat", `{"message":"a"}`, "Cookie", sent, "Origin", origin), 403, docent.CodeForbidden, origin)
	}
	if w := r.do("GET", "/api/v1/sessions", "", "Cookie", sent); w.Header().Get("Set-Cookie") != "" {
		t.Errorf("reading: %d %v", w.Code, w.Header())
	}
}

// given is the answer of POST /api/v1/token.
type given struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
	ExpiresIn int       `json:"expires_in"`
}

func mint(t *testing.T, r *rig, body string, headers ...string) given {
	t.Helper()
	w := r.do("POST", "/api/v1/token", body, headers...)
	var g given
	if err := json.Unmarshal(w.Body.Bytes(), &g); err != nil || w.Code != 200 || w.Header().Get("Set-Cookie") != "" {
		t.Fatalf("%d %s %v", w.Code, w.Body, w.Header())
	}
	return g
}

// docsSite is a site with a page that may call, and no login for the widget.
var docsSite = access.Site{Name: "docs", Key: "pk_docs", Origins: []string{"https://docs.example"}}

var blogSite = access.Site{Name: "blog", Origins: []string{"https://blog.example"}, Public: []string{"search"}}

func TestAPageOfASiteGetsATokenForAVisitor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRigWith(t, nil, nil, docsSite, blogSite)
		wholeAnswer(r.answers)
		page := []string{"Origin", "https://docs.example"}
		g := mint(t, r, `{"site":"pk_docs"}`, page...)
		if left := time.Until(g.ExpiresAt); left != time.Hour || g.ExpiresIn != 3600 {
			t.Errorf("it is good for %s, %d s", left, g.ExpiresIn)
		}
		first, cookie := subject(t, r, append(page, "Authorization", "Bearer "+g.Token)...)
		if p := r.answers.askers[0]; cookie != nil || p.Site != "docs" || p.Origin != page[1] || !p.Visitor() {
			t.Errorf("cookie %v, %+v", cookie, p)
		}
		time.Sleep(2 * time.Hour)
		wantProblem(t, r.do("GET", "/api/v1/sessions", "", append(page, "Authorization", "Bearer "+g.Token)...), 401, docent.CodeUnauthorized, "expired", "/api/v1/token")
		renewed := mint(t, r, `{"site":"pk_docs"}`, append(page, "Authorization", "Bearer "+g.Token)...)
		if again, _ := subject(t, r, append(page, "Authorization", "Bearer "+renewed.Token)...); again != first {
			t.Errorf("renewed for %q, not %q", again, first)
		}
		if other, _ := subject(t, r, append(page, "Authorization", "Bearer "+mint(t, r, "", page...).Token)...); other == first {
			t.Error("two visitors are one subject")
		}
	})
}

func TestTokensAreRefusedByName(t *testing.T) {
	r := newRigWith(t, nil, nil, docsSite, blogSite)
	for _, c := range []struct {
		body, origin string
		status       int
		code         docent.Code
		words        string
	}{
		{`{"site":"pk_docs"}`, "https://evil.example", 403, docent.CodeForbidden, "https://evil.example"},
		{`{"site":"pk_docs"}`, "https://blog.example", 403, docent.CodeForbidden, "https://blog.example"},
		{`{"site":"pk_docs"}`, "", 403, docent.CodeForbidden, "Origin"},
		{`{"site":"docs"}`, "https://docs.example", 422, docent.CodeInvalid, "site"},
		{`{"site":"blog"}`, "https://blog.example", 401, docent.CodeUnauthorized, "no visitors"},
		{`{"site":1}`, "https://docs.example", 422, docent.CodeInvalid, "site"},
		{`[]`, "https://docs.example", 422, docent.CodeInvalid, "object"},
	} {
		headers := []string{}
		if c.origin != "" {
			headers = []string{"Origin", c.origin}
		}
		wantProblem(t, r.do("POST", "/api/v1/token", c.body, headers...), c.status, c.code, c.words)
		if c.code == docent.CodeForbidden && c.origin != "" && !strings.Contains(r.log.String(), c.origin) {
			t.Errorf("%s is not in the log", c.origin)
		}
	}
}

func TestATokenOfOneSiteIsNoneOfAnother(t *testing.T) {
	open := blogSite
	open.Public = nil
	r := newRigWith(t, nil, nil, docsSite, open)
	g := mint(t, r, `{"site":"blog"}`, "Origin", "https://blog.example")
	auth := []string{"Authorization", "Bearer " + g.Token}
	if w := r.do("GET", "/api/v1/search?q=x", "", append(auth, "Origin", "https://blog.example")...); w.Code != 200 || r.search.asked.Site != "blog" {
		t.Errorf("%d, site %q", w.Code, r.search.asked.Site)
	}
	for _, origin := range []string{"https://docs.example", "http://localhost:8000"} {
		w := r.do("GET", "/api/v1/search?q=x&site=pk_docs", "", append(auth, "Origin", origin)...)
		if w.Code != 401 && w.Code != 403 {
			t.Errorf("from %s: %d %s", origin, w.Code, w.Body)
		}
	}
}

func TestWhatIsNotPublicAsksWhoYouAre(t *testing.T) {
	r := newRigWith(t, nil, nil, docsSite, blogSite)
	w := r.do("GET", "/api/v1/sessions?site=pk_docs", "")
	wantProblem(t, w, 401, docent.CodeUnauthorized)
	if w.Header().Get("WWW-Authenticate") != "Bearer" || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("%v", w.Header())
	}
	for target, site := range map[string]string{"/api/v1/search?q=x&site=pk_docs": "docs", "/api/v1/search?q=x&site=blog": "blog"} {
		if w := r.do("GET", target, ""); w.Code != 200 || r.search.asked.Site != site {
			t.Errorf("%s: %d %q %s", target, w.Code, r.search.asked.Site, w.Body)
		}
	}
	wantProblem(t, r.do("GET", "/api/v1/search?q=x&site=none", ""), 422, docent.CodeInvalid, "site")
	private := docsSite
	private.Public = []string{}
	r = newRigWith(t, nil, nil, private)
	for _, target := range []string{"/api/v1/search?q=x", "/docs/manual/a"} {
		wantProblem(t, r.do("GET", target, ""), 401, docent.CodeUnauthorized)
	}
}

func TestAKeyWithoutTheScopeIsToldWhichOne(t *testing.T) {
	r := newRigWith(t, nil, nil, docsSite)
	key := r.key("docs", access.ScopeSearch)
	if w := r.do("GET", "/api/v1/search?q=x", "", "Authorization", key); w.Code != 200 || r.search.asked.Site != "docs" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := r.do("GET", "/api/v1/sessions", "", "Authorization", key)
	wantProblem(t, w, 403, docent.CodeForbidden, `scope \"chat\"`)
	if got := w.Header().Get("WWW-Authenticate"); got != `Bearer error="insufficient_scope", scope="chat"` {
		t.Errorf("WWW-Authenticate: %s", got)
	}
}

func TestCredentialsThatAreNotOursAreRefused(t *testing.T) {
	r := visitorRig(t, nil)
	token := mint(t, r, "").Token
	for _, sent := range []string{
		"Bearer ", "Bearer x", "Basic " + token, "Bearer sk-123", "Bearer dwt_" + strings.Repeat("a", 2000), "Bearer " + token[4:], "Bearer " + token + "x",
		"Bearer dk_aaaaaaaaaa_b", "Bearer e30.e30.", "Bearer " + strings.Repeat("a.", 40000),
	} {
		w := r.do("GET", "/api/v1/sessions", "", "Authorization", sent)
		wantProblem(t, w, 401, docent.CodeUnauthorized)
		if w.Header().Get("WWW-Authenticate") != `Bearer error="invalid_token"` {
			t.Errorf("%q: WWW-Authenticate %q", sent, w.Header().Get("WWW-Authenticate"))
		}
		if len(sent) > 20 && strings.Contains(r.log.String(), sent[7:]) {
			t.Errorf("%q is in the log", sent)
		}
	}
	req := httptest.NewRequest("GET", "/api/v1/sessions", nil)
	req.Header["Authorization"] = []string{"Bearer " + token, "Bearer " + token}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	wantProblem(t, w, 400, docent.CodeMalformed, "two Authorization headers")
}

func TestWhoIsRefusedIsCountedToo(t *testing.T) {
	r := newRigWith(t, func(c *Config) { c.Limits.RequestsPerMinute = 2 }, nil, docsSite)
	codes := ""
	for range 3 {
		codes += http.StatusText(r.do("GET", "/api/v1/sessions", "", "Authorization", "Bearer dk_guess").Code) + " "
	}
	if codes != "Unauthorized Unauthorized Too Many Requests " {
		t.Error(codes)
	}
}

func TestATokenMayCostWork(t *testing.T) {
	r := newRigWith(t, func(c *Config) { c.Auth.ProofOfWork = 8 }, nil, docsSite)
	page := []string{"Origin", "https://docs.example"}
	w := r.do("POST", "/api/v1/token", `{}`, page...)
	wantProblem(t, w, 403, docent.CodeForbidden, "proof of work")
	challenge := problemOf(t, w).Challenge
	if challenge == nil || challenge.Bits != 8 {
		t.Fatalf("%s", w.Body)
	}
	n := 0
	for ; sha256.Sum256(fmt.Appendf(nil, "%s.%d", challenge.Value, n))[0] != 0; n++ {
	}
	solved := fmt.Sprintf(`{"challenge":%q,"solution":"%d"}`, challenge.Value, n)
	first := mint(t, r, solved, page...)
	wantProblem(t, r.do("POST", "/api/v1/token", solved, page...), 403, docent.CodeForbidden, "used before")
	mint(t, r, "", append(page, "Authorization", "Bearer "+first.Token)...) // who is known works no more
}

func TestAnotherIdentityTakesOver(t *testing.T) {
	who := access.Principal{Site: "docs", Subject: "ada", Scopes: []string{access.ScopeChat}}
	r := newRigWith(t, nil, func(req *http.Request) (access.Principal, error) {
		switch req.Header.Get("X-Who") {
		case "":
			return access.Principal{}, docent.Errorf(docent.CodeUnauthorized, "who are you")
		case "nobody":
			return access.Principal{Scopes: access.AllScopes()}, nil
		}
		return who, nil
	})
	wholeAnswer(r.answers)
	wantProblem(t, r.do("GET", "/api/v1/sessions", ""), 401, docent.CodeUnauthorized)
	if got, _ := subject(t, r, "X-Who", "ada", "Origin", "http://localhost:8000"); got != "ada" {
		t.Errorf("subject %q", got)
	}
	if got := r.answers.askers[0].Origin; got != "http://localhost:8000" {
		t.Errorf("origin %q", got)
	}
	wantProblem(t, r.do("GET", "/api/v1/search?q=x", "", "X-Who", "ada"), 403, docent.CodeForbidden, "search")
	wantProblem(t, r.do("GET", "/api/v1/sessions", "", "X-Who", "nobody"), 401, docent.CodeUnauthorized)
	if w := r.do("GET", "/api/v1/search?q=x", "", "X-Who", "nobody"); w.Code != 200 {
		t.Errorf("searching: %d", w.Code)
	}
	wantProblem(t, r.do("POST", "/api/v1/token", ""), 404, docent.CodeNotFound)
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
