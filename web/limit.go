package web

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// limits are what requests are held to. A nil limiter is off.
type limits struct {
	requests *access.Limiter // of each subject and each address
	site     *access.Limiter // of each site
	visitors *access.Limiter // questions of the visitors of each address
}

// newLimits makes the limiters, with what the journal has of them.
func newLimits(c LimitsConfig, journal *access.Journal) (limits, error) {
	var l limits
	var err error
	if l.requests, err = newLimiter("default", c.RequestsPerMinute, time.Minute, journal); err != nil {
		return l, err
	}
	if l.site, err = newLimiter("site", c.SiteRequestsPerMinute, time.Minute, journal); err != nil {
		return l, err
	}
	l.visitors, err = newLimiter("visitors", c.VisitorQuestionsPerHour, time.Hour, journal)
	return l, err
}

func newLimiter(name string, limit int, window time.Duration, journal *access.Journal) (*access.Limiter, error) {
	if limit == 0 {
		return nil, nil
	}
	l := access.NewLimiter(name, limit, window, nil)
	if journal == nil {
		return l, nil
	}
	return l, journal.Keep(context.Background(), l)
}

// limit counts a request for its subject and for its address, and then for its
// site, so that whoever has none left takes none of the others'. It says in
// every answer how much is left.
func (h *Handler) limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		p := principal(c)
		if h.limits.requests != nil {
			keys := []string{"address " + network(c.RealIP())}
			if p.Subject != "" {
				keys = append(keys, "subject "+p.Site+" "+p.Subject)
			}
			q, allowed := h.limits.requests.Allow(keys...)
			if !allowed {
				return tooMany(q, "%d a minute are taken from each reader and each address")
			}
			tellQuota(c, q)
		}
		if h.limits.site != nil && p.Site != "" {
			q, allowed := h.limits.site.Allow("site " + p.Site)
			if !allowed {
				return tooMany(q, "%d a minute are taken for all readers of a site together")
			}
			tellQuota(c, q)
		}
		return next(c)
	}
}

// limitVisitor counts a question of a visitor for the address that it comes from.
func (h *Handler) limitVisitor(p access.Principal, address string) error {
	if h.limits.visitors == nil || !p.Visitor() {
		return nil
	}
	if q, allowed := h.limits.visitors.Allow("address " + network(address)); !allowed {
		return tooMany(q, "%d questions an hour are taken from the visitors of one address together")
	}
	return nil
}

// tooMany is the error of a limit that was met; rule says it, with its number.
func tooMany(q docent.Quota, rule string) error {
	return &docent.Error{Code: docent.CodeRateLimited, RetryAfter: q.Reset, Quota: &q, Message: fmt.Sprintf("too many requests: "+rule, q.Limit)}
}

// tellQuota adds a limit to those that the answer's headers tell, as
// draft-ietf-httpapi-ratelimit-headers has them.
func tellQuota(c echo.Context, q docent.Quota) {
	add := func(name, item string) {
		head := c.Response().Header()
		if before := head.Get(name); before != "" {
			item = before + ", " + item
		}
		head.Set(name, item)
	}
	add("RateLimit-Policy", fmt.Sprintf(`%q;q=%d;w=%s`, q.Policy, q.Limit, seconds(q.Window)))
	add("RateLimit", fmt.Sprintf(`%q;r=%d;t=%s`, q.Policy, q.Remaining, seconds(q.Reset)))
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
