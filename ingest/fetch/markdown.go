package fetch

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
)

// writer writes HTML as Markdown. It may be used by several goroutines.
var writer = converter.NewConverter(converter.WithPlugins(
	base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), strikethrough.NewStrikethroughPlugin(),
	table.NewTablePlugin(table.WithHeaderPromotion(true), table.WithSpanCellBehavior(table.SpanBehaviorMirror),
		table.WithNewlineBehavior(table.NewlineBehaviorPreserve), table.WithCellPaddingBehavior(table.CellPaddingBehaviorMinimal)),
))

// markdown writes a page's content as Markdown whose headings carry their ids.
// The content is changed on the way. at is what links are relative to; nil
// leaves them as they are.
func markdown(content *html.Node, at *url.URL) ([]byte, error) {
	root := &html.Node{Type: html.DocumentNode}
	if content.Parent != nil {
		content.Parent.RemoveChild(content)
	}
	root.AppendChild(content)
	labelTabs(root)
	clean(root)
	codeBlocks(root)
	cells(root)
	headings(root)
	definitions(root)
	admonitions(root)
	links(root, at)
	literalEntities(root)
	return writer.ConvertNode(root)
}

// links makes the links of a page absolute. A picture without words is none of
// the text.
func links(root *html.Node, at *url.URL) {
	for _, n := range every(root, "a", "img") {
		key := "href"
		if n.Data == "img" {
			key = "src"
			if attribute(n, "alt") == "" || strings.HasPrefix(attribute(n, "src"), "data:") {
				replace(n, textNode(attribute(n, "alt")))
				continue
			}
		}
		for i := range n.Attr {
			if a := &n.Attr[i]; a.Key == key && at != nil {
				if u, err := at.Parse(strings.TrimSpace(a.Val)); err == nil {
					a.Val = u.String()
				}
			}
		}
	}
}

var headingNames = []string{"h1", "h2", "h3", "h4", "h5", "h6"}

// headings gives the headings their ids as words at their end: {#id}. A link
// around a heading leads to itself.
func headings(root *html.Node) {
	for _, h := range every(root, headingNames...) {
		id := headingID(h)
		for _, a := range every(h, "a") {
			unwrap(a)
		}
		anchor(h, id)
	}
}

// anchor writes an id behind a heading's words. What no heading's notation can
// hold is left out.
func anchor(h *html.Node, id string) {
	if id != "" && !strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || r == '{' || r == '}' }) {
		h.AppendChild(textNode(" {#" + id + "}"))
	}
}

// headingID is what links call a heading: its own id, that of a mark in it, of
// the section that it begins, or of an empty mark before it.
func headingID(h *html.Node) string {
	if id := idOf(h); id != "" {
		return id
	}
	if mark := first(h, func(n *html.Node) bool { return n.Type == html.ElementNode && idOf(n) != "" }); mark != nil {
		return idOf(mark)
	}
	before := h.PrevSibling
	for before != nil && before.Type == html.TextNode && strings.TrimSpace(before.Data) == "" {
		before = before.PrevSibling
	}
	switch {
	case before != nil && before.Type == html.ElementNode && before.FirstChild == nil && (before.Data == "a" || before.Data == "span"):
		return idOf(before)
	case before == nil && h.Parent != nil && (h.Parent.Data == "section" || h.Parent.Data == "div"):
		return idOf(h.Parent)
	}
	return ""
}

// headingWords are a heading's words without the marks that lead to it.
func headingWords(h *html.Node) string {
	var b strings.Builder
	for n := range h.Descendants() {
		if n.Type == html.TextNode && !insideFurniture(n, h) {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(strings.TrimRight(b.String(), "¶# \u200b\ufeff")), " ")
}

func insideFurniture(n, top *html.Node) bool {
	for n = n.Parent; n != nil && n != top; n = n.Parent {
		for _, s := range furniture {
			if s.fits(n) {
				return true
			}
		}
	}
	return false
}

// definitions makes of a term with an id a heading of its own: an option, a
// function. Other terms are printed in bold.
func definitions(root *html.Node) {
	level := 1
	for _, n := range every(root, append([]string{"dt", "dd", "dl"}, headingNames...)...) {
		switch n.Data {
		case "dl", "dd":
			n.Data, n.DataAtom = "div", 0
		case "dt":
			if id := idOf(n); id != "" && standsAlone(n) {
				n.Data, n.DataAtom = headingNames[min(level+termDepth(n), 6)-1], 0
				for _, a := range every(n, "a") {
					unwrap(a)
				}
				anchor(n, id)
				n.Attr = append(n.Attr, html.Attribute{Key: "term"})
				continue
			}
			bold(n)
		default:
			level = int(n.Data[1] - '0')
		}
	}
}

// termDepth counts the lists of terms that a term is in: those that became
// divisions are marked by the term before them.
func termDepth(n *html.Node) int {
	depth := 1
	for n = n.Parent; n != nil; n = n.Parent {
		for s := n.PrevSibling; s != nil; s = s.PrevSibling {
			if s.Type == html.ElementNode && hasAttribute(s, "term") {
				depth++
				break
			}
		}
	}
	return depth
}

// standsAlone reports whether a section may begin at n.
func standsAlone(n *html.Node) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		switch n.Data {
		case "li", "td", "th", "blockquote":
			return false
		}
	}
	return true
}

var admonitionTitles = selectors(".admonition-title", ".custom-block-title", ".starlight-aside__title")

// admonitions keeps the label of a note or a warning apart from its text.
func admonitions(root *html.Node) {
	var titles []*html.Node
	for n := range root.Descendants() {
		for _, s := range admonitionTitles {
			if s.fits(n) {
				titles = append(titles, n)
			}
		}
	}
	for _, n := range titles {
		bold(n)
	}
}

// bold makes an element a paragraph in bold.
func bold(n *html.Node) {
	n.Data, n.DataAtom = "p", 0
	strong := &html.Node{Type: html.ElementNode, Data: "strong"}
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		strong.AppendChild(c)
	}
	n.AppendChild(strong)
}

// entity is what Markdown would read as a character.
var entity = regexp.MustCompile(`&(#?\w+;)`)

// literalEntities keeps entities that are to be read as they are written.
func literalEntities(root *html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, "&") && !insideCode(n) {
			n.Data = entity.ReplaceAllString(n.Data, "&amp;$1")
		}
	}
}

func insideCode(n *html.Node) bool {
	for n = n.Parent; n != nil; n = n.Parent {
		if n.Data == "code" || n.Data == "pre" || n.Data == "kbd" || n.Data == "samp" || n.Data == "tt" {
			return true
		}
	}
	return false
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func textNode(text string) *html.Node { return &html.Node{Type: html.TextNode, Data: text} }

// replace puts another node in a node's place.
func replace(n, by *html.Node) {
	if n.Parent != nil {
		n.Parent.InsertBefore(by, n)
		n.Parent.RemoveChild(n)
	}
}

// unwrap puts what is in a node in its place.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}
