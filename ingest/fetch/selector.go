package fetch

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// selector is a small part of CSS: elements within elements, each by its name,
// its id, its classes and its attributes ("main[data-x=y] article.note").
type selector []step

type step struct {
	name, id string
	classes  []string
	attrs    [][2]string // a value of "" is any
}

// selectors reads selectors, which are our own.
func selectors(list ...string) []selector {
	all := make([]selector, len(list))
	for i, text := range list {
		for word := range strings.FieldsSeq(text) {
			all[i] = append(all[i], readStep(word))
		}
	}
	return all
}

func readStep(word string) step {
	var s step
	for word != "" {
		end := strings.IndexAny(word[1:], ".#[") + 1
		if end == 0 {
			end = len(word)
		}
		switch part := word[:end]; part[0] {
		case '.':
			s.classes = append(s.classes, part[1:])
		case '#':
			s.id = part[1:]
		case '[':
			key, value, _ := strings.Cut(strings.Trim(part, "[]"), "=")
			s.attrs = append(s.attrs, [2]string{key, value})
		default:
			s.name = part
		}
		word = word[end:]
	}
	return s
}

func (s step) fits(n *html.Node) bool {
	if n.Type != html.ElementNode || s.name != "" && n.Data != s.name || s.id != "" && attribute(n, "id") != s.id {
		return false
	}
	for _, class := range s.classes {
		if !hasClass(n, class) {
			return false
		}
	}
	for _, a := range s.attrs {
		if !hasAttribute(n, a[0]) || a[1] != "" && attribute(n, a[0]) != a[1] {
			return false
		}
	}
	return true
}

// fits reports whether n is what the selector means.
func (s selector) fits(n *html.Node) bool {
	last := len(s) - 1
	if last < 0 || !s[last].fits(n) {
		return false
	}
	for last--; last >= 0; last-- {
		for n = n.Parent; n != nil && !s[last].fits(n); n = n.Parent {
		}
		if n == nil {
			return false
		}
	}
	return true
}

// find gives the first element in the document's order; nil where there is none.
func (s selector) find(root *html.Node) *html.Node {
	return first(root, s.fits)
}

// first gives the first node that fits; nil where there is none.
func first(root *html.Node, fits func(*html.Node) bool) *html.Node {
	for n := range root.Descendants() {
		if fits(n) {
			return n
		}
	}
	return nil
}

// every gives all elements of a name.
func every(root *html.Node, names ...string) (found []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains(names, n.Data) {
			found = append(found, n)
		}
	}
	return found
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttribute(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func hasClass(n *html.Node, class string) bool {
	for c := range strings.FieldsSeq(attribute(n, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

// words is the text in a node, in one line.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return oneLine(b.String())
}
