package ingest

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// roleMark begins a role of MyST: {name}`text`, {name}`text <target>`.
var roleMark = regexp.MustCompile("^\\{([A-Za-z][\\w:.+-]*)\\}(`+)")

// roleTarget is a role's text with where it leads.
var roleTarget = regexp.MustCompile(`(?s)^(.*?)\s*<([^<>]+)>$`)

// literalRoles show their text as code, unless it names what they lead to.
var literalRoles = map[string]bool{
	"code": true, "file": true, "samp": true, "command": true, "program": true, "option": true, "envvar": true, "func": true, "class": true, "meth": true,
	"attr": true, "mod": true, "exc": true, "data": true, "obj": true, "const": true, "any": true, "kbd": true, "mimetype": true, "confval": true, "type": true,
}

// readRole reads a role.
func readRole(rest, _ []byte, _ text.Reader, _ parser.Context) *shownText {
	m := roleMark.FindSubmatch(rest)
	if m == nil {
		return nil
	}
	inner := rest[len(m[0]):]
	n := bytes.Index(inner, m[2])
	if n < 0 {
		return nil
	}
	s := roleText(string(m[1]), strings.TrimSpace(string(inner[:n])))
	s.size = len(m[0]) + n + len(m[2])
	return s
}

// roleText is what a role shows.
func roleText(name, content string) *shownText {
	s := &shownText{text: content, slug: content}
	short := name[strings.LastIndexByte(name, ':')+1:]
	words, target := content, ""
	if m := roleTarget.FindStringSubmatch(content); m != nil {
		words, target = m[1], m[2]
	}
	switch {
	case short == "ref" || short == "numref" || short == "doc" || short == "download" || short == "term" || short == "eq":
		s.text, s.slug, s.link = words, words, linkOfRole(short, words, target)
		if target == "" && short != "term" {
			s.text = strings.TrimPrefix(words, "/")
		}
	case short == "math":
		s.text = "$" + content + "$"
	case short == "index" || strings.HasPrefix(short, "fa") && len(short) < 4 || short == "octicon" || strings.HasPrefix(short, "material-"):
		s.text, s.slug = "", ""
		if short == "index" {
			s.text = words
		}
	case literalRoles[short]:
		if target == "" {
			words = strings.TrimPrefix(words, "!")
			if last, ok := strings.CutPrefix(words, "~"); ok {
				words = last[strings.LastIndexByte(last, '.')+1:]
			}
		}
		s.text, s.slug = string(appendCodeSpan(nil, []byte(words))), words
	case target != "":
		s.text, s.slug, s.link = words, words, target
	}
	return s
}

// linkOfRole is where a role leads.
func linkOfRole(role, words, target string) string {
	if target == "" {
		target = words
	}
	switch role {
	case "ref", "numref", "eq":
		return "#" + target
	case "term":
		return ""
	}
	return target
}
