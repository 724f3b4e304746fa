package site

import (
	"regexp"
	"slices"
	"strings"
)

// attributes is a list of attributes at a heading's end, as most frameworks
// have it: {#id}, {: #id}, { #id .class key=value }.
var attributes = regexp.MustCompile(`\s*\{:?\s*(` + attribute + `(?:\s+` + attribute + `)*)\s*\}\s*$`)

const attribute = `(?:[#.][^\s{}]+|[\w-]+=(?:"[^"]*"|[^\s{}"]+))`

// anchorTag is an element that other pages link to: <a id="x">, <a name="x">,
// <h2 id="x">.
var anchorTag = regexp.MustCompile(`(?i)^<(?:a|h[1-6])\s(?:[^>]*\s)?(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))`)

// explicit takes the attributes off a heading's end. id is "" where they have
// none.
func (h Heading) explicit() (id string, rest Heading) {
	list, rest := h.ending(attributes)
	for _, a := range strings.Fields(list) {
		if strings.HasPrefix(a, "#") {
			id = a[1:]
		}
	}
	return id, rest
}

// ending takes what matches the pattern off the words at a heading's end, and
// gives the pattern's first group; "" where nothing matches. Tags may follow.
func (h Heading) ending(pattern *regexp.Regexp) (group string, rest Heading) {
	rest = h
	rest.Parts = joined(h.Parts)
	last := len(rest.Parts) - 1
	for last >= 0 && rest.Parts[last].Kind == PartHTML {
		last--
	}
	if last < 0 || rest.Parts[last].Kind != PartText {
		return "", h
	}
	text := rest.Parts[last].Text
	m := pattern.FindStringSubmatchIndex(text)
	if m == nil {
		return "", h
	}
	rest.Parts[last].Text = text[:m[0]]
	return text[m[2]:m[3]], rest
}

// tagged gives the id of the first tag that has one; "" where none has.
func (h Heading) tagged() string {
	for _, p := range h.Parts {
		if p.Kind != PartHTML {
			continue
		}
		if m := anchorTag.FindStringSubmatch(p.Text); m != nil {
			return m[1] + m[2] + m[3]
		}
	}
	return ""
}

// joined gives parts with texts that follow each other in one: a parser may
// divide them anywhere.
func joined(parts []Part) []Part {
	parts = slices.Clone(parts)
	out := parts[:0]
	for _, p := range parts {
		if n := len(out); n > 0 && p.Kind == PartText && out[n-1].Kind == PartText {
			out[n-1].Text += p.Text
			continue
		}
		out = append(out, p)
	}
	return out
}
