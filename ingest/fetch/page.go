package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// page is what a document in HTML says.
type page struct {
	front
	Canonical *url.URL // nil where it names none
	Hidden    string   // why it isn't to be found; "" where it is
	Text      []byte   // Markdown
}

// front is a page's front matter, as the rules "fetched" read it.
type front struct {
	URL         string   `yaml:"url,omitempty"`
	Title       string   `yaml:"title,omitempty"`
	Description string   `yaml:"description,omitempty"`
	Lang        string   `yaml:"lang,omitempty"`
	Breadcrumbs []string `yaml:"breadcrumbs,omitempty"`
	Shared      bool     `yaml:"shared,omitempty"` // URL is that of what the page speaks of, which may have its own page
}

// readPage reads the HTML of the page at an address, which may be nil.
// contentType is the server's; "" is unknown. generator names what made it; ""
// is found out.
func readPage(raw []byte, contentType string, at *url.URL, generator string) (*page, error) {
	text, err := charset.NewReader(bytes.NewReader(raw), contentType)
	if err != nil {
		return nil, err
	}
	doc, err := html.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the HTML can't be read: %w", err)
	}
	p := &page{}
	base := baseOf(doc, at)
	p.readHead(doc, base)
	p.Breadcrumbs = breadcrumbs(doc)
	content := contentOf(doc, generator)
	if h := first(content, isHeadline); h != nil {
		p.Title = headingWords(h)
	} else if h := first(doc, isHeadline); h != nil {
		p.Title = headingWords(h)
	}
	if n := len(p.Breadcrumbs); n > 0 && p.Breadcrumbs[n-1] == p.Title {
		p.Breadcrumbs = p.Breadcrumbs[:n-1]
	}
	p.Text, err = markdown(content, base)
	return p, err
}

var language = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})*$`)

func isHeadline(n *html.Node) bool { return n.Type == html.ElementNode && n.Data == "h1" }

// baseOf is what a page's links are relative to.
func baseOf(doc *html.Node, at *url.URL) *url.URL {
	if at == nil {
		return nil
	}
	if b := first(doc, func(n *html.Node) bool {
		return n.Type == html.ElementNode && n.Data == "base" && hasAttribute(n, "href")
	}); b != nil {
		if u, err := at.Parse(attribute(b, "href")); err == nil {
			return u
		}
	}
	return at
}

func (p *page) readHead(doc *html.Node, base *url.URL) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "html":
			if lang := strings.ToLower(strings.ReplaceAll(attribute(n, "lang"), "_", "-")); language.MatchString(lang) {
				p.Lang = lang
			}
		case "title":
			if p.Title == "" && n.Parent.Data == "head" {
				p.Title = words(n)
			}
		case "link":
			if base != nil && strings.EqualFold(attribute(n, "rel"), "canonical") {
				p.Canonical = plainURL(base, attribute(n, "href"))
			}
		case "meta":
			p.readMeta(n)
		}
	}
}

func (p *page) readMeta(n *html.Node) {
	content := strings.TrimSpace(attribute(n, "content"))
	switch strings.ToLower(attribute(n, "name")) {
	case "description":
		p.Description = oneLine(content)
	case "robots", agent:
		if noIndex(content) {
			p.Hidden = "noindex"
		}
	}
	if strings.EqualFold(attribute(n, "http-equiv"), "refresh") && strings.Contains(strings.ToLower(content), "url=") {
		p.Hidden = "it leads elsewhere"
	}
}

// noIndex reads what robots are told of a page.
func noIndex(directives string) bool {
	for d := range strings.SplitSeq(strings.ToLower(directives), ",") {
		if d = strings.TrimSpace(d); d == "noindex" || d == "none" {
			return true
		}
	}
	return false
}

var breadcrumbLists = selectors("[aria-label=breadcrumb]", "[aria-label=Breadcrumb]", "[aria-label=breadcrumbs]", "[aria-label=Breadcrumbs]", ".breadcrumb", ".breadcrumbs", ".theme-doc-breadcrumbs")

// breadcrumbs are the labels above a page, without those that are only drawn.
func breadcrumbs(doc *html.Node) (labels []string) {
	for _, s := range breadcrumbLists {
		list := s.find(doc)
		if list == nil {
			continue
		}
		for _, item := range every(list, "li") {
			if label := words(item); strings.ContainsFunc(label, isWordRune) {
				labels = append(labels, strings.Trim(label, "/›»> "))
			}
		}
		if labels != nil {
			break
		}
	}
	return labels
}

// file is the page as Markdown with front matter.
func (p *page) file() ([]byte, error) {
	head, err := yaml.Marshal(p.front)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("---\n")
	b.Write(head)
	b.WriteString("---\n\n")
	b.Write(p.Text)
	if !bytes.HasSuffix(p.Text, []byte("\n")) {
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// readAtMost reads what is no longer than the limit.
func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return raw, err
}
