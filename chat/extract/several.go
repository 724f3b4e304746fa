package extract

import (
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// ownShare is how much of its own words a part of a question must find.
const ownShare = 0.65

// answerEach answers several things one after the other, each from the section
// that fits it; not ok where only one of them has an answer.
func (r *reading) answerEach(parts []asked) (text string, ok bool) {
	var blocks []string
	var last *quotable
	answered := 0
	for _, part := range parts {
		x := r.extractor(part)
		q, quotes := x.firstWithin(partBounds)
		if len(quotes) == 0 || !x.hasOwn(q, quotes) {
			continue
		}
		answered++
		titled := last != nil && (last.Path != q.Path || last.Heading() != q.Heading())
		blocks = append(blocks, x.render(q, quotes, titled || x.needsHeading(q, quotes))...)
		x.note(q, quotes)
		for _, s := range r.sections {
			s.drop(r.quoted)
		}
		last = q
	}
	if answered < 2 {
		r.again()
		return "", false
	}
	return strings.Join(blocks, "\n\n"), true
}

// hasOwn reports whether quotes speak of what this part of the question asks,
// not only of what was asked before.
func (x *extractor) hasOwn(q *quotable, quotes []quote) bool {
	has, all := 0.0, 0.0
	for i, c := range coverOf(q, quotes)[:x.own] {
		has += x.weights[i] * c
		all += x.weights[i]
	}
	return all > 0 && has >= ownShare*all
}

// saysOfBoth reports whether one sentence or row of what answers best speaks of
// both things that are compared.
func (x *extractor) saysOfBoth() bool {
	q, quotes := x.first()
	for _, quote := range quotes {
		for _, i := range quote.picked {
			text := q.part(quote.quoteBlock, i)
			if quote.kind != docent.BlockCode && !slices.ContainsFunc(x.things, func(a asked) bool { return !x.names(text, a.text) }) {
				return true
			}
		}
	}
	return false
}

// names reports whether a text has the words of a thing, or one of the parts of each.
func (x *extractor) names(text, thing string) bool {
	terms := x.termsOf(text, x.lang)
	for _, w := range analysis.QueryWords(thing, x.lang) {
		if !slices.ContainsFunc(w, func(t string) bool { return slices.Contains(terms, t) }) {
			return false
		}
	}
	return true
}
