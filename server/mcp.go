package server

import (
	"context"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"docent"
	"docent/access"
	"docent/tools/docs"
	"docent/web"
	"docent/web/mcp"
)

// openMCP makes what speaks MCP.
func (s *Server) openMCP() ([]web.Protocol, error) {
	var err error
	s.mcp, err = mcp.New(s.cfg.mcp(), mcp.Ports{Docs: desk{&s.search}, Log: s.log})
	if err != nil {
		return nil, err
	}
	return []web.Protocol{s.mcp.Protocol()}, nil
}

// mcp gives what MCP needs: who logs its callers in, if anybody does whom a program can
// ask. Scopes are only those that tokens must name: an issuer that does not know ours
// would refuse a login that asks for them.
func (c *Config) mcp() mcp.Config {
	m := mcp.Config{Version: moduleVersion()}
	for _, issuer := range c.Auth.Issuers {
		if issuer.Secret != "" || !strings.HasPrefix(issuer.Issuer, "https://") && !strings.HasPrefix(issuer.Issuer, "http://") {
			continue // nobody logs in there
		}
		m.Issuers = append(m.Issuers, issuer.Issuer)
		for _, scope := range []string{access.ScopeSearch, access.ScopeChat} {
			if issuer.Scopes != nil && !slices.Contains(issuer.Scopes, scope) && !slices.Contains(m.Scopes, scope) {
				m.Scopes = append(m.Scopes, scope)
			}
		}
	}
	return m
}

// moduleVersion is the program's, as it was built.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}

// ServeMCP speaks MCP with one client on a program's input and output, in the name of
// who, until the input or ctx ends. Meanwhile it follows the index.
func (s *Server) ServeMCP(ctx context.Context, in io.ReadCloser, out io.WriteCloser, who access.Principal) error {
	following, stop := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() { defer close(followed); s.follow(following) }()
	defer func() { stop(); <-followed }()
	return s.mcp.Serve(ctx, in, out, mcp.Caller{Principal: who, Base: s.cfg.Server.PublicURL, Asker: byItself{s, who}})
}

// byItself asks without HTTP.
type byItself struct {
	server *Server
	who    access.Principal
}

// Start implements mcp.Asker.
func (a byItself) Start(ctx context.Context, q docent.Ask) (docent.Started, error) {
	if err := a.server.Ready(ctx); err != nil {
		return docent.Started{}, err
	}
	return a.server.answers.Start(ctx, a.who, q)
}

// Follow implements mcp.Asker.
func (a byItself) Follow(ctx context.Context, messageID string, fn func([]docent.Event) error) error {
	err := a.server.answers.Follow(ctx, a.who, messageID, 0, fn)
	if err != nil {
		_ = a.server.answers.Cancel(context.WithoutCancel(ctx), a.who, messageID) // it ends by itself, later
	}
	return err
}

// desk lets coding agents look into the documentation, as the model's tools do.
type desk struct{ *search }

// Doubt implements mcp.Docs.
func (desk) Doubt(f docent.Found) string { return docs.Doubt(f) }

// Read implements mcp.Docs.
func (d desk) Read(ctx context.Context, site string, f docent.Filters, page, section string) (docent.Page, []docent.Chunk, error) {
	at, section, err := docs.Place(page, section)
	if err != nil {
		return docent.Page{}, nil, err
	}
	found, chunks, err := d.Chunks(ctx, site, f, at)
	if err == nil {
		chunks, err = docs.Below(chunks, func(c *docent.Chunk) *docent.Chunk { return c }, section)
	}
	return found, chunks, err
}

// List implements mcp.Docs.
func (d desk) List(ctx context.Context, site string, f docent.Filters) ([]mcp.Shelf, error) {
	listed, err := d.Listing(ctx, site, f)
	if err != nil {
		return nil, err
	}
	var shelves []mcp.Shelf
	for _, l := range docs.Pages(listed, f.PathPrefix) {
		shelves = append(shelves, mcp.Shelf(l))
	}
	return shelves, nil
}
