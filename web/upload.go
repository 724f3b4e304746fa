package web

import (
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// upload answers POST /api/v1/index/sources/{source}/upload: the body is an archive.
func (h *Handler) upload(c echo.Context) error {
	if coding := c.Request().Header.Get("Content-Encoding"); coding != "" {
		return docent.Errorf(docent.CodeUnsupported, "the body is encoded as %q: send the archive as it is", clip(coding))
	}
	of := docent.Archive{
		Unit:    docent.Unit{Source: c.Param("source"), Version: c.QueryParam("version"), Lang: c.QueryParam("lang")},
		Preview: c.QueryParam("preview"), Framework: c.QueryParam("framework"), BaseURL: c.QueryParam("base_url"), Subdir: c.QueryParam("subdir"),
	}
	control := http.NewResponseController(c.Response().Writer)
	part := &partBody{from: patient{c.Request().Body, control}}
	u, err := h.ports.Uploads.Upload(c.Request().Context(), principal(c).Site, of, part)
	if part.err != nil {
		return unread(part.err)
	}
	if err != nil {
		return err
	}
	control.SetReadDeadline(time.Time{})
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusAccepted, u)
}

// patient is a body that may take long, as long as something of it comes.
type patient struct {
	io.Reader
	control *http.ResponseController
}

// Read implements io.Reader.
func (p patient) Read(b []byte) (int, error) {
	p.control.SetReadDeadline(time.Now().Add(bodyTimeout)) // tests' recorders have none
	return p.Reader.Read(b)
}

// uploadStatus answers GET /api/v1/index/uploads/{id}.
func (h *Handler) uploadStatus(c echo.Context) error {
	u, err := h.ports.Uploads.UploadStatus(principal(c).Site, c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, u)
}
