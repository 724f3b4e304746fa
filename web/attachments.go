package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"docent"
)

const (
	fileField    = "file"   // the part of the form that is the file
	maxFormBytes = 64 << 10 // of the form beside the file
	maxParts     = 20       // of a form
)

// attach answers POST /api/v1/attachments: a form with one file. What type its
// sender says that it has counts for nothing.
func (h *Handler) attach(c echo.Context) error {
	name, content, err := h.callOf(c).FormFile()
	if err != nil {
		return err
	}
	a, err := h.ports.Attachments.Attach(c.Request().Context(), principal(c).Owner(), name, content)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusCreated, a)
}

// formFile reads the file of a form into memory, at most as much as is taken. Parts
// of other names are skipped.
func (h *Handler) formFile(r *http.Request) (name string, content []byte, err error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return "", nil, docent.Errorf(docent.CodeUnsupported, "the Content-Type is %q: only multipart/form-data is taken, with the file in the field %q", clip(r.Header.Get("Content-Type")), fileField)
	}
	form, found := multipart.NewReader(r.Body, params["boundary"]), false
	for range maxParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", nil, unread(err)
		}
		if part.FormName() != fileField {
			continue
		}
		if found {
			return "", nil, invalid(docent.FieldError{Field: fileField, Message: "stands twice: attach each file by a request of its own"})
		}
		found, name = true, part.FileName()
		content, err = io.ReadAll(io.LimitReader(part, h.cfg.MaxAttachmentBytes+1))
		if err != nil {
			return "", nil, unread(err)
		}
		if int64(len(content)) > h.cfg.MaxAttachmentBytes {
			return "", nil, docent.Errorf(docent.CodeTooLarge, "the file is too large: at most %d bytes are taken", h.cfg.MaxAttachmentBytes)
		}
	}
	if !found {
		return "", nil, invalid(docent.FieldError{Field: fileField, Message: "is required: a form's field with the file"})
	}
	return name, content, nil
}

// deleteAttachment answers DELETE /api/v1/attachments/{id}.
func (h *Handler) deleteAttachment(c echo.Context) error {
	id := c.Param("id")
	if !SaneID(id) {
		return docent.Errorf(docent.CodeNotFound, "there is no such attachment")
	}
	if err := h.ports.Attachments.DeleteAttachment(c.Request().Context(), principal(c).Owner(), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
