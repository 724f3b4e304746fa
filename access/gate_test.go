package access

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestWithoutCredentialsWhatIsPublicIsOpen(t *testing.T) {
	for _, tt := range []struct {
		public []string
		open   bool
		opens  string
	}{
		{nil, false, "widget search"},
		{[]string{}, false, ""},
		{[]string{SurfaceChat, SurfaceMCP}, false, "chat mcp"},
		{[]string{}, true, "widget search chat chatkit openai mcp"},
	} {
		cfg := settings()
		cfg.OpenToEveryone = tt.open
		g := newGateOf(t, newWatch(), cfg, []Site{{Name: "default", Public: tt.public}}, nil)
		for _, surface := range append(AllSurfaces(), "", "admin") {
			p, err := g.Identify(t.Context(), Call{Surface: surface})
			want := slices.Contains(strings.Fields(tt.opens), surface) || tt.open
			if (err == nil) != want || err != nil && docent.CodeOf(err) != docent.CodeUnauthorized {
				t.Errorf("public %v, open %v, %q: %v", tt.public, tt.open, surface, err)
			}
			if p.Subject != "" || p.May(ScopeIngest) || p.May(ScopeAdmin) || err == nil && surface == SurfaceSearch && p.May(ScopeChat) {
				t.Errorf("public %v, %q makes %+v", tt.public, surface, p)
			}
		}
	}
}

func TestOnLoopbackWithNothingConfiguredEveryoneIsLocal(t *testing.T) {
	quiet := []Site{{Name: "default"}}
	g := newGateOf(t, newWatch(), settings(), quiet, nil, OnLoopback())
	for _, c := range []Call{{}, reader(), Call{Authorization: []string{"Basic eDp5", "x"}}, Call{}.with("dk_nonsense")} {
		want := Local()
		want.Origin = c.Origin
		if p, err := g.Identify(t.Context(), c); err != nil || cmp.Diff(want, p) != "" {
			t.Errorf("%+v, %v", p, err)
		}
	}
	revoked := &heldKeys{}
	revoked.add(func(k *Key) { k.RevokedAt = noon })
	issuers, open := settings(), settings()
	issuers.Issuers = []IssuerConfig{{Name: "own", Issuer: "us", Secret: testSecret}}
	open.OpenToEveryone = true
	for name, g := range map[string]*Gate{
		"beyond loopback":      newGateOf(t, newWatch(), settings(), quiet, nil),
		"with origins":         newGate(t, newWatch(), settings(), nil, OnLoopback()),
		"with an issuer":       newGateOf(t, newWatch(), issuers, quiet, nil, OnLoopback()),
		"open to everyone":     newGateOf(t, newWatch(), open, quiet, nil, OnLoopback()),
		"with a key, once":     newGateOf(t, newWatch(), settings(), quiet, revoked, OnLoopback()),
		"without sites at all": newGateOf(t, newWatch(), open, nil, nil, OnLoopback()),
	} {
		if p, err := g.Identify(t.Context(), Call{Surface: SurfaceSearch}); g.Local() || p.Subject == LocalSubject {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if g.Configured() != (name != "beyond loopback") {
			t.Errorf("%s: configured is %v", name, g.Configured())
		}
	}
}

func TestOddAuthorizationHeadersAreRefused(t *testing.T) {
	keys := &heldKeys{}
	shown, _ := keys.add(nil)
	g := newGate(t, newWatch(), settings(), keys)
	for _, headers := range [][]string{{"Bearer " + shown, "Bearer " + shown}, {"Bearer " + shown, ""}, {"Basic eDp5", "Bearer " + shown}} {
		_, err := g.Identify(t.Context(), Call{Authorization: headers, Surface: SurfaceSearch})
		wantRefused(t, err, docent.CodeMalformed, "two Authorization headers")
	}
	for _, header := range []string{"", " ", "Bearer", "Bearer ", "Basic " + shown, shown, "Bearer\x00" + shown, "Token " + shown, "BearerBearer " + shown, strings.Repeat("Bearer", 1<<16)} {
		_, err := g.Identify(t.Context(), Call{Authorization: []string{header}, Surface: SurfaceSearch})
		if docent.CodeOf(err) != docent.CodeUnauthorized || strings.Contains(err.Error(), shown) {
			t.Errorf("%q: %v", clip(header), err)
		}
	}
}

// TestCredentialsCountFromTheirSitesPagesOnly swaps keys and pages of two sites.
func TestCredentialsCountFromTheirSitesPagesOnly(t *testing.T) {
	keys := &heldKeys{}
	here, _ := keys.add(nil)
	there, _ := keys.add(func(k *Key) { k.Site = "other" })
	g := newGate(t, newWatch(), settings(), keys)
	for _, tt := range []struct {
		key, origin string
		own, ok     bool
	}{
		{here, "https://docs.example.com", false, true},
		{here, "https://other.example.org", false, false},
		{there, "https://other.example.org", false, true},
		{there, "https://docs.example.com", false, false},
		{here, "https://evil.example.net", false, false},
		{here, "null", false, false},
		{here, "", false, true},
		{there, "https://ask.example.com", true, true},
	} {
		p, err := g.Identify(t.Context(), Call{Origin: tt.origin, Own: tt.own}.with(tt.key))
		if (err == nil) != tt.ok {
			t.Errorf("from %q: %+v, %v", tt.origin, p, err)
		}
		if err != nil && (docent.CodeOf(err) != docent.CodeForbidden || !strings.Contains(err.Error(), tt.origin)) {
			t.Errorf("from %q: %v does not name it", tt.origin, err)
		}
	}
}

func TestACookieCountsFromItsOwnPagesOnly(t *testing.T) {
	cfg := settings()
	cfg.OpenToEveryone, cfg.Localhost = true, true
	sites := []Site{{Name: "default", Origins: []string{"https://docs.example.com", "https://*.preview.example.com", "*"}}}
	g := newGateOf(t, newWatch(), cfg, sites, nil)
	own := Call{Origin: "https://ask.example.com", Own: true, Address: reader().Address, Surface: SurfaceChat, Unsafe: true}
	token := mint(t, g, own, "")
	for _, tt := range []struct {
		origin string
		own    bool
		unsafe bool
		known  bool
		code   docent.Code
	}{
		{"https://ask.example.com", true, true, true, ""},
		{"", false, false, true, ""},
		{"", false, true, true, ""},                          // a program
		{"https://docs.example.com", false, true, false, ""}, // bound to another page: like a new visitor
		{"https://x.preview.example.com", false, false, false, ""},
		{"http://localhost:3000", false, true, false, ""},
		{"null", false, true, false, docent.CodeForbidden},
	} {
		c := Call{Origin: tt.origin, Own: tt.own, Unsafe: tt.unsafe, Address: reader().Address, Surface: SurfaceChat}
		p, err := g.Identify(t.Context(), c.withCookie(VisitorCookie, token.Value))
		if docent.CodeOf(err) != tt.code || (p.Subject == token.Principal.Subject) != tt.known {
			t.Errorf("%+v: %+v, %v", tt, p, err)
		}
	}
	// A visitor's cookie that has ended, or is nonsense, makes nobody fail.
	for _, value := range []string{"x", "dwt_x", strings.Repeat("x", 1<<16)} {
		if p, err := g.Identify(t.Context(), own.withCookie(VisitorCookie, value)); err != nil || p.Subject != "" {
			t.Errorf("%q: %+v, %v", clip(value), p, err)
		}
	}
	// A cookie of a page that may call with cookies is bound to that page.
	embedded := reader()
	token = mint(t, g, embedded, "")
	if p, err := g.Identify(t.Context(), embedded.withCookie(VisitorCookie, token.Value)); err != nil || p.Subject != token.Principal.Subject {
		t.Errorf("from an exact origin: %+v, %v", p, err)
	}
	for _, origin := range []string{"https://x.preview.example.com", "http://localhost:3000", "https://anyone.example.net"} {
		embedded.Origin = origin
		token = mint(t, g, embedded, "")
		_, err := g.Identify(t.Context(), embedded.withCookie(VisitorCookie, token.Value))
		wantRefused(t, err, docent.CodeForbidden, origin)
	}
}

func TestTheSiteIsTheOneAskedForElseThePages(t *testing.T) {
	g := newGate(t, newWatch(), settings(), nil)
	for _, tt := range []struct{ site, origin, want string }{
		{"", "", "default"},
		{"", "https://docs.example.com", "default"},
		{"", "https://other.example.org", "other"},
		{"pk_other", "", "other"},
		{"pk_other", "https://other.example.org", "other"},
		{"other", "", ""}, // its key is another
		{"nowhere", "", ""},
		{"pk_other ", "", ""},
	} {
		p, err := g.Identify(t.Context(), Call{Site: tt.site, Origin: tt.origin, Surface: SurfaceSearch})
		if p.Site != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%+v: %+v, %v", tt, p, err)
		}
		if err != nil {
			wantRefused(t, err, docent.CodeInvalid, "not one of this server")
		}
	}
	open := newGateOf(t, newWatch(), settings(), []Site{{Name: "default"}, {Name: "b", Origins: []string{"*", "https://b.example.com"}}}, nil)
	for origin, want := range map[string]string{"https://ask.example.com": "default", "https://b.example.com": "b"} {
		if p, err := open.Identify(t.Context(), Call{Origin: origin, Own: true, Surface: SurfaceSearch}); err != nil || p.Site != want {
			t.Errorf("the server's own page %s: %+v, %v, want %s", origin, p, err, want)
		}
	}
	only := newGateOf(t, newWatch(), settings(), []Site{{Name: "handbook"}}, nil)
	if p, err := only.Identify(t.Context(), Call{Surface: SurfaceSearch}); err != nil || p.Site != "handbook" {
		t.Errorf("of one site: %+v, %v", p, err)
	}
	two := newGateOf(t, newWatch(), settings(), []Site{{Name: "a"}, {Name: "b"}}, nil)
	if p, err := two.Identify(t.Context(), Call{Surface: SurfaceSearch}); docent.CodeOf(err) != docent.CodeInvalid {
		t.Errorf("of two without a default one: %+v, %v", p, err)
	}
}

func TestPreflightsAreAllowedForAnySitesPages(t *testing.T) {
	cfg := settings()
	cfg.Localhost = true
	sites := append(twoSites(), Site{Name: "preview", Origins: []string{"https://*.preview.example.com"}})
	g := newGateOf(t, newWatch(), cfg, sites, nil)
	for _, tt := range []struct {
		origin      string
		ok, cookies bool
		of          string
	}{
		{"https://docs.example.com", true, true, "default"},
		{"https://other.example.org", true, true, "other"},
		{"https://a.preview.example.com", true, false, "preview"},
		{"http://localhost:5173", true, false, "default other preview"},
		{"https://evil.example.net", false, false, ""},
		{"null", false, false, ""},
		{"", false, false, ""},
	} {
		if ok, cookies := g.Allowed(tt.origin); ok != tt.ok || cookies != tt.cookies {
			t.Errorf("%q: %v, %v", tt.origin, ok, cookies)
		}
		for _, site := range []string{"default", "other", "preview", "nowhere"} {
			if got := g.OriginOf(site, tt.origin); got != strings.Contains(tt.of, site) {
				t.Errorf("%q of %s: %v", tt.origin, site, got)
			}
		}
	}
}

func TestSettingsThatCanNotWorkAreNamed(t *testing.T) {
	for words, change := range map[string]func(*Config, *[]Site){
		"auth.secret must be":                            func(c *Config, _ *[]Site) { c.Secret = nil },
		"auth.secret must be empty, or":                  func(c *Config, _ *[]Site) { c.Secret = []string{"short"} },
		"auth.token_ttl must be above 0":                 func(c *Config, _ *[]Site) { c.TokenTTL = 0 },
		"auth.renew_within must be":                      func(c *Config, _ *[]Site) { c.RenewWithin = -1 },
		"auth.proof_of_work must be":                     func(c *Config, _ *[]Site) { c.ProofOfWork = 25 },
		"auth.clock_skew must be from 0 to 1h":           func(c *Config, _ *[]Site) { c.ClockSkew = 2 * time.Hour },
		"sites must be entries of which each has a name": func(_ *Config, s *[]Site) { (*s)[1].Name = "two words" },
		"(entry 2)":            func(_ *Config, s *[]Site) { (*s)[1].Name = "default" },
		"another name and key": func(_ *Config, s *[]Site) { (*s)[1].Key = "default" },
		`"http" is not`:        func(_ *Config, s *[]Site) { (*s)[0].Origins = []string{"http"} },
		`which "chats" is not`: func(_ *Config, s *[]Site) { (*s)[0].Public = []string{"chats"} },
		"entries whose site is one of sites (entry 1)": func(c *Config, _ *[]Site) {
			c.Issuers = []IssuerConfig{{Name: "x", Issuer: "x", Secret: testSecret, Site: "gone"}}
		},
	} {
		cfg, sites := settings(), twoSites()
		change(&cfg, &sites)
		if _, err := NewGate(t.Context(), cfg, sites, nil); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func TestAScopeThatIsMissingIsNamed(t *testing.T) {
	p := Principal{Scopes: []string{ScopeSearch}}
	if err := p.Need(ScopeSearch); err != nil {
		t.Error(err)
	}
	wantRefused(t, p.Need(ScopeIngest), docent.CodeForbidden, `"ingest"`)
	wantRefused(t, Principal{Scopes: []string{ScopeAdmin}}.Need(ScopeIngest), docent.CodeForbidden, `"ingest"`)
}

// FuzzIdentify sends whatever a client can send of itself: nobody gets in by
// nonsense, and nothing is said back that was sent as a credential.
func FuzzIdentify(f *testing.F) {
	keys, secret := &heldKeys{}, strings.Repeat("a", keySecretLen)
	_, k := keys.add(func(k *Key) { k.ID, k.Digest = "abcdefghij", keyDigest(secret) })
	shown := joinKey(k.ID, secret)
	cfg := settings()
	cfg.Issuers = []IssuerConfig{{Name: "own", Issuer: "us", Secret: testSecret, Cookie: "session"}}
	g, err := NewGate(f.Context(), cfg, twoSites(), keys, WithClock(newWatch().now))
	if err != nil {
		f.Fatal(err)
	}
	for _, header := range []string{"Bearer " + shown, "Bearer " + fixedToken(g), "Bearer eyJhbGciOiJub25lIn0.e30.", "Basic x", "", "Bearer ..", "Bearer dk_", "Bearer dwt_"} {
		f.Add(header, "x", "https://docs.example.com", "pk_other")
	}
	f.Fuzz(func(t *testing.T, header, cookie, origin, site string) {
		c := Call{Authorization: []string{header}, Origin: origin, Site: site, Surface: SurfaceChat, Address: netip.MustParseAddr("203.0.113.7")}
		for _, c := range []Call{c.withCookie("session", cookie), Call{Origin: origin, Site: site}.withCookie("session", cookie), Call{Origin: origin, Site: site}.withCookie(VisitorCookie, cookie)} {
			p, err := g.Identify(t.Context(), c)
			if err != nil {
				if code := docent.CodeOf(err); code != docent.CodeUnauthorized && code != docent.CodeForbidden && code != docent.CodeInvalid {
					t.Errorf("%+v: %v", c, err)
				}
				continue
			}
			if p.Subject != k.Subject() && p.Subject != "anon_fixed" {
				t.Errorf("%+v makes %+v", c, p)
			}
		}
	})
}
