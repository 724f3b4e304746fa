package server

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"docent"
	"docent/store/postgres/postgrestest"
	"docent/tools"
)

// shopFile is a SQLite file with two customers' orders.
func shopFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE orders (id INTEGER, customer TEXT); INSERT INTO orders VALUES (1, 'ann'), (2, 'bob'); CREATE TABLE hidden (x)`); err != nil {
		t.Fatal(err)
	}
	return path
}

// withTools is a configuration with a tool of each kind.
func withTools(t *testing.T) Config {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`"` + r.URL.Path + `"`))
	}))
	t.Cleanup(api.Close)
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Tools.Docs = nil
	cfg.Tools.Calculate = true
	cfg.Tools.Databases = []tools.Database{{URL: shopFile(t), Tables: []tools.Table{{Name: "orders", Subject: "customer"}}}}
	cfg.Tools.Requests = []tools.Request{{
		Name: "order_state", Description: "The state of an order.", URL: api.URL + "/orders/{id}", AllowPrivate: true,
		Parameters: map[string]any{"type": "object", "properties": map[string]any{"id": map[string]any{"type": "integer"}}, "required": []any{"id"}},
	}}
	return cfg
}

func TestConfiguredAndGivenToolsAreCalledWithCheckedArguments(t *testing.T) {
	given := docent.Tool{Name: "greet", Call: func(_ context.Context, c docent.ToolCall) (docent.ToolResult, error) {
		return docent.ToolResult{Text: "hello " + c.Who.Subject}, nil
	}}
	s, err := New(withTools(t), WithTool(given))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	calls := map[string]struct{ good, want, bad string }{
		"greet":          {``, "hello ann", `[]`},
		"calculate":      {`{"expression": "6*7"}`, "42", `{}`},
		"query_database": {`{"sql": "SELECT * FROM orders"}`, `{"columns":["id","customer"],"rows":[[1,"ann"]],"more":false}`, `{"sql": 1}`},
		"order_state":    {`{"id": 7}`, `"/orders/7"`, `{"id": "7"}`},
	}
	for _, tool := range s.Tools() {
		c, expected := calls[tool.Name]
		delete(calls, tool.Name)
		who := docent.ToolCaller{Site: docent.DefaultSite, Subject: "ann"}
		if got, err := tool.Call(context.Background(), docent.ToolCall{Arguments: []byte(c.good), Who: who}); err != nil || got.Text != c.want || !expected {
			t.Errorf("%s: %q, %v", tool.Name, got.Text, err)
		}
		if _, err := tool.Call(context.Background(), docent.ToolCall{Arguments: []byte(c.bad), Who: who}); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s with %s: %v", tool.Name, c.bad, err)
		}
		if tool.Name == "query_database" && !strings.Contains(tool.Description, "orders(id integer, customer text)") {
			t.Errorf("its description is %q", tool.Description)
		}
	}
	if len(calls) > 0 {
		t.Errorf("these tools are missing: %v", calls)
	}
}

func TestAToolThatCanNotBeUsedStopsTheStart(t *testing.T) {
	call := func(context.Context, docent.ToolCall) (docent.ToolResult, error) { return docent.ToolResult{}, nil }
	for _, bad := range []docent.Tool{{Name: "a b", Call: call}, {Name: "calculate", Call: call}, {Name: "x"}, {Name: "x", Call: call, Parameters: []byte(`{"type": "objekt"}`)}} {
		if s, err := New(withTools(t), WithTool(bad)); err == nil {
			s.Close()
			t.Errorf("%+v was taken", bad)
		}
	}
}

func TestADatabaseThatIsGoneDoesNotStopTheStart(t *testing.T) {
	cfg := withTools(t)
	cfg.Tools.Databases[0].URL = filepath.Join(t.TempDir(), "none.db")
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tool := range s.Tools() {
		if tool.Name == "query_database" {
			if _, err := tool.Call(context.Background(), docent.ToolCall{Arguments: []byte(`{"sql": "SELECT 1"}`)}); docent.CodeOf(err) != docent.CodeStore {
				t.Errorf("%v", err)
			}
		}
	}
}

func TestToolsAreCheckedWithTheConfiguration(t *testing.T) {
	for says, change := range map[string]func(*Config){
		"tools.databases must be entries whose sites": func(c *Config) { c.Tools.Databases[0].Sites = []string{"nowhere"} },
		"tools.requests must be entries whose sites":  func(c *Config) { c.Tools.Requests[0].Sites = []string{"nowhere"} },
		"{name} is no parameter":                      func(c *Config) { c.Tools.Requests[0].URL += "?q={name}" },
		"JSON Schema":                                 func(c *Config) { c.Tools.Requests[0].Parameters["type"] = "array" },
		"tools.timeout":                               func(c *Config) { c.Tools.Timeout = 0 },
	} {
		cfg := withTools(t)
		change(&cfg)
		err := cfg.Validate()
		var setting *docent.SettingError
		if !errors.As(err, &setting) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// states are those of the findings of checkTools, with what they say.
func states(cfg Config) string {
	var all []string
	for _, f := range checkTools(context.Background(), &cfg) {
		all = append(all, string(f.State)+": "+f.Detail)
	}
	return strings.Join(all, "\n")
}

func TestTheDoctorLooksAtTools(t *testing.T) {
	if got := states(Defaults()); !strings.HasPrefix(got, "skipped: ") {
		t.Errorf("without tools: %s", got)
	}
	cfg := withTools(t)
	if got := states(cfg); got != "ok: query_database may read 1 tables\nok: the model may call calculate, order_state" {
		t.Errorf("with all in order: %s", got)
	}
	cfg.Tools.Databases[0].Tables = []tools.Table{{Name: "orders", Subject: "nobody"}}
	if got := states(cfg); !strings.Contains(got, "problem: the table orders of the database has no column nobody") {
		t.Errorf("a column that is not there: %s", got)
	}
	cfg.Tools.Databases[0].URL = "/nowhere/none.db"
	cfg.Tools.Requests[0].Headers = []tools.Header{{Name: "X-Key", Value: "hidden"}}
	if got := states(cfg); !strings.Contains(got, "problem: query_database: /nowhere/none.db can't be read") || !strings.Contains(got, "warning: order_state sends its headers unencrypted") || strings.Contains(got, "hidden") {
		t.Errorf("no file, and headers by http: %s", got)
	}
}

func TestTheDoctorRefusesARoleThatMayDoMore(t *testing.T) {
	server, err := postgrestest.Start(context.Background())
	if errors.Is(err, postgrestest.ErrMissing) {
		t.Skip("NOT RUN: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	cfg := Defaults()
	cfg.Tools.Databases = []tools.Database{{URL: server.URL("postgres", "postgres"), Tables: []tools.Table{{Name: "orders"}}}}
	if got := states(cfg); !strings.Contains(got, "problem: query_database: the role is, or may become, postgres") || !strings.Contains(got, "can't read orders") {
		t.Errorf("a superuser: %s", got)
	}
	server.Stop()
	if got := states(cfg); !strings.Contains(got, "problem: the database can't be read") {
		t.Errorf("a server that is gone: %s", got)
	}
}
