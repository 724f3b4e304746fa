package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/access"
	"docent/web"
)

// Root is where MCP is spoken.
const Root = "/mcp"

// Headers of the protocol.
const (
	headerSession = "Mcp-Session-Id"
	headerVersion = "Mcp-Protocol-Version"
)

// sessionless is the first version of the protocol that has no sessions.
const sessionless = "2026-07-28"

// maxBatch is how many messages clients of old versions may send at once: the limits
// count requests.
const maxBatch = 10

// Protocol is MCP over HTTP.
func (s *Service) Protocol() web.Protocol {
	p := web.Protocol{
		Root: Root, Fail: s.fail,
		Headers: []string{headerSession, headerVersion, "Mcp-Method", "Mcp-Name"},
		Exposed: []string{headerSession, "WWW-Authenticate"},
	}
	for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodDelete} {
		p.Endpoints = append(p.Endpoints, web.Endpoint{
			Method: method, Path: Root, Surface: access.SurfaceMCP, Scope: access.ScopeSearch, Serve: s.serve,
		})
	}
	p.Endpoints = append(p.Endpoints, s.metadataEndpoints()...)
	return p
}

// handlers are the SDK's: for versions with sessions and without.
type handlers struct{ sessions, single http.Handler }

func (s *Service) newHandlers() handlers {
	handler := func(o mcp.StreamableHTTPOptions) http.Handler {
		o.DisableLocalhostProtection = true // the chain knows which names are the server's own
		h := mcp.NewStreamableHTTPHandler(serverOf, &o)
		return auth.RequireBearerToken(identified, &auth.RequireBearerTokenOptions{AllowMissingExpiration: true})(h)
	}
	return handlers{
		sessions: handler(mcp.StreamableHTTPOptions{EventStore: newReplay(maxReplay), SessionTimeout: maxIdle}),
		single:   handler(mcp.StreamableHTTPOptions{Stateless: true, PropagateRequestCancellation: true}),
	}
}

// visit is what the SDK's handlers are told of a request, in its context.
type visit struct {
	caller Caller
	server *mcp.Server // nil where the request is of a session that has one
}

type visitKey struct{}

func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

func serverOf(r *http.Request) *mcp.Server { return visitOf(r.Context()).server }

// callerKey is where tools find the caller in what the SDK keeps of a token. Of a
// session's requests each brings its own.
const callerKey = "caller"

// identified takes the place of a check of tokens: the chain has made it.
func identified(ctx context.Context, _ string, _ *http.Request) (*auth.TokenInfo, error) {
	caller := visitOf(ctx).caller
	return &auth.TokenInfo{
		UserID: caller.Principal.Site + " " + caller.Principal.Subject, Scopes: caller.Principal.Scopes,
		Extra: map[string]any{callerKey: caller},
	}, nil
}

// serve answers a request at Root.
func (s *Service) serve(c *web.Call) error {
	id := c.Request.Header.Get(headerSession)
	if id != "" && !s.sessions.of(id, c.Principal.Owner()) {
		return &docent.Error{Code: docent.CodeNotFound, Message: "there is no such session", Hint: "begin another one with initialize"}
	}
	v := visit{caller: Caller{Principal: c.Principal, Lang: c.Language(), Base: c.Site(), Asker: c.Asker()}}
	r := c.Request.Clone(c.Context())
	if r.Method == http.MethodPost {
		body, err := c.Body()
		if err != nil {
			return err
		}
		if err := checkBatch(body); err != nil {
			return err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	handler, single := s.http.sessions, r.Header.Get(headerVersion) >= sessionless
	if single {
		handler = s.http.single
	}
	if id == "" || single {
		if s.sessions.ended() {
			return docent.Errorf(docent.CodeNotReady, "the server is stopping")
		}
		var err error
		if v.server, err = s.serverFor(c.Context(), c.Principal.Site); err != nil {
			return err
		}
	}
	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
	r.Header.Set("Authorization", "Bearer known") // no credentials go further than the chain
	r.Header.Del("Cookie")
	w, stop := c.Lively()
	defer stop()
	handler.ServeHTTP(&sessionWriter{ResponseWriter: w, service: s, visit: v}, r)
	if r.Method == http.MethodDelete {
		s.sessions.forget(id)
	}
	return nil
}

// checkBatch refuses batches that are too long to count as one request.
func checkBatch(body []byte) error {
	if body = bytes.TrimLeft(body, " \t\r\n"); len(body) == 0 || body[0] != '[' {
		return nil
	}
	var messages []json.RawMessage
	if err := json.Unmarshal(body, &messages); err != nil {
		return &docent.Error{Code: docent.CodeMalformed, Message: "the body is no JSON", Err: err}
	}
	if len(messages) > maxBatch {
		return &docent.Error{Code: docent.CodeTooLarge, Message: "the batch is too long", Hint: "send each message by itself"}
	}
	return nil
}

// sessionWriter notes whose a session is before its client can know of it.
type sessionWriter struct {
	http.ResponseWriter
	service *Service
	visit   visit
	noted   bool
}

func (w *sessionWriter) note() {
	id := w.Header().Get(headerSession)
	if w.noted || id == "" {
		return
	}
	w.noted = true
	w.service.sessions.begin(id, w.visit.caller.Principal.Owner(), w.visit.server)
}

// WriteHeader implements http.ResponseWriter.
func (w *sessionWriter) WriteHeader(status int) {
	w.note()
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *sessionWriter) Write(b []byte) (int, error) {
	w.note()
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *sessionWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// fail answers what the chain refuses, as JSON-RPC has errors.
func (s *Service) fail(c *web.Call, status int, e *docent.Error) {
	s.tellLogin(c, status)
	if status == http.StatusNotFound && c.Request.Header.Get(headerSession) != "" {
		http.Error(c.Writer, told(e), status) // by which clients know that the session is gone, and not what a call asked for
		return
	}
	code := int64(jsonrpc.CodeInvalidRequest)
	switch {
	case status >= http.StatusInternalServerError:
		code = jsonrpc.CodeInternalError
	case e.Code == docent.CodeMalformed:
		code = jsonrpc.CodeParseError
	}
	_ = c.JSON(status, map[string]any{"jsonrpc": "2.0", "id": nil, "error": map[string]any{
		"code": code, "message": told(e), "data": map[string]any{"code": e.Code},
	}})
}
