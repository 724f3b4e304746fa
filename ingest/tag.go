package ingest

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// htmlLink is an <a href> whose words are still to come.
type htmlLink struct {
	url   string
	line  int
	start int // where its words begin in the text
}

// tag takes in a tag within a paragraph: a line break, an image's alternative
// text, a link, an id.
func (r *reader) tag(b []byte, n *ast.RawHTML) []byte {
	raw := n.Segments.Value(r.src)
	if bytes.HasPrefix(raw, []byte("<!")) {
		return b
	}
	z := html.NewTokenizer(bytes.NewReader(raw))
	z.Next()
	t := z.Token()
	if t.Type != html.EndTagToken {
		r.ids(t)
	}
	switch t.Data {
	case "br":
		return r.hardBreak(b)
	case "code", "samp", "tt":
		return r.codeTag(b, t.Type)
	case "img":
		return append(b, attr(t, "alt")...)
	case "a":
		line := 0
		if n.Segments.Len() > 0 {
			line = r.line(n.Segments.At(0).Start)
		}
		r.anchorTag(t, b, line)
	}
	return b
}

// anchorTag opens a link, or ends the one that is open.
func (r *reader) anchorTag(t html.Token, text []byte, line int) {
	if open := r.htmlLink; open != nil {
		words := ""
		if open.start <= len(text) {
			words = strings.Join(strings.Fields(string(text[open.start:])), " ")
		}
		if words != "" || open.url[0] != '#' { // an anchor that leads to itself
			r.linkAt(open.url, words, open.line)
		}
		r.htmlLink = nil
	}
	if url := attr(t, "href"); url != "" && t.Type == html.StartTagToken {
		r.htmlLink = &htmlLink{url: url, line: line, start: len(text)}
	}
}

// ids notes what a link may lead to.
func (r *reader) ids(t html.Token) {
	for _, a := range t.Attr {
		if a.Val != "" && (a.Key == "id" || a.Key == "name" && t.Data == "a") {
			r.page.anchors[a.Val] = true
		}
	}
}

func attr(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return strings.Join(strings.Fields(a.Val), " ")
		}
	}
	return ""
}

// codeTag begins code that is marked up as HTML, or makes a code span of what
// was written since it began.
func (r *reader) codeTag(b []byte, kind html.TokenType) []byte {
	switch {
	case kind == html.StartTagToken:
		r.codeFrom = len(b) + 1
	case r.codeFrom > 0 && r.codeFrom <= len(b):
		code := util.UnescapePunctuations(bytes.Clone(b[r.codeFrom-1:]))
		b = b[:r.codeFrom-1]
		if r.codeFrom = 0; len(code) > 0 {
			b = appendCodeSpan(b, code)
		}
	case kind == html.EndTagToken:
		r.codeFrom = 0
	}
	return b
}
