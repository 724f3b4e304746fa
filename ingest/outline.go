package ingest

import (
	"strings"

	"docent"
	"docent/analysis"
)

// outline is the one chunk of a page without text, so that its title finds it:
// its description, and its headings as far as the budget goes. Only the
// description is a block: headings are found, but are nothing to quote. The
// page that has neither has no chunk.
func outline(p *page, unit docent.Unit, budget int) []docent.Chunk {
	if len(p.Sections) == 0 {
		return nil
	}
	first := &p.Sections[0]
	parts := []piece{}
	if p.Description != "" {
		parts = priced([]docent.Block{{Kind: docent.BlockParagraph, Text: p.Description, Line: first.Line, EndLine: first.Line}}, budget)[:1]
	}
	text := &strings.Builder{}
	size := sizeOf(parts)
	for i := range p.Sections {
		line := "- " + p.Sections[i].Heading
		cost := analysis.Tokens(line) + jointTokens
		if p.Sections[i].Heading == "" || size+cost > budget {
			continue
		}
		if size += cost; text.Len() > 0 {
			text.WriteString("\n")
		}
		text.WriteString(line)
	}
	if text.Len() > 0 {
		parts = append(parts, piece{docent.Block{Kind: docent.BlockList, Text: text.String(), Line: first.Line, EndLine: p.Sections[len(p.Sections)-1].Line}, 0})
	}
	if len(parts) == 0 {
		return nil
	}
	c := chunkOf(parts)
	if text.Len() > 0 { // a place in the source, but no words to quote
		last := &c.Blocks[len(c.Blocks)-1]
		last.Start = last.End
	}
	placed(&c, p, 0, unit)
	return []docent.Chunk{c}
}
