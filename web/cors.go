package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"docent"
)

// What pages of other origins may do, send and read.
const (
	corsMethods = "GET, POST, PATCH, DELETE, OPTIONS"
	corsAllowed = "Authorization, Content-Type, Last-Event-ID, Idempotency-Key, Accept-Language, traceparent"
	corsExposed = "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"
	corsMaxAge  = "600" // seconds that a browser may keep a preflight's answer
)

// origins are those whose pages may call. The zero value is none.
type origins struct {
	any   bool
	exact map[string]bool
}

func parseOrigins(list []string) (origins, error) {
	o := origins{exact: map[string]bool{}}
	for _, s := range list {
		if s == "*" && len(list) == 1 {
			o.any = true
			continue
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return o, &docent.SettingError{Key: "cors.allowed_origins", Right: "origins such as https://docs.example.com, without a path, or * alone"}
		}
		o.exact[originOf(u)] = true
	}
	return o, nil
}

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
	_, host, _ := strings.Cut(origin, "://")
	return origin == h.public.origin || host != "" && strings.EqualFold(host, r.Host)
}

// cors lets pages of allowed origins call, and refuses others by name.
// Requests without an Origin are not a browser's business with another site.
func (h *Handler) cors(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, head := c.Request(), c.Response().Header()
		if err := h.checkName(r.Host); err != nil {
			return err
		}
		head.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if origin == "" {
			return next(c)
		}
		switch own := h.own(r, origin); {
		case own || h.origins.exact[origin]:
			head.Set("Access-Control-Allow-Origin", origin)
			head.Set("Access-Control-Allow-Credentials", "true")
		case h.origins.any:
			head.Set("Access-Control-Allow-Origin", "*")
		default:
			return &docent.Error{
				Code:    docent.CodeForbidden,
				Message: fmt.Sprintf("pages of the origin %q may not call this server", clip(origin)),
				Hint:    "whoever runs it can add the origin to cors.allowed_origins",
			}
		}
		head.Set("Access-Control-Expose-Headers", corsExposed)
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			head.Set("Access-Control-Allow-Methods", corsMethods)
			head.Set("Access-Control-Allow-Headers", corsAllowed)
			head.Set("Access-Control-Max-Age", corsMaxAge)
			return c.NoContent(http.StatusNoContent)
		}
		return next(c)
	}
}

// checkName refuses names that are not known to be the server's own, where
// every caller is the one local subject. Otherwise any web page could make its
// own name resolve to 127.0.0.1 and then read, as a page of the same origin,
// all that the local subject may (DNS rebinding). An address is no such name.
func (h *Handler) checkName(hostport string) error {
	if !h.local {
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
