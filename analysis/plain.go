package analysis

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PlainWords gives the words of Markdown: no marks, links as their words, images
// as their alternative text, code as it stands. For snippets.
func PlainWords(markdown string) []string {
	if !utf8.ValidString(markdown) {
		markdown = strings.ToValidUTF8(markdown, "\uFFFD")
	}
	var prose strings.Builder
	prose.Grow(len(markdown))
	eachLine(markdown, func(_ int, line string, code bool) {
		kind, at := lineOf(line)
		switch {
		case code:
			at = 0
		case kind == lineBlank, kind == lineFence:
			return
		case kind == lineRow:
			plainRow(&prose, line[at:])
			return
		}
		if code {
			prose.WriteString(line)
		} else {
			plainInline(&prose, line[at:])
		}
		prose.WriteByte(' ')
	})
	return strings.Fields(prose.String())
}

// plainRow writes a table's row with commas between its cells.
func plainRow(b *strings.Builder, row string) {
	row = strings.ReplaceAll(strings.Trim(row, "| \t\r"), `\|`, "\x00")
	for i, cell := range strings.Split(row, "|") {
		if i > 0 {
			b.WriteString(", ")
		}
		plainInline(b, strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
	}
	b.WriteByte(' ')
}

// marks may begin what plainMark knows.
const marks = "\\`![<&*_~"

// plainInline writes a line's inline Markdown as words.
func plainInline(b *strings.Builder, s string) {
	for i := 0; i < len(s); {
		next := strings.IndexAny(s[i:], marks)
		if next < 0 {
			next = len(s) - i
		}
		b.WriteString(s[i : i+next])
		if i += next; i == len(s) {
			return
		}
		prev := ' ' // the character before, of the source
		if i > 0 {
			prev, _ = utf8.DecodeLastRuneInString(s[:i])
		}
		n := plainMark(b, s, i, prev)
		if n == 0 {
			b.WriteByte(s[i])
			n = 1
		}
		i += n
	}
}

// plainMark writes what stands for the mark at i and gives its length, 0
// where no mark begins.
func plainMark(b *strings.Builder, s string, i int, prev rune) int {
	switch c := s[i]; c {
	case '\\':
		if i+1 < len(s) && strings.IndexByte("\\`*_{}[]()#+-.!|<>~", s[i+1]) >= 0 {
			b.WriteByte(s[i+1])
			return 2
		}
	case '`':
		if end := skipCode(s, i, len(s)); end > i {
			n := backticks(s, i, len(s))
			b.WriteString(strings.TrimSpace(s[i+n : end-n]))
			return end - i
		}
	case '!':
		if i+1 < len(s) && s[i+1] == '[' && skipOpaque(s, i+1, len(s)) > i+1 {
			return 1
		}
	case '[':
		if end := skipOpaque(s, i, len(s)); end > i {
			plainInline(b, s[i+1:matching(s, i, len(s), '[', ']')])
			return end - i
		}
	case '<':
		return plainTag(b, s[i:])
	case '&':
		if end := strings.IndexByte(s[i:min(len(s), i+12)], ';'); end > 1 {
			if decoded := html.UnescapeString(s[i : i+end+1]); decoded != s[i:i+end+1] {
				b.WriteString(decoded)
				return end + 1
			}
		}
	case '*', '_', '~':
		return emphasis(s, i, prev)
	}
	return 0
}

// plainTag writes an autolink's address, and nothing for an HTML tag.
func plainTag(b *strings.Builder, s string) int {
	end := strings.IndexByte(s[:min(len(s), maxLink)], '>')
	if end < 2 {
		return 0
	}
	inner := s[1:end]
	switch c := inner[0]; {
	case strings.Contains(inner, "://") && !strings.ContainsAny(inner, " \t\""):
		b.WriteString(inner)
	case c != '/' && c != '!' && (c|0x20 < 'a' || c|0x20 > 'z'):
		return 0
	}
	return end + 1
}

// emphasis gives the length of the run of marks at i when it opens or closes
// emphasis: it touches a word, and underscores not on both sides.
func emphasis(s string, i int, prev rune) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	next, _ := utf8.DecodeRuneInString(s[i+n:])
	if i+n >= len(s) {
		next = ' '
	}
	before, after := isWordRune(prev), isWordRune(next)
	switch {
	case s[i] == '~' && n != 2, n > 3:
		return 0
	case s[i] == '_' && before && after:
		return 0
	case unicode.IsSpace(prev) && unicode.IsSpace(next):
		return 0
	}
	return n
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
