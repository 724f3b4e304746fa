package chatkit

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"docent"
	"docent/access"
	"docent/web"
)

const (
	filesPath   = root + "/attachments"
	formBytes   = 64 << 10 // of an upload beside its file
	maxFileName = 1000     // bytes of what a client calls a file
)

// files are where files go, and where pictures are seen. The addresses with an
// ID are signed, so that they need no login.
func (s *service) files() []web.Endpoint {
	if s.ports.Attachments == nil {
		return nil
	}
	one, most := filesPath+"/:id", s.cfg.MaxFileBytes+formBytes
	return []web.Endpoint{
		{Method: http.MethodPost, Path: filesPath, Surface: access.SurfaceChatKit, Scope: access.ScopeChat, MaxBytes: most, Serve: s.attach},
		{Method: http.MethodPost, Path: one, MaxBytes: most, Serve: s.takeForm},
		{Method: http.MethodPut, Path: one, MaxBytes: most, Serve: s.takeBody},
		{Method: http.MethodGet, Path: one + "/preview", Serve: s.preview},
	}
}

// createAttachment answers attachments.create: the file is announced, and told where
// to go.
func (s *service) createAttachment(c *web.Call, params object) error {
	name, size, kind := params.text("name"), params.number("size"), params.text("mime_type")
	if len(name) > maxFileName {
		params.refuse("name", "has %d bytes; at most %d are taken", len(name), maxFileName)
	}
	if err := params.err(); err != nil {
		return err
	}
	if s.ports.Attachments == nil {
		return noFiles()
	}
	if size > s.cfg.MaxFileBytes {
		return docent.Errorf(docent.CodeTooLarge, "the file is too large: at most %d bytes are taken", s.cfg.MaxFileBytes)
	}
	o := c.Principal.Owner()
	a, err := s.ports.Attachments.Announce(c.Context(), o, name)
	if err != nil {
		return err
	}
	a.Type = claimed(kind)
	made := s.attachmentOf(c.Site(), o, a, "")
	made.Upload = &upload{
		URL:    s.address(c.Site(), "", access.ForUpload, o, a.ID, time.Now().Add(uploadTime)),
		Method: http.MethodPost, Headers: map[string]string{},
	}
	return c.JSON(http.StatusOK, made)
}

// claimed is a type that a client says a file has, until its content tells; "" where it
// is none.
func claimed(kind string) string {
	name, _, err := mime.ParseMediaType(kind)
	if err != nil || !strings.Contains(name, "/") {
		return ""
	}
	return name
}

// deleteAttachment answers attachments.delete.
func (s *service) deleteAttachment(c *web.Call, params object) error {
	id := params.text("attachment_id")
	if err := params.err(); err != nil {
		return err
	}
	if s.ports.Attachments == nil {
		return noFiles()
	}
	if err := s.ports.Attachments.DeleteAttachment(c.Context(), c.Principal.Owner(), id); err != nil {
		return err
	}
	return nothing(c)
}

func noFiles() error {
	return unsupported("this server takes no attachments", "whoever runs it can set attachments.enabled")
}

// attach takes a file at once: a form with it, of a caller who is known.
func (s *service) attach(c *web.Call) error {
	name, content, err := c.FormFile()
	if err != nil {
		return err
	}
	o := c.Principal.Owner()
	a, err := s.ports.Attachments.Attach(c.Context(), o, name, content)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.attachmentOf(c.Site(), o, a, ""))
}

// takeForm takes an announced file as a form.
func (s *service) takeForm(c *web.Call) error {
	return s.take(c, func() ([]byte, error) {
		_, content, err := c.FormFile()
		return content, err
	})
}

// takeBody takes an announced file as the body itself.
func (s *service) takeBody(c *web.Call) error { return s.take(c, c.Body) }

// take fills an announced attachment. Its name is that of the announcement. read is
// called only where the address is good.
func (s *service) take(c *web.Call, read func() ([]byte, error)) error {
	t, err := s.ticketOf(access.ForUpload, c.Param("id"), c.Request.URL.Query().Get(ticketParam))
	if err != nil {
		return err
	}
	content, err := read()
	if err != nil {
		return err
	}
	a, err := s.ports.Attachments.Fill(c.Context(), t.owner(), t.ID, content)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.attachmentOf(c.Site(), t.owner(), a, ""))
}

// preview shows a picture, to whatever page has its address: as bytes of the type
// that they were found to be, which a browser makes nothing else of.
func (s *service) preview(c *web.Call) error {
	t, err := s.ticketOf(access.ForPreview, c.Param("id"), c.Request.URL.Query().Get(ticketParam))
	if err != nil {
		return err
	}
	picture, err := s.ports.Attachments.Image(c.Context(), t.owner(), t.ID)
	if err != nil {
		return err
	}
	head := c.Writer.Header()
	head.Set("Content-Type", picture.Type)
	head.Set("Content-Length", strconv.Itoa(len(picture.Data)))
	head.Set("Content-Disposition", "inline")
	head.Set("Cache-Control", "private, max-age=3600")
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Writer.WriteHeader(http.StatusOK)
	_, err = c.Writer.Write(picture.Data)
	return err
}
