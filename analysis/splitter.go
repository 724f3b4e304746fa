package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxParagraph is how much of a paragraph is looked at together; a longer one
// is divided there.
const maxParagraph = 16 << 10

// Splitter finds the sentences that Sentences would, of a text that comes in
// pieces, each as soon as nothing that follows can be part of it: with the
// first character of the next one mostly. It keeps the paragraph that is
// coming, never more than maxParagraph and a piece. The zero value begins a
// text.
type Splitter struct {
	text      strings.Builder
	paragraph string // what of text is left: from a line's start, without lines that are done with
	at        int    // its place in the text
	line      int    // where the last line begins in it
	done      int    // up to where its sentences were given
	seen      int    // up to where marks that may end a sentence were looked for
	mark      int    // the place after the last one's first byte; 0: there is none
	looked    int    // up to where it was looked for ends of sentences
	fence     string // open; then there is only a line in paragraph
}

// Write takes the next piece of the text and gives the sentences that are
// complete now, as places in the whole text.
func (s *Splitter) Write(piece string) []Span {
	var out []Span
	for piece != "" {
		line, rest, ended := strings.Cut(piece, "\n")
		piece = rest
		if !ended {
			s.add(line)
			break
		}
		s.add(line)
		s.add("\n")
		out = s.endLine(out)
	}
	if s.fence != "" {
		return out
	}
	if kind, lead := lineOf(s.paragraph[s.line:]); s.line > 0 && s.line+lead < len(s.paragraph) &&
		(kind == lineItem || kind == lineHead || kind == lineRow || kind == lineFence) {
		out = s.settle(out, s.line)
	}
	if len(s.paragraph) > maxParagraph {
		return s.settle(out, len(s.paragraph))
	}
	return s.early(out)
}

// add adds to the paragraph. A builder's text is not copied to be looked at; what is
// done with goes when there is more of it than of the rest.
func (s *Splitter) add(piece string) {
	if left := len(s.paragraph); s.text.Len() > 2*left+len(piece) {
		rest := s.paragraph
		s.text.Reset()
		s.text.WriteString(rest)
	}
	left := len(s.paragraph)
	s.text.WriteString(piece)
	s.paragraph = s.text.String()[s.text.Len()-left-len(piece):]
}

// Close ends the text and gives the sentences that are left.
func (s *Splitter) Close() []Span {
	if s.fence != "" {
		return nil
	}
	return s.settle(nil, len(s.paragraph))
}

// Settled is how much of the text belongs to no sentence that is still to be
// given, but for the marks before one.
func (s *Splitter) Settled() int {
	if s.fence != "" {
		return s.at + len(s.paragraph)
	}
	return s.at + s.done
}

// endLine looks at the line that is now complete.
func (s *Splitter) endLine(out []Span) []Span {
	line := s.paragraph[s.line : len(s.paragraph)-1]
	kind, at := lineOf(line)
	switch {
	case s.fence != "":
		if kind == lineFence && strings.HasPrefix(line[at:], s.fence) && strings.Trim(line[at:], s.fence[:1]+" \t\r") == "" {
			s.fence = ""
		}
		s.drop(len(s.paragraph))
	case kind == lineFence:
		out = s.settle(out, s.line)
		s.fence = fenceOf(line[at:])
		s.drop(len(s.paragraph))
	case kind == lineBlank, kind == lineRow, kind == lineHead:
		out = s.settle(out, len(s.paragraph))
	case kind == lineItem && s.line > 0:
		out = s.settle(out, s.line)
	}
	s.line = len(s.paragraph)
	return out
}

// settle gives the sentences up to end, with which they all end, and forgets
// that part.
func (s *Splitter) settle(out []Span, end int) []Span {
	for _, span := range Sentences(s.paragraph[:end]) {
		out = s.give(out, span)
	}
	s.drop(end)
	return out
}

// early gives the sentences that are complete before their paragraph is.
func (s *Splitter) early(out []Span) []Span {
	from := max(s.seen-utf8.UTFMax, 0) // a mark may come in parts
	if at := strings.LastIndexAny(s.paragraph[from:], ".!?…。！？｡"); at >= 0 {
		s.mark = from + at + 1
	}
	s.seen = len(s.paragraph)
	if s.mark <= s.looked || !followed(s.paragraph[s.mark-1:]) {
		return out
	}
	s.looked = s.mark
	spans := Sentences(s.paragraph)
	for _, span := range spans[:max(len(spans)-1, 0)] {
		if span.Start >= s.done && isOpen(s.paragraph[span.Start:span.End]) {
			break
		}
		out = s.give(out, span)
	}
	return out
}

func (s *Splitter) give(out []Span, span Span) []Span {
	if span.Start < s.done {
		return out
	}
	s.done = span.End
	return append(out, Span{s.at + span.Start, s.at + span.End})
}

func (s *Splitter) drop(n int) {
	s.paragraph = s.paragraph[n:]
	s.at += n
	for _, place := range []*int{&s.line, &s.done, &s.looked, &s.seen, &s.mark} {
		*place = max(*place-n, 0)
	}
}

// followed reports whether a word stands after the mark that s begins with and
// its citations, so that it is known whether that mark ends a sentence.
func followed(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	end := withCitations(s, sentenceEnd(s, 0, len(s)), len(s))
	rest := strings.TrimLeftFunc(s[end:], unicode.IsSpace)
	if size == 1 && len(rest) == len(s)-end { // no blank: inside a name
		return false
	}
	if strings.HasPrefix(rest, "[") && strings.Trim(rest, "[0123456789]") == "" {
		return false // may become a citation
	}
	return strings.TrimLeft(rest, "\"'“‘«(*_[") != ""
}

// isOpen reports whether a code span or link may have begun in a sentence that
// ends beyond it.
func isOpen(s string) bool {
	for i := 0; i < len(s); {
		next := skipOpaque(s, i, len(s))
		switch {
		case next > i:
			i = next
			continue
		case s[i] == '`', s[i] == '[' && matching(s, i, len(s), '[', ']') == i:
			return true
		}
		i++
	}
	return strings.Contains(s, "](") && strings.Count(s, "(") > strings.Count(s, ")")
}
