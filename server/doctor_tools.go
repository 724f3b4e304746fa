package server

import (
	"cmp"
	"context"
	"os"
	"strings"

	postgres "docent/store/postgres/query"
	"docent/tools"
	"docent/tools/mcp"
)

// checkTools looks at what the configured tools need: databases that answer, and
// roles that may do no more than they must. Requests are not made: they may do
// something.
func checkTools(ctx context.Context, c *Config) []Finding {
	found := check("tools")
	var all []Finding
	for _, d := range c.Tools.Databases {
		all = append(all, checkToolDatabase(ctx, found, d)...)
	}
	for _, m := range c.Tools.MCP {
		all = append(all, checkMCP(ctx, found, c.Tools, m)...)
	}
	var others []string
	if c.Tools.Calculate {
		others = append(others, "calculate")
	}
	for _, r := range c.Tools.Requests {
		others = append(others, r.Name)
		if strings.HasPrefix(r.URL, "http://") && len(r.Headers) > 0 {
			all = append(all, found.warning("use https://", "%s sends its headers unencrypted", r.Name))
		}
	}
	if len(others) > 0 {
		all = append(all, found.ok("the model may call %s", strings.Join(others, ", ")))
	}
	if len(all) == 0 {
		return []Finding{found.skipped("", "the configuration gives the model no tools")}
	}
	return all
}

func checkToolDatabase(ctx context.Context, found check, d tools.Database) []Finding {
	opened, err := openDatabase(d)
	if err != nil {
		return []Finding{found.failed(err, "correct tools.databases")}
	}
	defer opened.Close()
	ctx, cancel := context.WithTimeout(ctx, databaseTime)
	defer cancel()
	var all []Finding
	if roles, is := opened.(*postgres.Database); is {
		rights, err := roles.Rights(ctx)
		if err != nil {
			return []Finding{found.failed(err, "look whether the server runs and the role may connect")}
		}
		for _, r := range rights {
			if r.Refused {
				all = append(all, found.problem(r.Fix, "%s: %s", d.ToolName(), r.Detail))
			} else {
				all = append(all, found.warning(r.Fix, "%s: %s", d.ToolName(), r.Detail))
			}
		}
		if refused(all) {
			return all
		}
	} else if path, _ := d.Path(); !readable(path) {
		return []Finding{found.problem("correct the url, or make the file readable for the user that runs docent", "%s: %s can't be read", d.ToolName(), path)}
	}
	columns, err := opened.Columns(ctx)
	if err != nil {
		return append(all, found.failed(err, "correct the tables and columns in tools.databases"))
	}
	return append(all, found.ok("%s may read %d tables", d.ToolName(), len(columns)))
}

// checkMCP connects to an MCP server, and lists its tools.
func checkMCP(ctx context.Context, found check, c tools.Config, m tools.MCPServer) []Finding {
	names, warnings, err := mcp.Check(ctx, c, m)
	if err != nil {
		return []Finding{found.warning("correct the entry "+m.Name+" of tools.mcp, or look whether the server runs", "the MCP server %s: %s", m.Name, err)}
	}
	var all []Finding
	for _, w := range warnings {
		all = append(all, found.warning("correct allow in the entry "+m.Name+" of tools.mcp", "%s: %s", m.Name, w))
	}
	return append(all, found.ok("the MCP server %s gives the model %s", m.Name, cmp.Or(strings.Join(names, ", "), "nothing")))
}

func refused(findings []Finding) bool {
	for _, f := range findings {
		if f.State == StateProblem {
			return true
		}
	}
	return false
}

func readable(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
