package extract

import (
	"cmp"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// Bounds of what is quoted of one block, in estimated tokens where nothing
// else is said.
const (
	paragraphTokens = 75  // a longer paragraph is cut to neighbouring sentences
	sentencesAtMost = 3   // of a cut one
	stepsTokens     = 230 // numbered steps are kept whole up to here
	listTokens      = 110 // points are kept whole up to here
	wholeTokens     = 130 // a quotation, a definition
	itemsAtMost     = 4   // of a cut list
	rowsAtMost      = 6   // a longer table is cut to the rows that match
	rowsToStandOut  = 3   // a table of as many is cut to one that says more than all others
	codeLines       = 30
)

// every is all parts of a block.
func (b *quoteBlock) every() picked {
	all := make(picked, len(b.parts))
	for i := range all {
		all[i] = i
	}
	return all
}

// pick chooses parts of a block; none where it is too long to be quoted.
func (x *extractor) pick(q *quotable, b *quoteBlock) picked {
	all := b.every()
	text := quote{b, all}.text(q.Text)
	tokens := analysis.Tokens(text)
	switch b.kind {
	case docent.BlockCode:
		if strings.Count(text, "\n") > codeLines+1 {
			return nil
		}
	case docent.BlockTable:
		if len(all) > rowsAtMost || x.standsOut(b) {
			return x.matching(b, rowsAtMost)
		}
	case docent.BlockList:
		if b.number > 0 && tokens > stepsTokens {
			return x.upTo(q, b, stepsTokens)
		}
		if b.number == 0 && len(q.unpointed(b, all)) == 0 && slices.Max(x.ahead(b)) == 0 {
			return nil // nothing but links, and none asked for
		}
		if b.number == 0 && tokens > listTokens {
			return x.matching(b, itemsAtMost)
		}
	case docent.BlockParagraph, docent.BlockAdmonition, docent.BlockHTML:
		all = q.unpointed(b, all)
		if tokens > paragraphTokens && len(all) > 1 {
			return x.neighbours(q, b, all)
		}
	default:
		if tokens > wholeTokens {
			return nil
		}
	}
	return all
}

// upTo picks the first parts, as many as the bound allows and at least one.
func (x *extractor) upTo(q *quotable, b *quoteBlock, tokens int) picked {
	n := 0
	for n < len(b.parts) {
		if tokens -= analysis.Tokens(q.part(b, n)); tokens < 0 && n > 0 {
			break
		}
		n++
	}
	return b.every()[:n]
}

// matching picks the parts that have most of the question's words, in order;
// those with half as much as the best one, or the first parts where none has
// more than the others.
func (x *extractor) matching(b *quoteBlock, most int) picked {
	values := x.ahead(b)
	all := b.every()
	best := slices.Max(values)
	if best == 0 {
		return all[:min(len(all), most)]
	}
	all = slices.DeleteFunc(all, func(i int) bool { return values[i] < best/2 })
	slices.SortStableFunc(all, func(i, j int) int { return cmp.Compare(values[j], values[i]) })
	all = all[:min(len(all), most)]
	slices.Sort(all)
	return all
}

// ahead tells how far each part is ahead of the block's poorest.
func (x *extractor) ahead(b *quoteBlock) []float64 {
	values := make([]float64, len(b.parts))
	for i, part := range b.parts {
		values[i] = x.sum(part.cover) + keyBonus*x.sum(part.key)
	}
	least := slices.Min(values)
	for i := range values {
		values[i] -= least
	}
	return values
}

// standsOut reports whether one row says much more than each of the others.
func (x *extractor) standsOut(b *quoteBlock) bool {
	values := x.ahead(b)
	slices.Sort(values)
	n := len(values)
	return n >= rowsToStandOut && values[n-1] > 2*values[n-2]
}

// neighbours picks sentences that stand together: those that fit best, from
// the first one on where that is as good.
func (x *extractor) neighbours(q *quotable, b *quoteBlock, all picked) picked {
	var best picked
	most := -1.0
	for from := range all {
		value, tokens := 0.0, 0
		switch first := q.part(b, all[from]); {
		case from == 0:
			value = 0.1
		case refersBack(first), leans(first):
			value = -0.2
		}
		for to := from; to < len(all) && to < from+sentencesAtMost; to++ {
			tokens += analysis.Tokens(q.part(b, all[to]))
			if to > from && tokens > paragraphTokens {
				break
			}
			if value += x.partValue(q, b.parts[all[to]]); value > most {
				best, most = all[from:to+1], value
			}
		}
	}
	return best
}

// unpointed leaves sentences that only point to another page out at both ends.
func (q *quotable) unpointed(b *quoteBlock, all picked) picked {
	for len(all) > 0 && q.points(q.part(b, all[0])) {
		all = all[1:]
	}
	for len(all) > 0 && q.points(q.part(b, all[len(all)-1])) {
		all = all[:len(all)-1]
	}
	return all
}

// pointing begin sentences that only lead elsewhere, in a few languages.
var pointing = []string{"see ", "see also ", "siehe ", "voir ", "véase ", "for more information", "for more details", "for details"}

// pointerBytes is how long a sentence that only leads elsewhere is at most.
const pointerBytes = 120

// points reports whether a sentence is little more than a link.
func (q *quotable) points(sentence string) bool {
	if lower := strings.ToLower(sentence); len(sentence) <= pointerBytes && !strings.HasSuffix(sentence, ":") &&
		slices.ContainsFunc(pointing, func(p string) bool { return strings.HasPrefix(lower, p) }) {
		return true
	}
	return slices.ContainsFunc(q.Links, func(l docent.Link) bool {
		return l.Text != "" && strings.Contains(sentence, l.Text) && 3*len(l.Text) >= len(sentence)
	})
}
