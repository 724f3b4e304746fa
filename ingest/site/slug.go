package site

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// slugger makes anchors as GitHub does: lower case, all but letters, marks,
// digits, connectors and hyphens dropped, each single space a hyphen. It is
// for one document and one goroutine.
type slugger struct {
	lower cases.Caser
	seen  ids
}

func newSlugger() *slugger {
	// Not strings.ToLower: GitHub turns a final sigma into ς and İ into i
	// with a combining dot.
	return &slugger{lower: cases.Lower(language.Und), seen: ids{}}
}

// slug makes the anchor of a heading with the given text. A text that comes
// again gets -1, -2 ..., past any number that another heading already has.
func (s *slugger) slug(text string) string {
	return s.slugAs(text, false)
}

// slugAs makes an anchor that may keep its capitals.
func (s *slugger) slugAs(text string, keepCase bool) string {
	if !keepCase {
		text = s.toLower(text)
	}
	return s.seen.free(strings.Map(slugRune, text))
}

// toLower is the Caser, spared where ASCII makes it needless.
func (s *slugger) toLower(text string) string {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return s.lower.String(text)
		}
	}
	return strings.ToLower(text)
}

// slugRune is the rune that r becomes in an anchor; -1 drops it.
func slugRune(r rune) rune {
	switch {
	case r == ' ':
		return '-'
	case r == '-', unicode.IsLetter(r),
		unicode.In(r, unicode.Nl, unicode.Other_Alphabetic, unicode.M, unicode.Nd, unicode.Pc):
		return r
	}
	return -1
}
