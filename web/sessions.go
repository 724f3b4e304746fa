package web

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"docent"
)

// listSessions answers GET /api/v1/sessions.
func (h *Handler) listSessions(c echo.Context) error {
	q, err := h.listQuery(c)
	if err != nil {
		return err
	}
	list, err := h.ports.Sessions.Sessions(c.Request().Context(), principal(c).Owner(), q)
	if err != nil {
		return err
	}
	return answerList(h, c, list)
}

// session answers GET /api/v1/sessions/{id}.
func (h *Handler) session(c echo.Context) error {
	id, err := sessionID(c)
	if err != nil {
		return err
	}
	s, err := h.ports.Sessions.Session(c.Request().Context(), principal(c).Owner(), id)
	if err != nil {
		return err
	}
	return answer(c, s)
}

// renameSession answers PATCH /api/v1/sessions/{id}.
func (h *Handler) renameSession(c echo.Context) error {
	id, err := sessionID(c)
	if err != nil {
		return err
	}
	var change struct {
		Title string `json:"title"`
	}
	if err := h.readJSON(c, &change); err != nil {
		return err
	}
	title := strings.TrimSpace(change.Title)
	var wrong problems
	wrong.atMost("title", title, maxTitle)
	if title == "" || strings.ContainsFunc(title, unicode.IsControl) {
		wrong.add("title", "must be one line, and not blank")
	}
	if err := invalid(wrong...); err != nil {
		return err
	}
	s, err := h.ports.Sessions.RenameSession(c.Request().Context(), principal(c).Owner(), id, title)
	if err != nil {
		return err
	}
	return answer(c, s)
}

// deleteSession answers DELETE /api/v1/sessions/{id}.
func (h *Handler) deleteSession(c echo.Context) error {
	id, err := sessionID(c)
	if err != nil {
		return err
	}
	ctx, p := c.Request().Context(), principal(c)
	if err := h.ports.Answers.CancelSession(ctx, p, id); err != nil {
		return err
	}
	if err := h.ports.Sessions.DeleteSession(ctx, p.Owner(), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// messages answers GET /api/v1/sessions/{id}/messages.
func (h *Handler) messages(c echo.Context) error {
	id, err := sessionID(c)
	if err != nil {
		return err
	}
	q, err := h.listQuery(c)
	if err != nil {
		return err
	}
	list, err := h.ports.Sessions.Messages(c.Request().Context(), principal(c).Owner(), id, q)
	if err != nil {
		return err
	}
	return answerList(h, c, list)
}

// sessionID is the path's. What can't be one is answered like one that is not
// there.
func sessionID(c echo.Context) (string, error) {
	if id := c.Param("id"); SaneID(id) {
		return id, nil
	}
	return "", docent.Errorf(docent.CodeNotFound, "there is no such session")
}

// listQuery reads limit, after and order.
func (h *Handler) listQuery(c echo.Context) (docent.List, error) {
	var wrong problems
	q := docent.List{Order: c.QueryParam("order"), Limit: limitParam(c, 100, &wrong)}
	if q.Order != "" && q.Order != "asc" && q.Order != "desc" {
		wrong.add("order", "must be asc or desc")
	}
	after, ok := h.unseal(c, c.QueryParam("after"))
	if !ok {
		wrong.add("after", "is not a cursor of this list")
	}
	q.After = after
	return q, invalid(wrong...)
}

// limitParam reads limit, from 1 to most; 0 where it was not given.
func limitParam(c echo.Context, most int, wrong *problems) int {
	sent := c.QueryParam("limit")
	if sent == "" {
		return 0
	}
	n, err := strconv.Atoi(sent)
	if err != nil || n < 1 || n > most {
		wrong.add("limit", "must be a whole number from 1 to %d", most)
	}
	return n
}
