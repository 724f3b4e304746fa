package web

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/labstack/echo/v4"

	"docent"
)

// limit counts a request for its subject and for its address, and says in
// every answer how much is left.
func (h *Handler) limit(next echo.HandlerFunc) echo.HandlerFunc {
	if h.limiter == nil {
		return next
	}
	window := seconds(h.limiter.Window())
	return func(c echo.Context) error {
		keys := []string{"address " + network(c.RealIP())}
		if p := principal(c); p.Subject != "" {
			keys = append(keys, "subject "+p.Site+" "+p.Subject)
		}
		d := h.limiter.Allow(keys...)
		head := c.Response().Header()
		head.Set("RateLimit-Policy", fmt.Sprintf(`"default";q=%d;w=%s`, d.Limit, window))
		head.Set("RateLimit", fmt.Sprintf(`"default";r=%d;t=%s`, d.Remaining, seconds(d.Reset)))
		if !d.Allowed {
			return &docent.Error{
				Code: docent.CodeRateLimited, RetryAfter: d.Reset,
				Message: fmt.Sprintf("too many requests: %d a minute are taken from each reader and each address", d.Limit),
			}
		}
		return next(c)
	}
}

// network is what limits hold to account for an address: itself, or for IPv6
// the /64 that one customer is given.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	prefix, _ := a.WithZone("").Prefix(64)
	return prefix.String()
}

// clientAddress believes X-Forwarded-For from the given networks only.
func clientAddress(proxies []*net.IPNet) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, n := range proxies {
		trust = append(trust, echo.TrustIPRange(n))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
