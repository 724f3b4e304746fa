package fetch

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"docent"
)

// website is a site that is being fetched.
type website struct {
	src   Source
	cfg   Config
	ask   *asker
	root  *url.URL // pages stand below it; its path ends with a slash
	rules robots
	warn  []docent.Warning
}

// inside reports whether an address is one of the site's pages that may be
// asked for.
func (w *website) inside(u *url.URL) bool {
	return u != nil && strings.EqualFold(u.Host, w.root.Host) && (strings.HasPrefix(u.Path, w.root.Path) || u.Path+"/" == w.root.Path) && w.rules.allows(u.EscapedPath())
}

// list finds out which pages the site has: from the sitemap or llms.txt that
// the source names, or else from what robots.txt names and from where they
// mostly are.
func (w *website) list(ctx context.Context) ([]string, error) {
	start, err := url.Parse(w.src.URL)
	if err != nil {
		return nil, failed("write it like https://docs.example.com/", err, "the url of the source is none")
	}
	named := isList(start.Path)
	if !named {
		got, err := w.ask.document(ctx, w.src.URL, w.cfg.MaxFileBytes)
		if err != nil {
			return nil, err
		}
		start = got.at
	}
	w.root = start.ResolveReference(&url.URL{Path: "."})
	if !named && path.Ext(start.Path) == "" && !strings.HasSuffix(start.Path, "/") {
		w.root = start.JoinPath("/")
	}
	w.root.RawQuery, w.root.Fragment = "", ""
	if err := w.readRobots(ctx); err != nil {
		return nil, err
	}
	pages, err := w.listed(ctx, start, named)
	if err != nil {
		return nil, err
	}
	return w.chosen(pages), nil
}

func isList(name string) bool {
	return strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".xml.gz") || path.Base(name) == "llms.txt"
}

func (w *website) readRobots(ctx context.Context) error {
	text, err := w.ask.slurp(ctx, w.root.ResolveReference(&url.URL{Path: "/robots.txt"}).String(), 4*maxRobotsBytes)
	if err != nil {
		return err
	}
	w.rules = readRobots(text)
	w.ask.interval = max(w.ask.interval, w.rules.delay)
	return nil
}

// listed gives the addresses of pages as they are listed.
func (w *website) listed(ctx context.Context, start *url.URL, named bool) ([]string, error) {
	if named {
		pages, found, err := w.readList(ctx, start.String(), 0)
		if err == nil && !found {
			err = failed("check the address", nil, "%s is not there", start)
		}
		return pages, err
	}
	var pages []string
	for _, address := range w.rules.sitemaps {
		if u := plainURL(w.root, address); u != nil {
			more, _, err := w.readList(ctx, u.String(), 0)
			if err != nil {
				return nil, err
			}
			pages = append(pages, more...)
		}
	}
	if len(w.chosen(pages)) > 0 {
		return pages, nil
	}
	for _, name := range []string{"sitemap.xml", "sitemap-index.xml", "sitemap_index.xml", "sitemap.xml.gz", "llms.txt"} {
		for _, base := range []string{w.root.Path, "/"} {
			at := w.root.ResolveReference(&url.URL{Path: base + name})
			pages, _, err := w.readList(ctx, at.String(), 0)
			if err != nil || len(w.chosen(pages)) > 0 {
				return pages, err
			}
			if w.root.Path == "/" {
				break
			}
		}
	}
	return nil, failed("give the address of its sitemap or its llms.txt as url, or the folder of its built HTML as dir", nil,
		"nothing says which pages %s has: no sitemap.xml and no llms.txt that names pages below it, or robots.txt forbids them", w.root)
}

// maxIndexDepth is how deep sitemaps may name others.
const maxIndexDepth = 2

// readList reads a sitemap with all that it names, or an llms.txt. Where a part
// of it can't be had the whole can't: pages that it names would seem gone.
func (w *website) readList(ctx context.Context, address string, depth int) (pages []string, found bool, err error) {
	raw, err := w.ask.slurp(ctx, address, maxSitemapBytes)
	if raw == nil || err != nil {
		return nil, false, err
	}
	if strings.HasSuffix(address, "/llms.txt") {
		return w.twins(address, readLLMs(raw)), true, nil
	}
	s, err := readSitemap(raw)
	if err != nil {
		if depth == 0 && len(s.pages)+len(s.sitemaps) == 0 {
			return nil, false, nil // many servers answer all addresses with a page
		}
		return nil, true, failed("mend it, and try again", err, "the sitemap %s can't be read", address)
	}
	pages = s.pages
	if depth == maxIndexDepth || len(s.sitemaps) > maxSitemaps {
		return nil, true, failed("give one of the sitemaps that it names as url", nil, "%s names too many sitemaps", address)
	}
	for _, inner := range s.sitemaps {
		u, err := url.Parse(inner)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		more, there, err := w.readList(ctx, inner, depth+1)
		if err != nil {
			return nil, true, err
		}
		if !there {
			w.warn = append(w.warn, docent.Warning{Message: fmt.Sprintf("the sitemap %s, which %s names, is not there", inner, address)})
		}
		pages = append(pages, more...)
	}
	return pages, true, nil
}

// twins resolves what an llms.txt links to.
func (w *website) twins(address string, links []string) (pages []string) {
	base, err := url.Parse(address)
	if err != nil {
		return nil
	}
	for _, link := range links {
		if u := plainURL(base, link); u != nil {
			pages = append(pages, pageTwin(u).String())
		}
	}
	return pages
}

// chosen are the pages below the root that may be asked for, each once, in
// order.
func (w *website) chosen(pages []string) (chosen []string) {
	for _, p := range pages {
		if u := plainURL(w.root, p); u != nil && w.inside(u) && worthReading(u.Path) {
			chosen = append(chosen, u.String())
		}
	}
	slices.Sort(chosen)
	return slices.Compact(chosen)
}

// listsOnly are pages that only lead to others, or hold all of them again.
var listsOnly = []string{"404.html", "print.html", "search.html", "genindex.html", "py-modindex.html", "404", "search", "genindex"}

func worthReading(name string) bool {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".zip", ".gz", ".css", ".js", ".json", ".xml", ".txt", ".mp4", ".woff2":
		return false
	}
	return !slices.Contains(listsOnly, path.Base(name)) && !strings.Contains(name, "/_modules/") && !strings.Contains(name, "/_sources/")
}
