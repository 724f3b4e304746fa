package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"docent"
)

// Bounds of a verdict.
const (
	maxReasons     = 10
	maxReason      = 200
	maxComment     = 4000
	maxTitle       = 300
	ratingUp       = "up"
	ratingDown     = "down"
	ratingExpected = `must be "up" or "down"`
)

// feedback answers POST /api/v1/messages/{id}/feedback.
func (h *Handler) feedback(c echo.Context) error {
	var f docent.Feedback
	if err := h.readJSON(c, &f); err != nil {
		return err
	}
	var wrong problems
	if f.Rating != ratingUp && f.Rating != ratingDown {
		wrong.add("rating", ratingExpected)
	}
	if len(f.Reasons) > maxReasons {
		wrong.add("reasons", "are %d; at most %d are taken", len(f.Reasons), maxReasons)
	}
	for _, reason := range f.Reasons {
		wrong.atMost("reasons", reason, maxReason)
	}
	wrong.atMost("comment", f.Comment, maxComment)
	if err := invalid(wrong...); err != nil {
		return err
	}
	m, err := h.message(c, c.Param("id"))
	if err != nil {
		return err
	}
	if m.Role != docent.RoleAssistant {
		return invalid(docent.FieldError{Field: "id", Message: "is a question; only answers are rated"})
	}
	if err := h.ports.Sessions.SetFeedback(c.Request().Context(), principal(c).Owner(), m.ID, f); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
