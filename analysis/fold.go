package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// isASCII reports whether s has only the first 128 characters.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lower gives s in one case and one encoding: full-width and composed forms
// become the plain ones, and ё the е that most write for it and stemming knows.
func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return strings.ReplaceAll(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s))), "ё", "е")
}

// special has letters that are read as others, but don't decompose.
var special = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// fold drops the diacritics of Latin and Greek letters, which readers leave
// out when they type. Elsewhere marks are letters, and stay. What no term may
// hold is dropped too: some ligatures become words with blanks.
func fold(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for _, r := range special.Replace(s) {
		if r >= utf8.RuneSelf && unicode.In(r, unicode.Latin, unicode.Greek) {
			r, _ = utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		}
		if r >= 0x300 && r <= 0x36F || classOf(r) == breaks {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cut shortens a term to MaxTermBytes, at a character's border.
func cut(term string) string {
	if len(term) <= MaxTermBytes {
		return term
	}
	end := MaxTermBytes
	for !utf8.RuneStart(term[end]) {
		end--
	}
	return term[:end]
}
