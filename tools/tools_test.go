package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

var config = Config{Docs: []string{"search_docs"}, Rounds: 5, Parallel: 4, Timeout: time.Second, MaxBytes: 1000, MaxRows: 5}

func TestSchemasThatCanNotBeUsedAreRefused(t *testing.T) {
	for schema, says := range map[string]string{
		`{`: "no JSON", `true`: `"type": "object"`, `{}`: `"type": "object"`, `{"type": "string"}`: `"type": "object"`, `{"type": ["object", "null"]}`: `"type": "object"`,
		`{"type": "objekt"}`: "/type", `{"type": "object", "properties": {"a": {"type": "strin"}}}`: "/properties/a/type", `{"type": "object", "required": "a"}`: "/required",
		`{"type": "object", "properties": {"a": {"pattern": "("}}}`: "regex", `{"type": "object", "properties": {"a": {"$ref": "https://example.com/x"}}}`: "example.com",
		`{"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}}`: "passwd", `{"type": "object", "$schema": "https://example.com/x"}`: "example.com", `{"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}`: "none",
	} {
		if _, err := CompileSchema([]byte(schema)); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", schema, err)
		}
	}
}

func TestArgumentsAreCheckedBeforeACall(t *testing.T) {
	called := 0
	made, err := Checked(docent.Tool{
		Name: "order", Parameters: json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer","minimum":1},"state":{"enum":["open","sent"]}},"required":["id"],"additionalProperties":false}`),
		Call: func(_ context.Context, c docent.ToolCall) (docent.ToolResult, error) {
			called++
			return docent.ToolResult{Text: string(c.Arguments)}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for arguments, says := range map[string]string{
		``: "id", `{`: "no JSON", `{"id": 1} {}`: "no JSON", `[]`: "object", `null`: "object", `"x"`: "object", `{"id": "1"}`: "/id", `{"id": 1.5}`: "/id", `{"id": 0}`: "/id", `{"id": 1, "state": "lost"}`: "/state",
		`{"id": 1, "more": 2}`: "more", "{\"id\": \"\xff\"}": "UTF-8", `{"id": ` + strings.Repeat("1", maxArguments) + `}`: "longer", `{"id": ` + strings.Repeat("[", 20000) + `}`: "no JSON",
	} {
		_, err := made.Call(context.Background(), docent.ToolCall{Arguments: []byte(arguments)})
		var told *docent.Error
		if !errors.As(err, &told) || told.Code != docent.CodeInvalid || !strings.Contains(told.Told(), says) || len(told.Told()) > 1000 {
			t.Errorf("%.40q: %v", arguments, err)
		}
	}
	if called != 0 {
		t.Errorf("the tool was called %d times", called)
	}
	if got, err := made.Call(context.Background(), docent.ToolCall{Arguments: []byte(`{"id": 1, "state": "open"}`)}); err != nil || called != 1 || got.Text != `{"id": 1, "state": "open"}` {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestASchemaThatRefersToItselfEnds: such a schema may come from a server of
// other people's.
func TestASchemaThatRefersToItselfEnds(t *testing.T) {
	s, err := CompileSchema([]byte(`{"type":"object","allOf":[{"$ref":"#"}]}`))
	if err == nil {
		err = s.Check([]byte(`{}`))
	}
	if err == nil {
		t.Error("a schema without an end was fulfilled")
	}
	s, err = CompileSchema([]byte(`{"type":"object","properties":{"child":{"$ref":"#"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check([]byte(`{"child": {"child": {}}}`)); err != nil {
		t.Error(err)
	}
	if err := s.Check([]byte(`{"child": {"child": 1}}`)); err == nil {
		t.Error("the depth was not looked at")
	}
}

func TestToolsWithoutANameOrACallAreRefused(t *testing.T) {
	call := func(context.Context, docent.ToolCall) (docent.ToolResult, error) { return docent.ToolResult{}, nil }
	for _, bad := range []docent.Tool{{Call: call}, {Name: "a b", Call: call}, {Name: "ä", Call: call}, {Name: strings.Repeat("a", 65), Call: call}, {Name: "a\n", Call: call}, {Name: "a"}, {Name: "a", Call: call, Parameters: []byte(`{"type": 1}`)}} {
		if _, err := Checked(bad); err == nil {
			t.Errorf("%q was taken", bad.Name)
		}
	}
	made, err := Checked(docent.Tool{Name: "a", Call: call})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := made.Call(context.Background(), docent.ToolCall{}); err != nil {
		t.Errorf("a tool without parameters: %v", err)
	}
}

func TestWhatConfigYAMLSaysOfToolsIsChecked(t *testing.T) {
	good := config
	good.Calculate = true
	good.Databases = []Database{{URL: "shop.db", Tables: []Table{{Name: "a"}}}, {Name: "crm", URL: "postgres://r:p@h/d", Tables: []Table{{Name: "a"}}}}
	good.Requests = []Request{{Name: "order", Description: "d", URL: "https://h/{id}", Parameters: map[string]any{"type": "object", "properties": map[string]any{"id": map[string]any{}}}}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for says, change := range map[string]func(*Config){
		"tools.rounds":           func(c *Config) { c.Rounds = 0 },
		"tools.parallel":         func(c *Config) { c.Parallel = 0 },
		"tools.docs":             func(c *Config) { c.Docs = []string{"read_pages"} },
		"each at most once":      func(c *Config) { c.Docs = []string{"read_page", "read_page"} },
		"tool's, unlike":         func(c *Config) { c.Databases[0].Name = "search_docs" },
		"tools.timeout":          func(c *Config) { c.Timeout = 0 },
		"tools.max_bytes":        func(c *Config) { c.MaxBytes = 10 },
		"tools.max_rows":         func(c *Config) { c.MaxRows = 0 },
		"no other tool's":        func(c *Config) { c.Databases[1].Name = "" },
		"letters, digits":        func(c *Config) { c.Databases[1].Name = "a b" },
		"SQLite file or":         func(c *Config) { c.Databases[1].URL = "mysql://h/d" },
		"postgres://ROLE":        func(c *Config) { c.Databases[1].URL = "postgres://h/d?password=x" },
		"url is a SQLite file":   func(c *Config) { c.Databases[0].URL = "" },
		"tables are named":       func(c *Config) { c.Databases[0].Tables = nil },
		"each have a name":       func(c *Config) { c.Databases[0].Tables = []Table{{Name: "a"}, {Name: "A"}} },
		"whose name is no other": func(c *Config) { c.Requests[0].Name = "calculate" },
		"description":            func(c *Config) { c.Requests[0].Description = "" },
		"method is":              func(c *Config) { c.Requests[0].Method = "TRACE" },
		"begins with https://":   func(c *Config) { c.Requests[0].URL = "ftp://h/" },
		"host without":           func(c *Config) { c.Requests[0].URL = "https://{h}/" },
		"JSON Schema":            func(c *Config) { c.Requests[0].Parameters = map[string]any{"type": "array"} },
		"are no JSON":            func(c *Config) { c.Requests[0].Parameters = map[string]any{"a": map[any]any{1: 2}} },
	} {
		bad := good
		bad.Databases = append([]Database(nil), good.Databases...)
		bad.Requests = append([]Request(nil), good.Requests...)
		change(&bad)
		err := bad.Validate()
		var setting *docent.SettingError
		if !errors.As(err, &setting) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func TestADatabaseIsAFileOrPostgreSQL(t *testing.T) {
	for url, want := range map[string]string{"shop.db": "shop.db", "/var/shop.db": "/var/shop.db", `C:\shop.db`: `C:\shop.db`, "sqlite:///shop.db": "shop.db", "sqlite:////var/shop.db": "/var/shop.db", "file:shop.db": "shop.db", "file:///var/shop.db": "/var/shop.db", "postgres://h/d": ""} {
		if got, sqlite := (Database{URL: url}).Path(); got != want || sqlite != (want != "") {
			t.Errorf("%s: %q, %v", url, got, sqlite)
		}
	}
}

// table answers with rows, and keeps what it was asked.
type table struct {
	rows docent.QueryRows
	err  error
	sql  string
	bind map[string]string
}

func (q *table) Query(_ context.Context, sql string, bind map[string]string, _ docent.QueryBounds) (docent.QueryRows, error) {
	q.sql, q.bind = sql, bind
	return q.rows, q.err
}

func TestAQueryIsAskedInTheReadersName(t *testing.T) {
	q := &table{rows: docent.QueryRows{Columns: []string{"id", "note"}, Rows: [][]any{{int64(1), "a\"b"}, {json.RawMessage("1.50"), nil}}}}
	made := QueryDatabase(config, Database{Description: "Orders.", URL: "shop.db", Tables: []Table{{Name: "orders", Subject: "customer"}}}, q, map[string][]docent.QueryColumn{"orders": {{Name: "id", Type: "INTEGER"}, {Name: "note"}}})
	got, err := made.Call(context.Background(), docent.ToolCall{
		Arguments: []byte(`{"sql": "SELECT 1"}`),
		Who:       docent.ToolCaller{Site: "s", Subject: "ann", Claims: map[string]string{"plan": "pro"}, Metadata: map[string]string{"subject": "bob"}},
	})
	if want := `{"columns":["id","note"],"rows":[[1,"a\"b"],[1.50,null]],"more":false}`; err != nil || got.Text != want || got.Summary != "2 rows" {
		t.Errorf("%+v, %v", got, err)
	}
	if diff := cmp.Diff(map[string]string{"site": "s", "subject": "ann", "claim_plan": "pro"}, q.bind); diff != "" || q.sql != "SELECT 1" {
		t.Errorf("%s: %s", q.sql, diff)
	}
	for _, part := range []string{"Orders.", "SQLite", "orders(id integer, note): only the rows of the person who asks", ":subject"} {
		if !strings.Contains(made.Description, part) {
			t.Errorf("%q is not in %q", part, made.Description)
		}
	}
	if _, err := Checked(made); err != nil || made.Name != "query_database" {
		t.Errorf("%s, %v", made.Name, err)
	}
}

func TestAResultIsNeverLongerThanItsBound(t *testing.T) {
	long := docent.QueryRows{Columns: []string{"text"}}
	for range 50 {
		long.Rows = append(long.Rows, []any{strings.Repeat("<", 30)}) // each "<" is six bytes of JSON
	}
	got, err := (QueryDatabase(config, Database{}, &table{rows: long}, nil)).Call(context.Background(), docent.ToolCall{Arguments: []byte(`{"sql": ""}`)})
	var read struct {
		Rows [][]string
		More bool
	}
	if err != nil || len(got.Text) > config.MaxBytes || json.Unmarshal([]byte(got.Text), &read) != nil || !read.More || len(read.Rows) == 0 {
		t.Errorf("%d bytes, %+v, %v", len(got.Text), read, err)
	}
	_, err = (QueryDatabase(config, Database{}, &table{rows: docent.QueryRows{Columns: []string{strings.Repeat("x", 2000)}}}, nil)).Call(context.Background(), docent.ToolCall{Arguments: []byte(`{"sql": ""}`)})
	if docent.CodeOf(err) != docent.CodeInvalid {
		t.Errorf("columns alone: %v", err)
	}
	failed := fmt.Errorf("no")
	if _, err := (QueryDatabase(config, Database{}, &table{err: failed}, nil)).Call(context.Background(), docent.ToolCall{Arguments: []byte(`{"sql": ""}`)}); !errors.Is(err, failed) {
		t.Errorf("a failure: %v", err)
	}
}

func FuzzCheck(f *testing.F) {
	s, err := CompileSchema([]byte(`{"type":"object","properties":{"a":{"type":"string","pattern":"^x+$"},"b":{"type":"array","items":{"$ref":"#"}}}}`))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{`{}`, `{"a":"x"}`, `{"b":[{"b":[{}]}]}`, `{"a":1}`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, arguments []byte) {
		if s.Check(arguments) == nil && !json.Valid(arguments) {
			t.Errorf("%q fits", arguments)
		}
	})
}
