package embedding

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxWord is of how many characters a word may be; longer ones are unknown.
	maxWord = 100
	// continues begins the pieces that stand within a word.
	continues = "##"
	// unknown is the piece of a word that can't be put together from pieces.
	unknown = -1
)

// pieces takes texts apart. Its memory serves one text after the other.
type pieces struct {
	found  []int
	word   []byte // in lower case, without accents
	runes  int    // of word
	hashes []uint32
}

// of gives the pieces of a text, until the next call: BERT's uncased WordPiece.
// Control characters and accents are dropped, words end at blanks, and each
// punctuation mark and each Chinese character is a word of its own; a word is
// its longest beginning that is a piece, and so on with the rest. The reference
// takes some 800 accents and marks that came after Unicode 8 for letters.
func (p *pieces) of(t *table, text string) []int {
	p.found, p.word, p.runes = p.found[:0], p.word[:0], 0
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			text = norm.NFD.String(text) // an accent is a character of its own then
			break
		}
	}
	for _, r := range text {
		switch kindOf(r) {
		case letter:
			p.word = utf8.AppendRune(p.word, lower(r))
			p.runes++
		case blank:
			p.end(t)
		case alone:
			p.end(t)
			p.word = utf8.AppendRune(p.word, lower(r))
			p.runes++
			p.end(t)
		}
	}
	p.end(t)
	return p.found
}

// end takes the word apart that ends here, if one does.
func (p *pieces) end(t *table) {
	if p.runes == 0 {
		return
	}
	before := len(p.found)
	if p.runes > maxWord || !p.split(t) {
		p.found = append(p.found[:before], unknown)
	}
	p.word, p.runes = p.word[:0], 0
}

// split adds the pieces of the word. false: what was added is not all of it.
func (p *pieces) split(t *table) bool {
	for rest, prefix := p.word, ""; len(rest) > 0; prefix = continues {
		piece, n := p.longest(t, prefix, rest)
		if piece == unknown {
			return false
		}
		p.found = append(p.found, piece)
		rest = rest[n:]
	}
	return true
}

// longest gives the piece that is prefix and the longest beginning of word, and
// how many bytes of word that is.
func (p *pieces) longest(t *table, prefix string, word []byte) (piece, n int) {
	word = word[:min(len(word), t.longest)]
	p.hash(prefix, word)
	for n = len(word); n > 0; n-- {
		if piece = t.find(p.hashes[n-1], prefix, word[:n]); piece != unknown {
			return piece, n
		}
	}
	return unknown, 0
}

// hash makes the hashes of all beginnings of prefix and word, from the first
// byte of word on.
func (p *pieces) hash(prefix string, word []byte) {
	h := uint32(fnvBasis)
	for i := range len(prefix) {
		h = hashed(h, prefix[i])
	}
	p.hashes = p.hashes[:0]
	for _, b := range word {
		h = hashed(h, b)
		p.hashes = append(p.hashes, h)
	}
}

// kind is what a character does to the words around it.
type kind uint8

const (
	letter  kind = iota // belongs to a word
	blank               // ends one
	alone               // is one
	dropped             // is not there
)

// ascii has the kinds of the first characters.
var ascii = func() (kinds [utf8.RuneSelf]kind) {
	for r := range rune(utf8.RuneSelf) {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			kinds[r] = blank
		case r < ' ' || r == 0x7f:
			kinds[r] = dropped
		case r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z':
			kinds[r] = alone
		}
	}
	return kinds
}()

func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		return ascii[r]
	case unicode.IsSpace(r) && r != 0x85: // which is a control character first
		return blank
	case r == utf8.RuneError, unicode.In(r, unicode.Mn, unicode.Cc, unicode.Cf, unicode.Co):
		return dropped
	case chinese(r), unicode.IsPunct(r):
		return alone
	}
	return letter
}

// chinese reports whether BERT takes r for a Chinese character.
func chinese(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r >= 0x20000 && r <= 0x2a6df || r >= 0x2a700 && r <= 0x2ceaf ||
		r >= 0xf900 && r <= 0xfaff || r >= 0x2f800 && r <= 0x2fa1f
}

func lower(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	return unicode.ToLower(r)
}
