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
	base  string // of the site
	files map[string]bool
	urls  map[string]string // of the files
	byURL map[string]string // the file that a URL shows, by address
	names map[string]string // what links may name besides, as in site.About
}

func newResolver(rules site.Rules, files []string) *resolver {
	about := rules.About()
	r := &resolver{
		rules: rules, base: about.Base, files: make(map[string]bool, len(files)),
		urls: make(map[string]string, len(files)), byURL: make(map[string]string, len(files)), names: about.Names,
	}
	var also []site.Page
	var of []string
	for _, f := range files {
		page := rules.Page(site.File{Path: f})
		r.files[f], r.urls[f] = true, page.URL
		if page.Hidden == "" {
			r.show(page.URL, f)
		}
		if len(page.Aliases) > 0 {
			also, of = append(also, page), append(of, f)
		}
	}
	for i, page := range also { // after all pages: a page beats a redirect
		for _, alias := range page.Aliases {
			r.show(alias, of[i])
		}
	}
	for from, to := range about.Redirects {
		if f := r.byURL[address(to)]; f != "" {
			r.show(from, f)
		}
	}
	return r
}

// show notes which file a URL shows, unless another one does.
func (r *resolver) show(url, file string) {
	if key := address(url); r.byURL[key] == "" {
		r.byURL[key] = file
	}
}

// address is what URLs that show the same page have in common: without what
// follows ? or #, decoded, and without what servers add at the end.
func address(url string) string {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	url = strings.TrimSuffix(url, "index.html")
	return strings.TrimSuffix(strings.TrimSuffix(unescape(url), "/"), ".html")
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
		p.own(l, r)
		return name == "http" || name == "https" || name == "mailto" || name == "tel"
	case strings.HasPrefix(written, "//"):
		l.URL = "https:" + written
		return true
	}
	if p.named(l, r) {
		return true
	}
	target, anchor, _ := strings.Cut(written, "#")
	target, _, _ = strings.Cut(target, "?")
	l.Anchor = unescape(anchor)
	if rules, ok := r.rules.(site.LinkRewriter); ok {
		l.Anchor = rules.LinkAnchor(l.Anchor)
	}
	file := p.Path
	if target != "" {
		var inside bool
		if file, inside = r.find(p, unescape(target)); !inside {
			l.URL = p.outside(r.rules, written)
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

// named takes a link to a name that the site knows and that means nothing else.
func (p *page) named(l *docent.Link, r *resolver) bool {
	written := strings.TrimSpace(l.URL)
	name, local := strings.CutPrefix(unescape(written), "#")
	file, anchor, known := strings.Cut(r.names[strings.ToLower(name)], "#")
	if !known || local && p.anchors[name] {
		return false
	}
	if found, inside := r.find(p, name); !local && inside && r.files[found] {
		return false
	}
	l.URL, l.Path, l.Anchor = r.urls[file]+"#"+site.Escape(anchor), file, anchor
	p.refs = append(p.refs, ref{line: l.Line, target: written, path: file, anchor: anchor})
	return true
}

// own notes where a link to the site itself leads, written as a whole address.
func (p *page) own(l *docent.Link, r *resolver) {
	file := r.byURL[address(l.URL)]
	if file == "" {
		return
	}
	_, anchor, _ := strings.Cut(l.URL, "#")
	l.Path, l.Anchor = file, unescape(anchor)
	p.refs = append(p.refs, ref{line: l.Line, target: l.URL, path: file, anchor: l.Anchor})
}

// find gives the file that target means when it stands on the page: the one
// whose URL it is, as a browser sees it, or the file of this name, which is
// looked for first where target ends like one. A rooted target is inside only
// where it names a page: what else it may mean, only the site knows.
func (r *resolver) find(from *page, target string) (file string, inside bool) {
	if !site.IsMarkdown(target) {
		if shown := r.shown(from.URL, target); shown != "" {
			return shown, true
		}
	}
	rooted := strings.HasPrefix(target, "/")
	if rooted {
		file = path.Clean(strings.TrimLeft(target, "/"))
	} else {
		file = path.Join(path.Dir(from.Path), target)
	}
	if file == ".." || strings.HasPrefix(file, "../") {
		return "", false
	}
	if found, ok := r.pageOf(file); ok {
		return found, true
	}
	return file, !rooted
}

// shown gives the file whose page a link to target leads to from a URL; "" where
// there is none. What is rooted may leave out the site's base path.
func (r *resolver) shown(from, target string) string {
	base, err := url.Parse(from)
	if err != nil {
		return ""
	}
	if f := r.byURL[address(base.ResolveReference(&url.URL{Path: target}).String())]; f != "" || !strings.HasPrefix(target, "/") {
		return f
	}
	return r.byURL[address(r.base+strings.TrimLeft(target, "/"))]
}

// pageOf finds the page that a path means: the file itself, or without its
// extension, with .html, or the folder it stands for.
func (r *resolver) pageOf(file string) (string, bool) {
	if r.files[file] {
		return file, true
	}
	bare, dir := strings.TrimSuffix(file, ".html"), file+"/"
	if file == "." {
		dir = ""
	}
	for _, try := range []string{bare + ".md", bare + ".mdx", bare + ".markdown", dir + "index.md", dir + "README.md", dir + "index.mdx"} {
		if r.files[try] {
			return try, true
		}
	}
	return "", false
}

// outside is the URL of a link that leaves the source, seen from where the
// source's files stand.
func (p *page) outside(rules site.Rules, written string) string {
	if p.base == nil {
		base, err := url.Parse(rules.Page(site.File{Path: path.Join(path.Dir(p.Path), "_")}).URL)
		if err != nil {
			return written
		}
		p.base = base
	}
	u, err := url.Parse(written)
	if err != nil {
		return "/" + site.Escape(strings.TrimLeft(written, "./"))
	}
	return p.base.ResolveReference(u).String()
}

// rebased gives a link as it is written at pos in the form that leads to the
// same place from the page, where it came from another file.
func (r *reader) rebased(target string, pos int) string {
	if len(r.source.lines) == 0 || pos < 0 {
		return target
	}
	_, file := r.source.place(r.srcLine(pos))
	if file == "" || target == "" || strings.ContainsAny(target[:1], "/#?") || scheme.MatchString(target) {
		return target
	}
	name := strings.TrimRight(target, "/")
	return relativePath(path.Dir(r.source.path), path.Join(path.Dir(file), name)) + target[len(name):]
}

// relativePath gives a path as it is seen from a folder, both relative to the
// same one.
func relativePath(dir, name string) string {
	from, to := strings.Split(path.Clean(dir), "/"), strings.Split(path.Clean(name), "/")
	if from[0] == "." {
		from = nil
	}
	for len(from) > 0 && len(to) > 0 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return path.Clean(strings.Repeat("../", len(from)) + strings.Join(to, "/"))
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
