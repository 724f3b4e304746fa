package access

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"docent"
)

func TestATokenMakesAVisitorOfAPage(t *testing.T) {
	g := newGate(t, newWatch(), settings(), nil)
	token := mint(t, g, reader(), "")
	if !strings.HasPrefix(token.Value, "dwt_") || len(token.Value) > 400 || !token.Ends.Equal(noon.Add(time.Hour)) {
		t.Errorf("the token is %s, until %v", token.Value, token.Ends)
	}
	p, err := g.Identify(t.Context(), reader().with(token.Value))
	if err != nil || p.Site != "default" || !p.Visitor() || p.Subject != token.Principal.Subject || p.Origin != "https://docs.example.com" {
		t.Errorf("it makes %+v, %v", p, err)
	}
	if !p.May(ScopeChat) || !p.May(ScopeSearch) || p.May(ScopeIngest) || p.May(ScopeAdmin) {
		t.Errorf("its scopes are %v", p.Scopes)
	}
}

// elsewhere are calls that replay a token of reader's.
func elsewhere() map[string]Call {
	far, six, page, program := reader(), reader(), reader(), reader()
	far.Address = netip.MustParseAddr("198.51.100.7")
	six.Address = netip.MustParseAddr("2001:db8::7")
	page.Origin = "https://other.example.org"
	program.Origin = ""
	own := reader()
	own.Origin, own.Own = "https://ask.example.com", true
	return map[string]Call{"another network": far, "another family": six, "another site's page": page, "no page": program, "the server's own page": own}
}

func TestATokenIsWorthNothingElsewhere(t *testing.T) {
	g := newGate(t, newWatch(), settings(), nil)
	token := mint(t, g, reader(), "")
	for name, c := range elsewhere() {
		if p, err := g.Identify(t.Context(), c.with(token.Value)); docent.CodeOf(err) != docent.CodeUnauthorized || p.Subject != "" {
			t.Errorf("from %s: %+v, %v", name, p, err)
		}
	}
	near := reader()
	near.Address = netip.MustParseAddr("::ffff:203.0.113.200")
	if _, err := g.Identify(t.Context(), near.with(token.Value)); err != nil {
		t.Errorf("from a neighbour in its network: %v", err)
	}
}

// TestRenewingElsewhereMakesAnotherVisitor: whoever stole a token must not get
// the conversations by having it renewed.
func TestRenewingElsewhereMakesAnotherVisitor(t *testing.T) {
	cfg := settings()
	cfg.OpenToEveryone = true
	g := newGate(t, newWatch(), cfg, nil)
	token := mint(t, g, reader(), "")
	for name, c := range elsewhere() {
		if got := mint(t, g, c, token.Value); got.Principal.Subject == token.Principal.Subject {
			t.Errorf("renewed from %s, it is the same visitor", name)
		}
	}
	own := elsewhere()["the server's own page"]
	ownToken := mint(t, g, own, "")
	for site, same := range map[string]bool{"default": true, "": true, "pk_other": false} {
		own.Site = site
		if got := mint(t, g, own, ownToken.Value); (got.Principal.Subject == ownToken.Principal.Subject) != same {
			t.Errorf("renewed for the site %q, it is %+v", site, got.Principal)
		}
	}
}

func TestAnUnboundTokenTravels(t *testing.T) {
	cfg := settings()
	cfg.BindAddress = false
	g := newGate(t, newWatch(), cfg, nil)
	token := mint(t, g, reader(), "")
	if p, err := g.Identify(t.Context(), elsewhere()["another network"].with(token.Value)); err != nil || p.Subject != token.Principal.Subject {
		t.Errorf("%+v, %v", p, err)
	}
	bound := newGate(t, newWatch(), settings(), nil)
	if _, err := bound.Identify(t.Context(), reader().with(token.Value)); err == nil {
		t.Error("a token that is bound to no network counts where they must be")
	}
}

func TestAnEndedTokenIsRenewedForTheSameVisitor(t *testing.T) {
	w := newWatch()
	g := newGate(t, w, settings(), nil)
	first := mint(t, g, reader(), "")
	w.advance(time.Hour)
	_, err := g.Identify(t.Context(), reader().with(first.Value))
	wantRefused(t, err, docent.CodeUnauthorized, "has expired")
	w.advance(30*24*time.Hour - time.Second)
	second := mint(t, g, reader(), first.Value)
	if second.Principal.Subject != first.Principal.Subject || !second.Ends.After(w.now()) {
		t.Errorf("renewed late, it is %+v", second)
	}
	w.advance(time.Second)
	if late := mint(t, g, reader(), first.Value); late.Principal.Subject == first.Principal.Subject {
		t.Error("a token that ended too long ago was renewed")
	}
	if again := mint(t, g, reader(), second.Value); again.Principal.Subject != first.Principal.Subject {
		t.Error("a renewed token was not renewed again")
	}
}

func TestATokenOfAnotherServersClockCountsWithinTheSkew(t *testing.T) {
	ahead, here := newWatch(), newWatch()
	ahead.advance(time.Minute)
	token := mint(t, newGate(t, ahead, settings(), nil), reader(), "")
	g := newGate(t, here, settings(), nil)
	if _, err := g.Identify(t.Context(), reader().with(token.Value)); err != nil {
		t.Errorf("a minute ahead: %v", err)
	}
	here.advance(-time.Second)
	_, err := g.Identify(t.Context(), reader().with(token.Value))
	wantRefused(t, err, docent.CodeUnauthorized, "from the future")
}

func TestWhatIsNoTokenOfThisServerIsRefused(t *testing.T) {
	g := newGate(t, newWatch(), settings(), nil)
	good := mint(t, g, reader(), "").Value
	signed := func(change func(*visit)) string {
		v := visit{
			Version: tokenVersion, Site: "default", Subject: "anon_x", Origin: reader().Origin, Near: near(reader().Address),
			Issued: noon.Unix(), Ends: noon.Unix() + 60,
		}
		change(&v)
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return tokenPrefix + g.secrets.Sign(ForToken, data)
	}
	if _, err := g.Identify(t.Context(), reader().with(signed(func(*visit) {}))); err != nil {
		t.Fatalf("what the cases below change is no token itself: %v", err)
	}
	for name, value := range map[string]string{
		"forged":             "dwt_eyJ2IjoxfQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"another secret's":   mint(t, newGate(t, newWatch(), Config{Secret: []string{strings.Repeat("other", 10)}, TokenTTL: time.Hour}, nil), reader(), "").Value,
		"without signature":  good[:strings.IndexByte(good, '.')],
		"cut":                good[:len(good)-1],
		"cut in its middle":  good[:len(good)/2],
		"longer":             good + "A",
		"huge":               good + strings.Repeat("A", 1<<20),
		"the prefix":         "dwt_",
		"another purpose's":  tokenPrefix + g.secrets.Sign(ForCursor, []byte(`{"v":1}`)),
		"no JSON":            tokenPrefix + g.secrets.Sign(ForToken, []byte("x")),
		"a later version":    signed(func(v *visit) { v.Version++ }),
		"of a site no more":  signed(func(v *visit) { v.Site = "gone" }),
		"signed but long":    signed(func(v *visit) { v.Subject = strings.Repeat("x", maxToken) }),
		"empty":              tokenPrefix + g.secrets.Sign(ForToken, []byte("{}")),
		"two, one after one": good + " " + good,
	} {
		p, err := g.Identify(t.Context(), reader().with(value))
		if docent.CodeOf(err) != docent.CodeUnauthorized || p.Subject != "" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if renewed, err := g.Mint(t.Context(), reader(), value, Proof{}); err != nil || !renewed.Principal.Visitor() || renewed.Principal.Subject == "anon_x" {
			t.Errorf("%s, renewed: %+v, %v", name, renewed, err)
		}
	}
}

func TestNoTokenIsGivenToForeignPages(t *testing.T) {
	cfg := settings()
	g := newGate(t, newWatch(), cfg, nil)
	foreign := reader()
	foreign.Origin = "https://evil.example.net"
	_, err := g.Mint(t.Context(), foreign, "", Proof{})
	wantRefused(t, err, docent.CodeForbidden, "https://evil.example.net")
	swapped := reader()
	swapped.Site = "pk_other"
	_, err = g.Mint(t.Context(), swapped, "", Proof{})
	wantRefused(t, err, docent.CodeForbidden, `may not call the site "other"`)
	program := reader()
	program.Origin = ""
	_, err = g.Mint(t.Context(), program, "", Proof{})
	wantRefused(t, err, docent.CodeForbidden, "programs use an API key")
	cfg.OpenToEveryone = true
	open := newGate(t, newWatch(), cfg, nil)
	mint(t, open, program, "")
	_, err = open.Mint(t.Context(), foreign, "", Proof{})
	wantRefused(t, err, docent.CodeForbidden, "https://evil.example.net")
}

func TestTheServersOwnPagesGetTokens(t *testing.T) {
	g := newGate(t, newWatch(), settings(), nil)
	own := Call{Origin: "https://ask.example.com", Own: true, Address: reader().Address, Surface: SurfaceChat, Unsafe: true}
	token := mint(t, g, own, "")
	reading := own
	reading.Origin, reading.Own, reading.Unsafe = "", false, false // as browsers read within one origin
	for _, c := range []Call{own, reading} {
		if p, err := g.Identify(t.Context(), c.with(token.Value)); err != nil || p.Subject != token.Principal.Subject {
			t.Errorf("%+v: %+v, %v", c, p, err)
		}
	}
}

func TestATokenOpensWhatIsPublic(t *testing.T) {
	for _, tt := range []struct {
		public []string
		opens  string
	}{
		{nil, "widget search chat"},
		{[]string{SurfaceWidget}, "widget search chat"},
		{[]string{SurfaceWidget, SurfaceMCP}, "widget search chat mcp"},
		{[]string{SurfaceChat}, "chat"},
		{[]string{SurfaceChat, SurfaceChatKit, SurfaceOpenAI}, "chat chatkit openai"},
	} {
		site := Site{Name: "default", Origins: []string{"https://docs.example.com"}, Public: tt.public}
		g := newGateOf(t, newWatch(), settings(), []Site{site}, nil)
		token := mint(t, g, reader(), "")
		var opens []string
		for _, surface := range AllSurfaces() {
			c := reader().with(token.Value)
			c.Surface = surface
			p, err := g.Identify(t.Context(), c)
			if err == nil && p.Subject == token.Principal.Subject {
				opens = append(opens, surface)
			} else if docent.CodeOf(err) != docent.CodeForbidden {
				t.Errorf("public %v, %s: %v", tt.public, surface, err)
			}
		}
		for _, surface := range strings.Fields(tt.opens) {
			if !strings.Contains(fmt.Sprint(opens), surface) || len(opens) != len(strings.Fields(tt.opens)) {
				t.Errorf("public %v opens %v, want %s", tt.public, opens, tt.opens)
			}
		}
	}
	private := Site{Name: "default", Origins: []string{"https://docs.example.com"}, Public: []string{}}
	_, err := newGateOf(t, newWatch(), settings(), []Site{private}, nil).Mint(t.Context(), reader(), "", Proof{})
	wantRefused(t, err, docent.CodeUnauthorized, "no visitors without login")
}

func TestTenThousandVisitorsAreTenThousandSubjects(t *testing.T) {
	g := newGate(t, newWatch(), settings(), nil)
	seen := map[string]bool{}
	for range 10_000 {
		token := mint(t, g, reader(), "")
		p, err := g.Identify(t.Context(), reader().with(token.Value))
		if err != nil || seen[p.Subject] {
			t.Fatalf("%+v came before, or %v", p, err)
		}
		seen[p.Subject] = true
	}
}

func TestNetworksAreWhereOneReadersAddressesComeFrom(t *testing.T) {
	for address, want := range map[string]string{
		"203.0.113.7": "203.0.113.0/24", "::ffff:203.0.113.7": "203.0.113.0/24",
		"2001:db8:1:2::3": "2001:db8:1::/48", "fe80::1%eth0": "fe80::/48", "": "unknown",
	} {
		a, _ := netip.ParseAddr(address) // "" gives the address of none
		if got := near(a); got != want {
			t.Errorf("%s is near %s, want %s", address, got, want)
		}
	}
}

// fixedToken is one of reader's that is the same in each of a fuzzer's processes.
func fixedToken(g *Gate) string {
	data, err := json.Marshal(visit{
		Version: tokenVersion, Site: "default", Subject: "anon_fixed", Origin: reader().Origin, Near: near(reader().Address),
		Issued: noon.Unix(), Ends: noon.Unix() + 60,
	})
	if err != nil {
		panic(err)
	}
	return tokenPrefix + g.secrets.Sign(ForToken, data)
}

// FuzzToken holds that no text is a token unless this server signed it, and that
// none makes it fail otherwise than by a refusal.
func FuzzToken(f *testing.F) {
	g, err := NewGate(f.Context(), settings(), twoSites(), nil, WithClock(newWatch().now))
	if err != nil {
		f.Fatal(err)
	}
	good := fixedToken(g)
	for _, seed := range []string{good, good[:40], "dwt_", "dwt_.", "dwt_e30." + strings.Repeat("A", 43), strings.ToUpper(good), "dwt_" + good} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := g.byToken(text, reader())
		if err == nil && text != good {
			t.Errorf("%q makes %+v", text, p)
		}
		if err != nil && (docent.CodeOf(err) != docent.CodeUnauthorized || len(text) > 20 && strings.Contains(err.Error(), text)) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
