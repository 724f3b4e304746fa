package server

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"docent"
	"docent/access"
	"docent/attachment"
	"docent/chat"
	"docent/chat/hook"
	"docent/ingest"
	"docent/ingest/fetch"
	"docent/ingest/push"
	"docent/llm"
	"docent/retrieval"
	"docent/store/qdrant"
	"docent/tools"
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
	Index       IndexFile           `yaml:"index"`
	Retrieval   retrieval.Config    `yaml:"retrieval"`
	Model       llm.Config          `yaml:"model"`
	Embedding   llm.EmbeddingConfig `yaml:"embedding"`
	Qdrant      qdrant.Config       `yaml:"qdrant"`
	Chat        chat.Config         `yaml:"chat"`
	Answer      chat.AnswerConfig   `yaml:"answer"`
	Attachments attachment.Config   `yaml:"attachments"`
	Tools       tools.Config        `yaml:"tools"`
	Hooks       hook.Config         `yaml:"hooks"`
	ChatKit     ChatKit             `yaml:"chatkit"`
	Server      web.ServerConfig    `yaml:"server"`
	Auth        access.Config       `yaml:"auth"`
	Sites       []access.Site       `yaml:"sites"`
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
	KeepReleases  int          `yaml:"keep_releases"`
	PreviewDays   int          `yaml:"preview_days"` // 0 is for ever
	Fetch         fetch.Limits `yaml:"fetch"`
	Push          push.Config  `yaml:"push"`
}

// web gives the sections that web needs.
func (c *Config) web() web.Config {
	w := web.Config{
		Server: c.Server, Auth: c.Auth, CORS: c.CORS,
		Limits:          c.requestLimits(),
		MaxMessageBytes: c.Chat.MaxMessageBytes,
		MaxPushBytes:    c.Ingest.Push.MaxRequestBytes,
		MaxUploadBytes:  c.Ingest.Push.MaxBytes,
	}
	if c.Attachments.Enabled {
		w.MaxAttachmentBytes, w.MaxFiles = c.Attachments.MaxBytes, c.Attachments.MaxFiles
	}
	return w
}

// onLoopback reports whether only this machine can reach the server.
func (c *Config) onLoopback() bool {
	if c.Server.Host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(c.Server.Host, "[]"))
	return err == nil && ip.IsLoopback()
}

// behindProxy reports whether others reach a server on loopback by a proxy: its
// public address is not this machine's own.
func (c *Config) behindProxy() bool {
	if !c.onLoopback() || c.Server.PublicURL == "" {
		return false
	}
	u, err := url.Parse(c.Server.PublicURL)
	return err != nil || !loopbackName(u.Hostname())
}

// reachable reports whether others than this machine's users can reach the
// server.
func (c *Config) reachable() bool { return !c.onLoopback() || c.behindProxy() }

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
		return "", &docent.SettingError{Key: "database_url", Right: "sqlite:///relative/path or sqlite:////absolute/path"}
	case "postgres", "postgresql":
		return "", &docent.SettingError{Key: "database_url", Right: "a SQLite file: this version does not speak PostgreSQL yet"}
	}
	return "", &docent.SettingError{Key: "database_url", Right: "a path, sqlite:///path or file:path (postgres://, postgresql:// and postgresql+driver:// are known, but not built yet)"}
}

// prompts gives chat the instructions of sites and sources.
func (c *Config) prompts() (ofSites map[string]string, ofSources map[docent.Unit]string) {
	ofSites, ofSources = map[string]string{}, map[docent.Unit]string{}
	for _, s := range c.Sites {
		ofSites[s.Name] = s.Instructions
	}
	for _, s := range c.Sources {
		if named, err := s.Normalised(); err == nil {
			ofSources[docent.Unit{Site: cmp.Or(s.Site, docent.DefaultSite), Source: named.Name}] = s.Instructions
		}
	}
	return ofSites, ofSources
}

// modes gives chat the modes of sites that have one of their own.
func (c *Config) modes() map[string]string {
	modes := map[string]string{}
	for _, s := range c.Sites {
		modes[s.Name] = s.Mode
	}
	return modes
}

// needsIndex reports whether a site answers from its documentation.
func (c *Config) needsIndex() bool {
	of := chat.Config{Answer: c.Answer, ModeOfSites: c.modes()}
	return slices.ContainsFunc(c.SiteNames(), func(site string) bool { return of.Mode(site) == chat.ModeDocs })
}

// configured gives the sources, as sourceOf has them, but for those that can't
// have a name.
func (c *Config) configured() []docent.Unit {
	var sources []docent.Unit
	for _, s := range c.Sources {
		if named, err := s.Normalised(); err == nil {
			sources = append(sources, docent.Unit{Site: cmp.Or(s.Site, docent.DefaultSite), Source: named.Name})
		}
	}
	return sources
}

// sourceOf is what the units of one source have in common.
func sourceOf(u docent.Unit) docent.Unit { return docent.Unit{Site: u.Site, Source: u.Source} }

// Validate checks what a value's type does not say, part by part. The error is a
// *docent.SettingError.
func (c *Config) Validate() error {
	for _, check := range []func() error{
		c.check, c.Index.check, c.checkIdentity, c.Limits.Validate, c.Ingest.Validate, c.Ingest.Fetch.Validate, c.Ingest.Push.Validate, c.Retrieval.Validate, c.Chat.Validate, c.Answer.Validate, c.Model.Validate, c.Embedding.Validate, c.Qdrant.Validate, c.Attachments.Validate, c.checkTools, c.Hooks.Validate, c.checkChatKit, c.web().Validate,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	_, err := c.databasePath()
	return err
}

// check is of the settings that are the server's own.
func (c *Config) check() error {
	for i, s := range c.Sources {
		if s.Place() == "" {
			return &docent.SettingError{Key: "sources", Right: fmt.Sprintf("entries with a dir, git, url, openapi, answers or archive each, which entry %d has not", i+1)}
		}
		if s.Site != "" && !slices.Contains(c.SiteNames(), s.Site) {
			return &docent.SettingError{Key: "sources", Right: fmt.Sprintf("entries whose site is one of sites, which entry %d's is not", i+1)}
		}
		if ok, right := chat.ValidInstructions(s.Instructions); !ok {
			return &docent.SettingError{Key: "sources", Right: fmt.Sprintf("entries whose instructions are %s, which entry %d's are not", right, i+1)}
		}
	}
	for i, s := range c.Sites {
		if s.Mode != "" && !slices.Contains(chat.Modes(), s.Mode) {
			return &docent.SettingError{Key: "sites", Right: fmt.Sprintf("entries whose mode is docs or chat, which entry %d's is not", i+1)}
		}
		if ok, right := chat.ValidInstructions(s.Instructions); !ok {
			return &docent.SettingError{Key: "sites", Right: fmt.Sprintf("entries whose instructions are %s, which entry %d's are not", right, i+1)}
		}
	}
	return docent.CheckSettings(
		docent.SettingCheck{OK: c.DataDir != "", Key: "data_dir", Right: "a folder"},
		docent.SettingCheck{OK: oneOf(c.LogLevel, logLevels), Key: "log_level", Right: "debug, info, warn or error"},
		docent.SettingCheck{OK: c.Ingest.KeepReleases >= 1, Key: "ingest.keep_releases", Right: "1 or more"},
		docent.SettingCheck{OK: c.Ingest.PreviewDays >= 0, Key: "ingest.preview_days", Right: "0 (for ever) or more"},
	)
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
