package chat

import (
	"strings"
	"unicode/utf8"
)

// Harmless puts a backslash before the brackets of a document that would count
// as citations: read as Markdown the text stays the same.
func Harmless(text string) string {
	var b strings.Builder
	var p citePlace
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == '[' && p.plain() {
			at := citeContext{attached: p.attaches(), depth: p.depth, lineStart: p.lineStart()}
			if _, _, v := scanCitation(text[i:], at, true); v == citeFound {
				b.WriteByte('\\')
				p.step('\\')
			}
		}
		p.step(r)
		b.WriteString(text[i : i+size])
		i += size
	}
	return b.String()
}

// Filtered gives text as the citation filter shows it, where every number is
// known, and the numbers that it cites, each once.
func Filtered(text string) (shown string, cited []int) {
	var out strings.Builder
	f := newCiteFilter(func(int) bool { return true },
		func(s string) error { out.WriteString(s); return nil },
		func(n, _ int) error { cited = append(cited, n); return nil })
	_ = f.Write(text) // neither function fails
	_ = f.Close()
	return out.String(), cited
}
