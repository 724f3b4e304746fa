package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// maxWhole is how many readers get the whole documentation at the same time: each
// has every page read.
const maxWhole = 4

const markdownType = "text/markdown; charset=utf-8"

// base is before rooted addresses for readers elsewhere; "" where it is unknown.
func (h *Handler) base() string { return h.public.origin + h.public.base }

// chosen is what a request for llms.txt means.
type chosen struct {
	Choice
	filters docent.Filters
	etag    string
	since   time.Time // when the newest of the releases was published
}

// choose finds the releases that a request's filters mean, and names what is to be
// made of them: the same until one is replaced.
func (h *Handler) choose(c echo.Context) (chosen, error) {
	f := docent.Filters{Source: c.QueryParam("source"), Version: c.QueryParam("version"), Lang: c.QueryParam("lang")}
	choice, err := h.ports.Library.Choose(c.Request().Context(), principal(c).Site, f)
	if err != nil {
		return chosen{}, err
	}
	all := chosen{Choice: choice, filters: f}
	named, err := json.Marshal([]any{choice, f, h.base(), c.Path()})
	if err != nil {
		return chosen{}, err
	}
	sum := sha256.Sum256(named)
	all.etag = `"` + hex.EncodeToString(sum[:12]) + `"`
	for _, r := range choice.Releases {
		if r.CreatedAt.After(all.since) {
			all.since = r.CreatedAt
		}
	}
	return all, nil
}

// markdownHeaders sets what answers in Markdown have in common. What a reader keeps is
// asked for again each time, and mostly not sent.
func markdownHeaders(c echo.Context) http.Header {
	head := c.Response().Header()
	head.Set("Content-Type", markdownType)
	head.Set("Cache-Control", "no-cache")
	return head
}

// headers are set right before an answer begins: an error must not have them.
func (all chosen) headers(c echo.Context) {
	head := markdownHeaders(c)
	head.Set("ETag", all.etag)
	head.Set("Last-Modified", all.since.UTC().Format(http.TimeFormat))
}

// known reports whether the reader has the answer already.
func (all chosen) known(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get("If-None-Match"), all.etag)
}

// llms answers GET /llms.txt: the pages, with their addresses as Markdown.
func (h *Handler) llms(c echo.Context) error {
	all, err := h.choose(c)
	if err != nil {
		return err
	}
	if all.known(c) {
		all.headers(c)
		return c.NoContent(http.StatusNotModified)
	}
	text := LLMs{Notes: h.notes(all), Link: func(u docent.Unit, p docent.Page) string {
		return h.base() + twin(u, p, all.filters)
	}}
	for _, r := range all.Releases {
		pages, err := h.ports.Library.Pages(c.Request().Context(), r)
		if err != nil {
			return err
		}
		text.Shelves = append(text.Shelves, Shelf{r, pages})
	}
	var b bytes.Buffer
	if err := text.Write(&b); err != nil {
		return err
	}
	all.headers(c)
	http.ServeContent(c.Response(), c.Request(), "", all.since, bytes.NewReader(b.Bytes()))
	return nil
}

// notes say what else can be read: the whole, and other versions and languages.
func (h *Handler) notes(all chosen) []string {
	query := url.Values{}
	for name, value := range map[string]string{"source": all.filters.Source, "version": all.filters.Version, "lang": all.filters.Lang} {
		if value != "" {
			query.Set(name, value)
		}
	}
	at := func(path string, query url.Values) string {
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		return h.base() + path
	}
	notes := []string{fmt.Sprintf("All of it in one file: %s. To find passages instead of reading pages: %s/api/v1/search?q=WORDS.", at("/llms-full.txt", query), h.base())}
	if all.Note != "" {
		notes = append(notes, "Note: "+oneLine(all.Note)+".")
	}
	var others []string
	for _, r := range all.Others {
		q := url.Values{"source": {r.Unit.Source}}
		if r.Unit.Version != "" {
			q.Set("version", r.Unit.Version)
		}
		if r.Unit.Lang != "" {
			q.Set("lang", r.Unit.Lang)
		}
		others = append(others, "["+shelfName(r.Unit)+"]("+at("/llms.txt", q)+")")
	}
	if len(others) > 0 {
		notes = append(notes, "Other versions and languages: "+strings.Join(others, ", ")+".")
	}
	return notes
}

// llmsFull answers GET /llms-full.txt: every page as Markdown, written as it is read.
func (h *Handler) llmsFull(c echo.Context) error {
	all, err := h.choose(c)
	if err != nil {
		return err
	}
	if all.known(c) {
		all.headers(c)
		return c.NoContent(http.StatusNotModified)
	}
	if c.Request().Method == http.MethodHead {
		all.headers(c)
		return c.NoContent(http.StatusOK)
	}
	return h.reading(c, func() error { return h.writeWhole(c, all) })
}

// reading has fn read all of the documentation and answer with it, unless many do.
func (h *Handler) reading(c echo.Context, fn func() error) error {
	select {
	case h.whole <- struct{}{}:
		defer func() { <-h.whole }()
		err := fn()
		if err != nil && c.Response().Committed {
			panic(http.ErrAbortHandler) // so that the client sees a broken answer, not an ended one
		}
		return err
	default:
		return &docent.Error{Code: docent.CodeRateLimited, Message: "the whole documentation is being read by others", RetryAfter: 5 * time.Second}
	}
}

// moreTime gives the client time to take one more write.
func (h *Handler) moreTime(c echo.Context) {
	http.NewResponseController(c.Response().Writer).SetWriteDeadline(time.Now().Add(h.cfg.Server.WriteTimeout)) // tests' recorders have none
}

// writeWhole writes page after page; what comes before the first one can still be
// another answer.
func (h *Handler) writeWhole(c echo.Context, all chosen) error {
	ctx := c.Request().Context()
	first := true
	for _, r := range all.Releases {
		pages, err := h.ports.Library.Pages(ctx, r)
		if err != nil {
			return err
		}
		for _, p := range InOrder(pages) {
			page, chunks, err := h.ports.Library.Read(ctx, r, p.Path)
			if err != nil {
				return err
			}
			var b bytes.Buffer
			if first {
				all.headers(c)
			} else {
				b.WriteString(PageRule)
			}
			first = false
			if err := Markdown(&b, page, chunks, h.base()); err != nil {
				return err
			}
			h.moreTime(c)
			if _, err := c.Response().Write(b.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

// twinPage answers GET /docs/{source}/{path}.md: a page as Markdown.
func (h *Handler) twinPage(c echo.Context) error {
	page, chunks, err := h.findTwin(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := Markdown(&b, page, chunks, h.base()); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	head := markdownHeaders(c)
	head.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	head.Set("Link", "<"+destination(page.URL)+`>; rel="canonical"`)
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(b.Bytes()))
	return nil
}

// findTwin finds the page whose Markdown is asked for. What stands before .md is the
// page's address, see TwinPath, or the whole is its file's path, or stands before .md.
func (h *Handler) findTwin(c echo.Context) (page docent.Page, chunks []docent.Chunk, err error) {
	source, file, _ := strings.Cut(strings.TrimPrefix(c.Request().URL.Path, docsRoot), "/")
	address := strings.TrimSuffix(c.Request().URL.EscapedPath(), ".md")
	names := []string{address, file, strings.TrimSuffix(file, ".md")}
	if folder, is := strings.CutSuffix(address, "/index"); is {
		names = append([]string{folder + "/"}, names...)
	}
	f := docent.Filters{Source: source, Version: c.QueryParam("version"), Lang: c.QueryParam("lang"), Index: c.QueryParam("index")}
	for _, name := range names {
		page, chunks, err = h.pageAt(c, f, name)
		if docent.CodeOf(err) != docent.CodeNotFound {
			break
		}
	}
	return page, chunks, err
}
