package access

import (
	"strings"
	"testing"
)

func TestOriginsAreMatchedBySchemeHostAndPort(t *testing.T) {
	for _, tt := range []struct{ listed, allowed, refused string }{
		{
			"https://docs.example.com",
			"https://docs.example.com",
			"http://docs.example.com https://docs.example.com:8443 https://example.com https://a.docs.example.com https://docs.example.com.evil.org https://docs.example.comevil https://docs.example.com/ https://docs.example.com. HTTPS://DOCS.EXAMPLE.COM https://docs.example.com:443 null",
		},
		{"https://Docs.Example.com:443/", "https://docs.example.com", "https://docs.example.com:443"},
		{"http://intranet:8080", "http://intranet:8080", "http://intranet http://intranet:80 https://intranet:8080"},
		{"http://[2001:DB8::1]:3000", "http://[2001:db8::1]:3000", "http://[2001:db8::1]"},
		{
			"https://*.example.com",
			"https://docs.example.com https://a.b.example.com https://x-1.example.com",
			"https://example.com https://.example.com https://a..example.com http://docs.example.com https://docs.example.com:8443 https://docsexample.com https://example.com.evil.org https://evil.org/.example.com https://evil.org#.example.com https://evil.org?.example.com https://user@docs.example.com https://docs.example.com.",
		},
		{"https://*.example.com:8443", "https://docs.example.com:8443", "https://docs.example.com"},
		{
			"https://deploy-*--docs.netlify.app",
			"https://deploy-7--docs.netlify.app https://deploy-preview-12--docs.netlify.app",
			"https://deploy---docs.netlify.app https://deploy-.x--docs.netlify.app https://deploy-7--docs.evil.netlify.app https://a.deploy-7--docs.netlify.app https://docs.netlify.app https://deploy-7--docs.netlify.app.evil.org",
		},
		{"https://*-docs.pages.dev", "https://pr1-docs.pages.dev", "https://-docs.pages.dev https://a.pr1-docs.pages.dev"},
		{"*", "https://any.example.org http://localhost:3000", "null file:// chrome-extension://abc https:// https://a..b https://a:b https://[::1 http://"},
	} {
		o, err := parseOrigins([]string{tt.listed})
		if err != nil {
			t.Errorf("%s: %v", tt.listed, err)
			continue
		}
		for _, origin := range strings.Fields(tt.allowed) {
			if !o.allow(origin) {
				t.Errorf("%s refuses %s", tt.listed, origin)
			}
		}
		for _, origin := range append(strings.Fields(tt.refused), "", " ", "https://docs.example.com ") {
			if o.allow(origin) {
				t.Errorf("%s allows %q", tt.listed, origin)
			}
		}
	}
}

func TestOnlyExactOriginsAreNamed(t *testing.T) {
	o, err := parseOrigins([]string{"https://docs.example.com", "https://*.example.com", "*"})
	if err != nil {
		t.Fatal(err)
	}
	if !o.named("https://docs.example.com") || o.named("https://a.example.com") || o.named("https://else.example.org") || o.named("") {
		t.Error("cookies go with other origins than the exact ones")
	}
}

func TestOriginsThatAreTooWideOrNoneAreRefused(t *testing.T) {
	for _, listed := range []string{
		"", "null", "docs.example.com", "//docs.example.com", "ftp://docs.example.com", "https://", "https://docs.example.com/path",
		"https://docs.example.com?q", "https://docs.example.com#f", "https://user@docs.example.com", "https://docs example.com",
		"https://dócs.example.com", "https://a..b", "https://docs.example.com:https", "https://*", "https://*.com", "https://docs-*.com",
		"https://docs.*.com", "https://docs.*", "https://*.*.example.com", "https://a*b*c.example.com", "http://localhost:*", "http*://a.example.com", "**",
	} {
		if o, err := parseOrigins([]string{listed}); err == nil {
			t.Errorf("%q is taken as %+v", listed, o)
		} else if listed != "" && !strings.Contains(err.Error(), listed) {
			t.Errorf("%q: the error %q does not name it", listed, err)
		}
	}
}

func TestLocalhostIsNoOtherName(t *testing.T) {
	for origin, want := range map[string]bool{
		"http://localhost": true, "http://localhost:5173": true, "https://localhost:1": true, "http://127.0.0.1:8000": true, "http://[::1]:3000": true,
		"http://localhost.evil.org": false, "http://evil.org": false, "http://127.0.0.1.evil.org": false, "http://localhost:x": false, "http://localhost@evil.org": false, "": false, "null": false,
	} {
		if got := localhost(origin); got != want {
			t.Errorf("%q: %v", origin, got)
		}
	}
}

// FuzzOrigin holds what must be true of every origin that comes by the wire:
// what a pattern lets in is of its scheme and below its domain.
func FuzzOrigin(f *testing.F) {
	for _, seed := range []string{"https://docs.example.com", "https://a.b.example.com:443", "https://x.example.com", "https://deploy-1--docs.netlify.app", "null", "https://[::1]:1", "https://x\x00.example.com", "https://é.example.com", "://", "https://a.example.com/"} {
		f.Add(seed)
	}
	o, err := parseOrigins([]string{"https://*.example.com", "https://deploy-*--docs.netlify.app"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, origin string) {
		localhost(origin)
		if !o.allow(origin) {
			return
		}
		host, is := strings.CutPrefix(origin, "https://")
		below := strings.HasSuffix(host, ".example.com") || strings.HasPrefix(host, "deploy-") && strings.HasSuffix(host, "--docs.netlify.app") && strings.Count(host, ".") == 2
		if !is || !below || !only(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") {
			t.Errorf("%q is allowed", origin)
		}
	})
}

// FuzzListedOrigin holds that whatever config.yaml lists as one origin, and is
// taken, is then allowed as a browser sends it.
func FuzzListedOrigin(f *testing.F) {
	for _, seed := range []string{"https://Docs.example.com:443/", "http://a:80", "https://*.example.com", "http://[::1]:3", "*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, listed string) {
		o, err := parseOrigins([]string{listed})
		if err != nil {
			return
		}
		for origin := range o.exact {
			if !o.allow(origin) || !o.named(origin) {
				t.Errorf("%q is taken as %q, which is not allowed", listed, origin)
			}
			if _, _, _, ok := splitOrigin(origin); !ok {
				t.Errorf("%q is taken as %q, which no browser sends", listed, origin)
			}
		}
	})
}
