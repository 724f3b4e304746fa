package ingest

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// bareLinks parses addresses without any mark, as GitHub does:
// https://example.com, www.example.com, me@example.com. It looks back from the
// sign in the middle of them, which is rarer than where they may begin.
type bareLinks struct{ www bool }

// Trigger implements parser.InlineParser.
func (l bareLinks) Trigger() []byte {
	if l.www {
		return []byte{':', '@', '.'}
	}
	return []byte{':', '@'}
}

// Parse implements parser.InlineParser.
func (l bareLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, seg := block.PeekLine()
	before, ok := parent.LastChild().(*ast.Text)
	if !ok || before.Segment.Stop != seg.Start || before.SoftLineBreak() || before.HardLineBreak() || pc.IsInLinkLabel() {
		return nil
	}
	said := before.Segment.Value(block.Source())
	kind, back, size := ast.AutoLinkURL, 0, 0
	var protocol []byte
	switch {
	case line[0] == ':' && bytes.HasPrefix(line, []byte("://")):
		back, size = endsWithScheme(said), urlSize(line, 3)
	case line[0] == '.':
		protocol = []byte("http")
		if bytes.HasSuffix(said, []byte("www")) {
			back = 3
		}
		if size = urlSize(line, 1); bytes.IndexByte(line[1:max(size, 1)], '.') < 0 {
			size = 0
		}
	case line[0] == '@':
		kind = ast.AutoLinkEmail
		back, size = localPart(said), domainSize(line)
	}
	if back == 0 || size == 0 || !begins(said[:len(said)-back]) {
		return nil
	}
	before.Segment.Stop -= back
	if before.Segment.Stop == before.Segment.Start {
		parent.RemoveChild(parent, before)
	}
	block.Advance(size)
	link := ast.NewAutoLink(kind, ast.NewTextSegment(text.NewSegment(seg.Start-back, seg.Start+size)))
	link.Protocol = protocol
	link.SetPos(seg.Start - back)
	return link
}

// endsWithScheme gives the length of the scheme that b ends with.
func endsWithScheme(b []byte) int {
	for _, s := range []string{"https", "http", "ftp"} {
		if bytes.HasSuffix(b, []byte(s)) {
			return len(s)
		}
	}
	return 0
}

// begins reports whether an address may follow b.
func begins(b []byte) bool {
	return len(b) == 0 || bytes.IndexByte([]byte(" \t*_~(,;|"), b[len(b)-1]) >= 0 || b[len(b)-1] >= 0x80
}

// urlSize gives the length of the URL that line goes on with, whose host
// begins at from: what ends a sentence is no part of it.
func urlSize(line []byte, from int) int {
	end := from
	for end < len(line) && !isSpace(line[end]) && line[end] != '<' && line[end] != '`' && line[end] < 0x80 {
		end++
	}
	open := bytes.Count(line[:end], []byte("(")) - bytes.Count(line[:end], []byte(")"))
	for end > from {
		c := line[end-1]
		switch {
		case bytes.IndexByte([]byte(`?!.,:;*_~'"|`), c) >= 0:
		case c == ')' && open < 0:
			open++
		default:
			if !isWord(rune(line[from])) {
				return 0
			}
			return end
		}
		end--
	}
	return 0
}

// localPart gives the length of what stands before the @ of the address that b
// ends with.
func localPart(b []byte) int {
	n := 0
	for n < min(len(b), 64) && (isNameByte(b[len(b)-1-n]) || bytes.IndexByte([]byte(".+-"), b[len(b)-1-n]) >= 0) && b[len(b)-1-n] < 0x80 {
		n++
	}
	return n
}

// domainSize gives the length of "@" with the domain after it; 0 where there is
// none.
func domainSize(line []byte) int {
	end := 1
	for end < len(line) && (isNameByte(line[end]) && line[end] != '_' && line[end] < 0x80 || line[end] == '.' || line[end] == '-') {
		end++
	}
	for end > 1 && (line[end-1] == '.' || line[end-1] == '-') {
		end--
	}
	if dot := bytes.LastIndexByte(line[:end], '.'); dot < 2 || end-dot < 3 {
		return 0
	}
	return end
}
