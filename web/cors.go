package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"docent"
)

// What pages of other origins may do, send and read.
const (
	corsMethods = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
	corsAllowed = "Authorization, Content-Type, Last-Event-ID, Idempotency-Key, Accept-Language, traceparent"
	corsExposed = "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"
	corsMaxAge  = "600" // seconds that a browser may keep a preflight's answer
)

// originOf is a URL's origin as browsers send it: lower case, without the
// scheme's own port.
func originOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if p := u.Port(); u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443" {
		host = strings.TrimSuffix(host, ":"+p)
	}
	return u.Scheme + "://" + host
}

// own reports whether origin is this server's: by the address that readers
// see, or by the host that the request itself was sent to.
func (h *Handler) own(r *http.Request, origin string) bool {
	_, host, found := strings.Cut(origin, "://")
	if !found || strings.EqualFold(r.Host, h.public.hostport()) {
		return found && origin == h.public.origin
	}
	return origin == h.public.origin || host != "" && strings.EqualFold(host, r.Host)
}

// cors lets pages of allowed origins call, and refuses others by name. Which
// site they may call is for who to say. Requests without an Origin are not a
// browser's business with another site.
func (h *Handler) cors(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, head := c.Request(), c.Response().Header()
		head.Add("Vary", "Origin")
		sent := r.Header.Values("Origin")
		if len(sent) == 0 {
			return next(c)
		}
		if len(sent) > 1 {
			return docent.Errorf(docent.CodeMalformed, "the request has two Origin headers")
		}
		if err := h.allow(head, sent[0], h.own(r, sent[0])); err != nil {
			return err
		}
		var more Protocol
		if p := h.protocolAt(r.URL.Path); p != nil {
			more = *p
		}
		head.Set("Access-Control-Expose-Headers", withHeaders(corsExposed, more.Exposed))
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			head.Set("Access-Control-Allow-Methods", corsMethods)
			head.Set("Access-Control-Allow-Headers", withHeaders(corsAllowed, more.Headers))
			head.Set("Access-Control-Max-Age", corsMaxAge)
			return c.NoContent(http.StatusNoContent)
		}
		return next(c)
	}
}

func withHeaders(list string, more []string) string {
	return strings.Join(append([]string{list}, more...), ", ")
}

// allow says in the answer's headers what a page may do with it. Cookies are
// for exact origins only.
func (h *Handler) allow(head http.Header, origin string, own bool) error {
	allowed, cookies := h.gate.Allowed(origin)
	switch {
	case own || cookies:
		head.Set("Access-Control-Allow-Origin", origin)
		head.Set("Access-Control-Allow-Credentials", "true")
	case allowed && slices.Contains(h.cfg.CORS.AllowedOrigins, "*"):
		head.Set("Access-Control-Allow-Origin", "*")
	case allowed:
		head.Set("Access-Control-Allow-Origin", origin)
	default:
		return &docent.Error{
			Code:    docent.CodeForbidden,
			Message: fmt.Sprintf("pages of the origin %q may not call this server", clip(origin)),
			Hint:    "whoever runs it can add the origin to cors.allowed_origins, or to a site's origins",
		}
	}
	return nil
}

// named refuses requests that were sent to a name which is not the server's own.
func (h *Handler) named(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if path := c.Request().URL.Path; h.called(path) || strings.HasPrefix(path, docsRoot) {
			if err := h.checkName(c.Request().Host); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// checkName refuses names that are not known to be the server's own, where
// every caller is the one local subject. Otherwise any web page could make its
// own name resolve to 127.0.0.1 and then read, as a page of the same origin,
// all that the local subject may (DNS rebinding). An address is no such name.
func (h *Handler) checkName(hostport string) error {
	if !h.gate.Local() || h.ports.Identify != nil {
		return nil
	}
	u := url.URL{Host: hostport}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	_, err := netip.ParseAddr(host)
	if err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost") || host == h.public.host {
		return nil
	}
	return &docent.Error{
		Code:    docent.CodeForbidden,
		Message: fmt.Sprintf("this server does not know the name %q as its own", clip(hostport)),
		Hint:    "set server.public_url to the address that readers use",
	}
}
