package server

import (
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"docent"
	"docent/access"
	"docent/ingest/fetch"
)

func TestTheDefaultsAreValid(t *testing.T) {
	c := Defaults()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if c.Ingest.Fetch != fetch.DefaultLimits {
		t.Errorf("ingest.fetch is %+v, and without config.yaml %+v", c.Ingest.Fetch, fetch.DefaultLimits)
	}
	if c.Server.Port != 8000 || c.Ingest.ChunkTokens != 400 || c.Ingest.KeepReleases != 5 {
		t.Errorf("defaults are %+v", c)
	}
}

// TestEverySettingStandsInConfigYAMLWithAComment decodes strictly, so a key
// without a field fails; encodes, so a field without a key fails.
func TestEverySettingStandsInConfigYAMLWithAComment(t *testing.T) {
	decoder := yaml.NewDecoder(strings.NewReader(string(docent.DefaultConfig)))
	decoder.KnownFields(true)
	var c Config
	if err := decoder.Decode(&c); err != nil {
		t.Fatal(err)
	}
	encoded, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var inCode, inFile yaml.Node
	if err := yaml.Unmarshal(encoded, &inCode); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(docent.DefaultConfig, &inFile); err != nil {
		t.Fatal(err)
	}
	file := map[string]*yaml.Node{}
	collect("", inFile.Content[0], file)
	code := map[string]*yaml.Node{}
	collect("", inCode.Content[0], code)
	for key := range code {
		if file[key] == nil {
			t.Errorf("%s is not in config.yaml", key)
		}
	}
	for key, node := range file {
		if node.HeadComment == "" && !strings.HasSuffix(key, "model.project") {
			t.Errorf("%s has no comment in config.yaml", key)
		}
	}
}

// collect gives the key nodes of all values that are not sections.
func collect(prefix string, node *yaml.Node, into map[string]*yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if value.Kind == yaml.MappingNode {
			collect(prefix+key.Value+".", value, into)
			continue
		}
		into[prefix+key.Value] = key
	}
}

func TestAnErrorNamesTheKeyAndWhatWouldBeRight(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*Config)
	}{
		{"server.port", func(c *Config) { c.Server.Port = 70000 }},
		{"retrieval.b", func(c *Config) { c.Retrieval.B = 2 }},
		{"log_level", func(c *Config) { c.LogLevel = "loud" }},
		{"server.public_url", func(c *Config) { c.Server.PublicURL = "docs.example.com" }},
		{"limits.requests_per_minute", func(c *Config) { c.Limits.RequestsPerMinute = "many" }},
		{"cors.allowed_origins", func(c *Config) { c.CORS.AllowedOrigins = []string{"https://x.example/path"} }},
		{"cors.allowed_origins", func(c *Config) {
			c.CORS.AllowedOrigins, c.Sites = []string{"https://x.example"}, []access.Site{{Name: "docs"}}
		}},
		{"sites", func(c *Config) { c.Sites = []access.Site{{Name: "docs", Origins: []string{"docs.example.com"}}} }},
		{"auth.secret", func(c *Config) { c.Auth.Secret = []string{"short"} }},
		{"chat.instructions", func(c *Config) { c.Chat.Instructions = "{{.Nobody}}" }},
		{"answer.verify", func(c *Config) { c.Answer.Verify = "perhaps" }},
		{"database_url", func(c *Config) { c.DatabaseURL = "postgresql+psycopg://localhost/x" }},
		{"database_url", func(c *Config) { c.DatabaseURL = "mysql://localhost/x" }},
		{"database_url", func(c *Config) { c.DatabaseURL = "sqlite://x.db" }},
	} {
		config := Defaults()
		c.change(&config)
		var unfit *docent.SettingError
		if err := config.Validate(); !errors.As(err, &unfit) || unfit.Key != c.key || unfit.Right == "" {
			t.Errorf("%s: %v", c.key, err)
		}
	}
}

func TestDatabaseURLs(t *testing.T) {
	for url, want := range map[string]string{
		"":                          "data/docent.db",
		"my.db":                     "my.db",
		"/var/lib/my.db":            "/var/lib/my.db",
		`C:\docent\my.db`:           `C:\docent\my.db`,
		"file:my.db":                "my.db",
		"file:///var/lib/my.db":     "/var/lib/my.db",
		"sqlite:///my.db":           "my.db",
		"sqlite:////var/lib/my.db":  "/var/lib/my.db",
		"sqlite+aiosqlite:///my.db": "my.db",
	} {
		c := Config{DataDir: "data", DatabaseURL: url}
		if got, err := c.databasePath(); err != nil || strings.ReplaceAll(got, `data\`, "data/") != want {
			t.Errorf("%q: %q, %v; want %q", url, got, err, want)
		}
	}
}

func TestListeningForOthersNeedsAWord(t *testing.T) {
	for host, allowed := range map[string]bool{"127.0.0.1": true, "localhost": true, "::1": true, "[::1]": true, "0.0.0.0": false, "::": false, "192.168.0.5": false, "docs.example.com": false} {
		c := Defaults()
		c.Server.Host = host
		c.DataDir = t.TempDir()
		if err := c.CanListen(t.Context()); (err == nil) != allowed {
			t.Errorf("%s: %v", host, err)
		}
		if limit := c.perMinute(); (limit == 0) != allowed {
			t.Errorf("%s: %d requests a minute", host, limit)
		}
		c.Auth.OpenToEveryone = true
		if err := c.CanListen(t.Context()); err != nil {
			t.Errorf("%s, open to everyone: %v", host, err)
		}
	}
}
