package access

import (
	"net/netip"
	"strings"
	"testing"
)

func TestCallersOfOneAddressAreOneVisitorOfASite(t *testing.T) {
	g := newGate(t, newWatch(), settings(), nil)
	from := func(address, site string) string {
		p := g.Passer(Call{Address: netip.MustParseAddr(address)}, Principal{Site: site, Scopes: []string{ScopeSearch}})
		if !p.Visitor() || p.Site != site || !p.May(ScopeSearch) || p.May(ScopeChat) || strings.Contains(p.Subject, "203") {
			t.Errorf("%s at %s: %+v", address, site, p)
		}
		return p.Subject
	}
	first := from("203.0.113.7", "docs")
	if again := from("::ffff:203.0.113.7", "docs"); again != first {
		t.Errorf("%q, then %q", first, again)
	}
	if from("203.0.113.8", "docs") == first || from("203.0.113.7", "blog") == first {
		t.Error("two addresses, or two sites, have one visitor")
	}
	if from("2001:db8::1", "docs") != from("2001:db8::2:1", "docs") || from("2001:db8::1", "docs") == from("2001:db8:0:1::1", "docs") {
		t.Error("a customer's addresses are those of one /64")
	}
	secret := settings()
	secret.Secret = []string{strings.Repeat("another", 6)}
	other := newGate(t, newWatch(), secret, nil).Passer(Call{Address: netip.MustParseAddr("203.0.113.7")}, Principal{Site: "docs"})
	if other.Subject == first {
		t.Error("the subject can be computed without the secret")
	}
}

// TestAKeyOfNobodysIsNoneWhereOpenAIsAPIIsPublic: its clients can't but send one. What
// looks like a credential of this server is still one.
func TestAKeyOfNobodysIsNoneWhereOpenAIsAPIIsPublic(t *testing.T) {
	g := newGateOf(t, newWatch(), settings(), []Site{{Name: "docs", Public: []string{SurfaceOpenAI}}}, nil)
	for sent, allowed := range map[string]bool{"sk-anything": true, "none": true, "dk_forged": false, "dwt_forged": false, "a.b.c": false} {
		p, err := g.Identify(t.Context(), Call{Surface: SurfaceOpenAI}.with(sent))
		if allowed != (err == nil) || allowed && (p.Site != "docs" || !p.May(ScopeChat) || p.Subject != "") {
			t.Errorf("%s: %+v, %v", sent, p, err)
		}
		if _, err := g.Identify(t.Context(), Call{Surface: SurfaceChat}.with(sent)); err == nil {
			t.Errorf("%s counts as a login elsewhere", sent)
		}
	}
}
