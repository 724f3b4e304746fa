// Package mcp lets the model call the tools of MCP servers, over standard input and
// output or HTTP. For each configured server one goroutine connects, lists the tools,
// and connects again when the connection ends, with growing pauses:
//
//	Open -> keep (a goroutine a server) -> session, tools
//	         Tools: those of the last list, at once
//	         a call: by the session of the moment, or an error at once
//
// So a server that is slow, dead or comes later holds up neither the start nor an
// answer. Close ends the connections and the programs.
//
// What it doubts: all that a server sends. Messages are bounded; of tools only allowed
// ones with a usable name and schema are taken; of results the text, bounded by
// whoever called. A server is not told who asks, and its program gets of the
// environment only what programs need.
package mcp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/tools"
)

// Pauses before a server is connected to again.
const (
	firstPause = time.Second
	maxPause   = time.Minute
)

// Client is connected to servers, as far as they are there.
type Client struct {
	servers []*server
	stop    context.CancelFunc
	keeping sync.WaitGroup
}

// Open begins to connect to the configured servers, and waits for none.
func Open(c tools.Config, log *slog.Logger) *Client {
	ctx, stop := context.WithCancel(context.Background())
	client := &Client{stop: stop}
	for _, config := range c.MCP {
		s := newServer(c, config, log)
		client.servers = append(client.servers, s)
		client.keeping.Go(func() { s.keep(ctx) })
	}
	return client
}

// Tools are those of the servers that have answered, by their last lists. A call of
// one whose server is gone fails at once.
func (c *Client) Tools() []docent.Tool {
	var all []docent.Tool
	for _, s := range c.servers {
		_, listed, _ := s.state()
		all = append(all, listed...)
	}
	return all
}

// Trouble says which servers are not connected.
func (c *Client) Trouble() []string {
	var all []string
	for _, s := range c.servers {
		if _, _, err := s.state(); err != nil {
			all = append(all, fmt.Sprintf("the MCP server %s can't be used: %s", s.Name, reason(err)))
		}
	}
	return all
}

// reason is what may be told of why a server can't be used.
func reason(err error) string {
	var e *docent.Error
	if errors.As(err, &e) {
		return e.Told()
	}
	return "it failed"
}

// Close ends the connections and the servers' programs, and waits for them.
func (c *Client) Close() error {
	c.stop()
	c.keeping.Wait()
	return nil
}

// Check connects to a server once. It gives the names of the tools that the model
// may call, and what is to be said of others.
func Check(ctx context.Context, c tools.Config, config tools.MCPServer) (names, warnings []string, err error) {
	s := newServer(c, config, slog.New(slog.DiscardHandler))
	session, err := s.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer session.Close()
	listed, warnings, err := s.list(ctx, session)
	for _, t := range listed {
		names = append(names, t.Name)
	}
	return names, warnings, err
}

// server is one configured server.
type server struct {
	tools.MCPServer
	timeout time.Duration
	log     *slog.Logger
	changed chan struct{} // holds a token where the server's list has changed

	mu      sync.Mutex
	session *mcp.ClientSession // nil while there is none
	tools   []docent.Tool      // the last list
	err     error              // why there is no session; nil with one
}

// errNotYet is why there is no session before the first one.
var errNotYet = docent.Errorf(docent.CodeNotReady, "it has not answered yet")

func newServer(c tools.Config, config tools.MCPServer, log *slog.Logger) *server {
	timeout := config.Timeout
	if timeout == 0 {
		timeout = c.Timeout
	}
	return &server{MCPServer: config, timeout: timeout, log: log.With("mcp", config.Name), changed: make(chan struct{}, 1), err: errNotYet}
}

func (s *server) state() (*mcp.ClientSession, []docent.Tool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.session, s.tools, s.err
}

// keep connects, and connects again, until ctx ends.
func (s *server) keep(ctx context.Context) {
	pause := firstPause
	for {
		began := time.Now()
		err := s.serve(ctx)
		if ctx.Err() != nil {
			return
		}
		s.log.Warn("an MCP server can't be used", "error", err)
		if time.Since(began) > maxPause {
			pause = firstPause
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, maxPause)
	}
}

// serve has one session, from its beginning to its end, and says why it ended.
func (s *server) serve(ctx context.Context) (err error) {
	defer func() {
		s.mu.Lock()
		s.session, s.err = nil, err
		s.mu.Unlock()
	}()
	session, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	ended := make(chan error, 1)
	go func() { ended <- session.Wait() }() // ends with session.Close
	for {
		listed, warnings, err := s.list(ctx, session)
		if err != nil {
			return err
		}
		for _, w := range warnings {
			s.log.Warn(w)
		}
		s.mu.Lock()
		s.session, s.tools, s.err = session, listed, nil
		s.mu.Unlock()
		select {
		case <-s.changed:
		case err := <-ended:
			return &docent.Error{Code: docent.CodeNotReady, Message: "the connection ended", Err: err}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// gone ends a session that can't be used any more, so that another one begins.
func (s *server) gone(session *mcp.ClientSession, err error) {
	if errors.Is(err, mcp.ErrConnectionClosed) || errors.Is(err, mcp.ErrSessionMissing) {
		session.Close()
	}
}
