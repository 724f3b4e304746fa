package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/access"
	"docent/web"
)

// fakeDocs is documentation that holds what it is told, and keeps what it was asked.
type fakeDocs struct {
	found   docent.Found
	doubt   string
	shelves []Shelf
	page    docent.Page
	chunks  []docent.Chunk
	err     error

	query   docent.Query
	filters docent.Filters
	at      string // of the page, and its section behind a blank
}

func (d *fakeDocs) Search(_ context.Context, q docent.Query) (docent.Found, error) {
	d.query = q
	return d.found, d.err
}

func (d *fakeDocs) Doubt(docent.Found) string { return d.doubt }

func (d *fakeDocs) Read(_ context.Context, _ string, f docent.Filters, page, section string) (docent.Page, []docent.Chunk, error) {
	d.filters, d.at = f, strings.TrimSpace(page+" "+section)
	return d.page, d.chunks, d.err
}

func (d *fakeDocs) List(_ context.Context, _ string, f docent.Filters) ([]Shelf, error) {
	d.filters = f
	return d.shelves, d.err
}

func (d *fakeDocs) Choose(context.Context, string, docent.Filters) (web.Choice, error) {
	var c web.Choice
	for _, shelf := range d.shelves {
		c.Releases = append(c.Releases, docent.Release{Unit: shelf.Unit, Number: 1})
	}
	c.Others = []docent.Release{{Unit: docent.Unit{Source: "manual", Version: "1", Lang: "en"}}}
	return c, nil
}

// many is a manual of n pages.
func many(n int) []Shelf {
	shelf := Shelf{Unit: docent.Unit{Source: "manual", Version: "2", Lang: "en"}}
	for i := range n {
		shelf.Pages = append(shelf.Pages, docent.Page{Path: fmt.Sprintf("guides/%05d.md", i), Title: fmt.Sprint("Page ", i), URL: fmt.Sprintf("/docs/manual/guides/%05d", i)})
	}
	return []Shelf{shelf}
}

// fakeAsker answers with events, lot by lot, and then waits for its question to be
// stopped if it is told to.
type fakeAsker struct {
	lots    [][]docent.Event
	hold    bool
	err     error
	asked   docent.Ask
	stopped chan struct{}
}

func (a *fakeAsker) Start(_ context.Context, q docent.Ask) (docent.Started, error) {
	a.asked = q
	return docent.Started{MessageID: "msg_a"}, a.err
}

func (a *fakeAsker) Follow(ctx context.Context, _ string, fn func([]docent.Event) error) error {
	for _, lot := range a.lots {
		if err := fn(lot); err != nil {
			return err
		}
	}
	if a.hold {
		<-ctx.Done()
		close(a.stopped)
		return ctx.Err()
	}
	return nil
}

func event(name string, data any) docent.Event {
	encoded, _ := json.Marshal(data)
	return docent.Event{Name: name, Data: encoded}
}

// connected is a client of a service over fakes. options may be nil.
func connected(t *testing.T, d *fakeDocs, caller Caller, options *mcp.ClientOptions) *mcp.ClientSession {
	t.Helper()
	s, err := New(Config{Version: "v1"}, Ports{Docs: d, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if caller.Principal.Subject == "" {
		caller.Principal = access.Local()
	}
	here, there := mcp.NewInMemoryTransports()
	server := s.newServer("what this is", &caller)
	if _, err := server.Connect(t.Context(), there, nil); err != nil {
		t.Fatal(err)
	}
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, options).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// call calls a tool, and gives its text and its data.
func callTool(t *testing.T, c *mcp.ClientSession, name string, arguments map[string]any) (text string, data map[string]any, failed bool) {
	t.Helper()
	result, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s %v: %v", name, arguments, err)
	}
	data, _ = result.StructuredContent.(map[string]any)
	return result.Content[0].(*mcp.TextContent).Text, data, result.IsError
}
