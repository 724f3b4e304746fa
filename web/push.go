package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// pushTerms answers GET /api/v1/index/pushes: what a push must be made with.
func (h *Handler) pushTerms(c echo.Context) error {
	terms, err := h.ports.Pushes.Terms(principal(c).Site, c.QueryParam("preview"))
	if err != nil {
		return err
	}
	return answer(c, terms)
}

// beginPush answers POST /api/v1/index/pushes.
func (h *Handler) beginPush(c echo.Context) error {
	var m docent.PushManifest
	if err := h.readPacked(c, &m); err != nil {
		return err
	}
	p, err := h.ports.Pushes.Begin(c.Request().Context(), principal(c).Site, m)
	if err != nil {
		return err
	}
	return answer(c, p)
}

// pushPages answers PUT /api/v1/index/pushes/{id}/pages.
func (h *Handler) pushPages(c echo.Context) error {
	id, err := pushID(c)
	if err != nil {
		return err
	}
	body, err := h.unpacked(c)
	if err != nil {
		return err
	}
	part := &partBody{from: body}
	p, err := h.ports.Pushes.Take(c.Request().Context(), principal(c).Site, id, part)
	if part.err != nil {
		return unread(part.err)
	}
	if err != nil {
		return err
	}
	http.NewResponseController(c.Response().Writer).SetReadDeadline(time.Time{})
	return answer(c, p)
}

// push answers GET /api/v1/index/pushes/{id}.
func (h *Handler) push(c echo.Context) error {
	id, err := pushID(c)
	if err != nil {
		return err
	}
	p, err := h.ports.Pushes.Status(principal(c).Site, id)
	if err != nil {
		return err
	}
	return answer(c, p)
}

// pushPlan answers GET /api/v1/index/pushes/{id}/plan.
func (h *Handler) pushPlan(c echo.Context) error {
	id, err := pushID(c)
	if err != nil {
		return err
	}
	plan, err := h.ports.Pushes.Plan(c.Request().Context(), principal(c).Site, id)
	if err != nil {
		return err
	}
	return answer(c, plan)
}

// commitPush answers POST /api/v1/index/pushes/{id}/commit.
func (h *Handler) commitPush(c echo.Context) error {
	id, err := pushID(c)
	if err != nil {
		return err
	}
	p, err := h.ports.Pushes.Commit(c.Request().Context(), principal(c).Site, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusAccepted, p)
}

// dropPush answers DELETE /api/v1/index/pushes/{id}.
func (h *Handler) dropPush(c echo.Context) error {
	id, err := pushID(c)
	if err != nil {
		return err
	}
	if err := h.ports.Pushes.Drop(principal(c).Site, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// pushNotes answers GET /api/v1/index/pushes/notes. The body is as it was put.
func (h *Handler) pushNotes(c echo.Context) error {
	raw, err := h.ports.Pushes.Notes(principal(c).Site, c.QueryParam("preview"), notedUnit(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "application/gzip", raw)
}

// putPushNotes answers PUT /api/v1/index/pushes/notes. What it says is nothing to
// the server: it stays compressed.
func (h *Handler) putPushNotes(c echo.Context) error {
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return unread(err)
	}
	if err := h.ports.Pushes.Note(principal(c).Site, c.QueryParam("preview"), notedUnit(c), raw, c.QueryParam("whole") == "true"); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func notedUnit(c echo.Context) docent.Unit {
	return docent.Unit{Source: c.QueryParam("source"), Version: c.QueryParam("version"), Lang: c.QueryParam("lang")}
}

// pushID is the path's. What can't be one is answered like one that is not
// there.
func pushID(c echo.Context) (string, error) {
	if id := c.Param("id"); SaneID(id) {
		return id, nil
	}
	return "", docent.Errorf(docent.CodeNotFound, "there is no such push")
}

// expansion is how many times larger than it was sent a body of a push may
// become: text in JSON becomes 5 to 10 times smaller by gzip.
const expansion = 32

// unpacked is the body as it was before it was compressed.
func (h *Handler) unpacked(c echo.Context) (io.Reader, error) {
	r := c.Request()
	switch coding := r.Header.Get("Content-Encoding"); {
	case coding == "" || strings.EqualFold(coding, "identity"):
		return r.Body, nil
	case !strings.EqualFold(coding, "gzip"):
		return nil, docent.Errorf(docent.CodeUnsupported, "the body is encoded as %q: send it with gzip, or as it is", clip(coding))
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, unread(err)
	}
	return http.MaxBytesReader(nil, io.NopCloser(z), expansion*h.cfg.MaxPushBytes), nil
}

// partBody keeps the error of reading a body apart from those of what it says.
type partBody struct {
	from io.Reader
	err  error
}

// Read implements io.Reader.
func (b *partBody) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
