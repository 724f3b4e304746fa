package chat

import "unicode/utf8"

// pieceBytes is about how long the deltas of a text are that is there at once.
const pieceBytes = 24

// pieces cuts a finished text into deltas such as a model's: a few words each,
// never longer than a line, never through a character. Joined they are text.
func pieces(text string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		long := i-start >= pieceBytes
		if r == '\n' || long && r == ' ' || i-start >= 2*pieceBytes {
			out = append(out, text[start:i])
			start = i
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
