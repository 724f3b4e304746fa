package tools

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"docent"
)

// Config is the tools section of config.yaml.
type Config struct {
	Docs      []string      `yaml:"docs"` // of DocsTools, those that the model has
	Calculate bool          `yaml:"calculate"`
	Rounds    int           `yaml:"rounds"`    // of calls, of one answer
	Parallel  int           `yaml:"parallel"`  // calls at once, of one answer
	Timeout   time.Duration `yaml:"timeout"`   // of one call
	MaxBytes  int           `yaml:"max_bytes"` // of one result
	MaxRows   int           `yaml:"max_rows"`  // of one query
	Databases []Database    `yaml:"databases"`
	Requests  []Request     `yaml:"requests"`
	MCP       []MCPServer   `yaml:"mcp"`
}

// Database is one that the model may ask by SQL.
type Database struct {
	Name        string   `yaml:"name"`        // of the tool; "" is query_database
	Description string   `yaml:"description"` // what is in it; its tables and columns are added
	URL         string   `yaml:"url"`         // postgres://..., or a SQLite file: a path, sqlite:///path, file:path
	Tables      []Table  `yaml:"tables"`
	Sites       []string `yaml:"sites"` // whose readers it is for; empty is every site's
}

// Table is docent.QueryTable as config.yaml has it.
type Table struct {
	Name    string   `yaml:"name"`
	Columns []string `yaml:"columns"`
	Subject string   `yaml:"subject"`
}

// Request is an HTTP request that the model may make.
type Request struct {
	Name         string         `yaml:"name"`
	Description  string         `yaml:"description"`
	Method       string         `yaml:"method"`     // "" is GET
	URL          string         `yaml:"url"`        // with {parameter}, {subject}, {site}, {claim.NAME}, {metadata.NAME}
	Parameters   map[string]any `yaml:"parameters"` // the JSON Schema of an object; nil takes none
	Headers      []Header       `yaml:"headers"`    // sent along; not {parameter}
	Body         map[string]any `yaml:"body"`       // sent as JSON; nil is none
	Hosts        []string       `yaml:"hosts"`      // beside the URL's, to which a redirect may lead
	AllowPrivate bool           `yaml:"allow_private"`
	Sites        []string       `yaml:"sites"`
}

// Header is sent along with each request. Its value is a secret.
type Header struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

// DocsTools are the tools that look into the documentation: tools/docs makes them.
var DocsTools = []string{"search_docs", "read_page", "list_pages"}

// MCPServer is a server whose tools the model may call: a program that speaks MCP
// over its standard input and output, or an address.
type MCPServer struct {
	Name    string        `yaml:"name"` // begins the names of its tools, before "_"
	Command string        `yaml:"command"`
	Args    []string      `yaml:"args"`
	Env     []Header      `yaml:"env"` // of the program, beside PATH, HOME and the like
	URL     string        `yaml:"url"`
	Headers []Header      `yaml:"headers"` // sent to URL
	Allow   []string      `yaml:"allow"`   // of its tools; "*" is all
	Timeout time.Duration `yaml:"timeout"` // of a call and of connecting; 0 is tools.timeout
	Sites   []string      `yaml:"sites"`
}

// DefaultDatabase is the name of a database's tool that has no other.
const DefaultDatabase = "query_database"

// ToolName gives the name of the database's tool.
func (d Database) ToolName() string {
	if d.Name == "" {
		return DefaultDatabase
	}
	return d.Name
}

// QueryTables gives the tables that may be read.
func (d Database) QueryTables() []docent.QueryTable {
	tables := make([]docent.QueryTable, len(d.Tables))
	for i, t := range d.Tables {
		tables[i] = docent.QueryTable(t)
	}
	return tables
}

// Path gives the file of a SQLite database; ok is false for PostgreSQL.
func (d Database) Path() (path string, ok bool) {
	scheme, rest, has := strings.Cut(d.URL, "://")
	switch {
	case !has:
		return strings.TrimPrefix(d.URL, "file:"), true
	case scheme == "sqlite":
		return strings.TrimPrefix(rest, "/"), true
	case scheme == "file":
		return rest, true
	}
	return "", false
}

// Schema gives the JSON Schema of the request's parameters.
func (r Request) Schema() (json.RawMessage, error) {
	if r.Parameters == nil {
		return nil, nil
	}
	text, err := json.Marshal(r.Parameters)
	if err != nil {
		return nil, fmt.Errorf("the parameters are no JSON: %w", err)
	}
	return text, nil
}

// Validate checks what can be checked without asking anyone; the error is a
// *docent.SettingError. What a request's templates name is checked where they are
// read.
func (c Config) Validate() error {
	if err := docent.CheckSettings(
		docent.SettingCheck{OK: c.Timeout > 0, Key: "tools.timeout", Right: "above 0"},
		docent.SettingCheck{OK: c.MaxBytes >= 256, Key: "tools.max_bytes", Right: "256 or more"},
		docent.SettingCheck{OK: c.Rounds >= 1 && c.Rounds <= 50, Key: "tools.rounds", Right: "a whole number from 1 to 50"},
		docent.SettingCheck{OK: c.Parallel >= 1, Key: "tools.parallel", Right: "1 or more"},
		docent.SettingCheck{OK: validDocs(c.Docs), Key: "tools.docs", Right: "a list of " + strings.Join(DocsTools, ", ") + ", each at most once; [] is none"},
		docent.SettingCheck{OK: c.MaxRows >= 1, Key: "tools.max_rows", Right: "1 or more"},
	); err != nil {
		return err
	}
	names := map[string]bool{"calculate": c.Calculate}
	for _, name := range c.Docs {
		names[name] = true
	}
	for i, d := range c.Databases {
		if wrong := d.wrong(names); wrong != "" {
			return &docent.SettingError{Key: "tools.databases", Right: fmt.Sprintf("entries %s, unlike entry %d", wrong, i+1)}
		}
		names[d.ToolName()] = true
	}
	for i, r := range c.Requests {
		if wrong := r.wrong(names); wrong != "" {
			return &docent.SettingError{Key: "tools.requests", Right: fmt.Sprintf("entries %s, unlike entry %d", wrong, i+1)}
		}
		names[r.Name] = true
	}
	for i, m := range c.MCP {
		if wrong := m.wrong(names); wrong != "" {
			return &docent.SettingError{Key: "tools.mcp", Right: fmt.Sprintf("entries %s, unlike entry %d", wrong, i+1)}
		}
		names[m.Name+"_"] = true
	}
	return nil
}

// validDocs reports whether the names are those of tools, each once.
func validDocs(names []string) bool {
	for i, name := range names {
		if !slices.Contains(DocsTools, name) || slices.Contains(names[:i], name) {
			return false
		}
	}
	return true
}

// wrong says what the entry should be and is not, "" where it is all right.
func (d Database) wrong(names map[string]bool) string {
	switch {
	case !toolName.MatchString(d.ToolName()):
		return "whose name is of 1 to 64 letters, digits, _ and -"
	case names[d.ToolName()]:
		return "whose name is no other tool's"
	case d.URL == "":
		return "whose url is a SQLite file or postgres://ROLE:PASSWORD@HOST/DATABASE"
	case len(d.Tables) == 0:
		return "whose tables are named"
	}
	if path, sqlite := d.Path(); sqlite && path == "" || !sqlite && !postgresURL(d.URL) {
		return "whose url is a SQLite file or postgres://ROLE:PASSWORD@HOST/DATABASE"
	}
	seen := map[string]bool{}
	for _, t := range d.Tables {
		if t.Name == "" || seen[strings.ToLower(t.Name)] {
			return "whose tables each have a name of their own"
		}
		seen[strings.ToLower(t.Name)] = true
	}
	return ""
}

// maxServerName leaves room for the names of tools.
const maxServerName = 32

func (m MCPServer) wrong(names map[string]bool) string {
	u, err := url.Parse(m.URL)
	switch {
	case !toolName.MatchString(m.Name) || len(m.Name) > maxServerName:
		return "whose name is of 1 to 32 letters, digits, _ and -"
	case names[m.Name+"_"]:
		return "whose name is no other server's"
	case (m.Command == "") == (m.URL == ""):
		return "with either a command or a url"
	case m.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil):
		return "whose url begins with https:// or http://, without a user and a password in it"
	case len(m.Allow) == 0:
		return `that allow tools by name, or all with "*"`
	case m.Timeout < 0:
		return "whose timeout is 0 or more"
	}
	return ""
}

// postgresURL reports whether text is a URL of PostgreSQL whose password, if it
// has one, stands where it is known to be one.
func postgresURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && !u.Query().Has("password")
}

// methods are those that a request may have.
var methods = map[string]bool{"": true, "GET": true, "HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true}

func (r Request) wrong(names map[string]bool) string {
	u, err := url.Parse(r.URL)
	switch {
	case !toolName.MatchString(r.Name):
		return "whose name is of 1 to 64 letters, digits, _ and -"
	case names[r.Name]:
		return "whose name is no other tool's"
	case r.Description == "":
		return "whose description tells the model what it is for"
	case !methods[r.Method]:
		return "whose method is GET, HEAD, POST, PUT, PATCH or DELETE"
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.ContainsAny(u.Host, "{}"):
		return "whose url begins with https:// and a host without parameters"
	}
	schema, err := r.Schema()
	if err == nil && schema != nil {
		_, err = CompileSchema(schema)
	}
	if err != nil {
		return "whose parameters are a JSON Schema of an object (" + strings.TrimPrefix(err.Error(), "the schema can't be used: ") + ")"
	}
	return ""
}
