package extract

import (
	"strings"

	"docent"
	"docent/analysis"
	"docent/chat"
)

// quotable is a passage taken apart into what can be quoted of it.
type quotable struct {
	docent.Passage
	whole  []quoteBlock // what can be quoted
	blocks []quoteBlock // of these what was not quoted yet
	// How much of each word of the question the headings have, the page's title
	// included, and that title alone.
	heading, title []float64
	all            []float64 // what all of the text has, quotable or not
	near           float64   // how close together the question's words stand in the heading
	subject        float64   // how far the heading is what is asked after
	opposed        bool      // the heading says the opposite of what is asked
}

// quoteBlock is a block with its parts: sentences, items, rows or, of what
// loses its sense in pieces, the whole.
type quoteBlock struct {
	kind   docent.BlockKind
	number int           // of an ordered list's first item; 0 for other blocks
	head   analysis.Span // of a table: its first two lines
	parts  []quotePart
	value  float64 // set by the extractor
}

// quotePart is the least that is quoted: a place in the passage's text, and
// how much of each word of the question stands there.
type quotePart struct {
	analysis.Span
	cover    []float64
	key      []float64 // of a row: what its first cell has; nil for other parts
	near     float64   // how much of the question stands close together
	defines  float64   // how far it is a definition of what is asked after
	fragment bool      // a paragraph's end without the end of a sentence
	decides  bool      // it says yes or no, for one who asks that
	place    bool      // it says where something is, for one who asks that
	opposed  bool      // it is about the opposite of what is asked
}

// takeApart finds the blocks of a passage and their parts. What can't be quoted
// to the letter with a citation after it is left out.
func takeApart(p docent.Passage) *quotable {
	q := &quotable{Passage: p}
	blocks := p.Blocks
	if len(blocks) == 0 {
		blocks = []docent.Block{{Kind: docent.BlockParagraph, End: len(p.Text)}}
	}
	for _, b := range blocks {
		if b.Start < 0 || b.End > len(p.Text) || b.Start >= b.End {
			continue
		}
		span := trimmed(p.Text, analysis.Span{Start: b.Start, End: b.End})
		block := divide(p.Text, span, b.Kind)
		switch {
		case len(block.parts) == 0:
		case citable(chat.Harmless(p.Text[span.Start:span.End]), b.Kind):
			q.blocks = append(q.blocks, block)
		default:
			q.blocks = append(q.blocks, q.citableParts(block)...)
		}
	}
	q.whole = q.blocks
	return q
}

// citableParts gives the blocks that remain of one without the sentences, points
// and rows that can't be quoted. Steps are left out whole.
func (q *quotable) citableParts(b quoteBlock) []quoteBlock {
	var runs []quoteBlock
	prose := b.kind == docent.BlockParagraph || b.kind == docent.BlockAdmonition || b.kind == docent.BlockHTML
	if b.number > 0 || !prose && b.kind != docent.BlockList && b.kind != docent.BlockTable {
		return nil
	}
	joined := false
	for i, part := range b.parts {
		if !citable(chat.Harmless(q.part(&b, i)), b.kind) {
			joined = joined && !prose
			continue
		}
		if !joined {
			runs = append(runs, quoteBlock{kind: b.kind, head: b.head})
		}
		joined = true
		last := &runs[len(runs)-1]
		last.parts = append(last.parts, part)
	}
	return runs
}

// start and end are the block's place in the text.
func (b *quoteBlock) start() int {
	if b.head.End > 0 {
		return b.head.Start
	}
	return b.parts[0].Start
}

func (b *quoteBlock) end() int { return b.parts[len(b.parts)-1].End }

// divide finds the parts of a block.
func divide(text string, span analysis.Span, kind docent.BlockKind) quoteBlock {
	block := quoteBlock{kind: kind}
	var spans []analysis.Span
	switch kind {
	case docent.BlockList:
		spans = listItems(text, span)
		block.number = itemNumber(text[span.Start:span.End])
	case docent.BlockTable:
		lines := splitLines(text, span)
		if len(lines) > 2 {
			block.head = analysis.Span{Start: lines[0].Start, End: lines[1].End}
			spans = lines[2:]
		}
	case docent.BlockParagraph, docent.BlockAdmonition, docent.BlockHTML:
		for _, s := range analysis.Sentences(text[span.Start:span.End]) {
			if !bare(text[span.Start+s.Start : span.Start+s.End]) {
				spans = append(spans, analysis.Span{Start: span.Start + s.Start, End: span.Start + s.End})
			}
		}
	default:
		spans = []analysis.Span{span}
	}
	for _, s := range spans {
		block.parts = append(block.parts, quotePart{Span: s})
	}
	return block
}

// trimmed is span without empty lines before it and white space after it.
func trimmed(text string, span analysis.Span) analysis.Span {
	s := strings.TrimRight(text[span.Start:span.End], " \t\r\n")
	return analysis.Span{Start: span.Start + len(s) - len(strings.TrimLeft(s, "\r\n")), End: span.Start + len(s)}
}

func splitLines(text string, span analysis.Span) []analysis.Span {
	var lines []analysis.Span
	for at := span.Start; at < span.End; {
		line, _, _ := strings.Cut(text[at:span.End], "\n")
		lines = append(lines, analysis.Span{Start: at, End: at + len(line)})
		at += len(line) + 1
	}
	return lines
}

// listItems gives the items of a list, each with all that is indented below it.
func listItems(text string, span analysis.Span) []analysis.Span {
	var items []analysis.Span
	for _, line := range splitLines(text, span) {
		if len(items) == 0 || beginsItem(text[line.Start:line.End]) {
			items = append(items, line)
		} else {
			items[len(items)-1].End = line.End
		}
	}
	return items
}

// beginsItem reports whether a line begins with a list's marker.
func beginsItem(line string) bool {
	rest := strings.TrimLeft(line, "0123456789")
	if rest != line {
		return strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") ")
	}
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "+ ")
}

// itemNumber gives the number that an ordered list begins with, 0 for others.
func itemNumber(list string) int {
	n := 0
	for i := 0; i < len(list) && i < 9 && '0' <= list[i] && list[i] <= '9'; i++ {
		n = n*10 + int(list[i]-'0')
	}
	if !beginsItem(list) {
		return 0
	}
	return n
}

// ownLine reports whether a citation of a block needs a line of its own.
func ownLine(text string, kind docent.BlockKind) bool {
	last := strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
	return kind == docent.BlockCode || kind == docent.BlockTable ||
		strings.HasPrefix(last, "```") || strings.HasPrefix(last, "~~~") || strings.HasPrefix(last, "|")
}

// cite puts the citation of n behind a block's text.
func cite(text string, kind docent.BlockKind, n int) string {
	if ownLine(text, kind) {
		return text + "\n\n" + chat.CiteMarker(n)
	}
	return text + " " + chat.CiteMarker(n)
}

// probe is a number that no document cites.
const probe = 1<<31 - 2

// citable reports whether a block passes the citation filter to the letter,
// and a citation behind it counts: no bracket of the document is taken for a
// citation, and no code stays open.
func citable(text string, kind docent.BlockKind) bool {
	marked := cite(text, kind, probe)
	shown, cited := chat.Filtered(marked)
	return shown == marked && len(cited) == 1 && cited[0] == probe
}
