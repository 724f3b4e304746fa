package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// apiRoot is above every route of the API.
const apiRoot = "/api/"

// tokenPath is where a visitor without credentials gets some.
const tokenPath = apiRoot + "v1/token"

// reading are the methods of what has no effect.
var reading = []string{http.MethodGet, http.MethodHead}

func (h *Handler) routes(e *echo.Echo) {
	api := e.Group(apiRoot + "v1")
	api.POST("/chat", h.ask)
	api.GET("/chat/:id/events", h.takeUp)
	api.POST("/chat/:id/cancel", h.cancel)
	api.POST("/messages/:id/feedback", h.feedback)
	api.GET("/sessions", h.listSessions)
	api.GET("/sessions/:id", h.session)
	api.PATCH("/sessions/:id", h.renameSession)
	api.DELETE("/sessions/:id", h.deleteSession)
	api.GET("/sessions/:id/messages", h.messages)
	api.GET("/sessions/:id/export", h.export)
	api.GET("/search", h.search)
	e.POST(tokenPath, h.token)

	e.Match(reading, "/health", h.health)
	e.Match(reading, "/ready", h.ready)
	e.Match(reading, docsRoot+":source/*", h.readPage)
	for path := range h.assets {
		e.Match(reading, path, h.asset)
	}
}

// onAPI keeps a part of the chain to the API's addresses, unknown ones and
// preflights included.
func onAPI(part echo.MiddlewareFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		with := part(next)
		return func(c echo.Context) error {
			if strings.HasPrefix(c.Request().URL.Path, apiRoot) {
				return with(c)
			}
			return next(c)
		}
	}
}
