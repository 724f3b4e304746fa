package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"docent"
)

// docsRoot is above the reader's view of every source.
const docsRoot = "/docs/"

//go:embed reader.html
var readerHTML string

var readerTemplate = template.Must(template.New("reader").Parse(readerHTML))

// readerPage is what reader.html shows. Text is Markdown, which a page without
// script shows as it is; reader.js makes it prettier.
type readerPage struct {
	Lang        string
	Title       string
	Original    string // the page's own address, where it is elsewhere
	Breadcrumbs []string
	Sections    []readerSection
	Style       string
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
// address, or its file's.
func (h *Handler) readPage(c echo.Context) error {
	ctx, address := c.Request().Context(), c.Request().URL
	source, path, _ := strings.Cut(strings.TrimPrefix(address.Path, docsRoot), "/")
	f := docent.Filters{Source: source, Version: c.QueryParam("version"), Lang: c.QueryParam("lang")}
	page, chunks, err := h.ports.Search.Page(ctx, docent.DefaultSite, f, address.EscapedPath())
	if docent.CodeOf(err) == docent.CodeNotFound {
		page, chunks, err = h.ports.Search.Page(ctx, docent.DefaultSite, f, path)
	}
	if err != nil {
		return err
	}
	view := readerPage{
		Lang: "en", Title: page.Title, Breadcrumbs: page.Breadcrumbs, Sections: sections(chunks),
		Style: h.assetLink("/page.css"), Script: h.assetLink("/reader.js"),
	}
	if len(chunks) > 0 && chunks[0].Unit.Lang != "" {
		view.Lang = chunks[0].Unit.Lang
	}
	if own := h.public.origin + h.public.base + docsRoot; strings.Contains(page.URL, "://") && !strings.HasPrefix(page.URL, own) {
		view.Original = page.URL
	}
	var b bytes.Buffer
	if err := readerTemplate.Execute(&b, view); err != nil {
		return err
	}
	pageHeaders(c.Response().Header())
	return c.HTMLBlob(http.StatusOK, b.Bytes())
}

// sections joins the chunks of each section again.
func sections(chunks []docent.Chunk) []readerSection {
	var all []readerSection
	for i := range chunks {
		chunk := &chunks[i]
		if i > 0 && chunk.Section == chunks[i-1].Section {
			all[len(all)-1].Text += "\n\n" + chunk.Text
			continue
		}
		s := readerSection{Anchor: chunk.Anchor, Text: chunk.Text}
		if n := len(chunk.Headings); n > 0 {
			s.Heading, s.Level = chunk.Headings[n-1], min(n+1, 4)
		}
		all = append(all, s)
	}
	return all
}

// assetLink is the address of a file, "" where there is none.
func (h *Handler) assetLink(path string) string {
	if _, there := h.assets[path]; !there {
		return ""
	}
	return h.public.base + path
}
