package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"docent"
	"docent/chat"
	postgres "docent/store/postgres/query"
	sqlite "docent/store/sqlite/query"
	"docent/tools"
	"docent/tools/calculate"
	"docent/tools/mcp"
	"docent/tools/request"
)

// columnsTime is how long a database may take at the start to say its columns.
const columnsTime = 5 * time.Second

// WithTool gives the model a tool written in Go. New fails where its name or its
// schema can't be used.
func WithTool(t docent.Tool) Option { return func(s *Server) { s.given = append(s.given, t) } }

// Tools are those that the model may call: the configured ones and the given
// ones, and those of MCP servers that have answered by now. Their arguments are
// checked before they are called.
func (s *Server) Tools() []docent.Tool { return slices.Concat(s.tools.all, s.mcpTools()) }

// mcpTools are those of MCP servers.
func (s *Server) mcpTools() []docent.Tool {
	if s.tools.mcp == nil {
		return nil
	}
	return s.tools.mcp.Tools()
}

// toolBounds gives chat what the calls of an answer may cost.
func (c *Config) toolBounds() chat.ToolBounds {
	return chat.ToolBounds{Rounds: c.Tools.Rounds, Parallel: c.Tools.Parallel, Timeout: c.Tools.Timeout, MaxBytes: c.Tools.MaxBytes}
}

// database is one that a tool asks.
type database interface {
	tools.Querier
	io.Closer
	Columns(ctx context.Context) (map[string][]docent.QueryColumn, error)
}

// toolbox is tools with what they hold open.
type toolbox struct {
	all  []docent.Tool
	mcp  *mcp.Client // nil without servers
	open []io.Closer
}

// Close ends what the tools hold open.
func (t *toolbox) Close() error {
	var errs []error
	for _, c := range t.open {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// openTools makes the configured tools and takes the given ones in. A database
// that does not answer is no error: its tool is there, and says so when called.
func openTools(ctx context.Context, c tools.Config, given []docent.Tool, log *slog.Logger) (*toolbox, error) {
	box := &toolbox{}
	all := slices.Clone(given)
	if c.Calculate {
		all = append(all, calculate.Tool())
	}
	for _, d := range c.Databases {
		opened, err := openDatabase(d)
		if err != nil {
			return nil, errors.Join(err, box.Close())
		}
		box.open = append(box.open, opened)
		columns, err := columnsOf(ctx, opened)
		if err != nil {
			log.Warn("a tool's database can't be read", "tool", d.ToolName(), "error", err)
		}
		all = append(all, tools.QueryDatabase(c, d, opened, columns))
	}
	for _, r := range c.Requests {
		made, err := request.Tool(c, r)
		if err != nil {
			return nil, errors.Join(err, box.Close())
		}
		all = append(all, made)
	}
	if err := box.take(all); err != nil {
		return nil, errors.Join(err, box.Close())
	}
	if len(c.MCP) > 0 {
		box.mcp = mcp.Open(c, log)
		box.open = append(box.open, box.mcp)
	}
	return box, nil
}

// take checks tools, each of which must have a name of its own.
func (t *toolbox) take(all []docent.Tool) error {
	names := map[string]bool{}
	for _, tool := range all {
		checked, err := tools.Checked(tool)
		if err != nil {
			return err
		}
		if names[tool.Name] {
			return fmt.Errorf("two tools are called %s", tool.Name)
		}
		names[tool.Name] = true
		t.all = append(t.all, checked)
	}
	return nil
}

func openDatabase(d tools.Database) (database, error) {
	if path, is := d.Path(); is {
		return sqlite.Open(path, d.QueryTables())
	}
	return postgres.Open(d.URL, d.QueryTables())
}

func columnsOf(ctx context.Context, d database) (map[string][]docent.QueryColumn, error) {
	ctx, cancel := context.WithTimeout(ctx, columnsTime)
	defer cancel()
	return d.Columns(ctx)
}

// checkTools is of what tools.Config can't check by itself: sites, and what the
// packages of the tools read.
func (c *Config) checkTools() error {
	if err := c.Tools.Validate(); err != nil {
		return err
	}
	for i, d := range c.Tools.Databases {
		if !c.haveSites(d.Sites) {
			return &docent.SettingError{Key: "tools.databases", Right: fmt.Sprintf("entries whose sites are among sites, unlike entry %d", i+1)}
		}
	}
	for i, m := range c.Tools.MCP {
		if !c.haveSites(m.Sites) {
			return &docent.SettingError{Key: "tools.mcp", Right: fmt.Sprintf("entries whose sites are among sites, unlike entry %d", i+1)}
		}
	}
	for i, r := range c.Tools.Requests {
		if !c.haveSites(r.Sites) {
			return &docent.SettingError{Key: "tools.requests", Right: fmt.Sprintf("entries whose sites are among sites, unlike entry %d", i+1)}
		}
		if _, err := request.Tool(c.Tools, r); err != nil {
			return &docent.SettingError{Key: "tools.requests", Right: fmt.Sprintf("entries that can be filled in, unlike entry %d: %s", i+1, err)}
		}
	}
	return nil
}

// haveSites reports whether all of the names are sites'.
func (c *Config) haveSites(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(c.SiteNames(), name) })
}
