package web

import (
	"cmp"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// Identify says who sends a request. Errors are *docent.Error, of
// CodeUnauthorized mostly; the text of any other reaches only the log. A
// principal without a Site is of docent.DefaultSite; one without a Subject may
// only search; what its Scopes do not name is refused.
type Identify func(*http.Request) (access.Principal, error)

// Keys of what is known of a request's sender, in its context.
const (
	principalKey = "principal"
	refusalKey   = "refusal"
)

// principal is who asks; the zero value where the route does not want to know.
func principal(c echo.Context) access.Principal {
	p, _ := c.Get(principalKey).(access.Principal)
	return p
}

// who finds the principal of a route that needs one, and whether it may. Whoever
// is refused is let through to limit all the same, so that guessing costs as
// much as asking: admit turns them away.
func (h *Handler) who(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		n := h.needs[c.Request().Method+" "+c.Path()]
		if n == nothing {
			return next(c)
		}
		p, err := h.identify(c, n)
		if err == nil {
			c.Set(principalKey, p)
			err = h.scoped(c, p, n)
		}
		if err != nil {
			c.Set(refusalKey, err)
		}
		return next(c)
	}
}

// admit ends the way of those whom who refused.
func admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if refusal, refused := c.Get(refusalKey).(error); refused {
			return refusal
		}
		return next(c)
	}
}

// identify asks the program that mounts Docent, or else the Gate.
func (h *Handler) identify(c echo.Context, n need) (access.Principal, error) {
	if h.ports.Identify != nil {
		p, err := h.ports.Identify(c.Request())
		if err == nil && p.Subject == "" && n.surface != access.SurfaceSearch {
			err = docent.Errorf(docent.CodeUnauthorized, "this needs a login")
		}
		p.Site = cmp.Or(p.Site, docent.DefaultSite)
		p.Origin = c.Request().Header.Get("Origin")
		return p, err
	}
	call := h.call(c, n.surface)
	p, err := h.gate.Identify(c.Request().Context(), call)
	switch {
	case err != nil || p.Subject != "" || n.surface == access.SurfaceSearch:
		return p, err
	case n.surface == access.SurfaceMCP || n.surface == access.SurfaceOpenAI:
		return h.gate.Passer(call, p), nil // their clients keep no cookies
	}
	return h.visit(c, call)
}

// scoped holds the principal to the route's scope.
func (h *Handler) scoped(c echo.Context, p access.Principal, n need) error {
	err := p.Need(n.scope)
	if err != nil {
		c.Response().Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+n.scope+`"`)
	}
	return err
}

// visit makes a subject of a caller without credentials where the surface is
// public, and gives it a token in a cookie, by which it is known the next time.
func (h *Handler) visit(c echo.Context, call access.Call) (access.Principal, error) {
	token, err := h.gate.Mint(c.Request().Context(), call, call.Cookie(access.VisitorCookie), access.Proof{})
	if err != nil {
		return access.Principal{}, err
	}
	known := time.Until(token.Ends) + h.cfg.Auth.RenewWithin
	c.SetCookie(&http.Cookie{
		Name: access.VisitorCookie, Value: token.Value, Path: h.public.base + "/", MaxAge: int(known.Seconds()),
		HttpOnly: true, Secure: h.public.secure, SameSite: http.SameSiteLaxMode,
	})
	return token.Principal, nil
}

// call is what a request says about its sender.
func (h *Handler) call(c echo.Context, surface string) access.Call {
	r := c.Request()
	origin := r.Header.Get("Origin")
	address, _ := netip.ParseAddr(c.RealIP())
	return access.Call{
		Authorization: r.Header.Values("Authorization"),
		Cookie:        func(name string) string { return cookie(r, name) },
		Origin:        origin,
		Own:           h.own(r, origin),
		Address:       address,
		Site:          c.QueryParam("site"),
		Surface:       surface,
		Unsafe:        r.Method != http.MethodGet && r.Method != http.MethodHead,
	}
}

func cookie(r *http.Request, name string) string {
	sent, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return sent.Value
}

// tokenRequest is the body of POST /api/v1/token, which may be empty.
type tokenRequest struct {
	Site      string `json:"site"` // the site's key; "" is the default site, or that of the page
	Challenge string `json:"challenge"`
	Solution  string `json:"solution"`
}

// token gives a visitor a token, or renews the one that it is asked with.
func (h *Handler) token(c echo.Context) error {
	if h.ports.Identify != nil {
		return docent.Errorf(docent.CodeNotFound, "this server gives no tokens: it knows its callers otherwise")
	}
	r := c.Request()
	var request tokenRequest
	if r.ContentLength != 0 {
		if err := h.readJSON(c, &request); err != nil {
			return err
		}
	}
	call := h.call(c, access.SurfaceWidget)
	call.Site = cmp.Or(request.Site, call.Site)
	current := cmp.Or(bearer(r), cookie(r, access.VisitorCookie))
	t, err := h.gate.Mint(r.Context(), call, current, access.Proof{Challenge: request.Challenge, Solution: request.Solution})
	if err != nil {
		return err
	}
	return answer(c, struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
		ExpiresIn int       `json:"expires_in"` // seconds: no clock has to be right
	}{t.Value, t.Ends.UTC(), int(time.Until(t.Ends).Seconds())})
}

// bearer is the token that a request brings, "" without one.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
