package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// asset is a file as it is served.
type asset struct {
	body   []byte
	kind   string // Content-Type
	etag   string
	packed func() []byte // body by gzip; nil where it is always sent as it is
}

// kinds are told by name, since the system's own table differs by machine.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".map":  "application/json",
	".png":  "image/png",
	".ico":  "image/x-icon",
}

func newAsset(body []byte, kind string) asset {
	sum := sha256.Sum256(body)
	return asset{body: body, kind: kind, etag: `"` + hex.EncodeToString(sum[:12]) + `"`, packed: packing(body, kind)}
}

// loadAssets adds files to those in memory: they are few and small. An index.html
// stands for its folder, and any other page has its name without .html.
func loadAssets(assets map[string]asset, files fs.FS) error {
	if files == nil {
		return nil
	}
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		kind := kinds[path.Ext(name)]
		if kind == "" {
			kind = mime.TypeByExtension(path.Ext(name))
		}
		address := "/" + name
		if path.Base(name) == "index.html" {
			address = strings.TrimSuffix(address, "index.html")
		}
		assets[strings.TrimSuffix(address, ".html")] = newAsset(body, kind)
		return nil
	})
}

// accessory reports whether a request is for what a browser loads with a page:
// one line in the log is enough for both.
func (h *Handler) accessory(c echo.Context) bool {
	a, there := h.assets[c.Path()]
	return there && !strings.HasPrefix(a.kind, "text/html") || c.Request().URL.Path == "/favicon.ico"
}

// asset serves a file.
func (h *Handler) asset(c echo.Context) error {
	a := h.assets[c.Path()]
	head := c.Response().Header()
	if strings.HasPrefix(a.kind, "text/html") {
		pageHeaders(head)
	} else {
		fileHeaders(head)
	}
	serve(c, a)
	return nil
}

// serve answers with a file, or tells that the client's copy is the same.
func serve(c echo.Context, a asset) {
	head, body, etag := c.Response().Header(), a.body, a.etag
	if a.packed != nil {
		head.Add("Vary", "Accept-Encoding")
		if takesGzip(c.Request().Header) {
			head.Set("Content-Encoding", "gzip")
			body, etag = a.packed(), strings.TrimSuffix(etag, `"`)+`-gzip"`
		}
	}
	head.Set("ETag", etag)
	if a.kind != "" {
		head.Set("Content-Type", a.kind)
	}
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(body))
}
