package fetch

import (
	"bytes"
	"compress/gzip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRobotsRules(t *testing.T) {
	for _, c := range []struct {
		text, path string
		want       bool
	}{
		{"", "/a", true},
		{"User-agent: *\nDisallow:", "/a", true},
		{"User-agent: *\nDisallow: /", "/a", false},
		{"user-agent: other\ndisallow: /", "/a", true},
		{"User-agent: other\nUser-agent: *\nDisallow: /a # comment", "/ab", false},
		{"User-agent: *\nDisallow: /\nUser-agent: DOCENT\nAllow: /", "/a", true},
		{"User-agent: docent\nDisallow: /x\n\nUser-agent: docent\nDisallow: /y", "/y", false},
		{"User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true},
		{"User-agent: *\nAllow: /a\nDisallow: /a", "/a", true},
		{"User-agent: *\nDisallow: /*/x$", "/a/x", false},
		{"User-agent: *\nDisallow: /*/x$", "/a/x/y", true},
		{"User-agent: *\nDisallow: *.pdf", "/a.pdf", false},
		{"User-agent: *\nDisallow: /a*b*c", "/abxc", false},
		{"User-agent: *\nDisallow: /a*b*c", "/acxb", true},
		{"User-agent: *\nDisallow: /a$", "/a", false},
		{"\uFEFFUser-agent: *\r\nDisallow: /a\r\n", "/a", false},
		{"Disallow: /", "/a", true},
	} {
		r := readRobots([]byte(c.text))
		if got := r.allows(c.path); got != c.want {
			t.Errorf("%q allows %s: %v, want %v", c.text, c.path, got, c.want)
		}
	}
	r := readRobots([]byte("Sitemap: https://example.com/a.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: /b.xml"))
	if r.delay != 2500*time.Millisecond || !cmp.Equal(r.sitemaps, []string{"https://example.com/a.xml", "/b.xml"}) {
		t.Errorf("%+v", r)
	}
	if r := readRobots([]byte("User-agent: *\nCrawl-delay: 1e300")); r.delay != maxDelay {
		t.Errorf("delay %v", r.delay)
	}
}

func TestALLMsTxtLinksToPages(t *testing.T) {
	text := "# Site\n\n> [Not a list](/quote)\n\n## Docs\n- [A](/a.md): x\n- [B (x)](<b.md> \"title\")\n* [C](c_(d).md)\n\n## Optional\n- [D](/d.md)\n## More\n- [E](/e)\n"
	if diff := cmp.Diff([]string{"/quote", "/a.md", "b.md", "c_(d).md", "/e"}, readLLMs([]byte(text))); diff != "" {
		t.Error(diff)
	}
	for from, want := range map[string]string{"/a.md": "/a", "/a/index.html.md": "/a/", "/a/index.md": "/a/", "/a.html.md": "/a.html", "/a": "/a"} {
		if got := pageTwin(&url.URL{Path: from}).Path; got != want {
			t.Errorf("%s is %s, want %s", from, got, want)
		}
	}
}

func TestASitemapThatUnpacksWithoutEndIsRefused(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte("<urlset>"))
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range maxSitemapBytes>>20 + 1 {
		z.Write(blank)
	}
	z.Close()
	if _, err := readSitemap(b.Bytes()); err == nil {
		t.Error("it was read")
	}
}

func TestFilesAreNamedAfterAddresses(t *testing.T) {
	n := names{}
	for _, c := range []struct{ address, want string }{
		{"https://x/", "index.md"}, {"https://x/a/", "a/index.md"}, {"https://x/a.html", "a.md"}, {"https://x/.hidden/b", "_.hidden/b.md"},
		{"https://x/vendor/con.html", "_vendor/_con.md"}, {"https://x/d%C3%A9/e%3Af", "dé/e-f.md"}, {"https://x/a/../../etc", "a/_/_/etc.md"}, {"https://x//y", "_/y.md"},
	} {
		if got := n.give(c.address); got != c.want {
			t.Errorf("%s is %s, want %s", c.address, got, c.want)
		}
	}
	if one := n.give("https://x/A"); one == "A.md" || !strings.HasPrefix(one, "A-") {
		t.Errorf("a name that differs only in case: %s", one)
	}
	if long := n.give("https://x/" + strings.Repeat("é/", 400)); len(long) > 220 {
		t.Errorf("%d bytes", len(long))
	}
}

func FuzzReadSitemap(f *testing.F) {
	for _, s := range []string{"", "<urlset><url><loc>https://x/</loc></url></urlset>", "<sitemapindex><sitemap><loc>a", "</a></b><urlset>", "\x1f\x8b", "<!DOCTYPE x [<!ENTITY a \"b\">]><urlset>&a;</urlset>", "<?xml version='1.0' encoding='x'?><urlset/>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, raw []byte) { readSitemap(raw) })
}

func FuzzReadRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a$", "/ba")
	f.Add("user-agent:docent\nallow:**$\ndisallow:$", "")
	f.Fuzz(func(_ *testing.T, text, path string) {
		r := readRobots([]byte(text))
		r.allows(path)
	})
}

func FuzzFileNames(f *testing.F) {
	f.Add("https://x/a/b")
	f.Add("https://x/%2e%2e/%00")
	f.Fuzz(func(t *testing.T, address string) {
		name := names{}.give(address)
		for part := range strings.SplitSeq(name, "/") {
			if part == "" || part[0] == '.' || strings.ContainsAny(part, "\\:\x00") {
				t.Errorf("%q became %q", address, name)
			}
		}
	})
}
