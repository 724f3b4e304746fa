package access

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestATokenSaysWhoCalls(t *testing.T) {
	cfg := shared()
	cfg.Site, cfg.ScopesClaim = "other", "scope"
	s := newIssuers(t, newWatch(), cfg)
	p, err := s.Verify(t.Context(), sharedToken(t, "scope", "openid ingest docent", "email", "a@example.com", "age", 42, "paid", true, "n", 12345678901234567, "address", map[string]any{"city": "x"}, "none", nil))
	want := Principal{
		Site: "other", Subject: "app:u1", Scopes: []string{ScopeChat, ScopeSearch, ScopeIngest},
		Claims: map[string]string{"sub": "u1", "scope": "openid ingest docent", "email": "a@example.com", "age": "42", "paid": "true", "n": "12345678901234567"},
	}
	if diff := cmp.Diff(want, p); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestClaimsMeanWhatTheEntrySays(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(*IssuerConfig)
		claims  []any
		want    string // site subject [scopes], or words of the error
		refused bool
	}{
		"plain":                    {nil, nil, " app:u1 [chat search]", false},
		"scopes of the entry":      {func(c *IssuerConfig) { c.Scopes = []string{} }, []any{"scope", "search"}, " app:u1 [search]", false},
		"scope, unnamed":           {nil, []any{"scope", "search ingest admin"}, " app:u1 [chat search]", false},
		"scope, named":             {func(c *IssuerConfig) { c.ScopesClaim = "scope" }, []any{"scope", "admin"}, " app:u1 [chat search admin]", false},
		"scopes in a list":         {func(c *IssuerConfig) { c.Scopes, c.ScopesClaim = []string{ScopeSearch}, "roles" }, []any{"roles", []any{"admin", 1, nil, "x"}, "scope", "ingest"}, " app:u1 [search admin]", false},
		"scopes in a nested claim": {func(c *IssuerConfig) { c.ScopesClaim = "realm.roles" }, []any{"realm", map[string]any{"roles": []any{"ingest"}}}, " app:u1 [chat search ingest]", false},
		"a claim with dots":        {func(c *IssuerConfig) { c.ScopesClaim = "https://example.com/roles" }, []any{"https://example.com/roles", []any{"ingest"}}, " app:u1 [chat search ingest]", false},
		"scopes that are no text":  {nil, []any{"scope", 7}, " app:u1 [chat search]", false},
		"another subject":          {func(c *IssuerConfig) { c.SubjectClaim = "email" }, []any{"email", "a@example.com"}, " app:a@example.com [chat search]", false},
		"a number as subject":      {nil, []any{"sub", 17}, " app:17 [chat search]", false},
		"no subject":               {nil, []any{"sub", nil}, "no subject", true},
		"an empty subject":         {nil, []any{"sub", ""}, "no subject", true},
		"a subject of two lines":   {nil, []any{"sub", "a\nb"}, "no subject", true},
		"a long subject":           {nil, []any{"sub", strings.Repeat("x", 201)}, "no subject", true},
		"a subject that is none":   {nil, []any{"sub", []any{"u1"}}, "no subject", true},
		"a site":                   {func(c *IssuerConfig) { c.SiteClaim = "tenant" }, []any{"tenant", "other"}, "other app:u1 [chat search]", false},
		"a site, else the entry's": {func(c *IssuerConfig) { c.SiteClaim, c.Site = "tenant", "default" }, nil, "default app:u1 [chat search]", false},
		"no site":                  {func(c *IssuerConfig) { c.SiteClaim = "tenant" }, nil, "names no site", true},
		"an empty site":            {func(c *IssuerConfig) { c.SiteClaim, c.Site = "tenant", "default" }, []any{"tenant", ""}, "names no site", true},
		"no audience wanted":       {func(c *IssuerConfig) { c.Audience = "" }, []any{"aud", nil}, " app:u1 [chat search]", false},
		"one of two audiences":     {nil, []any{"aud", []any{"x", "docent"}}, " app:u1 [chat search]", false},
		"another audience":         {nil, []any{"aud", "docent2"}, "another audience", true},
		"no audience":              {nil, []any{"aud", nil}, "not valid", true},
		"an audience that is none": {nil, []any{"aud", 7}, "not valid", true},
		"another issuer":           {nil, []any{"iss", "https://id.example.com/"}, "does not know", true},
		"no issuer":                {nil, []any{"iss", nil}, "does not know", true},
		"an issuer that is none":   {nil, []any{"iss", []any{"https://id.example.com"}}, "does not know", true},
		"no end":                   {nil, []any{"exp", nil}, "not valid", true},
		"an end that is none":      {nil, []any{"exp", "tomorrow"}, "not valid", true},
		"an end beyond all":        {nil, []any{"exp", json.Number("1e300")}, "", true},
	} {
		cfg := shared()
		if tt.change != nil {
			tt.change(&cfg)
		}
		p, err := newIssuers(t, newWatch(), cfg).Verify(t.Context(), sharedToken(t, tt.claims...))
		if tt.refused {
			wantRefused(t, err, docent.CodeUnauthorized, tt.want)
		} else if got := fmt.Sprint(p.Site, " ", p.Subject, " ", p.Scopes); got != tt.want || err != nil {
			t.Errorf("%s: %s, %v, want %s", name, got, err, tt.want)
		}
	}
}

// TestClocksMayBeOffByTheSkew moves each of the times that a token says, both ways.
func TestClocksMayBeOffByTheSkew(t *testing.T) {
	for _, tt := range []struct {
		claim string
		off   time.Duration // of the claim from the server's time
		ok    bool
		words string
	}{
		{"exp", -59 * time.Second, true, ""},
		{"exp", -60 * time.Second, false, "has expired"},
		{"exp", -time.Hour, false, "has expired"},
		{"nbf", 60 * time.Second, true, ""},
		{"nbf", 61 * time.Second, false, "not valid yet"},
		{"iat", 60 * time.Second, true, ""},
		{"iat", 61 * time.Second, false, "not valid yet"},
		{"iat", -24 * time.Hour, true, ""},
	} {
		_, err := newIssuers(t, newWatch(), shared()).Verify(t.Context(), sharedToken(t, tt.claim, noon.Add(tt.off).Unix()))
		if tt.ok && err != nil {
			t.Errorf("%s off by %v: %v", tt.claim, tt.off, err)
		} else if !tt.ok {
			wantRefused(t, err, docent.CodeUnauthorized, tt.words)
		}
	}
}

// TestClaimsAreKeptWithinBounds keeps some of many claims, the same ones each time.
func TestClaimsAreKeptWithinBounds(t *testing.T) {
	s := newIssuers(t, newWatch(), shared())
	var many []any
	for i := range 100 {
		many = append(many, fmt.Sprintf("claim%02d", i), "x")
	}
	for name, tt := range map[string]struct {
		claims []any
		kept   int
	}{
		"many":     {many, maxClaims},
		"long":     {[]any{"a", strings.Repeat("x", 3000), "b", strings.Repeat("x", 3000), "c", "x"}, 3},
		"too long": {[]any{"a", strings.Repeat("x", 5000)}, 1},
	} {
		first, err := s.Verify(t.Context(), sharedToken(t, tt.claims...))
		if err != nil || len(first.Claims) != tt.kept {
			t.Errorf("%s: %d are kept, %v", name, len(first.Claims), err)
		}
		second, err := s.Verify(t.Context(), sharedToken(t, tt.claims...))
		if diff := cmp.Diff(first, second); diff != "" || err != nil {
			t.Errorf("%s: a second time others are kept: %s", name, diff)
		}
	}
}

func TestTwoIssuersWithOneSubjectAreTwo(t *testing.T) {
	second := shared()
	second.Name, second.Issuer, second.Secret = "app2", "https://id2.example.com", strings.Repeat("second", 10)
	s := newIssuers(t, newWatch(), shared(), second)
	one, err := s.Verify(t.Context(), sharedToken(t))
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.Verify(t.Context(), signedAs(t, jwt.SigningMethodHS256, []byte(second.Secret), "", said("iss", second.Issuer)))
	if err != nil || one.Subject != "app:u1" || two.Subject != "app2:u1" {
		t.Errorf("%s and %s, %v", one.Subject, two.Subject, err)
	}
	_, err = s.Verify(t.Context(), sharedToken(t, "iss", second.Issuer)) // one's key under the other's name
	wantRefused(t, err, docent.CodeUnauthorized, "signature")
}

// TestAlgorithmsCanNotBeConfused signs with every algorithm for every kind of
// key, above all with a public key as if it were a shared secret.
func TestAlgorithmsCanNotBeConfused(t *testing.T) {
	public := map[string]any{"rsa": &rsaKey().PublicKey, "ec": &ecKey().PublicKey, "ed": edKey().Public()}
	tokens := map[string]string{}
	for kind, methods := range map[any][]jwt.SigningMethod{
		rsaKey(): {jwt.SigningMethodRS256, jwt.SigningMethodRS384, jwt.SigningMethodPS256},
		ecKey():  {jwt.SigningMethodES256},
		&edKey:   {jwt.SigningMethodEdDSA},
	} {
		if kind == any(&edKey) {
			kind = edKey()
		}
		for _, m := range methods {
			tokens[m.Alg()] = signedAs(t, m, kind, "", said())
		}
	}
	tokens["HS256"] = sharedToken(t)
	for name, key := range public {
		text := pemOf(t, key)
		der, _ := pem.Decode([]byte(text))
		for form, secret := range map[string][]byte{"PEM": []byte(text), "trimmed PEM": []byte(strings.TrimSpace(text)), "DER": der.Bytes} {
			tokens["HS256 with "+name+" "+form] = signedAs(t, jwt.SigningMethodHS256, secret, "", said())
		}
	}
	tokens["none"] = signedAs(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "", said())
	for _, alg := range []string{"None", "NONE", "nOnE", "", "HS256 ", "rs256"} {
		tokens["header "+alg] = rawToken(map[string]any{"alg": alg, "typ": "JWT"}, said(), "")
	}
	tokens["a header without alg"] = rawToken(map[string]any{}, said(), "")
	fits := map[string][]string{"rsa": {"RS256", "RS384", "PS256"}, "ec": {"ES256"}, "ed": {"EdDSA"}, "shared": {"HS256"}}
	for kind, good := range fits {
		cfg := shared()
		if key := public[kind]; key != nil {
			cfg.Secret, cfg.PublicKey = "", pemOf(t, key)
		}
		s := newIssuers(t, newWatch(), cfg)
		for alg, token := range tokens {
			p, err := s.Verify(t.Context(), token)
			want := strings.Contains(" "+strings.Join(good, " ")+" ", " "+alg+" ")
			if want != (err == nil) || !want && (docent.CodeOf(err) != docent.CodeUnauthorized || p.Subject != "") {
				t.Errorf("a %s key takes %q: %+v, %v", kind, alg, p, err)
			}
		}
	}
}

func TestOnlyListedAlgorithmsCount(t *testing.T) {
	cfg := shared()
	cfg.Secret, cfg.PublicKey, cfg.Algorithms = "", pemOf(t, &rsaKey().PublicKey), []string{"PS256"}
	s := newIssuers(t, newWatch(), cfg)
	if _, err := s.Verify(t.Context(), signedAs(t, jwt.SigningMethodPS256, rsaKey(), "", said())); err != nil {
		t.Error(err)
	}
	_, err := s.Verify(t.Context(), signedAs(t, jwt.SigningMethodRS256, rsaKey(), "", said()))
	wantRefused(t, err, docent.CodeUnauthorized, "algorithm RS256")
}

func TestTokensThatAreNoneAreRefused(t *testing.T) {
	s := newIssuers(t, newWatch(), shared())
	good := sharedToken(t)
	parts := strings.Split(good, ".")
	crit := jwt.NewWithClaims(jwt.SigningMethodHS256, said())
	crit.Header["crit"] = []string{"b64"}
	critical, err := crit.SignedString([]byte(testSecret))
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"empty":             "",
		"dots":              "..",
		"one part":          parts[0],
		"two parts":         parts[0] + "." + parts[1],
		"four parts":        good + ".x",
		"five parts":        "a.b.c.d.e",
		"no signature":      parts[0] + "." + parts[1] + ".",
		"cut":               good[:len(good)-4],
		"padded":            good + "=",
		"a line break":      good[:10] + "\n" + good[10:],
		"another's claims":  parts[0] + "." + strings.Split(sharedToken(t, "sub", "u2"), ".")[1] + "." + parts[2],
		"no JSON":           "x.y.z",
		"a JSON text":       rawToken(nil, nil, "") + "x",
		"huge":              good + strings.Repeat("A", 1<<20),
		"huge claims":       sharedToken(t, "x", strings.Repeat("x", maxJWT)),
		"deep":              base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("[", 5000))) + ".x",
		"critical headers":  critical,
		"another secret's":  signedAs(t, jwt.SigningMethodHS256, []byte(strings.Repeat("guess", 10)), "", said()),
		"an empty secret's": signedAs(t, jwt.SigningMethodHS256, []byte{}, "", said()),
	} {
		p, err := s.Verify(t.Context(), token)
		if docent.CodeOf(err) != docent.CodeUnauthorized || p.Subject != "" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if err != nil && len(token) > 40 && strings.Contains(err.Error(), token[:40]) {
			t.Errorf("%s: the error holds the token: %v", name, err)
		}
	}
}

func TestATokenIsForOneSite(t *testing.T) {
	cfg, cfg2 := settings(), shared()
	cfg2.SiteClaim = "tenant"
	cfg.Issuers = []IssuerConfig{cfg2}
	g := newGate(t, newWatch(), cfg, nil)
	c := Call{Origin: "https://other.example.org"}
	p, err := g.Identify(t.Context(), c.with(sharedToken(t, "tenant", "other")))
	if err != nil || p.Site != "other" || p.Origin != c.Origin {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = g.Identify(t.Context(), c.with(sharedToken(t, "tenant", "default")))
	wantRefused(t, err, docent.CodeForbidden, "https://other.example.org")
	_, err = g.Identify(t.Context(), Call{}.with(sharedToken(t, "tenant", "gone")))
	wantRefused(t, err, docent.CodeUnauthorized, "a site that this server does not have")
}

func TestATokenInACookieNeedsAnOrigin(t *testing.T) {
	cfg, cfg2, cfg3 := settings(), shared(), shared()
	cfg2.Cookie = "session"
	cfg3.Name, cfg3.Issuer = "api", "https://api.example.com"
	cfg.Issuers = []IssuerConfig{cfg2, cfg3}
	g := newGate(t, newWatch(), cfg, nil)
	token := sharedToken(t)
	for _, tt := range []struct {
		call Call
		code docent.Code
	}{
		{Call{Origin: "https://docs.example.com", Unsafe: true}, ""},
		{Call{Origin: "https://ask.example.com", Own: true, Unsafe: true}, ""},
		{Call{}, ""},
		{Call{Unsafe: true}, docent.CodeForbidden},
		{Call{Origin: "https://other.example.org", Unsafe: true}, docent.CodeForbidden},
		{Call{Origin: "https://evil.example.net"}, docent.CodeForbidden},
		{Call{Origin: "null", Unsafe: true}, docent.CodeForbidden},
	} {
		p, err := g.Identify(t.Context(), tt.call.withCookie("session", token))
		if docent.CodeOf(err) != tt.code || err == nil && p.Subject != "app:u1" {
			t.Errorf("%+v: %+v, %v", tt.call, p, err)
		}
	}
	_, err := g.Identify(t.Context(), Call{}.withCookie("session", sharedToken(t, "exp", noon.Add(-time.Hour).Unix())))
	wantRefused(t, err, docent.CodeUnauthorized, "has expired")
	_, err = g.Identify(t.Context(), Call{}.withCookie("session", sharedToken(t, "iss", cfg3.Issuer)))
	wantRefused(t, err, docent.CodeUnauthorized, "does not know")
	if _, err = g.Identify(t.Context(), Call{}.with(sharedToken(t, "iss", cfg3.Issuer))); err != nil {
		t.Errorf("in the header it counts: %v", err)
	}
	_, err = g.Identify(t.Context(), Call{Surface: SurfaceChat}.withCookie("other", token))
	wantRefused(t, err, docent.CodeUnauthorized, "needs an API key or a token")
}

func TestIssuersThatCanNotBeBelievedAreRefused(t *testing.T) {
	remote := IssuerConfig{Name: "app", Issuer: "https://id.example.com", Audience: "docent"}
	for words, change := range map[string]func(*IssuerConfig){
		"a name of letters":               func(c *IssuerConfig) { c.Name = "a:b" },
		"an issuer, as":                   func(c *IssuerConfig) { c.Issuer = "" },
		"an audience, without":            func(c *IssuerConfig) { c.Audience = "" },
		"that is an https address":        func(c *IssuerConfig) { c.Issuer = "http://id.example.com" },
		"without it an issuer, that is":   func(c *IssuerConfig) { c.JWKSURL = "http://id.example.com/keys" },
		"or without it":                   func(c *IssuerConfig) { c.JWKSURL = "file:///etc/passwd" },
		"without a user or password":      func(c *IssuerConfig) { c.JWKSURL = "https://u:p@id.example.com/keys" },
		"one of secret, public_key and":   func(c *IssuerConfig) { c.Secret, c.JWKSURL = testSecret, "https://id.example.com/keys" },
		"a secret of at least 32":         func(c *IssuerConfig) { c.Secret = "short" },
		"a public_key in PEM":             func(c *IssuerConfig) { c.PublicKey = "ssh-ed25519 AAAA" },
		"RSA of at least 2048 bits":       func(c *IssuerConfig) { c.PublicKey = pemOf(t, &weakKey().PublicKey) },
		`"none" does not`:                 func(c *IssuerConfig) { c.Algorithms = []string{"none"} },
		`"HS256" does not`:                func(c *IssuerConfig) { c.Algorithms = []string{"RS256", "HS256"} },
		`"RS256" does not`:                func(c *IssuerConfig) { c.Secret, c.Algorithms = testSecret, []string{"RS256"} },
		`which fit its kind of key; "ES2`: func(c *IssuerConfig) { c.PublicKey, c.Algorithms = pemOf(t, &ec384Key().PublicKey), []string{"ES256"} },
		"scopes are some of":              func(c *IssuerConfig) { c.Scopes = []string{"write"} },
	} {
		cfg := remote
		change(&cfg)
		if _, err := NewIssuers([]IssuerConfig{cfg}, 0, nil, nil); err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "auth.issuers") {
			t.Errorf("%q: %v", words, err)
		}
	}
	again := remote
	again.Name = "again"
	if _, err := NewIssuers([]IssuerConfig{remote, again}, 0, nil, nil); err == nil || !strings.Contains(err.Error(), "(entry 2)") {
		t.Errorf("two entries for one issuer: %v", err)
	}
}

// FuzzJWT holds that only what was signed counts, whatever else is sent.
func FuzzJWT(f *testing.F) {
	s := newIssuers(f, newWatch(), shared())
	good := sharedToken(f)
	for _, seed := range []string{good, good[:30], "..", "a.b.c", rawToken(map[string]any{"alg": "none"}, said(), ""), rawToken(map[string]any{"alg": "HS256", "crit": []string{"x"}}, said(), "AAAA"), "eyJhbGciOiJIUzI1NiJ9.bnVsbA.AAAA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := s.Verify(t.Context(), text); err == nil && text != good {
			t.Errorf("%q makes %+v", text, p)
		} else if err != nil && docent.CodeOf(err) != docent.CodeUnauthorized {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// FuzzClaims holds that whatever an issuer signs makes a principal within
// bounds, or a refusal.
func FuzzClaims(f *testing.F) {
	cfg := shared()
	cfg.SiteClaim, cfg.ScopesClaim = "a.b", "scope"
	s := newIssuers(f, newWatch(), cfg)
	i := s.byIssuer[cfg.Issuer]
	for _, seed := range []string{`{"sub":"u","a":{"b":"default"}}`, `{"sub":1e999,"a":{"b":[]}}`, `{"sub":"\u0000"}`, `{"a":null,"scope":{"scope":1}}`, `null`, `{"sub":"x","a":{"b":"s"},"scope":["admin",["chat"],{}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var claims jwt.MapClaims
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if d.Decode(&claims) != nil {
			return
		}
		p, err := i.principal(claims)
		if err != nil {
			return
		}
		size := 0
		for name, value := range p.Claims {
			size += len(name) + len(value)
		}
		if p.Site == "" || !strings.HasPrefix(p.Subject, "app:") || len(p.Subject) > maxSubject+4 || CheckScopes(p.Scopes) != nil || size > maxClaimBytes || len(p.Claims) > maxClaims {
			t.Errorf("%s makes %+v", text, p)
		}
	})
}
