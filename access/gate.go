package access

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"docent"
)

// Gate knows who calls. There is one for a server, used from many goroutines.
type Gate struct {
	cfg      Config
	now      func() time.Time
	loopback bool
	local    bool
	has      bool // something says who may call

	sites   []*site
	secrets *Secrets
	keys    Keys
	issuers *Issuers
	client  *http.Client
	uses    keyUses
	spent   spent
}

// Option changes how a Gate works.
type Option func(*Gate)

// OnLoopback says that only this machine can reach the server: where nothing
// says who may call, everyone is Local.
func OnLoopback() Option { return func(g *Gate) { g.loopback = true } }

// WithClock sets the clock; without it time.Now.
func WithClock(now func() time.Time) Option { return func(g *Gate) { g.now = now } }

// WithHTTPClient sets what asks issuers for their keys; without it one with
// http.DefaultTransport.
func WithHTTPClient(c *http.Client) Option { return func(g *Gate) { g.client = c } }

// NewGate makes the Gate of a server. cfg needs a Secret. keys may be nil where
// none are kept. Whether a key was ever made is looked up here, once. Errors in
// cfg and sites are *docent.SettingError. The caller closes the Gate.
func NewGate(ctx context.Context, cfg Config, sites []Site, keys Keys, options ...Option) (*Gate, error) {
	g := &Gate{cfg: cfg, now: time.Now, keys: keys}
	for _, o := range options {
		o(g)
	}
	if g.keys == nil {
		g.keys = noKeys{}
	}
	err := cfg.Validate()
	if err != nil {
		return nil, err
	}
	if g.sites, err = newSites(sites); err != nil {
		return nil, err
	}
	if g.secrets, err = NewSecrets(cfg.Secret); err != nil {
		return nil, err
	}
	if g.issuers, err = g.newIssuers(); err != nil {
		return nil, err
	}
	hasKeys, err := g.keys.HasKeys(ctx)
	if err != nil {
		return nil, err
	}
	g.has = hasKeys || Configured(cfg, sites)
	g.local = g.loopback && !g.has
	return g, nil
}

// newIssuers checks also that issuers name sites that there are.
func (g *Gate) newIssuers() (*Issuers, error) {
	for n, i := range g.cfg.Issuers {
		if i.Site != "" && g.site(i.Site) == nil {
			return nil, &docent.SettingError{Key: "auth.issuers", Right: fmt.Sprintf("entries whose site is one of sites (entry %d)", n+1)}
		}
	}
	return NewIssuers(g.cfg.Issuers, g.cfg.ClockSkew, g.client, g.now)
}

// Close ends what the Gate does beside requests, and waits for it.
func (g *Gate) Close() error {
	g.uses.close()
	g.issuers.Close()
	return nil
}

// Configured reports whether cfg and sites say who may call: without that, and
// without an API key, a server must stay on loopback.
func Configured(cfg Config, sites []Site) bool {
	origins := false
	for _, s := range sites {
		origins = origins || len(s.Origins) > 0
	}
	return cfg.OpenToEveryone || origins || len(cfg.Issuers) > 0
}

// Configured reports whether something says who may call: the settings, or an
// API key that was there when the Gate was made.
func (g *Gate) Configured() bool { return g.has }

// Local reports whether every caller is access.Local.
func (g *Gate) Local() bool { return g.local }

// Open reports whether every surface is public.
func (g *Gate) Open() bool { return g.cfg.OpenToEveryone }

// Secrets are those that sign tokens, for cursors too.
func (g *Gate) Secrets() *Secrets { return g.secrets }

// noKeys is a store without keys.
type noKeys struct{}

func (noKeys) Key(context.Context, string) (Key, error) {
	return Key{}, docent.Errorf(docent.CodeNotFound, "there are no keys")
}
func (noKeys) KeyUsed(context.Context, string, time.Time) error { return nil }
func (noKeys) HasKeys(context.Context) (bool, error)            { return false, nil }
