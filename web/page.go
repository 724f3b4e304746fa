package web

import (
	"bytes"
	"embed"
	"html/template"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"docent"
)

//go:embed head.html reader.html failure.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "*.html"))

// pageHead is what the pages that the server writes have in common. An address
// is "" where there is no such file.
type pageHead struct {
	Lang  string
	Title string
	Home  string // where questions are asked
	Style string
	Icon  string
}

func (h *Handler) pageHead(lang, title string) pageHead {
	return pageHead{
		Lang: lang, Title: title,
		Home: h.assetLink("/"), Style: h.assetLink("/page.css"), Icon: h.assetLink("/favicon.svg"),
	}
}

// assetLink is the address of a file, "" where there is none.
func (h *Handler) assetLink(path string) string {
	if _, there := h.assets[path]; !there {
		return ""
	}
	return h.public.base + path
}

// answerPage answers with the page that a template makes of view.
func (h *Handler) answerPage(c echo.Context, status int, name string, view any) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, view); err != nil {
		return err
	}
	pageHeaders(c.Response().Header())
	return c.HTMLBlob(status, b.Bytes())
}

// failurePage is what failure.html shows.
type failurePage struct {
	pageHead
	Text      string
	RequestID string
}

// answerFailure is answerProblem for whoever reads pages.
func (h *Handler) answerFailure(c echo.Context, status int, e *docent.Error) {
	title := "This did not work"
	switch {
	case status == http.StatusNotFound:
		title = "There is no such page"
	case status >= http.StatusInternalServerError:
		title = "Something is wrong with this server"
	}
	h.answerPage(c, status, "failure.html", failurePage{
		pageHead: h.pageHead("en", title), Text: written(e.Told()), RequestID: requestID(c),
	})
}

// written gives a sentence its capital and its full stop.
func written(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:] + "."
}

// wantsPage reports whether a request, as a browser's that follows a link,
// rather takes a page than JSON. The API answers in JSON always.
func wantsPage(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, apiRoot) {
		return false
	}
	page, data := 0.0, 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		weight, err := strconv.ParseFloat(params["q"], 64)
		if err != nil {
			weight = 1
		}
		switch kind {
		case "text/html":
			page = weight
		case "application/json", "application/problem+json":
			data = max(data, weight)
		}
	}
	return page > data
}
