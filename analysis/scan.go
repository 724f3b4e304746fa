package analysis

import (
	"unicode"
	"unicode/utf8"
)

// class says what a character does in a run.
type class byte

const (
	breaks class = iota // ends a run
	word                // letters, digits and the marks on them
	joins               // holds a run together: -._/:@+#$~
	quotes              // joins letters: don't, l'index
	cjk                 // written without blanks: becomes bigrams
)

// ascii has the classes of the first 128 characters.
var ascii = func() (t [utf8.RuneSelf]class) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			t[c] = word
		}
	}
	for _, c := range joiners {
		t[c] = joins
	}
	t['\''] = quotes
	return t
}()

// unspaced are the scripts whose words no blank divides. Hangul is divided,
// but its words carry endings that bigrams see past.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		return ascii[r]
	case r == '’':
		return quotes
	case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
		return breaks
	case r == 'ー' || unicode.In(r, unspaced...):
		return cjk
	}
	return word
}

// eachRun calls fn for each run of text, and says whether it is one of
// unspaced characters.
func eachRun(text string, fn func(run string, unspaced bool)) {
	start, kind := -1, breaks
	flush := func(end int) {
		if start >= 0 {
			fn(text[start:end], kind == cjk)
		}
		start = -1
	}
	for i := 0; i < len(text); {
		c, size := class(0), 1
		if b := text[i]; b < utf8.RuneSelf {
			c = ascii[b]
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			c = classOf(r)
		}
		switch {
		case c == breaks:
			flush(i)
		case c == cjk && kind != cjk, c != cjk && kind == cjk, start < 0:
			flush(i)
			start = i
			kind = word
			if c == cjk {
				kind = cjk
			}
		}
		i += size
	}
	flush(len(text))
}
