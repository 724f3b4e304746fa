package analysis

import "strings"

// lineKind is what a line of Markdown is by its first characters.
type lineKind int

const (
	lineText  lineKind = iota // prose: goes on with the line before
	lineBlank                 // nothing, a rule, a table's delimiter row: ends what was before
	lineItem                  // of a list or a definition: begins anew
	lineHead                  // a heading: stands alone
	lineRow                   // of a table: stands alone
	lineFence                 // opens or closes a code block
)

// lineOf says what a line is, and where its own text begins after the quote
// signs, marks and blanks.
func lineOf(line string) (kind lineKind, at int) {
	at = skipBlanks(line, 0)
	for at < len(line) && line[at] == '>' {
		at = skipBlanks(line, at+1)
	}
	rest := strings.TrimRight(line[at:], " \t\r")
	switch {
	case rest == "", strings.Trim(rest, "=") == "", len(rest) >= 3 && strings.Trim(rest, "-*_ |:") == "":
		return lineBlank, at
	case strings.HasPrefix(rest, "```"), strings.HasPrefix(rest, "~~~"):
		return lineFence, at
	case rest[0] == '|':
		return lineRow, at
	}
	if n := len(rest) - len(strings.TrimLeft(rest, "#")); n >= 1 && n <= 6 && len(rest) > n && rest[n] == ' ' {
		return lineHead, skipBlanks(line, at+n)
	}
	if n := markLen(rest); n > 0 {
		return lineItem, skipBlanks(line, at+n)
	}
	return lineText, at
}

// markLen gives the length of the mark of a list item or definition at the
// start of s with the blank after it, 0 without one.
func markLen(s string) int {
	n := 0
	switch {
	case strings.IndexByte("-*+:", s[0]) >= 0:
		n = 1
	case s[0] >= '0' && s[0] <= '9':
		n = len(s) - len(strings.TrimLeft(s, "0123456789"))
		if n > 9 || n == len(s) || s[n] != '.' && s[n] != ')' {
			return 0
		}
		n++
	}
	if n == 0 || n >= len(s) || s[n] != ' ' {
		return 0
	}
	for _, box := range []string{" [ ] ", " [x] ", " [X] "} {
		if strings.HasPrefix(s[n:], box) {
			return n + len(box)
		}
	}
	return n + 1
}

func skipBlanks(s string, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == '\t') {
		at++
	}
	return at
}

// fenceOf gives the characters that open a code block: closing it takes at
// least as many.
func fenceOf(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, s[:1]))]
}

// eachLine calls fn for each line of text, without its end, saying where it
// starts and whether it is inside a code block (the fences are lineFence).
func eachLine(text string, fn func(start int, line string, code bool)) {
	fence := ""
	for start := 0; start < len(text); {
		line, _, _ := strings.Cut(text[start:], "\n")
		kind, at := lineOf(line)
		switch {
		case kind == lineFence && fence == "":
			fence = fenceOf(line[at:])
			fn(start, line, false)
		case kind == lineFence && strings.HasPrefix(line[at:], fence) && strings.Trim(line[at:], fence[:1]+" \t\r") == "":
			fence = ""
			fn(start, line, false)
		default:
			fn(start, line, fence != "")
		}
		start += len(line) + 1
	}
}

// skipOpaque gives the end of the code span or link that begins at i and ends
// before end, i where there is none: nothing in them is prose.
func skipOpaque(s string, i, end int) int {
	switch s[i] {
	case '\\':
		return min(i+2, end)
	case '`':
		return skipCode(s, i, end)
	case '[':
		close := matching(s, i, end, '[', ']')
		if close == i || close+1 >= end {
			return i
		}
		switch s[close+1] {
		case '(':
			if last := matching(s, close+1, end, '(', ')'); last > close+1 {
				return last + 1
			}
		case '[':
			if last := matching(s, close+1, end, '[', ']'); last > close+1 {
				return last + 1
			}
		}
	}
	return i
}

// maxCodeSpan bounds the search for a code span's end in the same way.
const maxCodeSpan = 1 << 14

// skipCode gives the end of the code span at i, i where it is not closed.
func skipCode(s string, i, end int) int {
	n := backticks(s, i, end)
	end = min(end, i+n+maxCodeSpan)
	for at := i + n; at < end; {
		next := strings.IndexByte(s[at:end], '`')
		if next < 0 {
			break
		}
		at += next
		m := backticks(s, at, end)
		if at += m; m == n {
			return at
		}
	}
	return i
}

func backticks(s string, i, end int) int {
	n := 0
	for i+n < end && s[i+n] == '`' {
		n++
	}
	return n
}

// maxLink bounds the search for a link's end, so that a text of brackets is
// not read once for each of them.
const maxLink = 2048

// matching gives the place of the bracket that closes the one at i, i where
// there is none.
func matching(s string, i, end int, open, close byte) int {
	depth := 0
	for at := i; at < min(end, i+maxLink); at++ {
		switch s[at] {
		case '\\':
			at++
		case open:
			depth++
		case close:
			if depth--; depth == 0 {
				return at
			}
		}
	}
	return i
}
