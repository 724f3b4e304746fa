package embedding

import (
	"iter"
	"strings"
	"unicode"
)

// Words are the whole words among the pieces, in lower case: the some 20,000 most
// common ones of English, and names. What is among them is hardly misspelt.
func (m *Model) Words() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range m.count {
			word := m.piece(i)
			other := func(r rune) bool { return !unicode.IsLetter(r) }
			if strings.IndexFunc(word, other) < 0 && word != "" && !yield(word) {
				return
			}
		}
	}
}
