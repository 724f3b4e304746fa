package web

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"docent"
)

// docsRoot is above the reader's view of every source.
const docsRoot = "/docs/"

// readerPage is what reader.html shows. Text is Markdown, which a page without
// script shows as it is; reader.js makes it prettier.
type readerPage struct {
	pageHead
	Original    string   // the page's own address, where it is elsewhere
	Breadcrumbs []string // the source first
	Sections    []readerSection
	Script      string
}

type readerSection struct {
	Anchor  string
	Heading string
	Level   int // 2 to 4; 0 before the first heading
	Text    string
}

// readPage answers GET /docs/{source}/{path}: an indexed page, for following
// citations of a source that has no site of its own. The path is the page's
// address, or its file's. What ends with .md is the page as Markdown, see twinPage.
func (h *Handler) readPage(c echo.Context) error {
	if strings.HasSuffix(c.Request().URL.Path, ".md") {
		return h.twinPage(c)
	}
	page, chunks, err := h.findPage(c)
	if err != nil {
		return err
	}
	unit := docent.Unit{Source: c.Param("source"), Lang: "en"}
	if len(chunks) > 0 {
		unit.Version = chunks[0].Unit.Version
		unit.Lang = cmp.Or(chunks[0].Unit.Lang, unit.Lang)
	}
	return h.answerPage(c, http.StatusOK, "reader.html", readerPage{
		pageHead:    h.pageHead(unit.Lang, page.Title),
		Original:    h.original(page.URL),
		Breadcrumbs: append([]string{strings.TrimSpace(unit.Source + " " + unit.Version)}, page.Breadcrumbs...),
		Sections:    h.sections(chunks),
		Script:      h.assetLink("/reader.js"),
	})
}

// findPage finds the page that the address names.
func (h *Handler) findPage(c echo.Context) (docent.Page, []docent.Chunk, error) {
	address := c.Request().URL
	source, path, _ := strings.Cut(strings.TrimPrefix(address.Path, docsRoot), "/")
	f := docent.Filters{Source: source, Version: c.QueryParam("version"), Lang: c.QueryParam("lang"), Index: c.QueryParam("index")}
	page, chunks, err := h.pageAt(c, f, address.EscapedPath())
	if docent.CodeOf(err) == docent.CodeNotFound && path != "" {
		page, chunks, err = h.pageAt(c, f, path)
	}
	return page, chunks, err
}

// pageAt finds a page of the caller's site by its address or path. A source or a
// version that is not there is, in an address, a page that is not there.
func (h *Handler) pageAt(c echo.Context, f docent.Filters, at string) (docent.Page, []docent.Chunk, error) {
	page, chunks, err := h.ports.Search.Page(c.Request().Context(), principal(c).Site, f, at)
	var unknown *docent.Error
	if errors.As(err, &unknown) && unknown.Code == docent.CodeInvalid {
		err = &docent.Error{Code: docent.CodeNotFound, Message: unknown.Message, Hint: unknown.Hint, Err: err}
	}
	return page, chunks, err
}

// original is a page's address, "" where that is the reader's view itself.
func (h *Handler) original(address string) string {
	own := h.public.origin + h.public.base + docsRoot
	if !strings.Contains(address, "://") || strings.HasPrefix(address, own) {
		return ""
	}
	return address
}

// sections joins the chunks of each section again.
func (h *Handler) sections(chunks []docent.Chunk) []readerSection {
	var all []readerSection
	for i := range chunks {
		chunk := &chunks[i]
		text := linked(chunk, h.public.origin)
		if i > 0 && chunk.Section == chunks[i-1].Section {
			all[len(all)-1].Text += "\n\n" + text
			continue
		}
		s := readerSection{Anchor: chunk.Anchor, Text: text}
		if n := len(chunk.Headings); n > 0 {
			s.Heading, s.Level = chunk.Headings[n-1], min(n+1, 4)
		}
		all = append(all, s)
	}
	return all
}
