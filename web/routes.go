package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"docent/access"
)

// apiRoot is above every route of the API.
const apiRoot = "/api/"

// tokenPath is where a visitor without credentials gets some.
const tokenPath = apiRoot + "v1/token"

// attachmentsPath is where files are attached.
const attachmentsPath = apiRoot + "v1/attachments"

// indexPath is above what is asked of the index itself, pushesPath where pages come in
// that another machine parsed, and uploadPath where archives do.
const (
	indexPath  = apiRoot + "v1/index/"
	pushesPath = indexPath + "pushes"
	uploadPath = indexPath + "sources/:source/upload"
)

// need is what a route asks of its caller: a surface, which a site may let
// callers without credentials use, and a scope, which credentials must have.
type need struct{ surface, scope string }

// What the routes need. The zero value needs nothing: nobody is identified.
var (
	nothing = need{}
	chat    = need{access.SurfaceChat, access.ScopeChat}
	search  = need{access.SurfaceSearch, access.ScopeSearch}
	index   = need{"", access.ScopeIngest} // of no surface: never without credentials that say so
)

// Route is an address with its methods, and what it asks of its caller. An
// address holds ":id" and the like where a request has something of its own.
type Route struct {
	Method  string
	Path    string
	need    need
	handler echo.HandlerFunc
}

// table is every address of Docent. Its entries name no fields, so that none
// can be forgotten.
func (h *Handler) table() []Route {
	routes := []Route{
		{http.MethodPost, "/api/v1/chat", chat, h.ask},
		{http.MethodGet, "/api/v1/chat/:id/events", chat, h.takeUp},
		{http.MethodPost, "/api/v1/chat/:id/cancel", chat, h.cancel},
		{http.MethodPost, "/api/v1/messages/:id/feedback", chat, h.feedback},
		{http.MethodGet, "/api/v1/sessions", chat, h.listSessions},
		{http.MethodGet, "/api/v1/sessions/:id", chat, h.session},
		{http.MethodPatch, "/api/v1/sessions/:id", chat, h.renameSession},
		{http.MethodDelete, "/api/v1/sessions/:id", chat, h.deleteSession},
		{http.MethodGet, "/api/v1/sessions/:id/messages", chat, h.messages},
		{http.MethodGet, "/api/v1/sessions/:id/export", chat, h.export},
		{http.MethodGet, "/api/v1/search", search, h.search},
		{http.MethodPost, tokenPath, nothing, h.token},
		{http.MethodGet, docsRoot + ":source/*", search, h.readPage},
		{http.MethodHead, docsRoot + ":source/*", search, h.readPage},
		{http.MethodGet, "/llms.txt", search, h.llms},
		{http.MethodHead, "/llms.txt", search, h.llms},
		{http.MethodGet, "/llms-full.txt", search, h.llmsFull},
		{http.MethodHead, "/llms-full.txt", search, h.llmsFull},
		{http.MethodGet, "/health", nothing, h.health},
		{http.MethodHead, "/health", nothing, h.health},
		{http.MethodGet, "/ready", nothing, h.ready},
		{http.MethodHead, "/ready", nothing, h.ready},
		{http.MethodGet, "/openapi.yaml", nothing, h.openapiYAML},
		{http.MethodHead, "/openapi.yaml", nothing, h.openapiYAML},
		{http.MethodGet, "/openapi.json", nothing, h.openapiJSON},
		{http.MethodHead, "/openapi.json", nothing, h.openapiJSON},
	}
	if h.ports.Attachments != nil {
		routes = append(routes,
			Route{http.MethodPost, attachmentsPath, chat, h.attach},
			Route{http.MethodDelete, attachmentsPath + "/:id", chat, h.deleteAttachment},
		)
	}
	if h.ports.Pushes != nil {
		routes = append(routes,
			Route{http.MethodGet, pushesPath, index, h.pushTerms},
			Route{http.MethodPost, pushesPath, index, h.beginPush},
			Route{http.MethodGet, pushesPath + "/notes", index, h.pushNotes},
			Route{http.MethodPut, pushesPath + "/notes", index, h.putPushNotes},
			Route{http.MethodGet, pushesPath + "/:id", index, h.push},
			Route{http.MethodDelete, pushesPath + "/:id", index, h.dropPush},
			Route{http.MethodPut, pushesPath + "/:id/pages", index, h.pushPages},
			Route{http.MethodGet, pushesPath + "/:id/plan", index, h.pushPlan},
			Route{http.MethodPost, pushesPath + "/:id/commit", index, h.commitPush},
		)
	}
	if h.ports.Uploads != nil {
		routes = append(routes,
			Route{http.MethodPost, uploadPath, index, h.upload},
			Route{http.MethodGet, indexPath + "uploads/:id", index, h.uploadStatus},
		)
	}
	if h.ports.Releases != nil {
		routes = append(routes,
			Route{http.MethodGet, indexPath + "releases", index, h.releases},
			Route{http.MethodPost, indexPath + "diff", index, h.compare},
			Route{http.MethodPost, indexPath + "activate", index, h.activate},
			Route{http.MethodPost, indexPath + "drop", index, h.dropReleases},
			Route{http.MethodPost, indexPath + "gc", index, h.sweepReleases},
			Route{http.MethodGet, indexPath + "export", index, h.exportReleases},
		)
	}
	routes = append(routes, h.routesOf(h.ports.Protocols)...)
	for path := range h.assets {
		routes = append(routes, Route{http.MethodGet, path, nothing, h.asset}, Route{http.MethodHead, path, nothing, h.asset})
	}
	return routes
}

// Scope is what credentials must have; "" where nobody is asked for any.
func (r Route) Scope() string { return r.need.scope }

// Routes lists every address, for tests that walk them all.
func (h *Handler) Routes() []Route { return h.table() }

func (h *Handler) register(e *echo.Echo) {
	for _, r := range h.table() {
		e.Add(r.Method, r.Path, r.handler)
		h.needs[r.Method+" "+r.Path] = r.need
	}
}

// onAPI keeps a part of the chain to the addresses of the API and of the protocols
// beside it, unknown ones and preflights included.
func (h *Handler) onAPI(part echo.MiddlewareFunc) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		with := part(next)
		return func(c echo.Context) error {
			if h.called(c.Request().URL.Path) {
				return with(c)
			}
			return next(c)
		}
	}
}

// called reports whether an address is for programs: of the API, or of a protocol
// beside it.
func (h *Handler) called(path string) bool {
	return strings.HasPrefix(path, apiRoot) || h.protocolAt(path) != nil
}
