// Package mcp lets coding agents look into the documentation by the Model Context
// Protocol: over HTTP at /mcp, and over a program's standard input and output.
//
// A request comes in one of two ways and meets in one place:
//
//	http.go    /mcp behind the chain of web: who calls, limits, sizes, Origins
//	stdio.go   one client on a program's standard input and output
//	bridge.go  the same, where the documentation is on a server elsewhere
//	server.go  a server of the SDK for each site: tools, a prompt, completions
//	search.go, read.go, list.go, ask.go   the tools
//	resources.go   each page as a resource
//	metadata.go    where clients log in, RFC 9728
//
// It has no logic of its own of what is found, read or answered: Docs looks into the
// documentation, an Asker asks. What it adds is the form: Markdown with addresses,
// within a budget of tokens, beside the same as data.
//
// What it doubts: all that clients send. A session is its caller's: with another's ID
// there is none. Sessions and what they keep for resuming are bounded, and each request
// passes the chain anew, so no session is a way around limits.
package mcp

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/access"
	"docent/web"
)

// Config says how MCP is spoken. The zero value is usable.
type Config struct {
	Version string // of the program, for clients
	// Issuers are the addresses of those whose logins are believed, and Scopes what
	// clients should ask of them; without issuers no metadata is published.
	Issuers []string
	Scopes  []string
}

// Ports are what is served; all are needed.
type Ports struct {
	Docs Docs
	Log  *slog.Logger
}

// Docs looks into the documentation of a site.
type Docs interface {
	Search(ctx context.Context, q docent.Query) (docent.Found, error)
	// Doubt says what is to be doubted of what was found; "" is nothing.
	Doubt(f docent.Found) string
	// Read gives a page by its path or address, with the chunks of the section with
	// that heading or anchor and of those below it; of all of them where it is "".
	// docent.CodeNotFound where there is none.
	Read(ctx context.Context, site string, f docent.Filters, page, section string) (docent.Page, []docent.Chunk, error)
	// List gives the pages of what the filters choose, in the order of navigation.
	List(ctx context.Context, site string, f docent.Filters) ([]Shelf, error)
	// Choose gives the releases that filters mean.
	Choose(ctx context.Context, site string, f docent.Filters) (web.Choice, error)
}

// Shelf is a unit with its pages.
type Shelf struct {
	Unit  docent.Unit
	Pages []docent.Page
}

// Asker asks in the name of a caller; see web.Asker, which is one.
type Asker interface {
	Start(ctx context.Context, q docent.Ask) (docent.Started, error)
	// Follow gives fn the events of an answer. When ctx ends, or fn fails, the answer
	// is stopped.
	Follow(ctx context.Context, messageID string, fn func([]docent.Event) error) error
}

// Caller is for whom a request is answered.
type Caller struct {
	Principal access.Principal
	Lang      string // the reader's, BCP 47; "" is unknown
	Base      string // before addresses that begin with a slash; "" where Docent is not served
	Asker     Asker
}

// Service speaks MCP.
type Service struct {
	cfg      Config
	ports    Ports
	sessions *sessions
	http     handlers

	mu    sync.Mutex
	sites map[string]siteServer // by name
}

// siteServer is the server of a site, made for what was published then.
type siteServer struct {
	server    *mcp.Server
	published string
}

// New makes a Service. The caller closes it.
func New(cfg Config, ports Ports) (*Service, error) {
	if ports.Docs == nil || ports.Log == nil {
		return nil, errors.New("mcp: Docs and Log are needed")
	}
	s := &Service{cfg: cfg, ports: ports, sessions: newSessions(time.Now), sites: map[string]siteServer{}}
	s.http = s.newHandlers()
	return s, nil
}

// Close ends the sessions, and waits until they have ended.
func (s *Service) Close() { s.sessions.close() }
