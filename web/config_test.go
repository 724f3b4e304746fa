package web

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestAWrongSettingIsNamedWithWhatWouldBeRight(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		change func(*Config)
		words  []string
	}{
		{func(c *Config) { c.Server.PublicURL = "docs.example.com" }, []string{"server.public_url", "https://docs.example.com/ask"}},
		{func(c *Config) { c.Server.PublicURL = "https://u:p@d.example" }, []string{"server.public_url"}},
		{func(c *Config) { c.Server.PublicURL = "https://d.example/?a" }, []string{"server.public_url"}},
		{func(c *Config) { c.Server.TrustedProxies = []string{"proxy"} }, []string{"server.trusted_proxies", "10.0.0.0/8"}},
		{func(c *Config) { c.Server.MaxBodyBytes = 0 }, []string{"server.max_body_bytes", "above 0"}},
		{func(c *Config) { c.Server.Keepalive = -time.Second }, []string{"server.keepalive"}},
		{func(c *Config) { c.Server.WriteTimeout = 0 }, []string{"server.write_timeout"}},
	} {
		cfg := r.cfg
		c.change(&cfg)
		_, err := New(cfg, r.ports, slog.New(slog.DiscardHandler))
		if err == nil {
			t.Errorf("%v was taken", c.words)
			continue
		}
		for _, word := range c.words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%q is not in %q", word, err)
			}
		}
	}
}

func TestPartsThatAreMissingAreNoticedAtTheStart(t *testing.T) {
	if _, err := New(newRig(t, nil).cfg, Ports{}, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a handler without ports was made")
	}
}
