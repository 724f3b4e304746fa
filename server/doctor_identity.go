package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"docent/access"
)

// The checks here are of who callers are.

// local reports whether every caller would be the one local subject.
func (c *Config) local(ctx context.Context) bool {
	has, err := c.hasKeys(ctx)
	return err == nil && !has && !c.reachable() && !access.Configured(c.Auth, c.sites())
}

func checkIdentity(ctx context.Context, c *Config) []Finding {
	identity := check("identity")
	switch {
	case c.local(ctx):
		return []Finding{identity.ok("every caller is the one person at this machine, and may do everything")}
	case c.Auth.OpenToEveryone && c.perMinute() == 0:
		return []Finding{identity.warning("set RATE_LIMIT_PER_MINUTE=60", "everyone may ask, without a limit%s", atYourCost(c))}
	case c.Auth.OpenToEveryone:
		return []Finding{identity.ok("everyone may ask, each visitor as a person of their own")}
	}
	var ways []string
	for _, s := range c.sites() {
		ways = append(ways, fmt.Sprintf("site %s: %s", s.Name, waysIn(s)))
	}
	for _, i := range c.Auth.Issuers {
		ways = append(ways, fmt.Sprintf("tokens of %s", i.Issuer))
	}
	return []Finding{identity.ok("%s", strings.Join(append(ways, "API keys"), "; "))}
}

// waysIn says what a site lets callers without login do.
func waysIn(s access.Site) string {
	public := s.Public
	if public == nil {
		public = []string{access.SurfaceWidget, access.SurfaceSearch}
	}
	if len(public) == 0 {
		return "nothing without login"
	}
	return strings.Join(public, ", ") + " without login"
}

func checkKeys(ctx context.Context, c *Config) []Finding {
	keys := check("keys")
	list, err := c.readKeys(ctx)
	if err != nil {
		return []Finding{keys.failed(err, "")}
	}
	now := time.Now()
	used, ended, endless := 0, 0, 0
	for _, k := range list {
		switch {
		case !k.RevokedAt.IsZero():
		case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
			ended++
		default:
			used++
			if k.ExpiresAt.IsZero() {
				endless++
			}
		}
	}
	if len(list) == 0 {
		return []Finding{keys.skipped("", "there are no API keys")}
	}
	if ended > 0 {
		return []Finding{keys.warning("give them another end with 'docent keys rotate', or revoke them", "%d in use, %d expired", used, ended)}
	}
	return []Finding{keys.ok("%d in use, %d of them without an end", used, endless)}
}

// checkSecret looks at who can read the secret that signs tokens.
func checkSecret(_ context.Context, c *Config) []Finding {
	secret := check("secret")
	if n := len(c.Auth.Secret); n > 0 {
		return []Finding{secret.ok("auth.secret is set; %d of them count", n)}
	}
	info, err := os.Stat(c.secretPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{secret.ok("the first start makes one in the data folder")}
	case err != nil:
		return []Finding{secret.failed(err, "make it readable for the user that runs docent")}
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return []Finding{secret.warning("chmod 600 "+c.secretPath(), "%s can be read by others on this machine, who could make tokens", c.secretPath())}
	}
	return []Finding{secret.ok("%s, which only its owner can read", c.secretPath())}
}
