package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a part of a text, in bytes: text[Start:End].
type Span struct{ Start, End int }

// Sentences gives the sentences of Markdown prose, in order. An item of a
// list, a heading and a row of a table begin and end their own (a row is one,
// whatever stands in it); code blocks are none. Citations after a sentence's end
// ("It does. [1]") belong to it. A sentence is never ended
// inside a code span or a link, after an abbreviation, or inside a name such
// as v1.2 or Node.js. Spans begin after marks such as "- ", and hold no blanks
// at their ends; a sentence of several lines holds the line ends.
func Sentences(text string) []Span {
	var out []Span
	start, end := 0, 0 // the paragraph so far
	flush := func() {
		out = divideSentences(out, text, start, end)
		start, end = 0, 0
	}
	eachLine(text, func(at int, line string, code bool) {
		kind, lead := lineOf(line)
		if code {
			return
		}
		if kind != lineText {
			flush()
		}
		switch kind {
		case lineBlank, lineFence:
			return
		case lineRow:
			out = appendTrimmed(out, text, at, at+len(line))
			return
		}
		if end == 0 {
			start = at + lead
		}
		end = at + len(line)
		if kind == lineHead {
			flush()
		}
	})
	flush()
	return out
}

func appendTrimmed(out []Span, text string, start, end int) []Span {
	s := strings.TrimLeftFunc(text[start:end], unicode.IsSpace)
	start = end - len(s)
	end = start + len(strings.TrimRightFunc(s, unicode.IsSpace))
	if start < end {
		out = append(out, Span{start, end})
	}
	return out
}

// divideSentences appends the sentences of text[start:end].
func divideSentences(out []Span, text string, start, end int) []Span {
	for i := start; i < end; {
		if next := skipOpaque(text, i, end); next > i {
			i = next
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:end])
		if !strings.ContainsRune(".!?…。！？｡", r) {
			i += size
			continue
		}
		close := withCitations(text, sentenceEnd(text, i, end), end)
		if ends(text, start, i, close, end) {
			out = appendTrimmed(out, text, start, close)
			start = close
		}
		i = close
	}
	return appendTrimmed(out, text, start, end)
}

// sentenceEnd gives the end of the marks at i: "?!", and what closes with them.
func sentenceEnd(text string, i, end int) int {
	for i < end {
		r, size := utf8.DecodeRuneInString(text[i:end])
		if !strings.ContainsRune(".!?…。！？｡)\"'”’»」』）]*_", r) {
			break
		}
		i += size
	}
	return i
}

// withCitations gives the end of the citations, such as [1][2], that stand on the
// same line after a sentence that ends at i: they belong to it.
func withCitations(text string, i, end int) int {
	for {
		at := skipBlanks(text[:end], i)
		digits := at + 1
		for digits < end && '0' <= text[digits] && text[digits] <= '9' {
			digits++
		}
		if at >= end || text[at] != '[' || digits == at+1 || digits >= end || text[digits] != ']' ||
			digits+1 < end && (text[digits+1] == '(' || text[digits+1] == ':') {
			return i
		}
		i = digits + 1
		if i < end && strings.IndexByte(".!?", text[i]) >= 0 {
			i++
		}
	}
}

// ends reports whether the marks text[mark:close] end the sentence that began
// at start.
func ends(text string, start, mark, close, end int) bool {
	r, _ := utf8.DecodeRuneInString(text[mark:])
	if strings.ContainsRune("。！？｡", r) || close >= end {
		return true
	}
	rest := strings.TrimLeftFunc(text[close:end], unicode.IsSpace)
	if len(rest) == end-close { // no blank: inside a name
		return false
	}
	if r == '.' && abbreviated(text[start:mark]) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, "\"'“‘«(*_["))
	return !unicode.IsLower(next)
}

// abbreviations end with a full stop in mid-sentence, even before a capital.
var abbreviations = set(`e.g i.e eg ie cf vs viz al approx resp incl excl fig figs sec ch vol ed eds no nos pp
	mr mrs ms dr prof st jr sr inc ltd corp co dept est max min
	jan feb mar apr jun jul aug sep sept oct nov dec
	z.b d.h u.a o.ä bzw ca usw vgl evtl ggf nr p.ex p.ej m mme mlle sra`)

// abbreviated reports whether s, a sentence up to a full stop, ends with an
// abbreviation or an initial.
func abbreviated(s string) bool {
	last := s[strings.LastIndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("([*_\"'“", r) })+1:]
	if r, size := utf8.DecodeRuneInString(last); size == len(last) && unicode.IsUpper(r) {
		return true
	}
	return abbreviations[strings.ToLower(last)]
}
