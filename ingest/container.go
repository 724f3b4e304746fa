package ingest

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Rewritings put containers, such as a tab or a note, between two lines that
// begin with a byte which no writer's text has: openSign with the container's
// name and its title, closeSign alone. They nest.
const (
	openSign  = '\x02'
	closeSign = '\x03'
)

// beginBlock begins a container on a line of its own.
func (w *rewriter) beginBlock(name, title string) {
	w.sign(string(openSign) + name + " " + title)
}

// endBlock ends the container that was begun last.
func (w *rewriter) endBlock() { w.sign(string(closeSign)) }

// sign writes a line within the quotes and lists that the line is in so far.
// What follows on it is written on a line after it.
func (w *rewriter) sign(text string) {
	begun := w.out[1+bytes.LastIndexByte(w.out, '\n'):]
	lead, marks := opening(begun)
	if marks < len(begun) {
		w.out = append(append(bytes.TrimRight(w.out, " \t"), '\n'), lead...)
		w.sync()
	}
	w.put(text)
	end := w.lineEnd(w.at)
	if len(bytes.TrimSpace(w.src[w.at:end])) == 0 {
		w.at = max(w.at, end-1)
		if end == len(w.src) && (end == 0 || w.src[end-1] != '\n') {
			w.at = end
		}
		return
	}
	w.out = append(append(w.out, '\n'), lead...)
	w.sync()
	w.at += indentOf(w.src[w.at:])
}

// opening gives the length of the marks of quotes and lists that a line begins
// with, and what a further line within them begins with.
func opening(line []byte) (lead []byte, marks int) {
	for marks < len(line) {
		next := marks + indentOf(line[marks:])
		after := afterMark(line, next)
		if after == next {
			marks = next
			break
		}
		marks = after
	}
	lead = bytes.Clone(line[:marks])
	for i, c := range lead {
		if c != '>' && c != '\t' {
			lead[i] = ' '
		}
	}
	return lead, marks
}

// containers parses what rewritings put between signs.
type containers struct{}

// Trigger implements parser.BlockParser.
func (containers) Trigger() []byte { return []byte{openSign, closeSign} }

// Open implements parser.BlockParser. A sign that closes what is no longer
// open is taken in and says nothing.
func (containers) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	sign := line[pos]
	d := &directive{mark: sign, leaf: sign == closeSign || tooDeep(pc)}
	name, title, _ := bytes.Cut(bytes.TrimRight(line[pos+1:], "\n"), []byte(" "))
	from := seg.Start - seg.Padding + pos + 1 + len(name) + 1
	d.name = string(name)
	d.entitle(from, from+len(title))
	reader.AdvanceToEOL()
	if d.leaf {
		return d, parser.NoChildren
	}
	return d, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (containers) Continue(n ast.Node, reader text.Reader, pc parser.Context) parser.State {
	d := n.(*directive)
	if d.leaf {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	if bare := bytes.TrimSpace(line); len(bare) == 1 && bare[0] == closeSign && innermost(pc.OpenedBlocks()) == d {
		reader.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

// innermost gives the last container that is open; nil where there is none, or
// in code.
func innermost(open []parser.Block) *directive {
	for i := len(open) - 1; i >= 0; i-- {
		switch n := open[i].Node.(type) {
		case *ast.FencedCodeBlock:
			return nil
		case *directive:
			if n.mark == openSign {
				return n
			}
		}
	}
	return nil
}

// Close implements parser.BlockParser.
func (containers) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (containers) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (containers) CanAcceptIndentedLine() bool { return false }
