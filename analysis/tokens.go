package analysis

import (
	"unicode"
	"unicode/utf8"
)

// What a character costs, in sixtieths of a token. Common tokenizers give
// about 4 bytes of English to a token, 3 of code and one character of Chinese
// or Japanese; these weights come out a little above that, since a budget that
// is kept matters more than one that is filled.
const (
	perToken   = 60
	letterCost = 15 // ASCII: 4 letters
	markCost   = 45 // punctuation: often a token of its own
	digitCost  = 24 // up to 3 digits go together
	blankCost  = 8  // mostly part of the next word; a run of blanks counts once
	lineCost   = 24
	accentCost = 40 // Latin letters with diacritics
	alphaCost  = 30 // Cyrillic, Greek, Arabic, Hebrew: 2 letters
	otherCost  = 60 // a character of Chinese, Thai, Devanagari ...
	wideCost   = 150
)

// Tokens estimates how many tokens a model makes of text. The estimate rises
// with every word, and is corrected by what providers report.
func Tokens(text string) int {
	cost, blank := 0, false
	for i := 0; i < len(text); {
		b := text[i]
		if b < utf8.RuneSelf {
			if b == ' ' || b == '\t' {
				if !blank {
					cost += blankCost
				}
				blank = true
			} else {
				cost += asciiCost(b)
				blank = false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		cost += runeCost(r)
		blank = false
		i += size
	}
	return (cost + perToken - 1) / perToken
}

func asciiCost(b byte) int {
	switch {
	case ascii[b] == word && b > '9':
		return letterCost
	case ascii[b] == word:
		return digitCost
	case b == '\n':
		return lineCost
	}
	return markCost
}

func runeCost(r rune) int {
	switch {
	case unicode.Is(unicode.Latin, r):
		return accentCost
	case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew):
		return alphaCost
	case r > 0xFFFF:
		return wideCost
	}
	return otherCost
}

// UTF16Len gives the length of text in UTF-16 units, which is how browsers
// count. A byte that is not UTF-8 counts as the one unit that replaces it.
func UTF16Len(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
