package web

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"docent/access"
	"docent/web/openapi"
)

// Ports are what web serves, and the Gate before it. All but Attachments, Pushes, Uploads,
// Releases, Protocols, Assets, Identify and Journal are needed.
type Ports struct {
	Answers     Answers
	Sessions    Sessions
	Search      Search
	Library     Library
	Pushes      Pushes      // nil: the index is not changed from elsewhere
	Attachments Attachments // nil: no files are taken
	Uploads     Uploads     // nil: as Pushes
	Releases    Releases    // nil: as Pushes
	Protocols   []Protocol  // beside the API
	Ready       Ready
	Trouble     Trouble
	Assets      fs.FS // the widget and its pages, served under /; nil serves none
	Gate        *access.Gate
	Identify    Identify        // nil: callers are whom the Gate says
	Journal     *access.Journal // keeps what limits counted over a restart; nil keeps nothing
}

// Handler answers all of Docent's addresses, at the root and below the path
// prefix of server.public_url.
type Handler struct {
	cfg       Config
	ports     Ports
	log       *slog.Logger
	public    public
	gate      *access.Gate
	limits    limits
	assets    map[string]asset
	described description
	needs     map[string]need  // by method and path, as in table
	sizes     map[string]int64 // likewise: of bodies, where it is not MaxBodyBytes
	whole     chan struct{}    // holds a token for each reader of the whole documentation
	http      http.Handler
}

// New makes a Handler. An error names the setting that is wrong, its value and
// what would be right.
func New(cfg Config, ports Ports, log *slog.Logger) (*Handler, error) {
	if ports.Answers == nil || ports.Sessions == nil || ports.Search == nil || ports.Library == nil || ports.Ready == nil || ports.Gate == nil {
		return nil, errors.New("web: Answers, Sessions, Search, Library, Ready and Gate are needed")
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	h := &Handler{cfg: cfg, ports: ports, log: log, gate: ports.Gate, needs: map[string]need{}, sizes: map[string]int64{}, assets: map[string]asset{}, whole: make(chan struct{}, maxWhole)}
	var err error
	if h.public, err = parsePublic(cfg.Server.PublicURL); err != nil {
		return nil, err
	}
	if err := errors.Join(loadAssets(h.assets, ports.Assets), loadAssets(h.assets, openapi.Page)); err != nil {
		return nil, err
	}
	h.described = describe(h.public)
	proxies, err := parseProxies(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	if h.limits, err = newLimits(cfg.Limits, ports.Journal); err != nil {
		return nil, err
	}
	e := h.engine()
	e.IPExtractor = clientAddress(proxies)
	h.http = e
	return h, nil
}

// engine is echo with the chain and the routes.
func (h *Handler) engine() *echo.Echo {
	e := echo.New()
	e.Logger.SetOutput(io.Discard) // observe logs
	e.HTTPErrorHandler = func(err error, c echo.Context) { h.fail(c, err) }
	e.Use(name, harden, h.observe, rescue, h.bound, h.named, h.onAPI(h.cors), h.who, h.onAPI(h.limit), admit)
	h.register(e)
	return e
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if base := h.public.base; base != "" {
		if r.URL.Path == base {
			http.Redirect(w, r, base+"/", http.StatusPermanentRedirect)
			return
		}
		if strings.HasPrefix(r.URL.Path, base+"/") {
			http.StripPrefix(base, h.http).ServeHTTP(w, r)
			return
		}
	}
	h.http.ServeHTTP(w, r)
}
