package extract

import (
	"maps"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
	"docent/chat"
)

// How near to the best block's value others must be to be quoted; where the
// headings have aboutShare of the question the whole section is about it.
const (
	keepShare      = 0.7
	aboutShare     = 0.5
	aboutKeepShare = 0.4
	decidingShare  = 0.5 // of the question, that a sentence has with which an answer begins for it decides
)

// bounds are how much is quoted of a section, at most.
type bounds struct {
	tokens int // of prose, estimated
	blocks int // of code
	lines  int // of code
	words  int // of all, but for the best block with what it needs around it
	most   int // of words, for that one
}

var (
	firstBounds  = bounds{tokens: 180, blocks: 3, lines: 40, words: 130, most: 190}
	secondBounds = bounds{tokens: 100, blocks: 1, lines: 20, words: 60, most: 60}
	partBounds   = bounds{tokens: 110, blocks: 1, lines: 20, words: 65, most: 100} // of several things
)

// quote is what is taken of one block.
type quote struct {
	*quoteBlock
	picked picked
}

// picked are places of parts within their block, in order.
type picked []int

// text is the quoted text: items and rows line by line, of other blocks all
// from the first part to the last.
func (q quote) text(text string) string {
	if q.kind != docent.BlockList && q.kind != docent.BlockTable {
		return text[q.parts[q.picked[0]].Start:q.parts[q.picked[len(q.picked)-1]].End]
	}
	var lines []string
	if q.head.End > 0 {
		lines = append(lines, text[q.head.Start:q.head.End])
	}
	for _, i := range q.picked {
		lines = append(lines, strings.TrimRight(text[q.parts[i].Start:q.parts[i].End], "\n"))
	}
	return strings.Join(lines, "\n")
}

// words is the quoted text as an answer may have it.
func (q quote) words(text string) string {
	if q.kind == docent.BlockCode {
		return q.text(text)
	}
	return chat.Harmless(q.text(text))
}

// selection is what is picked of a section's blocks, by their places.
type selection map[int]picked

// add picks more of a block.
func (s selection) add(block int, more picked) {
	if len(more) == 0 {
		return
	}
	all := slices.Concat(s[block], more)
	slices.Sort(all)
	s[block] = slices.Compact(all)
}

// compose chooses what to quote of a section, in its order, within bounds. The
// best block that is not too long is always in.
func (x *extractor) compose(q *quotable, most bounds) []quote {
	chosen := make(selection)
	best, share := 0.0, keepShare
	if x.sum(q.heading) >= aboutShare {
		share = aboutKeepShare
	}
	for _, at := range byValue(q.blocks) {
		if b := &q.blocks[at]; b.value < share*best {
			break
		} else if b.kind == docent.BlockTable && b.value < keepShare*best {
			continue
		}
		group := x.group(q, at)
		if len(chosen) == 0 && len(q.settle(group)) == 0 {
			continue // it announces what is not there
		}
		with := maps.Clone(chosen)
		for block, more := range group {
			with.add(block, more)
		}
		cost := q.cost(with)
		if len(with) == 0 || cost.words > most.most || len(chosen) > 0 && cost.exceeds(most) {
			continue
		}
		chosen, best = with, max(best, q.blocks[at].value)
	}
	return x.begin(q, q.settle(chosen))
}

// wordsAtMost is how long an answer is at most, but for headings and citations.
const wordsAtMost = 200

// within gives bounds of which no more than a number of words is left.
func (c bounds) within(words int) bounds {
	c.words, c.most = min(c.words, words), min(c.most, words)
	return c
}

func (c bounds) exceeds(most bounds) bool {
	return c.tokens > most.tokens || c.blocks > most.blocks || c.lines > most.lines || c.words > most.words
}

// begin lets quotes begin with the sentence that defines or decides what is asked,
// where that has as much of the question as any other.
func (x *extractor) begin(q *quotable, quotes []quote) []quote {
	at, first, most := 0, -1, 0.0
	for i, quote := range quotes {
		for _, n := range quote.picked {
			part := quote.parts[n]
			has := x.sum(part.cover) + part.defines
			if has > most {
				at, first, most = i, -1, has
			}
			if has == most && first < 0 && (part.decides || part.defines > 0) {
				at, first = i, n
			}
		}
	}
	if first < 0 || !x.what && (most < decidingShare || x.about(q) >= aboutShare) { // what is headed so answers from its beginning
		return quotes
	}
	b := quotes[at].quoteBlock
	if text := q.part(b, first); leans(text) || pointsBack(text) || continues(text) || at > 0 && q.introduces(quotes[at-1], b) {
		return quotes
	}
	kept := quote{b, quotes[at].picked[slices.Index(quotes[at].picked, first):]}
	if !citable(kept.words(q.Text), b.kind) {
		return quotes
	}
	return append([]quote{kept}, quotes[at+1:]...)
}

// cost is what a selection takes of the bounds.
func (q *quotable) cost(s selection) bounds {
	var cost bounds
	for block, parts := range s {
		b := &q.blocks[block]
		text := quote{b, parts}.text(q.Text)
		cost.words += len(strings.Fields(text))
		if b.kind == docent.BlockCode {
			cost.blocks++
			cost.lines += strings.Count(text, "\n") - 1
		} else {
			cost.tokens += analysis.Tokens(text)
		}
	}
	return cost
}

// settle puts a selection into the section's order, and takes out what can't be
// understood: sentences and items that announce what was not chosen or lean on
// it, steps without the first ones.
func (q *quotable) settle(s selection) []quote {
	var quotes []quote
	for _, block := range slices.Sorted(maps.Keys(s)) {
		b, parts := &q.blocks[block], s[block]
		before, followed := s[block-1] != nil, s[block+1] != nil
		if last := parts[len(parts)-1]; !followed && last == len(b.parts)-1 && b.announces(q.part(b, last)) {
			parts = parts[:len(parts)-1]
		}
		if len(parts) > 0 && leans(q.part(b, parts[0])) && !(parts[0] == 0 && before) {
			parts = parts[1:]
		}
		if len(parts) == 0 || b.number > 0 && parts[0] > 0 || b.number > 1 && !before {
			continue
		}
		if taken := (quote{b, parts}); citable(taken.words(q.Text), b.kind) { // a part may leave code open
			quotes = append(quotes, taken)
		}
	}
	return quotes
}

// part is the text of a block's part.
func (q *quotable) part(b *quoteBlock, i int) string { return q.Text[b.parts[i].Start:b.parts[i].End] }

// group picks of a block, and of the blocks around it what it can't be
// understood without.
func (x *extractor) group(q *quotable, at int) selection {
	s := make(selection)
	b := &q.blocks[at]
	s.add(at, x.pick(q, b))
	if len(s) == 0 {
		return s
	}
	switch b.kind {
	case docent.BlockParagraph, docent.BlockAdmonition:
		x.follow(q, at, s)
	case docent.BlockList:
		x.introduce(q, x.steps(q, at, s), s)
		x.follow(q, at, s)
	case docent.BlockCode:
		if at > 0 && q.blocks[at-1].kind == docent.BlockList { // it belongs to an item
			x.introduce(q, x.steps(q, at-1, s), s)
			break
		}
		x.introduce(q, at, s)
		q.goOn(at, s)
	case docent.BlockTable:
		x.introduce(q, at, s)
	}
	x.reachBack(q, at, s)
	return s
}

// reachBack picks what the first part of a block leans on.
func (x *extractor) reachBack(q *quotable, at int, s selection) {
	if len(s[at]) == 0 {
		return
	}
	b, first := &q.blocks[at], s[at][0]
	switch {
	case !leans(q.part(b, first)):
	case first > 0:
		s.add(at, picked{first - 1})
		x.reachBack(q, at, s)
	case at > 0:
		s.add(at-1, x.pick(q, &q.blocks[at-1]))
		if q.blocks[at-1].kind == docent.BlockCode {
			x.introduce(q, at-1, s)
		}
	}
}

// follow picks what a paragraph or an item announces, or the code that shows
// what a paragraph says.
func (x *extractor) follow(q *quotable, at int, s selection) {
	b, next := &q.blocks[at], at+1
	if next == len(q.blocks) {
		return
	}
	n := &q.blocks[next]
	last := len(b.parts) - 1
	switch {
	case q.introduces(quote{b, b.every()}, n):
		if s[at][len(s[at])-1] != last {
			return
		}
		s.add(next, x.announced(q, n))
		if n.kind == docent.BlockList {
			x.steps(q, next, s)
		}
		q.goOn(next, s)
	case b.kind != docent.BlockList && n.kind == docent.BlockCode && (x.practical || n.value >= b.value/2):
		s.add(next, x.pick(q, n))
		q.goOn(next, s)
	}
}

// announced picks of a block that prose announces: of a short list all, though
// it be nothing but links.
func (x *extractor) announced(q *quotable, b *quoteBlock) picked {
	all := b.every()
	if b.kind == docent.BlockList && analysis.Tokens(quote{b, all}.text(q.Text)) <= listTokens {
		return all
	}
	return x.pick(q, b)
}

// goOn picks what ends the sentence that stands before picked code.
func (q *quotable) goOn(code int, s selection) {
	next := code + 1
	if s[code] != nil && next < len(q.blocks) && q.blocks[code].kind == docent.BlockCode && continues(q.part(&q.blocks[next], 0)) {
		s.add(next, picked{0})
	}
}

// drop takes out the blocks of which something was quoted already.
func (q *quotable) drop(quoted map[string]bool) {
	q.blocks = slices.DeleteFunc(slices.Clone(q.blocks), func(b quoteBlock) bool {
		return slices.ContainsFunc(b.parts, func(p quotePart) bool { return quoted[q.Text[p.Start:p.End]] })
	})
}

// introduce picks the sentence before a block at the given place.
func (x *extractor) introduce(q *quotable, at int, s selection) {
	if at == 0 {
		return
	}
	b := &q.blocks[at-1]
	last := len(b.parts) - 1
	switch {
	case b.kind != docent.BlockParagraph && b.kind != docent.BlockAdmonition:
	case q.introduces(quote{b, b.every()}, &q.blocks[at]), q.blocks[at].kind == docent.BlockCode:
		if analysis.Tokens(quote{b, b.every()}.text(q.Text)) <= paragraphTokens {
			s.add(at-1, b.every())
		} else {
			s.add(at-1, picked{last})
		}
	}
}

// steps picks the whole of numbered steps that code between them divides into
// several lists, and says where they begin: of steps that are too long the
// first ones.
func (x *extractor) steps(q *quotable, at int, s selection) (first int) {
	inRun := func(i int) bool {
		return i >= 0 && i < len(q.blocks) && (q.blocks[i].kind == docent.BlockCode || q.blocks[i].kind == docent.BlockList)
	}
	first, end := at, at+1
	for q.blocks[first].number != 1 && inRun(first-1) {
		first--
	}
	if q.blocks[first].number == 0 {
		return at
	}
	for inRun(end) && q.blocks[end].number != 1 {
		end++
	}
	whole := make(selection)
	for i := first; i < end; i++ {
		whole.add(i, q.blocks[i].every())
	}
	if q.cost(whole).tokens <= stepsTokens {
		maps.Copy(s, whole)
		return first
	}
	delete(s, at)
	for i := first; i < end; i++ {
		s.add(i, x.pick(q, &q.blocks[i]))
		if i > first && q.cost(s).tokens > stepsTokens {
			delete(s, i)
			break
		}
	}
	return first
}
