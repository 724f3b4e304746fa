package ingest

import (
	"bytes"
	"strings"
)

// shortcode is a tag of Hugo: {{< name args >}}, {{% name args %}}, {{< /name >}}.
type shortcode struct {
	name    string
	closing bool
	empty   bool // it closes itself
	literal bool // it is only shown: {{</* name */>}}
	markup  bool // {{% %}}: what it holds is Markdown in any case
	args    []string
	named   map[string]string
	end     int // the offset after it
}

// maxShortcode is how long one may be.
const maxShortcode = 4000

// parseShortcode reads the shortcode at at; ok is false where there is none.
func parseShortcode(src []byte, at int) (s shortcode, ok bool) {
	rest := src[at:min(len(src), at+maxShortcode)]
	if len(rest) < 6 || rest[0] != '{' || rest[1] != '{' || rest[2] != '<' && rest[2] != '%' {
		return s, false
	}
	mark := ">}}"
	if s.markup = rest[2] == '%'; s.markup {
		mark = "%}}"
	}
	n := shortcodeEnd(rest, mark)
	if n < 0 {
		return s, false
	}
	inner := strings.TrimSpace(string(rest[3:n]))
	s.end = at + n + 3
	if strings.HasPrefix(inner, "/*") && strings.HasSuffix(inner, "*/") && len(inner) >= 4 {
		s.literal = true
		s.name = strings.TrimSpace(inner[2 : len(inner)-2])
		return s, true
	}
	if inner, s.closing = strings.CutPrefix(inner, "/"); s.closing {
		inner = strings.TrimSpace(inner)
	}
	if inner, s.empty = strings.CutSuffix(inner, "/"); s.empty {
		inner = strings.TrimSpace(inner)
	}
	s.arguments(inner)
	return s, s.name != "" && isNameByte(s.name[0])
}

// shortcodeEnd gives the offset of the mark that ends a shortcode, outside of
// its strings; -1 where it does not end.
func shortcodeEnd(b []byte, mark string) int {
	var quote byte
	for i := 3; i < len(b); i++ {
		switch c := b[i]; {
		case quote == 0 && bytes.HasPrefix(b[i:], []byte(mark)):
			return i
		case quote == 0 && (c == '"' || c == '`'):
			quote = c
		case quote != 0 && c == '\\' && quote == '"':
			i++
		case c == quote:
			quote = 0
		}
	}
	if n := bytes.Index(b[3:], []byte(mark)); n >= 0 { // a quote that is but an apostrophe
		return n + 3
	}
	return -1
}

// arguments reads a name with what follows it.
func (s *shortcode) arguments(text string) {
	for text != "" {
		var key, value string
		key, text = argument(text)
		if rest, ok := strings.CutPrefix(text, "="); ok {
			value, text = argument(strings.TrimLeft(rest, " \t\n"))
			if s.named == nil {
				s.named = map[string]string{}
			}
			s.named[strings.ToLower(key)] = value
		} else if s.name == "" {
			s.name = key
		} else {
			s.args = append(s.args, key)
		}
		text = strings.TrimLeft(text, " \t\n")
	}
}

// argument takes a word or a string off text.
func argument(text string) (value, rest string) {
	if text == "" {
		return "", ""
	}
	if q := text[0]; q == '"' || q == '`' {
		var b strings.Builder
		for i := 1; i < len(text); i++ {
			switch c := text[i]; {
			case c == '\\' && q == '"' && i+1 < len(text):
				i++
				b.WriteByte(text[i])
			case c == q:
				return b.String(), text[i+1:]
			default:
				b.WriteByte(c)
			}
		}
		return b.String(), ""
	}
	n := strings.IndexAny(text, " \t\n=")
	if n < 0 {
		return text, ""
	}
	if n == 0 {
		return text[:1], text[1:]
	}
	return text[:n], text[n:]
}

// first gives the first of some named arguments, or else the one at place
// (from 0; negative: none).
func (s *shortcode) first(place int, names ...string) string {
	for _, name := range names {
		if v := strings.Join(strings.Fields(s.named[name]), " "); v != "" {
			return v
		}
	}
	if place >= 0 && place < len(s.args) {
		return strings.Join(strings.Fields(s.args[place]), " ")
	}
	return ""
}
