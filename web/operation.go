package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// health answers GET /health: the process runs.
func (h *Handler) health(c echo.Context) error {
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, []byte(`{"status":"ok"}`))
}

// ready answers GET /ready: 200 when questions can be answered, with warnings
// where not all works, and otherwise 503 with a problem document that says why
// not and what to do, whatever the reason.
func (h *Handler) ready(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	if err := h.ports.Ready(c.Request().Context()); err != nil {
		answerProblem(c, h.problem(c, http.StatusServiceUnavailable, asError(err)))
		return nil
	}
	var warnings []string
	if h.ports.Trouble != nil {
		warnings = h.ports.Trouble()
	}
	if len(warnings) == 0 {
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, []byte(`{"status":"ready"}`))
	}
	return c.JSON(http.StatusOK, map[string]any{"status": "ready", "warnings": warnings})
}
