package web

import (
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// These bound a comparison: each question is asked twice.
const (
	maxQuestions     = 1000
	maxQuestionBytes = 4000
)

// releases answers GET /api/v1/index/releases.
func (h *Handler) releases(c echo.Context) error {
	all, err := h.ports.Releases.All(c.Request().Context(), principal(c).Site)
	if err != nil {
		return err
	}
	return answer(c, struct {
		Releases []docent.Release `json:"releases"`
	}{append([]docent.Release{}, all...)})
}

// compare answers POST /api/v1/index/diff.
func (h *Handler) compare(c echo.Context) error {
	var w docent.Wanted
	if err := h.readPacked(c, &w); err != nil {
		return err
	}
	if (w.Preview == "") == (w.From == "" || w.To == "") {
		return docent.Errorf(docent.CodeInvalid, "a comparison has either 'from' and 'to' or 'preview'")
	}
	if len(w.Questions) > maxQuestions {
		return docent.Errorf(docent.CodeTooLarge, "a comparison has at most %d questions", maxQuestions)
	}
	for _, q := range w.Questions {
		if len(q) > maxQuestionBytes {
			return docent.Errorf(docent.CodeTooLarge, "a question has at most %d bytes", maxQuestionBytes)
		}
	}
	all, err := h.ports.Releases.Compare(c.Request().Context(), principal(c).Site, w)
	if err != nil {
		return err
	}
	return answer(c, struct {
		Comparisons []docent.Comparison `json:"comparisons"`
	}{all})
}

// namedUnit names a unit of the caller's site in a body, or a preview of it.
type namedUnit struct {
	Source  string `json:"source"`
	Version string `json:"version"`
	Lang    string `json:"lang"`
	Preview string `json:"preview"`
	Release int    `json:"release"`
}

func (n namedUnit) unit(c echo.Context) docent.Unit {
	return docent.Unit{Site: principal(c).Site, Source: n.Source, Version: n.Version, Lang: n.Lang}
}

// activate answers POST /api/v1/index/activate.
func (h *Handler) activate(c echo.Context) error {
	var n namedUnit
	if err := h.readPacked(c, &n); err != nil {
		return err
	}
	if n.Source == "" || n.Release < 1 || n.Preview != "" {
		return docent.Errorf(docent.CodeInvalid, "to activate takes the 'source', with its 'version' and 'lang', and the number of the 'release'")
	}
	if err := h.ports.Releases.Activate(c.Request().Context(), n.unit(c), n.Release); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// dropReleases answers POST /api/v1/index/drop.
func (h *Handler) dropReleases(c echo.Context) error {
	var n namedUnit
	err := h.readPacked(c, &n)
	switch {
	case err != nil:
	case (n.Source == "") == (n.Preview == ""):
		err = docent.Errorf(docent.CodeInvalid, "to drop takes either a 'source', with its 'version' and 'lang', or a 'preview'")
	case n.Preview != "":
		err = h.ports.Releases.DropPreview(c.Request().Context(), principal(c).Site, n.Preview)
	default:
		err = h.ports.Releases.Drop(c.Request().Context(), n.unit(c))
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// sweepReleases answers POST /api/v1/index/gc.
func (h *Handler) sweepReleases(c echo.Context) error {
	var k docent.Kept
	if err := h.readPacked(c, &k); err != nil {
		return err
	}
	if k.Keep < 0 {
		return docent.Errorf(docent.CodeInvalid, "'keep' is %d: must be 1 or more, or left out", k.Keep)
	}
	swept, err := h.ports.Releases.Sweep(c.Request().Context(), principal(c).Site, k)
	if err != nil {
		return err
	}
	return answer(c, swept)
}

// exportReleases answers GET /api/v1/index/export: a file, written as the index is
// read.
func (h *Handler) exportReleases(c echo.Context) error {
	only := docent.Unit{Site: principal(c).Site, Source: c.QueryParam("source"), Version: c.QueryParam("version"), Lang: c.QueryParam("lang")}
	return h.reading(c, func() error { return h.ports.Releases.Export(c.Request().Context(), only, &fileBody{h, c}) })
}

// fileBody is an answer that is a file: its headers go with the first write, each
// of which has its own time.
type fileBody struct {
	h *Handler
	c echo.Context
}

// Write implements io.Writer.
func (b *fileBody) Write(p []byte) (int, error) {
	if out := b.c.Response(); !out.Committed {
		out.Header().Set("Content-Type", echo.MIMEOctetStream)
		out.Header().Set("Content-Disposition", `attachment; filename="index.docent"`)
		out.Header().Set("Cache-Control", "no-store")
	}
	b.h.moreTime(b.c)
	return b.c.Response().Write(p)
}

// readPacked reads a body of JSON that may be compressed.
func (h *Handler) readPacked(c echo.Context, into any) error {
	if err := checkType(c.Request().Header.Get("Content-Type")); err != nil {
		return err
	}
	body, err := h.unpacked(c)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return unread(err)
	}
	http.NewResponseController(c.Response().Writer).SetReadDeadline(time.Time{}) // it was the body's
	return decode(raw, into)
}
