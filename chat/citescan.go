package chat

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxHeld is how many bytes are held back for one citation, at most.
const maxHeld = 64

// maxRange is how far a range of citations may reach: [10-20] is rather a
// range of something else.
const maxRange = 9

// citeContext is what stands before a bracket.
type citeContext struct {
	attached  bool // directly after a word or a closing bracket
	depth     int  // open brackets around it on its line
	lineStart bool // nothing but indentation and list markers before it
}

// citeVerdict says what a bracket is.
type citeVerdict int

const (
	citeOpen  citeVerdict = iota // can't be told before more is seen
	citeText                     // no citation
	citeFound                    // a citation
)

// CiteMarker is how number n is cited.
func CiteMarker(n int) string { return "[" + strconv.Itoa(n) + "]" }

// scanCitation tells what the bracket is that s begins with; of a citation it
// gives the numbers, and its size in bytes. With final set nothing follows s,
// and the verdict is not citeOpen.
func scanCitation(s string, at citeContext, final bool) (numbers []int, size int, v citeVerdict) {
	if strings.HasPrefix(s, "【") {
		return scanLenticular(s, final)
	}
	inner, rest, closed := strings.Cut(s[1:], "]")
	digits, note := strings.CutPrefix(inner, "^")
	switch {
	case strings.Trim(digits, "0123456789 ,;-–") != "", at.attached && inner != "" && !note:
		return nil, 0, citeText
	case !closed && final:
		return nil, 0, citeText
	case !closed:
		return nil, 0, citeOpen
	}
	numbers, ok := citeNumbers(digits)
	if !ok || note && at.lineStart && strings.HasPrefix(rest, ":") {
		return nil, 0, citeText
	}
	return numbers, len(s) - len(rest), scanAfter(rest, at, final)
}

// scanLenticular reads 【1】, 【1†source】, and 【4:0†source】, whose numbers are
// never ours: it cites nothing.
func scanLenticular(s string, final bool) (numbers []int, size int, v citeVerdict) {
	inner, rest, closed := strings.Cut(strings.TrimPrefix(s, "【"), "】")
	digits, _, _ := strings.Cut(inner, "†")
	switch {
	case strings.Trim(digits, "0123456789 ,:-–") != "", !closed && final:
		return nil, 0, citeText
	case !closed:
		return nil, 0, citeOpen
	}
	numbers, ok := citeNumbers(digits)
	if !ok && !strings.Contains(digits, ":") {
		return nil, 0, citeText
	}
	return numbers, len(s) - len(rest), citeFound
}

// citeNumbers reads "1", "1, 2" and "1-3".
func citeNumbers(s string) (numbers []int, ok bool) {
	for item := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		from, to, isRange := strings.Cut(strings.ReplaceAll(item, "–", "-"), "-")
		first, ok := citeNumber(from)
		last := first
		if ok && isRange {
			last, ok = citeNumber(to)
			ok = ok && 0 < first && first < last && last-first <= maxRange
		}
		if !ok {
			return nil, false
		}
		for n := first; n <= last; n++ {
			numbers = append(numbers, n)
		}
	}
	return numbers, len(numbers) > 0
}

// citeNumber reads a number; one that is too large is -1, which no source has.
func citeNumber(s string) (n int, ok bool) {
	s = strings.Trim(s, " ")
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	number, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		number = -1
	}
	return int(number), true
}

// scanAfter tells by what follows "[1]" whether it was a citation, a link
// [1](url), a part of a link's words, or a definition [1]: url.
func scanAfter(rest string, at citeContext, final bool) citeVerdict {
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "" && !final:
		return citeOpen
	case r == '(':
		return citeText
	case r == ':' && at.lineStart:
		return scanDefinition(rest[1:], final)
	case at.depth > 0:
		return scanNested(rest, at.depth, final)
	}
	return citeFound
}

// scanDefinition tells "[1]: url" from "[1]: words" by the first word.
func scanDefinition(s string, final bool) citeVerdict {
	word := strings.TrimLeft(s, " ")
	end := strings.IndexAny(word, " \t\r\n/#<")
	switch {
	case end < 0 && !final:
		return citeOpen
	case end >= 0 && strings.ContainsRune("/#<", rune(word[end])):
		return citeText
	}
	return citeFound
}

// scanNested tells whether one of the depth brackets open around a citation is
// a link's.
func scanNested(s string, depth int, final bool) citeVerdict {
	inner := 0
	for i, r := range s {
		switch {
		case r == '\n':
			return citeFound
		case r == '[':
			inner++
		case r == ']' && inner > 0:
			inner--
		case r == ']' && strings.HasPrefix(s[i+1:], "("):
			return citeText
		case r == ']' && i+1 == len(s) && !final:
			return citeOpen
		case r == ']':
			if depth--; depth == 0 {
				return citeFound
			}
		}
	}
	if final {
		return citeFound
	}
	return citeOpen
}
