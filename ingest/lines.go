package ingest

import (
	"bytes"
	"sort"

	"github.com/yuin/goldmark/ast"
)

// span gives the first and the last line of a node in the file.
func (r *reader) span(n ast.Node) (first, last int) {
	from, to := extent(n, 0)
	if pos := n.Pos(); pos >= 0 && (from < 0 || pos < from) {
		from = pos
	}
	if from < 0 {
		line := r.source.skipped + 1
		return line, line
	}
	first = r.srcLine(from)
	last = max(first, r.srcLine(to-1))
	if r.fenceEnds(n, last) {
		last++
	}
	first, _ = r.source.place(first)
	last, _ = r.source.place(last)
	return first, max(first, last)
}

// fenceEnds reports whether n ends with a code block whose closing fence is
// the line after last: goldmark counts it to no node.
func (r *reader) fenceEnds(n ast.Node, last int) bool {
	for c := n.LastChild(); c != nil && c.Type() == ast.TypeBlock; c = c.LastChild() {
		n = c
	}
	next := last
	pos := n.Pos()
	if _, ok := n.(*ast.FencedCodeBlock); !ok || next >= len(r.starts) || pos < 0 || pos+3 > len(r.src) {
		return false
	}
	return bytes.HasPrefix(bytes.TrimLeft(r.src[r.starts[next]:], " \t>"), r.src[pos:pos+3])
}

// extent gives the offsets that the lines of n and all below it cover; -1
// where there are none.
func extent(n ast.Node, depth int) (from, to int) {
	from, to = -1, -1
	if n.Type() == ast.TypeInline || depth > maxDepth {
		return from, to
	}
	if lines := n.Lines(); lines != nil && lines.Len() > 0 {
		from, to = lines.At(0).Start, lines.At(lines.Len()-1).Stop
	}
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		to = max(to, h.ClosureLine.Stop)
	}
	if c := n.FirstChild(); c != nil {
		f, t := extent(c, depth+1)
		if f >= 0 && (from < 0 || f < from) {
			from = f
		}
		to = max(to, t)
	}
	if c := n.LastChild(); c != n.FirstChild() {
		_, t := extent(c, depth+1)
		to = max(to, t)
	}
	return from, to
}

// srcLine gives the line of src in which an offset stands, from 1.
func (r *reader) srcLine(offset int) int { return sort.SearchInts(r.starts, offset+1) }

// line gives the line of the file for an offset of src, from 1.
func (r *reader) line(offset int) int {
	line, _ := r.source.place(r.srcLine(offset))
	return line
}
