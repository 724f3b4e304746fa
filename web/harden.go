package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"docent"
)

// Content security policies. None lets anything inline run, or a frame show us.
const (
	// pagePolicy is for our own pages: scripts, styles and calls of this server only.
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// dataPolicy is for all that is no page, should a browser take it for one.
	dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)

// harden sets the headers that keep browsers from making more of an answer than
// it is. Handlers of pages and files, which are meant for other uses, change them.
func harden(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		head := c.Response().Header()
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		head.Set("Content-Security-Policy", dataPolicy)
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		return next(c)
	}
}

// pageHeaders are those of our own pages. A page that links elsewhere tells the
// other site nothing of what was read here.
func pageHeaders(head http.Header) {
	head.Set("Cache-Control", "no-cache")
	head.Set("Content-Security-Policy", pagePolicy)
	head.Set("Referrer-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// fileHeaders are those of scripts, styles and pictures, which any page may load.
// What they may then ask is for cors to say.
func fileHeaders(head http.Header) {
	head.Set("Cache-Control", "public, max-age=300")
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// plain refuses compressed bodies: a small one can become a large one, and no
// question is so long that compressing it would help.
func plain(r *http.Request) error {
	for _, coding := range r.Header.Values("Content-Encoding") {
		if coding != "" && !strings.EqualFold(coding, "identity") {
			return docent.Errorf(docent.CodeUnsupported, "the body is encoded as %q: send it as it is, without Content-Encoding", clip(coding))
		}
	}
	return nil
}
