package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible is a text without what a reader does not see, and a model, a terminal
// or an eye is led by: the tags that write letters nobody sees, what turns the
// direction of a text, controls (and so every ANSI sequence, and the returns that
// begin a line for some only), characters of no width. Single joiners stay, which scripts and emoji are written with; what
// divides lines does so as "\n". Bytes that are no character become U+FFFD, each, so that
// none is made of what stood apart.
func visible(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, suspect) < 0 {
		return text
	}
	var u unseen
	return u.clean(text) + u.rest()
}

// unseen does what visible does, piece by piece.
type unseen struct {
	joiners int    // that just passed
	partial string // of a character cut by a piece's end
}

// maxJoiners is how many joiners emoji and scripts have in a row.
const maxJoiners = 2

// clean gives what is visible of the next piece.
func (u *unseen) clean(piece string) string {
	if u.partial == "" && u.joiners == 0 && utf8.ValidString(piece) && strings.IndexFunc(piece, suspect) < 0 {
		return piece
	}
	piece, u.partial = u.partial+piece, ""
	var b strings.Builder
	for piece != "" {
		if !utf8.FullRuneInString(piece) {
			u.partial = piece
			break
		}
		r, size := utf8.DecodeRuneInString(piece)
		switch {
		case isJoiner(r):
			if u.joiners++; u.joiners <= maxJoiners {
				b.WriteString(piece[:size])
			}
		case r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
			u.joiners = 0
		case !isUnseen(r):
			b.WriteRune(r) // what is no character does not become one with its neighbour
			u.joiners = 0
		}
		piece = piece[size:]
	}
	return b.String()
}

// rest is what is left when the text ends: bytes of no character.
func (u *unseen) rest() string { return strings.Repeat(string(utf8.RuneError), len(u.partial)) }

// suspect reports whether a character may not pass as it is.
func suspect(r rune) bool {
	return isUnseen(r) || isJoiner(r) || r == '\u2028' || r == '\u2029'
}

// isJoiner reports whether a character says how its neighbours are joined,
// directed or drawn.
func isJoiner(r rune) bool {
	return r == '\u200c' || r == '\u200d' || r == '\u200e' || r == '\u200f' || r == '\u061c' || r >= 0xFE00 && r <= 0xFE0F
}

// isUnseen reports whether a character is dropped wherever it stands.
func isUnseen(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	case r >= 0xE0000 && r <= 0xE0FFF: // tags, and more variation selectors than a text has
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // direction
		return true
	case r >= 0x2060 && r <= 0x2065, r >= 0x206a && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	switch r {
	case 0x00ad, 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180e, 0x200b, 0x3164, 0xfeff, 0xffa0:
		return true
	}
	return unicode.IsControl(r)
}

// visibleFilter passes on what is visible of a model's text.
type visibleFilter struct {
	unseen unseen
	next   textFilter
}

// Write takes the next piece of the text. The error is next's.
func (f *visibleFilter) Write(text string) error {
	if text = f.unseen.clean(text); text == "" {
		return nil
	}
	return f.next.Write(text)
}

// Close ends the text, and with it next.
func (f *visibleFilter) Close() error {
	if rest := f.unseen.rest(); rest != "" {
		f.unseen.partial = ""
		if err := f.next.Write(rest); err != nil {
			return err
		}
	}
	return f.next.Close()
}
