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
