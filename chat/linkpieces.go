package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shown is an address that may not be linked, as code, whole where it was given;
// its host alone as text where code can't begin or end.
func (f *linkFilter) shown(address, after string) string {
	host := address
	if _, rest, found := strings.Cut(address, "//"); found {
		host = rest
	}
	if end := strings.IndexFunc(host, endsHost); end >= 0 {
		host = host[:end]
	}
	switch {
	case f.barred || f.place.prev == '`' || f.place.prev == '\\' || strings.HasPrefix(after, "`"):
		return strings.TrimPrefix(strings.ToLower(host), "www.")
	case f.rules.given(address):
		return "`" + address + "`"
	}
	return "`" + host + "`"
}

// linkPiece is a link or an image, "[words](address)", or the bracket that
// begins neither. A definition "[label]: address" that may not be is escaped.
func (f *linkFilter) linkPiece(final bool) (string, int) {
	image := f.held[0] == '!'
	text, mark := f.held, "["
	if image {
		if text = text[1:]; text == "" && !final {
			return "", 0
		}
		if mark = "!["; !strings.HasPrefix(text, "[") {
			return "!", 1
		}
	}
	l := scanLink(text, f.barred, f.ended)
	size := len(f.held) - len(text)
	switch {
	case l.open && !final:
		return "", 0
	case l.open && !f.ended, l.broken, l.definition && !f.place.head && !f.rules.may(l.address), l.size == 0 && f.words:
		return strings.TrimSuffix(mark, "[") + "\\[", len(mark)
	case l.size == 0:
		return mark, len(mark)
	}
	size += l.size
	words := f.within(l.words)
	if f.rules.may(l.address) && (!image || f.rules.images) {
		return mark + words + f.held[len(mark)+len(l.words):size], size
	}
	return words, size
}

// within filters the words of a link, as a part of one line that they don't begin.
func (f *linkFilter) within(words string) string {
	var b strings.Builder
	inner := newLinkFilter(f.rules, func(text string) error {
		b.WriteString(text)
		return nil
	})
	inner.place, inner.barred, inner.words = f.place, true, true
	inner.place.head = true
	_ = inner.Write(strings.ReplaceAll(words, "\n", " ")) // the builder has no errors
	_ = inner.Close()
	words = b.String()
	switch {
	case strings.HasPrefix(words, "<"):
		return "\\" + words
	case strings.HasPrefix(words, "`"):
		return f.apart() + words
	}
	return words
}

// apart is what keeps code from code that stood apart before.
func (f *linkFilter) apart() string {
	if f.place.prev == '`' {
		return " "
	}
	return ""
}

// scanned is what a bracket begins.
type scanned struct {
	open       bool   // more has to be seen
	size       int    // of the whole link; 0 where it is none
	words      string // in the brackets
	address    string // of a link or a definition
	definition bool
	broken     bool // a parenthesis follows the brackets, and no link: what passes may make it one
}

// maxNested is how deep brackets may stand in a link's words.
const maxNested = 8

// scanLink tells what the bracket is that s begins with; with ended set nothing
// follows s; for barred see codeSize.
func scanLink(s string, barred, ended bool) scanned {
	depth, end := 0, -1
	for i := 0; i < len(s) && end < 0; i++ {
		switch s[i] {
		case '\\':
			i++
		case '`':
			size, open := codeSize(s[i:], barred)
			if open && !ended {
				return scanned{open: true}
			}
			i += size - 1
		case '[':
			if depth++; depth > maxNested {
				return scanned{broken: true}
			}
		case ']':
			if depth--; depth == 0 {
				end = i
			}
		case '\n':
			if strings.TrimLeft(s[i+1:], " \t") != "" && strings.TrimLeft(s[i+1:], " \t")[0] == '\n' {
				return scanned{} // the paragraph ends
			}
		}
	}
	if end < 0 || end+1 == len(s) {
		return scanned{open: true}
	}
	found := scanned{words: s[1:end]}
	switch s[end+1] {
	case '(':
		return found.inline(s, end+2)
	case ':':
		address, _, closed := scanAddress(s[end+2:])
		found.open, found.address, found.definition = !closed, address, address != ""
	}
	return found
}

// codeSize is how long the span of code is that s begins with; without an end on
// its line, the run of backticks. A table's cell ends at a bar in code, too: where
// one is, or was on the line, what is made of links is no code. open is set where
// more may change that.
func codeSize(s string, barred bool) (size int, open bool) {
	line, _, whole := strings.Cut(s, "\n")
	run := len(line) - len(strings.TrimLeft(line, "`"))
	end := closingRun(line[run:], run)
	open = !whole && (end < 0 || run+end == len(line))
	span := line[:run+max(end, 0)]
	if (barred || strings.Contains(span, "|")) && mayLink(span) {
		return run, open
	}
	return len(span), open
}

// inline reads the address of a link, from behind its parenthesis on.
func (l scanned) inline(s string, from int) scanned {
	address, size, closed := scanAddress(s[from:])
	rest := s[from+size:]
	if !closed {
		return scanned{open: true, broken: true}
	}
	rest = afterTitle(rest)
	switch {
	case rest == "":
		return scanned{open: true, broken: true}
	case rest[0] == ')':
		l.address, l.size = address, len(s)-len(rest)+1
	default:
		l.broken = true
	}
	return l
}

// afterTitle gives what follows a link's title, and the blanks around it; "" where
// more has to be seen.
func afterTitle(s string) string {
	t := strings.TrimLeft(s, " \t\n")
	if t == s || t == "" {
		return t
	}
	if closing := strings.IndexByte("\"'(", t[0]); closing >= 0 {
		end := strings.IndexByte(t[1:], "\"')"[closing])
		if end < 0 {
			return ""
		}
		t = strings.TrimLeft(t[end+2:], " \t\n")
	}
	return t
}

// scanAddress reads an address and the blanks around it: in <> or up to a blank
// or the parenthesis that closes it. closed is not set where more may follow.
func scanAddress(s string) (address string, size int, closed bool) {
	start := len(s) - len(strings.TrimLeft(s, " \t\n"))
	if start == len(s) {
		return "", 0, false
	}
	if s[start] == '<' {
		end := strings.IndexAny(s[start:], ">\n")
		if end < 0 {
			return "", 0, false
		}
		return s[start+1 : start+end], start + end + 1, true
	}
	parens := 0
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '(':
			parens++
		case c == ')' && parens == 0, c <= ' ':
			return s[start:i], i, true
		case c == ')':
			parens--
		}
	}
	return s[start:], len(s), false
}

// harmlessTags may stand in an answer, within a line: at its begin they would
// make a block of HTML of it, in which nothing is escaped.
var harmlessTags = []string{"br", "br/", "br /", "sub", "/sub", "sup", "/sup"}

// tagPiece is an address in <>, a tag of HTML, or the character alone.
func (f *linkFilter) tagPiece(final bool) (string, int) {
	rest := f.held[1:]
	end := strings.IndexAny(rest, ">\n<")
	switch {
	case rest == "" && !final:
		return "", 0
	case rest == "" || strings.ContainsRune(" =-0123456789", rune(rest[0])): // as in a <= b
		return "<", 1
	case end < 0 && !final:
		return "", 0
	case end < 0 || rest[end] != '>':
		return "\\<", 1
	}
	inner := rest[:end]
	switch {
	case f.place.head && slices.Contains(harmlessTags, strings.ToLower(inner)):
		return f.held[:end+2], end + 2
	case !strings.Contains(inner, "://") || strings.ContainsAny(inner, " \t`"):
		return "\\<", 1
	case f.rules.may(inner):
		return f.held[:end+2], end + 2
	case len(f.held) == end+2 && !final:
		return "", 0
	}
	return f.shown(inner, f.held[end+2:]), end + 2
}

// addressStarts begin what renderers make a link of without being told.
// For some they do so behind a letter, too.
var addressStarts = []string{"https://", "http://", "ftp://", "www.", "//"}

// addressPiece is an address that stands alone; is tells whether the text begins
// with one, or may.
func (f *linkFilter) addressPiece(final bool) (text string, size int, is bool) {
	if !strings.ContainsRune("hHfFwW/", rune(f.held[0])) || f.held[0] == '/' && (f.place.prev == ':' || f.place.prev == '/') {
		return "", 0, false
	}
	start := strings.ToLower(f.held[:min(len(f.held), len("https://"))])
	begins := slices.ContainsFunc(addressStarts, func(s string) bool { return strings.HasPrefix(start, s) })
	if !begins {
		may := slices.ContainsFunc(addressStarts, func(s string) bool { return strings.HasPrefix(s, start) })
		return "", 0, may && !final
	}
	end := strings.IndexFunc(f.held, endsAddress)
	if end < 0 {
		if !final {
			return "", 0, true
		}
		end = len(f.held)
		f.swallow = end >= maxLink
	}
	address := withoutMarks(f.held[:end])
	if strings.HasPrefix(start, "//") && !namesHost(address[2:]) { // a comment, a path
		f.swallow = false
		return f.held[:2], 2, true
	}
	ends := end == len(f.held) || unicode.IsSpace(rune(f.held[end]))
	if passes := f.bare(address, ends); passes > 0 {
		f.swallow = false
		return address[:passes], passes, true
	}
	return f.shown(address, f.held[len(address):]), len(address), true
}

// bare is how much of an address that stands alone may be linked, and is for all
// renderers: not all end where we do. What stands before "@" would be no host,
// some end a host's name at a capital letter, some the address at a letter that
// is not ASCII. ends tells whether a blank follows.
func (f *linkFilter) bare(address string, ends bool) int {
	full := address
	switch {
	case strings.HasPrefix(address, "//"):
		full = "https:" + address
	case !strings.Contains(address, "://"):
		full = "http://" + address
	}
	_, rest, _ := strings.Cut(full, "//")
	host, _, path := strings.Cut(rest, "/")
	if !path && !ends || host != strings.ToLower(host) || strings.Contains(rest, "//") || !f.rules.may(full) {
		return 0
	}
	if letter := strings.IndexFunc(rest, func(r rune) bool { return r >= utf8.RuneSelf }); letter > len(host) {
		return len(address) - len(rest) + letter
	}
	return len(address)
}

// namesHost reports whether a text begins with a host's name that has a dot.
func namesHost(s string) bool {
	if end := strings.IndexFunc(s, endsHost); end >= 0 {
		s = s[:end]
	}
	return strings.Contains(strings.Trim(s, "."), ".")
}

// withoutMarks takes away the marks behind an address that belong to the sentence.
func withoutMarks(address string) string {
	const marks = "?!.,:*_~'\";"
	address = strings.TrimRight(address, marks)
	for strings.HasSuffix(address, ")") && strings.Count(address, ")") > strings.Count(address, "(") {
		address = strings.TrimRight(address[:len(address)-1], marks)
	}
	return address
}

// endsHost reports whether a character can't stand in a host's name.
func endsHost(r rune) bool { return !isWord(r) && r != '.' && r != '-' }

// endsAddress reports whether a character ends an address that stands alone.
func endsAddress(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("<>`[]|\\", r)
}
