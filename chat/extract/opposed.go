package extract

import (
	"docent/chat"
)

// opposes reports whether text, which has cover of the question, says the
// opposite of one of its words and not that word.
func (x *extractor) opposes(text, lang string, cover []float64) bool {
	for i, w := range x.words {
		if against := chat.Opposites(w[0]); against != nil && cover[i] == 0 {
			for _, t := range x.termsOf(text, lang) {
				if against[t] {
					return true
				}
			}
		}
	}
	return false
}

// heed marks the parts of q that answer the opposite of the question: those
// that name it, and under a heading that does all without the asked word.
func (x *extractor) heed(q *quotable, lang string) {
	heading := q.Heading()
	own := x.cover(heading, lang)
	q.opposed = x.opposes(heading, lang, own)
	for i := range q.blocks {
		for j := range q.blocks[i].parts {
			part := &q.blocks[i].parts[j]
			if part.opposed = x.opposes(q.part(&q.blocks[i], j), lang, part.cover); q.opposed && !part.opposed {
				part.opposed = !x.hasOpposable(part.cover)
			}
		}
	}
}

// hasOpposable reports whether cover holds the words of the question that have
// opposites.
func (x *extractor) hasOpposable(cover []float64) bool {
	for i, w := range x.words {
		if chat.Opposites(w[0]) != nil && cover[i] == 0 {
			return false
		}
	}
	return true
}
