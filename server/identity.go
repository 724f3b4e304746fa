package server

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"docent"
	"docent/access"
	"docent/store/sqlite"
	"docent/web"
)

// WithIdentity lets identify say who sends each request, instead of keys, tokens
// and issuers. Origins are checked as configured all the same.
func WithIdentity(identify web.Identify) Option { return func(s *Server) { s.identify = identify } }

// openGate makes the Gate of the configured sites, over the keys beside the
// conversations.
func (s *Server) openGate(ctx context.Context) (err error) {
	auth := s.cfg.Auth
	if len(auth.Secret) == 0 {
		secret, err := access.LoadSecret(s.cfg.secretPath())
		if err != nil {
			return err
		}
		auth.Secret = []string{secret}
	}
	var options []access.Option
	if !s.cfg.reachable() {
		options = append(options, access.OnLoopback())
	}
	s.gate, err = access.NewGate(ctx, auth, s.cfg.sites(), s.conversations, options...)
	return err
}

// secretPath is the file of the secret that is made where none is configured.
func (c *Config) secretPath() string { return filepath.Join(c.DataDir, "secret") }

// sites are the configured ones. Without any there is the default one; the
// origins of cors are its, beside its own.
func (c *Config) sites() []access.Site {
	sites := slices.Clone(c.Sites)
	if len(sites) == 0 {
		sites = []access.Site{{Name: docent.DefaultSite}}
	}
	for i := range sites {
		if sites[i].Name == docent.DefaultSite {
			sites[i].Origins = slices.Concat(sites[i].Origins, c.CORS.AllowedOrigins)
		}
	}
	return sites
}

// SiteNames are the names of the configured sites.
func (c *Config) SiteNames() []string {
	var names []string
	for _, s := range c.sites() {
		names = append(names, s.Name)
	}
	return names
}

// checkIdentity checks all that a Gate is made of, by making one that is not used.
func (c *Config) checkIdentity() error {
	if access.ValidateSites([]access.Site{{Name: docent.DefaultSite, Origins: c.CORS.AllowedOrigins}}) != nil {
		return &docent.SettingError{Key: "cors.allowed_origins", Right: "origins such as https://docs.example.com or https://*.example.com, without a path, or *"}
	}
	auth := c.Auth
	auth.Secret = append(slices.Clone(auth.Secret), strings.Repeat("-", 32)) // where one is yet to be made
	gate, err := access.NewGate(context.Background(), auth, c.sites(), nil)
	if err != nil {
		return err
	}
	if err := gate.Close(); err != nil {
		return err
	}
	hasDefault := len(c.Sites) == 0 || slices.ContainsFunc(c.Sites, func(s access.Site) bool { return s.Name == docent.DefaultSite })
	return docent.CheckSettings(docent.SettingCheck{
		OK: hasDefault || len(c.CORS.AllowedOrigins) == 0, Key: "cors.allowed_origins",
		Right: "empty, since they are the default site's, and sites has none of that name: write them there",
	})
}

// CanListen checks that the server may be reached from where it will listen:
// where others can reach it something must say who may ask. The error names the
// lines to add.
func (c *Config) CanListen(ctx context.Context) error {
	if !c.reachable() || access.Configured(c.Auth, c.sites()) {
		return nil
	}
	if has, err := c.hasKeys(ctx); err != nil || has {
		return err
	}
	where := "server.host is " + c.Server.Host
	if c.behindProxy() {
		where = "server.public_url is " + c.Server.PublicURL
	}
	return &docent.Error{
		Code:    docent.CodeInvalid,
		Message: where + ", which others can reach, and nothing says who may ask",
		Hint: `make an API key for programs:
  docent keys create --scope chat,search
or let the pages of your site ask, in config.yaml:
  sites:
    - name: default
      origins: [https://docs.example.com]
or those who log in (auth.issuers), or everyone:
  auth:
    open_to_everyone: true
or listen on 127.0.0.1, without a public_url`,
	}
}

// hasKeys reports whether any API key was ever made.
func (c *Config) hasKeys(ctx context.Context) (bool, error) {
	keys, err := c.readKeys(ctx)
	return len(keys) > 0, err
}

// readKeys gives the API keys of all sites, and makes no database for it.
func (c *Config) readKeys(ctx context.Context) ([]access.Key, error) {
	path, err := c.databasePath()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return sqlite.ReadKeys(ctx, path)
}
