package ingest

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"docent"
	"docent/ingest/site"
)

// BrokenLink is a link within the source that leads nowhere.
type BrokenLink struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Target string `json:"target"` // as written
}

// ref is a link within the source, to be checked when all pages are known.
type ref struct {
	line   int
	target string // as written
	path   string // of the file that it leads to, relative to the root
	anchor string // without "#"; "" leads to the page's top
}

// resolver knows the files of a source.
type resolver struct {
	rules site.Rules
	files map[string]bool
	urls  map[string]string // of the files
}

func newResolver(rules site.Rules, files []string) *resolver {
	r := &resolver{rules: rules, files: make(map[string]bool, len(files)), urls: make(map[string]string, len(files))}
	for _, f := range files {
		r.files[f], r.urls[f] = true, rules.Page(site.File{Path: f}).URL
	}
	return r
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)

// resolveLinks makes each link of the page absolute or rooted. Those that a
// reader can't follow (no target, javascript:) are dropped.
func (p *page) resolveLinks(r *resolver) {
	for i := range p.Sections {
		s := &p.Sections[i]
		kept := s.Links[:0]
		for _, l := range s.Links {
			if p.resolve(&l, r) {
				kept = append(kept, l)
			}
		}
		s.Links = kept
	}
}

func (p *page) resolve(l *docent.Link, r *resolver) bool {
	written := strings.TrimSpace(l.URL)
	switch {
	case written == "":
		return false
	case scheme.MatchString(written):
		l.URL = written
		name, _, _ := strings.Cut(strings.ToLower(written), ":")
		return name == "http" || name == "https" || name == "mailto" || name == "tel"
	case strings.HasPrefix(written, "//"):
		l.URL = "https:" + written
		return true
	}
	target, anchor, _ := strings.Cut(written, "#")
	target, _, _ = strings.Cut(target, "?")
	l.Anchor = unescape(anchor)
	file := p.Path
	if target != "" {
		var inside bool
		if file, inside = r.find(p.Path, unescape(target)); !inside {
			l.URL = outside(r.rules, p.Path, written)
			return true
		}
	}
	p.refs = append(p.refs, ref{line: l.Line, target: written, path: file, anchor: l.Anchor})
	switch {
	case file == p.Path:
		l.URL, l.Path = p.URL, file
	case r.files[file]:
		l.URL, l.Path = r.urls[file], file
	default:
		l.URL = r.rules.Page(site.File{Path: file}).URL
		if strings.HasSuffix(target, "/") {
			l.URL += "/"
		}
	}
	if l.Anchor != "" {
		l.URL += "#" + site.Escape(l.Anchor)
	}
	return true
}

// find gives the file that target means when it stands in the file from. A
// rooted target is inside only where it names a page: what else it may mean,
// only the site knows.
func (r *resolver) find(from, target string) (file string, inside bool) {
	rooted := strings.HasPrefix(target, "/")
	if rooted {
		file = path.Clean(strings.TrimLeft(target, "/"))
	} else {
		file = path.Join(path.Dir(from), target)
	}
	if file == ".." || strings.HasPrefix(file, "../") {
		return "", false
	}
	if found, ok := r.pageOf(file); ok {
		return found, true
	}
	return file, !rooted
}

// pageOf finds the page that a path means: the file itself, or without its
// extension, with .html, or the folder it stands for.
func (r *resolver) pageOf(file string) (string, bool) {
	if r.files[file] {
		return file, true
	}
	bare := strings.TrimSuffix(file, ".html")
	for _, try := range []string{bare + ".md", bare + ".mdx", bare + ".markdown", path.Join(file, "index.md"), path.Join(file, "README.md"), path.Join(file, "index.mdx")} {
		if r.files[try] {
			return try, true
		}
	}
	return "", false
}

// outside is the URL of a link that leaves the source, seen from where the
// source's files stand.
func outside(rules site.Rules, from, written string) string {
	base, err := url.Parse(rules.Page(site.File{Path: path.Join(path.Dir(from), "_")}).URL)
	if err != nil {
		return written
	}
	u, err := url.Parse(written)
	if err != nil {
		return "/" + site.Escape(strings.TrimLeft(written, "./"))
	}
	return base.ResolveReference(u).String()
}

// unescape decodes percent-encoding; what is not well encoded stays.
func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// leads reports whether a page with these anchors has the one of r. Browsers
// find "" and "top" on every page.
func (r ref) leads(anchors map[string]bool) bool {
	if r.anchor == "" || anchors[r.anchor] || strings.EqualFold(r.anchor, "top") {
		return true
	}
	for a := range anchors {
		if norm.NFC.String(a) == norm.NFC.String(r.anchor) {
			return true
		}
	}
	return false
}
