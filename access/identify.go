package access

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"docent"
)

// Call is what a request says about its sender.
type Call struct {
	Authorization []string                 // all headers of that name
	Cookie        func(name string) string // "" where there is none; may be nil
	Origin        string                   // "" outside browsers
	Own           bool                     // Origin is this server's own
	Address       netip.Addr               // of the client, behind trusted proxies
	Site          string                   // key of the site asked for, "" where not said: only for callers without credentials
	Surface       string                   // of the route
	Unsafe        bool                     // the method changes something
}

func (c Call) cookie(name string) string {
	if c.Cookie == nil {
		return ""
	}
	return c.Cookie(name)
}

// VisitorCookie is the cookie that may hold a visitor's token.
const VisitorCookie = "docent_visitor"

// Identify says who calls. Credentials decide: the Authorization header, else an
// issuer's cookie, else a visitor's. Without any, callers of a public surface
// are let in without a Subject: a surface whose things have owners then needs a
// token from Mint. Errors are *docent.Error: CodeUnauthorized, CodeForbidden
// for an origin, CodeMalformed for two headers, CodeInvalid for an unknown
// site, CodeNotReady where an issuer can't be asked, or the store's.
func (g *Gate) Identify(ctx context.Context, c Call) (Principal, error) {
	if g.local {
		p := Local()
		p.Origin = c.Origin
		return p, nil
	}
	p, err := g.byCredentials(ctx, c)
	if err == nil && p.Site == "" {
		p, err = g.anonymous(c)
	}
	if err == nil {
		err = g.fromOrigin(p.Site, c)
	}
	if err != nil {
		return Principal{}, err
	}
	p.Origin = c.Origin
	return p, nil
}

// byCredentials gives the zero Principal where the call has none.
func (g *Gate) byCredentials(ctx context.Context, c Call) (Principal, error) {
	if len(c.Authorization) == 0 {
		return g.byCookies(ctx, c)
	}
	text, err := bearer(c.Authorization)
	switch {
	case err != nil:
		return Principal{}, err
	case strings.HasPrefix(text, keyPrefix):
		return g.byKey(ctx, text)
	case strings.HasPrefix(text, tokenPrefix):
		return g.byToken(text, c)
	case c.Surface == SurfaceOpenAI && !strings.Contains(text, ".") && g.public(c):
		return Principal{}, nil // OpenAI's clients send a key whether or not one is needed; it is none of ours
	}
	p, err := g.issuers.Verify(ctx, text)
	return g.placed(p, err)
}

// placed checks the site of a JSON Web Token.
func (g *Gate) placed(p Principal, err error) (Principal, error) {
	if err != nil {
		return Principal{}, err
	}
	s := g.site(p.Site)
	if p.Site == "" {
		s = g.home()
	}
	if s == nil {
		return Principal{}, refusal("the token is for a site that this server does not have", "", fmt.Errorf("site %q", clip(p.Site)))
	}
	p.Site = s.name
	return p, nil
}

// byCookies finds who calls with an issuer's cookie, else with a visitor's.
func (g *Gate) byCookies(ctx context.Context, c Call) (Principal, error) {
	for _, name := range g.issuers.Cookies() {
		if text := c.cookie(name); text != "" {
			p, err := g.placed(g.issuers.VerifyCookie(ctx, name, text))
			if docent.CodeOf(err) == docent.CodeUnauthorized && g.public(c) {
				continue // a login that has ended keeps nobody from what is public
			}
			if err == nil {
				err = g.cookieFrom(p.Site, c)
			}
			return p, err
		}
	}
	text := c.cookie(VisitorCookie)
	if text == "" {
		return Principal{}, nil
	}
	p, err := g.byToken(text, c)
	switch {
	case err != nil:
		return Principal{}, nil // like a new visitor, who gets another
	case c.Origin == "":
		return p, nil // no browser: it sends this cookie, SameSite=Lax, only from the site's own pages, and with their Origin
	}
	return p, g.cookieFrom(p.Site, c)
}

// public reports whether a caller without credentials may use the surface.
func (g *Gate) public(c Call) bool {
	s, err := g.asked(c)
	return err == nil && g.opens(s, c.Surface)
}

func (g *Gate) opens(s *site, surface string) bool { return g.Open() || s.opens(surface) }

// bearer gives the credentials of the Authorization headers.
func bearer(headers []string) (string, error) {
	if len(headers) > 1 {
		return "", &docent.Error{Code: docent.CodeMalformed, Message: "the request has two Authorization headers", Hint: "send one"}
	}
	scheme := strings.TrimSpace(headers[0])
	text := ""
	if at := strings.IndexAny(scheme, " \t"); at > 0 {
		scheme, text = scheme[:at], strings.TrimSpace(scheme[at:])
	}
	if !strings.EqualFold(scheme, "Bearer") || text == "" {
		return "", unauthorized("the Authorization header must be 'Bearer' and an API key or a token", "")
	}
	return text, nil
}

// anonymous is who calls without credentials.
func (g *Gate) anonymous(c Call) (Principal, error) {
	s, err := g.asked(c)
	if err != nil {
		return Principal{}, err
	}
	if !g.opens(s, c.Surface) {
		return Principal{}, unauthorized("this needs an API key or a token", "send it as 'Authorization: Bearer ...'")
	}
	scopes := []string{ScopeChat, ScopeSearch}
	if c.Surface == SurfaceSearch {
		scopes = scopes[1:]
	}
	return Principal{Site: s.name, Scopes: scopes}, nil
}

// asked is the site that a caller without credentials means: the one that is
// named, else the first whose pages the origin is of, else the default one, or
// the only one.
func (g *Gate) asked(c Call) (*site, error) {
	for _, s := range g.sites {
		itsPage := s.origins.named(c.Origin) || !c.Own && s.origins.allow(c.Origin)
		if c.Site != "" && s.key == c.Site || c.Site == "" && itsPage {
			return s, nil
		}
	}
	if s := g.home(); c.Site == "" && s != nil {
		return s, nil
	}
	return nil, &docent.Error{Code: docent.CodeInvalid, Message: "the site is not one of this server",
		Fields: []docent.FieldError{{Field: "site", Message: "is not a site of this server"}}}
}

// home is the site of callers that name none: the default one, or the only
// one. nil where that is not clear.
func (g *Gate) home() *site {
	if len(g.sites) == 1 {
		return g.sites[0]
	}
	return g.site(docent.DefaultSite)
}

// site gives a site by its name; nil where there is none.
func (g *Gate) site(name string) *site {
	for _, s := range g.sites {
		if s.name == name {
			return s
		}
	}
	return nil
}

// Allowed reports whether pages of an origin may call any site, and whether
// with cookies: only exact origins may. It is for preflights, which say no site.
func (g *Gate) Allowed(origin string) (ok, cookies bool) {
	for _, s := range g.sites {
		ok = ok || s.origins.allow(origin)
		cookies = cookies || s.origins.named(origin)
	}
	return ok || g.cfg.Localhost && localhost(origin), cookies
}

// OriginOf reports whether pages of an origin may call a site.
func (g *Gate) OriginOf(name, origin string) bool {
	s := g.site(name)
	return s != nil && (s.origins.allow(origin) || g.cfg.Localhost && localhost(origin))
}

// fromOrigin checks that the page that calls may call the site.
func (g *Gate) fromOrigin(name string, c Call) error {
	if c.Origin == "" || c.Own || g.OriginOf(name, c.Origin) {
		return nil
	}
	return foreign(name, c.Origin)
}

// cookieFrom checks that no foreign page makes a browser send its cookies.
func (g *Gate) cookieFrom(name string, c Call) error {
	s := g.site(name)
	switch {
	case c.Own, c.Origin == "" && !c.Unsafe, s != nil && s.origins.named(c.Origin):
		return nil
	case c.Origin == "":
		return &docent.Error{Code: docent.CodeForbidden, Message: "a request with a cookie must say its Origin to change something",
			Hint: "send the token as 'Authorization: Bearer ...'"}
	}
	return foreign(name, c.Origin)
}

func foreign(name, origin string) error {
	return &docent.Error{
		Code:    docent.CodeForbidden,
		Message: fmt.Sprintf("pages of the origin %q may not call the site %q", clip(origin), name),
		Hint:    "whoever runs the server can add the origin to the site's origins",
	}
}

// clip shortens what a client sent for a message.
func clip(s string) string { return s[:min(len(s), 200)] }

// unauthorized makes an error of CodeUnauthorized.
func unauthorized(message, hint string) error { return refusal(message, hint, nil) }

// refusal is unauthorized with a cause for the log.
func refusal(message, hint string, cause error) error {
	return &docent.Error{Code: docent.CodeUnauthorized, Message: message, Hint: hint, Err: cause}
}
