package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"docent"
)

// A visitor's token is "dwt_" and a signed visit.
const (
	tokenPrefix  = "dwt_"
	tokenVersion = 1
	maxToken     = 1024 // bytes; longer ones are refused before any work
)

// visit is what a visitor's token says.
type visit struct {
	Version int    `json:"v"`
	Site    string `json:"s"`
	Subject string `json:"u"`
	Origin  string `json:"o,omitempty"` // "" for this server's own pages and outside browsers
	Near    string `json:"a,omitempty"` // the network that it was given to; "" where not bound
	Issued  int64  `json:"i"`           // Unix seconds
	Ends    int64  `json:"e"`
}

// Token is what a visitor calls with.
type Token struct {
	Value     string
	Ends      time.Time
	Principal Principal // whom it makes of the caller
}

// badToken is the refusal of what is no token of ours.
func badToken(cause string) error {
	return refusal("the token is not valid", "get another from POST /api/v1/token", errors.New(cause))
}

// misplaced is the refusal of a token of ours that comes from elsewhere.
func misplaced(format string, from, to string) error {
	return refusal("the token was given to another page or address", "get another from POST /api/v1/token",
		fmt.Errorf(format, clip(from), clip(to)))
}

// byToken finds the visitor that a token was given to. A visitor's token opens
// the chat and search APIs where the widget is public, and what else is public.
func (g *Gate) byToken(text string, c Call) (Principal, error) {
	v, err := g.readToken(text, c)
	if err != nil {
		return Principal{}, err
	}
	if g.now().Unix() >= v.Ends {
		return Principal{}, refusal("the token has expired", "renew it: send it to POST /api/v1/token", nil)
	}
	s := g.site(v.Site)
	widget := c.Surface == SurfaceWidget || c.Surface == SurfaceChat || c.Surface == SurfaceSearch
	if !g.Open() && !s.opens(c.Surface) && !(widget && s.opens(SurfaceWidget)) {
		return Principal{}, &docent.Error{Code: docent.CodeForbidden, Message: "visitors without login may not call this",
			Hint: "log in, or use an API key"}
	}
	return v.principal(), nil
}

func (v visit) principal() Principal {
	return Principal{Site: v.Site, Subject: v.Subject, Scopes: []string{ScopeChat, ScopeSearch}, Origin: v.Origin}
}

// readToken gives what a token says, if it is one of ours for that page and
// address. It may have ended.
func (g *Gate) readToken(text string, c Call) (visit, error) {
	var v visit
	signed, is := strings.CutPrefix(text, tokenPrefix)
	if !is || len(text) > maxToken {
		return v, badToken("it is too long, or of another kind")
	}
	data, ok := g.secrets.Verify(ForToken, signed)
	if !ok {
		return v, badToken("its signature is wrong")
	}
	if err := json.Unmarshal(data, &v); err != nil || v.Version != tokenVersion {
		return v, badToken("it is of another version")
	}
	switch at := g.now(); {
	case g.site(v.Site) == nil:
		return v, badToken("its site is not there any more")
	case time.Unix(v.Issued, 0).After(at.Add(g.cfg.ClockSkew)):
		return v, badToken("it is from the future: look at the servers' clocks")
	case v.Origin != c.page():
		return v, misplaced("from the origin %q, to %q", c.page(), v.Origin)
	case g.cfg.BindAddress && v.Near != near(c.Address):
		return v, misplaced("from the network %s, to %s", near(c.Address), v.Near)
	}
	return v, nil
}

// page is the origin that a token is bound to. Pages of this server send none
// where they only read, so that they and programs are one.
func (c Call) page() string {
	if c.Own {
		return ""
	}
	return c.Origin
}

// near is the network around an address that one reader's addresses come from:
// /24 of IPv4 and /48 of IPv6.
func near(a netip.Addr) string {
	bits := 48
	if a = a.Unmap().WithZone(""); a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil || !p.IsValid() {
		return "unknown" // of a connection without an address
	}
	return p.String()
}

// Mint gives a visitor a token: on pages of the site's origins and of this
// server where the widget is public, and everywhere where the chat or ChatKit is or the
// server is open or local (where it is not needed, and does no harm). current
// is the token that the caller has, if any: where it was given for the same
// site, page and network, and has ended no longer ago than auth.renew_within,
// the new one is for the same subject. Otherwise the visitor is new, and Mint's
// error may be a *NeedsProof; others are those of Identify.
func (g *Gate) Mint(_ context.Context, c Call, current string, proof Proof) (Token, error) {
	s, err := g.asked(c)
	if err != nil {
		return Token{}, err
	}
	if err := g.fromOrigin(s.name, c); err != nil {
		return Token{}, err
	}
	if err := g.mayVisit(s, c); err != nil {
		return Token{}, err
	}
	subject := g.known(s, c, current)
	if subject == "" {
		if err := g.worked(s, c, proof); err != nil {
			return Token{}, err
		}
		subject = NewID(visitorSubject)
	}
	return g.visitorToken(s, c, subject)
}

// mayVisit checks that the site has visitors of that kind.
func (g *Gate) mayVisit(s *site, c Call) error {
	switch {
	case g.local, g.Open(), s.opens(SurfaceChat), s.opens(SurfaceChatKit), s.opens(SurfaceWidget) && c.Origin != "":
		return nil
	case s.opens(SurfaceWidget):
		return &docent.Error{Code: docent.CodeForbidden, Message: "tokens are given to pages, which say their Origin", Hint: "programs use an API key"}
	}
	return unauthorized("the site "+s.name+" has no visitors without login", "log in, or use an API key")
}

// known gives the subject of a token that may be renewed, "" without one.
func (g *Gate) known(s *site, c Call, current string) string {
	if current == "" {
		return ""
	}
	v, err := g.readToken(current, c)
	if err != nil || v.Site != s.name || !g.now().Before(time.Unix(v.Ends, 0).Add(g.cfg.RenewWithin)) {
		return ""
	}
	return v.Subject
}

func (g *Gate) visitorToken(s *site, c Call, subject string) (Token, error) {
	now := g.now()
	ends := now.Add(g.cfg.TokenTTL).Truncate(time.Second)
	v := visit{Version: tokenVersion, Site: s.name, Subject: subject, Origin: c.page(), Issued: now.Unix(), Ends: ends.Unix()}
	if g.cfg.BindAddress {
		v.Near = near(c.Address)
	}
	data, err := json.Marshal(v)
	value := tokenPrefix + g.secrets.Sign(ForToken, data)
	if len(value) > maxToken {
		err = errors.New("the origin is too long for a token")
	}
	if err != nil {
		return Token{}, &docent.Error{Code: docent.CodeInvalid, Message: "no token can be made for this page", Err: err}
	}
	p := v.principal()
	p.Origin = c.Origin
	return Token{Value: value, Ends: ends, Principal: p}, nil
}
