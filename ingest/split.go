package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"

	"docent"
	"docent/analysis"
)

// SplitterVersion names how pages become chunks. It changes whenever the same
// page would give other chunks, so that they are made anew.
const SplitterVersion = "4"

// blockJoint stands between the blocks of a chunk.
const blockJoint = "\n\n"

// jointTokens is what a joint costs at most.
const jointTokens = 1

// piece is a block, or a part of a long one, with its price.
type piece struct {
	docent.Block
	tokens int
}

// splitPage makes chunks of a page's sections, each of at most budget tokens.
// A block is cut only where it alone is larger, and then where a reader would:
// code and tables between lines, lists between items, text between sentences.
// Only what can't be cut at all (a line of code, a row, a word) exceeds the
// budget.
func splitPage(p *page, unit docent.Unit, budget int) []docent.Chunk {
	chunks := make([]docent.Chunk, 0, len(p.Sections))
	for i := range p.Sections {
		s := &p.Sections[i]
		if len(s.Blocks) == 0 {
			continue
		}
		links := linksOf(s)
		for n, pieces := range pack(priced(s.Blocks, budget), budget) {
			c := chunkOf(pieces)
			c.Ordinal, c.Links = len(chunks), links.in(&c, n == 0)
			placed(&c, p, i, unit)
			chunks = append(chunks, c)
		}
	}
	if len(chunks) == 0 {
		return outline(p, unit, budget)
	}
	return chunks
}

// placed says where a chunk stands, and names it: nothing of it changes
// afterwards.
func placed(c *docent.Chunk, p *page, section int, unit docent.Unit) {
	s := &p.Sections[section]
	c.Unit, c.Path, c.Title = unit, p.Path, p.Title
	c.Headings, c.Anchor, c.URL, c.Section = s.Headings, s.Anchor, s.URL, section
	c.Called = p.called(section)
	if c.Ordinal == 0 {
		c.About = p.about
	}
	c.ID = chunkID(c)
}

// priced gives the blocks with their prices, those above the budget cut. What
// follows a few words is cut a little shorter, so that these stay with its
// first part.
func priced(blocks []docent.Block, budget int) []piece {
	pieces := make([]piece, 0, len(blocks))
	for _, b := range blocks {
		tokens, room := analysis.Tokens(b.Text), budget
		if tokens <= budget {
			pieces = append(pieces, piece{b, tokens})
			continue
		}
		if n := len(pieces); n > 0 && pieces[n-1].tokens < budget/4 {
			room -= pieces[n-1].tokens + jointTokens
		}
		for _, part := range cut(b, room) {
			pieces = append(pieces, piece{part, analysis.Tokens(part.Text)})
		}
	}
	return pieces
}

// pack groups pieces, in order, into chunks within the budget. Words that
// introduce code, a table or a list go with it where both fit.
func pack(pieces []piece, budget int) [][]piece {
	var groups [][]piece
	from, size := 0, 0
	for i := range pieces {
		cost := pieces[i].tokens
		if introduces(pieces, i) && cost+jointTokens+pieces[i+1].tokens <= budget {
			cost += jointTokens + pieces[i+1].tokens
		}
		if i > from && size+jointTokens+cost > budget {
			groups = append(groups, pieces[from:i])
			from, size = i, 0
		}
		if i > from {
			size += jointTokens
		}
		size += pieces[i].tokens
	}
	if from < len(pieces) {
		groups = append(groups, pieces[from:])
	}
	evenTail(groups, budget)
	return groups
}

// introduces reports whether the piece at i leads into the one that follows.
func introduces(pieces []piece, i int) bool {
	if i+1 >= len(pieces) {
		return false
	}
	switch pieces[i+1].Kind {
	case docent.BlockCode, docent.BlockTable:
		return pieces[i].Kind == docent.BlockParagraph || pieces[i].Kind == docent.BlockList
	case docent.BlockList, docent.BlockDefinition:
		return pieces[i].Kind == docent.BlockParagraph && strings.HasSuffix(pieces[i].Text, ":")
	}
	return false
}

// evenTail moves pieces from the chunk before the last into a last one that is
// less than a quarter full, as long as that one stays the smaller.
func evenTail(groups [][]piece, budget int) {
	if len(groups) < 2 {
		return
	}
	a, b := groups[len(groups)-2], groups[len(groups)-1]
	left, right := sizeOf(a), sizeOf(b)
	if right >= budget/4 {
		return
	}
	both := a[:len(a)+len(b)] // they are neighbours
	at := len(a)
	for at > 1 {
		moved := both[at-1].tokens + jointTokens
		if left, right = left-moved, right+moved; right > budget || right > left || introduces(a[:at], at-2) {
			break
		}
		at--
	}
	groups[len(groups)-2], groups[len(groups)-1] = both[:at], both[at:]
}

func sizeOf(group []piece) int {
	n := (len(group) - 1) * jointTokens
	for _, p := range group {
		n += p.tokens
	}
	return n
}

// chunkOf joins pieces to the text of a chunk and notes where each stands.
func chunkOf(pieces []piece) docent.Chunk {
	var text strings.Builder
	c := docent.Chunk{Line: pieces[0].Line, EndLine: pieces[0].EndLine, Blocks: make([]docent.Block, 0, len(pieces))}
	for i, p := range pieces {
		if i > 0 {
			text.WriteString(blockJoint)
		}
		b := p.Block
		b.Text, b.Start = "", text.Len()
		text.WriteString(p.Text)
		b.End = text.Len()
		c.Blocks = append(c.Blocks, b)
		c.Line, c.EndLine = min(c.Line, b.Line), max(c.EndLine, b.EndLine)
	}
	c.Text = text.String()
	c.Tokens = analysis.Tokens(c.Text)
	return c
}

// idBuffers are what IDs are made in.
var idBuffers = sync.Pool{New: func() any { return new([]byte) }}

// chunkID is a hash of all that a chunk is.
func chunkID(c *docent.Chunk) string {
	buf := idBuffers.Get().(*[]byte)
	defer idBuffers.Put(buf)
	b := (*buf)[:0]
	text := func(all ...string) {
		for _, s := range all {
			b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
		}
	}
	number := func(all ...int) {
		for _, n := range all {
			b = binary.AppendVarint(b, int64(n))
		}
	}
	text(c.Unit.Site, c.Unit.Source, c.Unit.Version, c.Unit.Lang, c.Path, c.Title, c.Anchor, c.URL, c.Text)
	number(c.Line, c.EndLine, c.Ordinal, c.Section, c.Tokens, len(c.Headings), len(c.Blocks), len(c.Links), len(c.Called))
	text(c.Headings...)
	text(c.Called...)
	text(c.About)
	for _, block := range c.Blocks {
		text(string(block.Kind), block.Lang)
		number(block.Start, block.End, block.Line, block.EndLine)
	}
	for _, l := range c.Links {
		text(l.Text, l.URL, l.Path, l.Anchor)
		number(l.Line)
	}
	*buf = b
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
