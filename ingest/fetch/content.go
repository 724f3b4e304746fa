package fetch

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// generator is a program that makes websites.
type generator struct {
	name    string     // one of site.Names, or none of them
	meta    string     // what its <meta name="generator"> begins with, in lower case
	content []selector // where it has the page's own content, the best first
}

var generators = []generator{
	{"docusaurus", "docusaurus", selectors("article .theme-doc-markdown", "article .markdown")},
	{"mkdocs", "mkdocs", selectors("article.md-content__inner", "[role=main]")},
	{"vitepress", "vitepress", selectors(".vp-doc")},
	{"hugo", "hugo", selectors(".td-content")},
	{"starlight", "starlight", selectors(".sl-markdown-content", "main[data-pagefind-body]")},
	{"nextra", "nextra", selectors("main article", "article main")},
	{"mdbook", "mdbook", selectors("#mdbook-content main", "#content main")},
	{"sphinx", "sphinx", selectors("article.bd-article", ".document .body", "[role=main]")},
	{"jekyll", "jekyll", selectors("#main-content")},
}

// anyContent is where other generators have it.
var anyContent = selectors("[itemprop=articleBody]", "[role=main]", "main article", "main", "article", "#content", "body")

// contentOf finds the page's own content. named is the generator that a setting
// names; "" asks the page.
func contentOf(doc *html.Node, named string) *html.Node {
	if named == "" {
		named = generatorOf(doc)
	}
	var tries []selector
	for _, g := range generators {
		if g.name == named {
			tries = append(g.content, tries...)
		} else {
			tries = append(tries, g.content[:1]...)
		}
	}
	for _, s := range append(tries, anyContent...) {
		if n := s.find(doc); n != nil {
			return n
		}
	}
	return doc
}

// generatorOf is the name of what made a page; "" where it doesn't say.
func generatorOf(doc *html.Node) string {
	for _, m := range every(doc, "meta") {
		if !strings.EqualFold(attribute(m, "name"), "generator") {
			continue
		}
		content := strings.ToLower(attribute(m, "content"))
		for _, g := range generators {
			if strings.HasPrefix(content, g.meta) {
				return g.name
			}
		}
	}
	return ""
}

// furniture is what stands among a page's content and is none: what leads to
// other pages, what is for the mouse, what is drawn.
var furniture = selectors(
	"nav", "footer", "button", "form", "input", "select", "textarea", "script", "style", "noscript", "template", "svg", "iframe", "canvas", "object", "dialog",
	"[data-pagefind-ignore]", "[role=navigation]", "[role=search]", "[aria-hidden=true]",
	".hash-link", ".headerlink", ".header-anchor", ".anchor-heading", ".td-heading-self-link", ".sl-anchor-link", ".anchorjs-link", ".subheading-anchor",
	".linenos", ".lineno", ".line-numbers-wrapper", ".line-numbers", ".gutter", ".copybtn", ".chroma .lnt", ".chroma .ln",
	".breadcrumb", ".breadcrumbs", ".theme-doc-breadcrumbs", ".pagination-nav", ".prev-next-footer", ".prev-next-area", ".pagination-links", ".pager", ".nav-wrapper", ".nav-chapters", ".rst-footer-buttons",
	".theme-doc-version-badge", ".theme-doc-version-banner", ".theme-doc-footer", ".theme-doc-toc-mobile", ".theme-edit-this-page", ".edit-this-page", ".edit-link", ".edit-link-button", ".last-updated", ".article-info",
	".md-content__button", ".md-source-file", ".md-feedback", ".td-page-meta", ".td-toc", ".table-of-contents", ".on-this-page", ".contents.local", ".VPDocFooter", ".VPDocAsideOutline",
	".sr-only", ".visually-hidden", ".screen-reader-text", ".skip-link", ".katex-html",
)

// clean takes the furniture and comments out of a page's content.
func clean(content *html.Node) {
	var out []*html.Node
	for n := range content.Descendants() {
		if n.Type == html.CommentNode || n.Type == html.ElementNode && slices.ContainsFunc(furniture, func(s selector) bool { return s.fits(n) }) {
			out = append(out, n)
		}
	}
	for _, n := range out {
		if n.Parent != nil && !keepsIDs(n) {
			n.Parent.RemoveChild(n)
		}
	}
}

// keepsIDs empties an element that others link to, rather than removing it.
func keepsIDs(n *html.Node) bool {
	if n.Data != "a" || idOf(n) == "" {
		return false
	}
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	return true
}

// idOf is what links call an element.
func idOf(n *html.Node) string {
	if id := attribute(n, "id"); id != "" {
		return id
	}
	if n.Data == "a" {
		return attribute(n, "name")
	}
	return ""
}
