package web

import (
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// Identify says who sends a request, and which cookies to set for that. Its
// errors are *docent.Error; CodeUnauthorized is the usual one.
type Identify func(*http.Request) (access.Principal, []*http.Cookie, error)

// A visitor is known by a random token: "vis_", 24 letters and digits, "_" and
// the second at which it ends, in base 36. Nothing is stored of it. Its subject
// is a digest of all of it, so that who changes a token, its end included, is
// someone else, and who reads a subject can't make the token.
const (
	visitorPrefix = "vis_"
	visitorTime   = 30 * 24 * time.Hour
	visitorCookie = "docent_visitor"
	visitorScope  = "chat"
)

// chooseIdentity fills in who callers are where Ports.Identify says nothing.
func (h *Handler) chooseIdentity() {
	switch {
	case h.identify != nil:
	case h.cfg.Auth.OpenToEveryone:
		h.identify = h.visitor
	default:
		h.local = true
		h.identify = func(*http.Request) (access.Principal, []*http.Cookie, error) { return access.Local(), nil, nil }
	}
}

// visitor knows visitors by their token, as Bearer or in a cookie. Who brings
// none is new, and gets one as a cookie.
func (h *Handler) visitor(r *http.Request) (access.Principal, []*http.Cookie, error) {
	now := time.Now()
	if sent := r.Header.Get("Authorization"); sent != "" {
		token, _ := strings.CutPrefix(sent, "Bearer ")
		if !validVisitor(token, now) {
			return access.Principal{}, nil, &docent.Error{
				Code: docent.CodeUnauthorized, Message: "the token is unknown or has expired", Hint: "get another from POST " + tokenPath,
			}
		}
		return visitorPrincipal(token), nil, nil
	}
	if sent, err := r.Cookie(visitorCookie); err == nil && validVisitor(sent.Value, now) {
		return visitorPrincipal(sent.Value), nil, nil
	}
	token, _ := newVisitor(now)
	return visitorPrincipal(token), []*http.Cookie{{
		Name: visitorCookie, Value: token, Path: h.public.base + "/", MaxAge: int(visitorTime.Seconds()),
		HttpOnly: true, Secure: h.public.secure, SameSite: http.SameSiteLaxMode,
	}}, nil
}

func newVisitor(now time.Time) (token string, ends time.Time) {
	ends = now.Add(visitorTime).Truncate(time.Second)
	return access.NewID(visitorPrefix) + "_" + strconv.FormatInt(ends.Unix(), 36), ends
}

// validVisitor reports whether token has the shape of one that newVisitor made
// and that has not ended.
func validVisitor(token string, now time.Time) bool {
	random, end, ok := strings.Cut(strings.TrimPrefix(token, visitorPrefix), "_")
	if !ok || !strings.HasPrefix(token, visitorPrefix) || len(random) != 24 || !saneID(random) {
		return false
	}
	ends, err := strconv.ParseInt(end, 36, 64)
	left := time.Unix(ends, 0).Sub(now)
	return err == nil && left > 0 && left <= visitorTime
}

func visitorPrincipal(token string) access.Principal {
	sum := sha256.Sum256([]byte(token))
	subject := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
	return access.Principal{Site: docent.DefaultSite, Subject: "anon_" + subject, Scopes: []string{visitorScope, "search"}}
}

// who finds the principal. Getting a token needs none.
func (h *Handler) who(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().URL.Path == tokenPath {
			return next(c)
		}
		p, cookies, err := h.identify(c.Request())
		if err != nil {
			return err
		}
		for _, cookie := range cookies {
			c.SetCookie(cookie)
		}
		p.Origin = c.Request().Header.Get("Origin")
		c.Set(principalKey, p)
		return next(c)
	}
}

const principalKey = "principal"

// principal is who asks; the zero value where who was not asked.
func principal(c echo.Context) access.Principal {
	p, _ := c.Get(principalKey).(access.Principal)
	return p
}

// token gives a visitor's token to clients that keep no cookies: pages of
// other sites above all.
func (h *Handler) token(c echo.Context) error {
	var request struct {
		Site string `json:"site"`
	}
	if c.Request().ContentLength != 0 {
		if err := h.readJSON(c, &request); err != nil {
			return err
		}
	}
	if request.Site != "" && request.Site != docent.DefaultSite {
		return invalid(docent.FieldError{Field: "site", Message: "is not a site of this server"})
	}
	token, ends := newVisitor(time.Now())
	return answer(c, struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
	}{token, ends.UTC()})
}
