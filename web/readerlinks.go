package web

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
)

// span is a range of bytes.
type span struct{ start, end int }

// placed is where a link's words stand in a text.
type placed struct {
	span
	url string
}

// linked gives a chunk's text with its links again: Markdown whose words lead
// somewhere. Ingest keeps links apart from the text, so their words are sought
// in it, in their order; a link whose words are not found is left out. Addresses
// of our own origin lose it.
func linked(c *docent.Chunk, origin string) string {
	closed := closedSpans(c.Text)
	var links []placed
	from := 0
	for _, l := range c.Links {
		if l.Line < c.Line {
			continue // it stood in the heading
		}
		at, ok := seek(c.Text, l.Text, from, closed, links)
		if !ok {
			at, ok = seek(c.Text, l.Text, 0, closed, links)
		}
		if ok {
			links = append(links, placed{at, destination(strings.TrimPrefix(l.URL, origin))})
			from = at.end
		}
	}
	slices.SortFunc(links, func(a, b placed) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	end := 0
	for _, l := range links {
		b.WriteString(c.Text[end:l.start] + "[" + c.Text[l.start:l.end] + "](" + l.url + ")")
		end = l.end
	}
	return b.String() + c.Text[end:]
}

// seek finds words in text from an offset on, where they can become a link:
// as whole words, with code only as a whole, and outside of other links.
func seek(text, words string, from int, closed []span, links []placed) (span, bool) {
	pattern := wordsPattern(words)
	if pattern == nil {
		return span{}, false
	}
	for from < len(text) {
		found := pattern.FindStringIndex(text[from:])
		if found == nil {
			break
		}
		at := span{from + found[0], from + found[1]}
		if at.whole(text) && at.balanced(text) && !at.cuts(closed) &&
			!slices.ContainsFunc(links, func(l placed) bool { return at.meets(l.span) }) {
			return at, true
		}
		_, size := utf8.DecodeRuneInString(text[at.start:])
		from = at.start + size
	}
	return span{}, false
}

// wordsPattern matches words with backticks about them, which Links leave out;
// nil of no words and of what is no text.
func wordsPattern(words string) *regexp.Regexp {
	fields := strings.Fields(words)
	if len(fields) == 0 || !utf8.ValidString(words) {
		return nil
	}
	for i, f := range fields {
		fields[i] = regexp.QuoteMeta(f)
	}
	return regexp.MustCompile("`*" + strings.Join(fields, "`*[ \t]+`*") + "`*")
}

// whole reports whether no word goes on at an end of s.
func (s span) whole(text string) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:s.start])
	first, _ := utf8.DecodeRuneInString(text[s.start:])
	last, _ := utf8.DecodeLastRuneInString(text[:s.end])
	after, _ := utf8.DecodeRuneInString(text[s.end:])
	return !(inWord(before) && inWord(first)) && !(inWord(last) && inWord(after))
}

// inWord leaves out the scripts that don't divide words, which begin at U+2E80.
func inWord(r rune) bool {
	return r < 0x2E80 && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// balanced reports whether the text at s can stand in brackets.
func (s span) balanced(text string) bool {
	inner := text[s.start:s.end]
	return !strings.ContainsAny(inner, `[]\`) && strings.Count(inner, "*")%2 == 0 && strings.Count(inner, "~")%2 == 0
}

func (s span) meets(o span) bool { return s.start < o.end && o.start < s.end }

// cuts reports whether s holds a part of a span that can't be parted.
func (s span) cuts(closed []span) bool {
	return slices.ContainsFunc(closed, func(o span) bool {
		return s.meets(o) && (s.start > o.start || o.end > s.end)
	})
}

var closing = regexp.MustCompile("`+|https?://[^\\s<>`]+")

// closedSpans are the code and the bare addresses of a text. Code ends at as
// many backticks as it began with; a block of it that doesn't, with the text.
func closedSpans(text string) []span {
	var closed []span
	for at := 0; at < len(text); {
		found := closing.FindStringIndex(text[at:])
		if found == nil {
			break
		}
		s := span{at + found[0], at + found[1]}
		if ticks := text[s.start:s.end]; ticks[0] == '`' {
			if end := codeEnd(text, s.end, len(ticks)); end > 0 {
				s.end = end
			} else if len(ticks) >= 3 {
				s.end = len(text)
			}
		}
		closed = append(closed, s)
		at = s.end
	}
	return closed
}

// codeEnd is the end of the code that n backticks began; 0 where there is none.
func codeEnd(text string, at, n int) int {
	for at < len(text) {
		open := strings.IndexByte(text[at:], '`')
		if open < 0 {
			break
		}
		start := at + open
		for at = start; at < len(text) && text[at] == '`'; at++ {
		}
		if at-start == n {
			return at
		}
	}
	return 0
}

// destination writes an address so that no Markdown sees an end in it.
func destination(address string) string {
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c <= ' ' || c == 0x7f || strings.IndexByte("()<>[]|`\\\"'*", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
