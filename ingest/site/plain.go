package site

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is a folder of Markdown without a framework, with the anchors of
// GitHub. Its pages stand under a base URL, in a repository's web view, or
// where Docent serves them itself.
type plain struct {
	source        string
	version, lang string
	base          string // ends with a slash
	asFile        bool   // the base is a repository's web view: pages keep their file names
	index         map[string]string
}

// indexNames are the files that stand for their folder, the first one that
// is there.
var indexNames = []string{"index", "readme"}

func newPlain(s Settings, _ string) (Rules, error) {
	base, err := s.base("")
	if err != nil {
		return nil, err
	}
	p := &plain{source: s.Source, base: base, version: s.Version, lang: s.Lang, index: indexes(s.Files)}
	p.asFile = strings.Contains(p.base, "/blob/")
	return p, nil
}

// indexes finds for each folder the file that stands for it.
func indexes(files []string) map[string]string {
	found := map[string]string{}
	rank := map[string]int{}
	for _, file := range files {
		dir := path.Dir(file)
		for i, name := range indexNames {
			if IsMarkdown(file) && strings.EqualFold(stem(file), name) {
				if _, taken := found[dir]; !taken || i < rank[dir] {
					found[dir], rank[dir] = file, i
				}
			}
		}
	}
	return found
}

// Fingerprint implements Rules.
func (p *plain) Fingerprint() string { return "plain 2 " + p.source + " " + p.base }

// Page implements Rules: the title is the front matter's, or the first
// heading of level 1, or the file's name made readable.
func (p *plain) Page(f File) Page {
	dir, isIndex := path.Dir(f.Path), p.index[path.Dir(f.Path)] == f.Path
	page := Page{
		URL: p.url(f.Path, isIndex), Title: Text(f.Meta["title"]), Breadcrumbs: []string{},
		Description: Text(f.Meta["description"]), Version: p.version, Lang: p.lang,
	}
	if dir != "." {
		for _, name := range strings.Split(dir, "/") {
			page.Breadcrumbs = append(page.Breadcrumbs, Readable(name))
		}
	}
	own := Readable(stem(f.Path))
	if isIndex {
		own = Readable(p.source)
		if n := len(page.Breadcrumbs); n > 0 {
			own, page.Breadcrumbs = page.Breadcrumbs[n-1], page.Breadcrumbs[:n-1]
		}
	}
	if page.Title == "" {
		page.Title = f.Heading
	}
	if page.Title == "" {
		page.Title = own
	}
	switch {
	case f.Meta["draft"] == true:
		page.Hidden = "draft: true"
	case f.Meta["published"] == false:
		page.Hidden = "published: false"
	}
	return page
}

func (p *plain) url(file string, isIndex bool) string {
	switch {
	case p.asFile, !IsMarkdown(file):
	case isIndex:
		file = strings.TrimSuffix(file, path.Base(file))
	default:
		file = strings.TrimSuffix(file, path.Ext(file))
	}
	return p.base + Escape(file)
}

// Anchors implements Rules.
func (p *plain) Anchors() Anchors { return plainAnchors{slugger: newSlugger(), literal: p.asFile} }

// Syntax implements Rules.
func (p *plain) Syntax() Syntax { return Syntax{Framework: "plain"} }

// About implements Rules.
func (p *plain) About() About { return About{Framework: "plain", Base: p.base} }

// plainAnchors are GitHub's: made of the text that the rendered heading
// holds, so an image and a tag add nothing. Every site that is not GitHub's own
// view of a repository knows ids that a writer chose, in one notation or
// another; there (literal) {#id} is but words.
type plainAnchors struct {
	slugger *slugger
	literal bool
}

// Anchor implements Anchors.
func (a plainAnchors) Anchor(h Heading) Anchor {
	if a.literal {
		return Anchor{ID: a.slug(h), Words: h.Words()}
	}
	id, h := h.explicit()
	out := Anchor{ID: id, Words: h.Words()}
	if out.ID == "" {
		out.ID = a.slug(h)
	}
	return out.beside(h.tagged(), id != "")
}

func (a plainAnchors) slug(h Heading) string { return a.slugger.slug(h.text(PartText, PartCode)) }

// IsMarkdown reports whether a file of this name is a page.
func IsMarkdown(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".md", ".markdown", ".mdx":
		return true
	}
	return false
}

func stem(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// Readable makes words of a file's or folder's name: "getting-started" is
// "Getting started".
func Readable(name string) string {
	words := strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return r == '-' || r == '_' || unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if words == "" {
		return name
	}
	r, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(r)) + words[size:]
}

// Escape makes a path or an anchor fit for a URL: what a URL's syntax claims
// and white space are percent-encoded; letters of all scripts stay, as
// browsers show them.
func Escape(s string) string {
	if strings.IndexFunc(s, escaped) < 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if !escaped(r) {
			b.WriteRune(r)
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		for _, c := range []byte(s[i : i+size]) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// escaped reports whether a URL can't hold r as it is.
func escaped(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f || strings.IndexByte("\"#%<>?[\\]^`{|}", byte(r)) >= 0
	}
	return r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r)
}
