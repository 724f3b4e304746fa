package server

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"docent"
	"docent/chat"
	"docent/ingest"
	"docent/llm"
	"docent/retrieval"
	"docent/web"
)

// Config is config.yaml: one field a section, each the Config of the part that
// it is for. The defaults stand in docent.DefaultConfig.
type Config struct {
	DataDir     string              `yaml:"data_dir"`
	LogLevel    string              `yaml:"log_level"`
	DatabaseURL string              `yaml:"database_url"`
	Sources     []ingest.Source     `yaml:"sources"`
	Ingest      Ingest              `yaml:"ingest"`
	Retrieval   retrieval.Config    `yaml:"retrieval"`
	Model       llm.Config          `yaml:"model"`
	Embedding   llm.EmbeddingConfig `yaml:"embedding"`
	Chat        chat.Config         `yaml:"chat"`
	Server      web.ServerConfig    `yaml:"server"`
	Auth        web.AuthConfig      `yaml:"auth"`
	CORS        web.CORSConfig      `yaml:"cors"`
	Limits      Limits              `yaml:"limits"`
}

// Defaults is the configuration that docent.DefaultConfig holds: where a
// program that mounts Docent begins.
func Defaults() Config {
	var c Config
	if err := yaml.Unmarshal(docent.DefaultConfig, &c); err != nil {
		panic("server: config.yaml: " + err.Error()) // it is part of the program
	}
	return c
}

// Ingest is the ingest section of config.yaml: what ingest needs, and what the
// store does after it.
type Ingest struct {
	ingest.Config `yaml:",inline"`
	KeepReleases  int `yaml:"keep_releases"`
}

// Limits is the limits section of config.yaml.
type Limits struct {
	RequestsPerMinute string `yaml:"requests_per_minute"` // a number, or "auto"
}

// autoRequestsPerMinute is what "auto" means where strangers can reach the
// server.
const autoRequestsPerMinute = 60

// perMinute is the limit that counts; 0 is none.
func (c *Config) perMinute() int {
	if c.Limits.RequestsPerMinute != "auto" {
		n, _ := strconv.Atoi(c.Limits.RequestsPerMinute) // Validate saw to it
		return n
	}
	if c.onLoopback() {
		return 0
	}
	return autoRequestsPerMinute
}

// web gives the sections that web needs.
func (c *Config) web() web.Config {
	return web.Config{
		Server: c.Server, Auth: c.Auth, CORS: c.CORS,
		Limits:          web.LimitsConfig{RequestsPerMinute: c.perMinute()},
		MaxMessageBytes: c.Chat.MaxMessageBytes,
	}
}

// onLoopback reports whether only this machine can reach the server.
func (c *Config) onLoopback() bool {
	if c.Server.Host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(c.Server.Host, "[]"))
	return err == nil && ip.IsLoopback()
}

// address is host:port as net.Listen takes it.
func (c *Config) address() string {
	return net.JoinHostPort(strings.Trim(c.Server.Host, "[]"), strconv.Itoa(c.Server.Port))
}

// databasePath gives the file of conversations.
func (c *Config) databasePath() (string, error) {
	raw := c.DatabaseURL
	if raw == "" {
		return filepath.Join(c.DataDir, "docent.db"), nil
	}
	scheme, rest, has := strings.Cut(raw, ":")
	if !has || len(scheme) == 1 { // a plain path, or C:\...
		return raw, nil
	}
	dialect, _, _ := strings.Cut(strings.ToLower(scheme), "+")
	switch dialect {
	case "file":
		return strings.TrimPrefix(rest, "//"), nil
	case "sqlite":
		// SQLAlchemy's form: three slashes before a relative path, four before an absolute one.
		path, ok := strings.CutPrefix(rest, "///")
		if ok && path != "" {
			return path, nil
		}
		return "", &SettingError{"database_url", "sqlite:///relative/path or sqlite:////absolute/path"}
	case "postgres", "postgresql":
		return "", &SettingError{"database_url", "a SQLite file: this version does not speak PostgreSQL yet"}
	}
	return "", &SettingError{"database_url", "a path, sqlite:///path or file:path (postgres://, postgresql:// and postgresql+driver:// are known, but not built yet)"}
}

// SettingError says that the value of a key can't be used, and what could.
type SettingError struct {
	Key   string
	Right string // "a number from 1 to 65535"
}

// Error names the key and what would be right.
func (e *SettingError) Error() string { return e.Key + " must be " + e.Right }

// Validate checks what a value's type does not say. The error is a
// *SettingError, or names its key itself.
func (c *Config) Validate() error {
	for _, check := range []struct {
		ok    bool
		key   string
		right string
	}{
		{c.DataDir != "", "data_dir", "a folder"},
		{oneOf(c.LogLevel, logLevels), "log_level", "debug, info, warn or error"},
		{c.Ingest.ChunkTokens >= ingest.MinChunkTokens && c.Ingest.ChunkTokens <= 8000, "ingest.chunk_tokens", fmt.Sprintf("from %d to 8000", ingest.MinChunkTokens)},
		{c.Ingest.MaxFileBytes > 0, "ingest.max_file_bytes", "above 0"},
		{c.Ingest.Workers >= 0, "ingest.workers", "0 or more"},
		{c.Ingest.KeepReleases >= 1, "ingest.keep_releases", "1 or more"},
		{c.Retrieval.Passages >= 1 && c.Retrieval.Passages <= 50, "retrieval.passages", "from 1 to 50"},
		{c.Retrieval.MaxPerPage >= 1, "retrieval.max_per_page", "1 or more"},
		{c.Retrieval.Candidates >= c.Retrieval.Passages && c.Retrieval.Candidates <= 1000, "retrieval.candidates", "from retrieval.passages to 1000"},
		{c.Retrieval.RefuseBelow >= 0 && c.Retrieval.RefuseBelow <= 1, "retrieval.refuse_below", "from 0 to 1"},
		{c.Retrieval.B >= 0 && c.Retrieval.B <= 1, "retrieval.b", "from 0 to 1"},
		{c.Retrieval.K1 >= 0, "retrieval.k1", "0 or more"},
		{c.Chat.ContextTokens >= 1000, "chat.context_tokens", "1000 or more"},
		{c.Chat.HistoryTokens >= 0 && c.Chat.HistoryTokens < c.Chat.ContextTokens, "chat.history_tokens", "0 or more, and less than chat.context_tokens"},
		{c.Chat.MaxMessageBytes > 0, "chat.max_message_bytes", "above 0"},
		{c.Chat.MaxRuns > 0, "chat.max_runs", "above 0"},
		{c.Server.Port >= 0 && c.Server.Port <= 65535, "server.port", "a whole number from 0 to 65535 (0 takes a free one)"},
		{c.Server.MaxBodyBytes > 0, "server.max_body_bytes", "above 0"},
		{c.Server.Keepalive > 0, "server.keepalive", "above 0"},
		{c.Server.WriteTimeout > 0, "server.write_timeout", "above 0"},
		{publicURL(c.Server.PublicURL), "server.public_url", "empty or an address such as https://docs.example.com/ask"},
		{limit(c.Limits.RequestsPerMinute), "limits.requests_per_minute", "auto or a whole number, 0 for none"},
		{origins(c.CORS.AllowedOrigins), "cors.allowed_origins", "origins such as https://docs.example.com (scheme and host, no path), or * alone"},
	} {
		if !check.ok {
			return &SettingError{check.key, check.right}
		}
	}
	if c.Model.Enabled() {
		if _, err := llm.New(c.Model); err != nil {
			return err
		}
	}
	if err := c.Embedding.Validate(); err != nil {
		return err
	}
	_, err := c.databasePath()
	return err
}

// logLevels are the words for levels, in LOG_LEVEL's and other programs' terms.
var logLevels = []string{"debug", "info", "warn", "warning", "error", "critical"}

func oneOf(word string, words []string) bool {
	for _, w := range words {
		if strings.EqualFold(word, w) {
			return true
		}
	}
	return false
}

func publicURL(raw string) bool {
	if raw == "" {
		return true
	}
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && u.RawQuery == "" && u.Fragment == ""
}

func limit(raw string) bool {
	n, err := strconv.Atoi(raw)
	return raw == "auto" || err == nil && n >= 0
}

func origins(list []string) bool {
	for _, o := range list {
		u, err := url.Parse(o)
		exact := err == nil && u.Host != "" && fmt.Sprintf("%s://%s", u.Scheme, u.Host) == o
		if !exact && (o != "*" || len(list) > 1) {
			return false
		}
	}
	return true
}
