package web

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// Protocol is a way to speak to Docent beside its own API, with addresses and errors
// of its own. It is an adapter: who calls, what a caller may, limits, sizes and CORS
// are the chain's, and answers are made by Answers.
type Protocol struct {
	// Root is its address, "/chatkit". What begins with it and a slash is the
	// protocol's, too, known or not.
	Root      string
	Endpoints []Endpoint
	// Fail answers an error before an answer has begun, in the protocol's own shape.
	// status is what the API would answer with; the headers that an error brings are
	// already set.
	Fail func(c *Call, status int, e *docent.Error)
	// Headers are those that pages of other origins may send beside the API's, and
	// Exposed those that they may read.
	Headers, Exposed []string
}

// Endpoint is an address of a protocol.
type Endpoint struct {
	Method, Path   string // the path as echo has it: "/v1/models/:id"
	Surface, Scope string // see access; both empty asks for nobody
	MaxBytes       int64  // of a body; 0 is server.max_body_bytes
	// Serve answers. Its error goes to the protocol's Fail, or where an answer has
	// begun only to the log.
	Serve func(*Call) error
}

// Call is a request to an endpoint.
type Call struct {
	Writer    http.ResponseWriter // each write of a long answer needs its own deadline: see Stream and Patient
	Request   *http.Request
	Principal access.Principal // the zero value where the endpoint asks for nobody

	handler *Handler
	echo    echo.Context
}

// Param is a part of the path: "id" of "/v1/models/:id".
func (c *Call) Param(name string) string { return c.echo.Param(name) }

// Context ends with the request.
func (c *Call) Context() context.Context { return c.Request.Context() }

// Language is the reader's, as the browser has it; "" is unknown.
func (c *Call) Language() string {
	return preferredLanguage(c.Request.Header.Get("Accept-Language"))
}

// Site is the address of Docent as the caller sees it, with the path prefix and
// without a slash at its end: server.public_url, or else what the request was sent to.
func (c *Call) Site() string {
	if p := c.handler.public; p.origin != "" {
		return p.origin + p.base
	}
	scheme := "http"
	if c.Request.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + c.Request.Host
}

// Body reads the body, whatever its type.
func (c *Call) Body() ([]byte, error) {
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, unread(err)
	}
	http.NewResponseController(c.echo.Response().Writer).SetReadDeadline(time.Time{}) // it was the body's
	return body, nil
}

// FormFile reads the file of a form, in its field "file", as POST /api/v1/attachments
// does.
func (c *Call) FormFile() (name string, content []byte, err error) {
	name, content, err = c.handler.formFile(c.Request)
	http.NewResponseController(c.echo.Response().Writer).SetReadDeadline(time.Time{}) // it was the body's
	return name, content, err
}

// Decode reads the body as JSON into all that into points to, whatever its type.
// Unknown fields are ignored; errors are those of the API.
func (c *Call) Decode(into ...any) error {
	body, err := c.Body()
	for _, to := range into {
		if err == nil {
			err = decode(body, to)
		}
	}
	return err
}

// Link is the address of a source for readers elsewhere: a rooted one is of this
// server.
func (c *Call) Link(url string) string {
	if strings.HasPrefix(url, "/") {
		return c.Site() + url
	}
	return url
}

// Start asks a question, which counts for the limits, and begins its answer.
func (c *Call) Start(a docent.Ask) (docent.Started, error) { return c.handler.start(c.echo, a) }

// Follow gives fn the events of an answer that Start began, see Answers. When the
// client leaves, or fn fails, the answer is stopped: such protocols have no other way
// to say it.
func (c *Call) Follow(messageID string, fn func([]docent.Event) error) error {
	err := c.Asker().Follow(c.Context(), messageID, fn)
	if err == nil {
		return nil
	}
	return explain(c.Context(), err)
}

// StopSession stops the answers of a session, before it is deleted.
func (c *Call) StopSession(id string) error {
	return c.handler.ports.Answers.CancelSession(c.Context(), c.Principal, id)
}

// JSON answers v as JSON.
func (c *Call) JSON(status int, v any) error { return answerJSON(c.echo, status, v) }

// protocolAt is the protocol of an address, nil of none.
func (h *Handler) protocolAt(path string) *Protocol {
	i := slices.IndexFunc(h.ports.Protocols, func(p Protocol) bool {
		return path == p.Root || strings.HasPrefix(path, p.Root+"/")
	})
	if i < 0 {
		return nil
	}
	return &h.ports.Protocols[i]
}

// callOf is an echo request as protocols have it.
func (h *Handler) callOf(c echo.Context) *Call {
	return &Call{Writer: c.Response(), Request: c.Request(), Principal: principal(c), handler: h, echo: c}
}

// routesOf are the addresses of the protocols.
func (h *Handler) routesOf(protocols []Protocol) []Route {
	var routes []Route
	for _, p := range protocols {
		for _, e := range p.Endpoints {
			routes = append(routes, Route{e.Method, e.Path, need{e.Surface, e.Scope}, func(c echo.Context) error {
				return e.Serve(h.callOf(c))
			}})
			if e.MaxBytes > 0 {
				h.sizes[e.Method+" "+e.Path] = e.MaxBytes
			}
		}
	}
	return routes
}
