package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// fakeSite is a website that remembers what it was asked.
type fakeSite struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	asked map[string]int
}

func newFakeSite(t *testing.T) *fakeSite {
	t.Helper()
	f := &fakeSite{pages: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.asked[r.URL.Path]++
		page := f.pages[r.URL.Path]
		f.mu.Unlock()
		if page == nil {
			http.NotFound(w, r)
			return
		}
		page(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeSite) handle(path string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages[path] = h
}

// text serves a text; "{site}" in it is the site's address.
func (f *fakeSite) text(path, text string) {
	f.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.ReplaceAll(text, "{site}", f.URL))
	})
}

// html serves a page with a body.
func (f *fakeSite) html(path, body string) {
	f.handle(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.ReplaceAll(body, "{site}", f.URL))
	})
}

func (f *fakeSite) status(path string, status int) {
	f.handle(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// sitemap serves a sitemap of paths.
func (f *fakeSite) sitemap(at string, paths ...string) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for _, p := range paths {
		fmt.Fprintf(&b, "<url><loc>\n{site}%s</loc><lastmod>2024-01-01</lastmod></url>", p)
	}
	b.WriteString("</urlset>")
	f.text(at, b.String())
}

// fetch fetches the site, at a pace for tests.
func (f *fakeSite) fetch(t *testing.T, dir, at string) (Result, error) {
	t.Helper()
	return Fetch(t.Context(), Source{URL: f.URL + at, AllowPrivate: true}, Config{Dir: dir, Limits: Limits{Interval: time.Nanosecond}})
}

// urlsOf are the addresses in the front matter of a folder's pages.
func urlsOf(t *testing.T, dir, site string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, text := range listed(t, dir) {
		_, rest, _ := strings.Cut(text, "url: ")
		at, _, _ := strings.Cut(rest, "\n")
		found[name] = strings.TrimPrefix(at, site)
	}
	return found
}

const simplePage = `<html lang="en"><head><title>T | Site</title></head><body><main><h1 id="top">T</h1><p>Words.</p></main></body></html>`

func TestPagesAreFoundWhereSitesListThem(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, `<urlset><url><loc>/docs/b/</loc></url><url><loc>/docs/b/</loc></url></urlset>`)
	z.Close()
	index := `<sitemapindex><sitemap><loc>{site}/maps/one.xml</loc></sitemap><sitemap><loc>{site}/maps/two.xml.gz</loc></sitemap></sitemapindex>`
	for name, build := range map[string]func(*fakeSite) (at string){
		"robots.txt": func(f *fakeSite) string {
			f.text("/robots.txt", "Sitemap: {site}/maps/index.xml\n")
			f.text("/maps/index.xml", index)
			return "/docs"
		},
		"an index at the root": func(f *fakeSite) string {
			f.text("/sitemap-index.xml", index)
			return "/docs/"
		},
		"a sitemap below the address": func(f *fakeSite) string {
			f.html("/sitemap.xml", simplePage) // this server answers all addresses
			f.sitemap("/docs/sitemap.xml", "/docs/a", "/docs/b/", "/blog/x", "/docs/a#part", "/docs/a?print=1")
			return "/docs/index.html"
		},
		"a named sitemap": func(f *fakeSite) string {
			f.text("/docs/pages.xml", `<urlset><url><loc>/docs/a</loc></url><url><loc>/docs/b/</loc></url><url><loc>https://elsewhere.example/docs/c</loc></url></urlset>`)
			return "/docs/pages.xml"
		},
		"llms.txt": func(f *fakeSite) string {
			f.text("/llms.txt", "# Site\n\n> About.\n\n## Docs\n\n- [A](/docs/a.md): first\n- [B]({site}/docs/b/index.html.md)\n- [Elsewhere](https://example.com/)\n\n## Optional\n\n- [C](/docs/c)\n")
			return "/docs/"
		},
		"a named llms.txt": func(f *fakeSite) string {
			f.text("/docs/llms.txt", "# Site\n- [A](a)\n- [B](b/)\n")
			return "/docs/llms.txt"
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeSite(t)
			for _, p := range []string{"/docs/", "/docs/index.html", "/docs", "/docs/a", "/docs/b/", "/docs/c", "/blog/x"} {
				f.html(p, simplePage)
			}
			f.sitemap("/maps/one.xml", "/docs/a", "/blog/x")
			f.handle("/maps/two.xml.gz", func(w http.ResponseWriter, _ *http.Request) { w.Write(zipped.Bytes()) })
			got, err := f.fetch(t, t.TempDir(), build(f))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{"docs/a.md": "/docs/a", "docs/b/index.md": "/docs/b/"}
			if diff := cmp.Diff(want, urlsOf(t, got.Dir, f.URL)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASiteWithoutAListSaysWhatToDo(t *testing.T) {
	f := newFakeSite(t)
	f.html("/", simplePage)
	_, err := f.fetch(t, t.TempDir(), "/")
	var told *docent.Error
	if !errors.As(err, &told) || !strings.Contains(told.Hint, "sitemap") {
		t.Error(err)
	}
}

func TestRobotsAreHonoured(t *testing.T) {
	f := newFakeSite(t)
	f.text("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: Docent\nDisallow: /private/\nAllow: /private/open\nDisallow: /*.draft$\n")
	f.sitemap("/sitemap.xml", "/a", "/private/b", "/private/open", "/c.draft", "/moved")
	for _, p := range []string{"/", "/a", "/private/b", "/private/open", "/c.draft"} {
		f.html(p, simplePage)
	}
	f.handle("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/private/b", http.StatusFound) })
	got, err := f.fetch(t, t.TempDir(), "/")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a.md": "/a", "private/open.md": "/private/open"}, urlsOf(t, got.Dir, f.URL)); diff != "" {
		t.Error(diff)
	}
	if f.asked["/private/b"]+f.asked["/c.draft"] > 0 {
		t.Errorf("forbidden pages were asked for: %v", f.asked)
	}
}

func TestWhatSaysNoIndexIsLeftOut(t *testing.T) {
	f := newFakeSite(t)
	f.sitemap("/sitemap.xml", "/a", "/meta", "/header", "/stub")
	f.html("/", simplePage)
	f.html("/a", simplePage)
	f.html("/meta", `<head><meta name="robots" content="follow, NOINDEX"></head><main>x</main>`)
	f.html("/stub", `<head><meta http-equiv="refresh" content="0; URL=/a"></head>`)
	f.handle("/header", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Robots-Tag", "none")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, simplePage)
	})
	got, err := f.fetch(t, t.TempDir(), "/")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.md"}, slices.Sorted(maps.Keys(listed(t, got.Dir)))); diff != "" {
		t.Error(diff)
	}
}

func TestCopiesOfAPageAreReadOnce(t *testing.T) {
	f := newFakeSite(t)
	f.sitemap("/sitemap.xml", "/1.0/x", "/latest/x", "/moved", "/print/y", "/alone", "/foreign")
	f.html("/", simplePage)
	f.html("/1.0/x", `<head><link rel="canonical" href="{site}/latest/x"></head><main><p>x</p></main>`)
	f.html("/latest/x", `<head><link rel="canonical" href="/latest/x"></head><main><p>x</p></main>`)
	f.handle("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/latest/x", http.StatusMovedPermanently)
	})
	f.html("/print/y", `<head><link rel="canonical" href="/y"></head><main><p>y</p></main>`)
	f.html("/alone", `<head><link rel="canonical" href="/"></head><main><p>a mistake of the site</p></main>`)
	f.html("/foreign", `<head><link rel="canonical" href="https://elsewhere.example/foreign"></head><main><p>z</p></main>`)
	got, err := f.fetch(t, t.TempDir(), "/")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"latest/x.md": "/latest/x", "print/y.md": "/y", "alone.md": "/alone", "foreign.md": "/foreign"}
	if diff := cmp.Diff(want, urlsOf(t, got.Dir, f.URL)); diff != "" {
		t.Error(diff)
	}
}

func TestUnchangedPagesAreNotSentAgain(t *testing.T) {
	f, dir := newFakeSite(t), t.TempDir()
	f.sitemap("/sitemap.xml", "/tagged", "/dated")
	f.html("/", simplePage)
	full := map[string]int{}
	f.handle("/tagged", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full["tagged"]++
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, simplePage)
	})
	f.handle("/dated", func(w http.ResponseWriter, r *http.Request) {
		const day = "Mon, 01 Jan 2024 00:00:00 GMT"
		w.Header().Set("Last-Modified", day)
		if r.Header.Get("If-Modified-Since") == day {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full["dated"]++
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, simplePage)
	})
	var before map[string]string
	for range 3 {
		got, err := Fetch(t.Context(), Source{URL: f.URL, AllowPrivate: true}, Config{Dir: dir, Limits: Limits{Concurrency: 1, Interval: time.Nanosecond}})
		if err != nil {
			t.Fatal(err)
		}
		now := listed(t, got.Dir)
		if before != nil {
			if diff := cmp.Diff(before, now); diff != "" {
				t.Error(diff)
			}
		}
		before = now
	}
	if diff := cmp.Diff(map[string]int{"tagged": 1, "dated": 1}, full); diff != "" || len(before) != 2 {
		t.Errorf("sent in full: %s", diff)
	}
}

func TestAnUnreachablePageStaysAndAGoneOneLeaves(t *testing.T) {
	f, dir := newFakeSite(t), t.TempDir()
	all := []string{"/a", "/broken", "/huge", "/image", "/away", "/gone", "/missing", "/unlisted"}
	f.sitemap("/sitemap.xml", all...)
	f.html("/", simplePage)
	for _, p := range all {
		f.html(p, simplePage)
	}
	if _, err := f.fetch(t, dir, "/"); err != nil {
		t.Fatal(err)
	}
	f.sitemap("/sitemap.xml", append(all[:len(all)-1], "/new")...)
	f.html("/a", strings.ReplaceAll(simplePage, "Words", "Other words"))
	f.status("/broken", http.StatusInternalServerError)
	f.status("/new", http.StatusBadGateway)
	f.html("/huge", strings.Repeat("x", 5000))
	f.handle("/image", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Write([]byte("x"))
	})
	f.handle("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	})
	f.status("/gone", http.StatusGone)
	f.status("/missing", http.StatusNotFound)
	got, err := Fetch(t.Context(), Source{URL: f.URL + "/", AllowPrivate: true}, Config{Dir: dir, MaxFileBytes: 4000, Limits: Limits{Interval: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a.md": "/a", "broken.md": "/broken", "huge.md": "/huge", "image.md": "/image", "away.md": "/away"}
	if diff := cmp.Diff(want, urlsOf(t, got.Dir, f.URL)); diff != "" {
		t.Error(diff)
	}
	if text := listed(t, got.Dir)["a.md"]; !strings.Contains(text, "Other words") {
		t.Errorf("a changed page: %s", text)
	}
	reasons := map[string]string{"away.md": "another site", "broken.md": "500", "huge.md": "larger than 4000", "image.md": "image/png", "new.md": "502"}
	for _, s := range got.Skipped {
		if want := reasons[s.Path]; want == "" || !strings.Contains(s.Reason, want) || !strings.HasPrefix(s.Reason, f.URL+"/") {
			t.Errorf("%s: %s", s.Path, s.Reason)
		}
		delete(reasons, s.Path)
	}
	if len(reasons) > 0 {
		t.Errorf("not reported: %v", reasons)
	}
}

func TestASiteThatIsDownLeavesTheOldFolder(t *testing.T) {
	for name, breaks := range map[string]func(*fakeSite){
		"every page":       func(f *fakeSite) { f.status("/a", 500) },
		"robots.txt":       func(f *fakeSite) { f.status("/robots.txt", 503) },
		"the sitemap":      func(f *fakeSite) { f.status("/sitemap.xml", 500) },
		"a sitemap's part": func(f *fakeSite) { f.status("/part.xml", 500) },
		"a sitemap's end":  func(f *fakeSite) { f.text("/part.xml", "<urlset><url><loc>{site}/a</loc></url><url") },
		"the start":        func(f *fakeSite) { f.status("/", 502) },
		"a circle of indexes": func(f *fakeSite) {
			f.text("/part.xml", "<sitemapindex><sitemap><loc>{site}/sitemap.xml</loc></sitemap></sitemapindex>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, dir := newFakeSite(t), t.TempDir()
			f.html("/", simplePage)
			f.html("/a", simplePage)
			f.text("/sitemap.xml", "<sitemapindex><sitemap><loc>{site}/part.xml</loc></sitemap></sitemapindex>")
			f.sitemap("/part.xml", "/a")
			if _, err := f.fetch(t, dir, "/"); err != nil {
				t.Fatal(err)
			}
			before := listed(t, dir)
			breaks(f)
			if _, err := f.fetch(t, dir, "/"); docent.CodeOf(err) != docent.CodeInvalid {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(before, listed(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAStoppedFetchLeavesTheOldFolder(t *testing.T) {
	f, dir := newFakeSite(t), t.TempDir()
	f.sitemap("/sitemap.xml", "/a", "/slow")
	for _, p := range []string{"/", "/a", "/slow"} {
		f.html(p, simplePage)
	}
	if _, err := f.fetch(t, dir, "/"); err != nil {
		t.Fatal(err)
	}
	before := listed(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	f.handle("/slow", func(_ http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	})
	if _, err := Fetch(ctx, Source{URL: f.URL + "/", AllowPrivate: true}, Config{Dir: dir, Limits: Limits{Interval: time.Nanosecond}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff(before, listed(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestASlowPageIsSkipped(t *testing.T) {
	f := newFakeSite(t)
	f.sitemap("/sitemap.xml", "/a", "/slow")
	f.html("/", simplePage)
	f.html("/a", simplePage)
	end := make(chan struct{})
	f.handle("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-end:
		}
	})
	defer close(end)
	got, err := Fetch(t.Context(), Source{URL: f.URL + "/", AllowPrivate: true}, Config{Dir: t.TempDir(), Limits: Limits{Interval: time.Nanosecond, Timeout: time.Second}})
	if err != nil || len(got.Skipped) != 1 || got.Skipped[0].Path != "slow.md" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestABusySiteIsAskedOnceMore(t *testing.T) {
	f := newFakeSite(t)
	f.sitemap("/sitemap.xml", "/a")
	f.html("/", simplePage)
	f.handle("/a", func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		again := f.asked["/a"] > 1
		f.mu.Unlock()
		if !again {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, simplePage)
	})
	if got, err := f.fetch(t, t.TempDir(), "/"); err != nil || len(got.Skipped) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWebsitesAtPrivateAddressesAreRefused(t *testing.T) {
	f := newFakeSite(t)
	f.html("/", simplePage)
	_, err := Fetch(t.Context(), Source{URL: f.URL}, Config{Dir: t.TempDir()})
	var told *docent.Error
	if !errors.As(err, &told) || told.Hint != privateHint || len(f.asked) > 0 {
		t.Errorf("%v; asked: %v", err, f.asked)
	}
}

func TestNoMorePagesAreReadThanMayBe(t *testing.T) {
	f := newFakeSite(t)
	f.html("/", simplePage)
	var paths []string
	for i := range 20 {
		paths = append(paths, fmt.Sprintf("/p%02d", i))
		f.html(paths[i], simplePage)
	}
	f.sitemap("/sitemap.xml", paths...)
	got, err := Fetch(t.Context(), Source{URL: f.URL, AllowPrivate: true}, Config{Dir: t.TempDir(), Limits: Limits{Pages: 5, Interval: time.Nanosecond}})
	if err != nil || len(listed(t, got.Dir)) != 5 || len(got.Warnings) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
