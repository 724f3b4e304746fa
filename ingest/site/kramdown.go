package site

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kramdown is how kramdown is set up, as far as anchors go. The zero value is
// what Jekyll does: GitHub's dialect.
type kramdown struct {
	native        bool   // kramdown's own dialect
	none          bool   // headings get no anchors but those that were written
	prefix        string // of each anchor that was not written
	transliterate bool   // letters with accents become ASCII
	plainDashes   bool   // two hyphens stay two hyphens
	rendered      bool   // as kramdown's own, but of the HTML that CommonMark gives: GitHub Pages' "GFM"
}

// kramdownAnchors count each text by itself: "Install", "Install" and "Install
// 1" give install, install-1 and install-1 again.
type kramdownAnchors struct {
	kramdown
	seen map[string]int
}

func (k kramdown) anchors() Anchors { return kramdownAnchors{k, map[string]int{}} }

// kramdownID is an id at a heading's end. Other attribute lists stand on a line
// of their own; at a heading's end they are words.
var kramdownID = regexp.MustCompile(`[\t ]\{#([\pL_:][\pL\pN_:.-]*)\}\s*$`)

// Anchor implements Anchors.
func (a kramdownAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	tagged := h.tagged()
	id, h := h.ending(kramdownID)
	for _, label := range h.Labels {
		id = label
	}
	out := Anchor{ID: id, Words: h.Words()}
	switch {
	case id != "" || a.none:
	case a.rendered:
		out.ID = a.numbered(a.own(renderedInline(h.Raw)))
	case a.native:
		out.ID = a.prefix + a.numbered(a.own(h.Raw))
	default:
		out.ID = a.prefix + a.numbered(a.gfm(h))
	}
	return out.beside(tagged, id != "")
}

func (a kramdownAnchors) numbered(id string) string {
	n := a.seen[id]
	a.seen[id]++
	if n > 0 {
		id += "-" + strconv.Itoa(n)
	}
	return id
}

// gfm is GitHub's way: the words as they are shown, quotation marks and dashes
// made, in lower case.
func (a kramdownAnchors) gfm(h Heading) string {
	var b strings.Builder
	for _, p := range joined(h.Parts) {
		switch {
		case p.Kind == PartText && !a.plainDashes:
			smartDashes.WriteString(&b, p.Text)
		case p.Kind == PartText, p.Kind == PartCode:
			b.WriteString(p.Text)
		}
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t':
			return '-'
		case r == '-', unicode.IsLetter(r), unicode.In(r, unicode.Nl, unicode.Other_Alphabetic, unicode.M, unicode.Nd, unicode.Pc):
			return r
		}
		return -1
	}, rubyLower(b.String()))
}

// renderedInline is the HTML of a heading's content.
func renderedInline(raw string) string {
	var b strings.Builder
	if err := summaryMarkdown.Convert([]byte("# "+oneLine(raw)), &b); err != nil {
		return raw
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), "<h1>"), "</h1>")
}

// rubyLower is Ruby's lower case: a final sigma is none, İ keeps its dot.
func rubyLower(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
}

// own is kramdown's way: ASCII's letters, digits, spaces and hyphens of the
// source, from the first letter on.
func (a kramdownAnchors) own(raw string) string {
	if a.transliterate {
		raw = norm.NFKD.String(raw)
	}
	raw = raw[len(raw)-len(strings.TrimLeftFunc(raw, notASCIILetter)):]
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r >= '0' && r <= '9', !notASCIILetter(r):
			return unicode.ToLower(r)
		}
		return -1
	}, raw)
	if id == "" {
		return "section"
	}
	return id
}

func notASCIILetter(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
