package ingest

import (
	"bytes"
	"fmt"

	"docent"
)

// Bounds of what a parser is given. Writers stay far below them; what lies
// above keeps parsers busy out of all proportion to its length.
const (
	maxNesting   = 64      // quotes and lists that begin on one line, one in another
	maxIndent    = 256     // columns before a quote or an item of a list
	maxColumns   = 512     // of a table
	maxPadding   = 1 << 16 // cells of a table that its rows leave out
	maxFootnotes = 2000
	maxRun       = 500 // definitions of links one after another
)

// bounded gives src without what lies above the bounds: the marks go and the
// words stay, line for line. The warnings say where.
func bounded(src []byte) (out []byte, moved lineMap, warnings []docent.Warning) {
	b := bounds{src: src}
	tables := bytes.IndexByte(src, '|') >= 0
	for at := 0; at < len(src); {
		end := len(src)
		if n := bytes.IndexByte(src[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		b.number++
		if end-at > maxNesting {
			b.nesting(at, end)
		}
		if tables && isDelimiterRow(src[at:end]) {
			b.table(at, end)
		}
		b.definition(at, end)
		at = end
	}
	if b.kept == 0 {
		return src, nil, nil
	}
	return append(b.out, src[b.kept:]...), b.moved, b.warnings
}

type bounds struct {
	src      []byte
	out      []byte
	kept     int // the offset up to which src is in out
	number   int // of the line
	run      int // definitions of links up to here
	moved    lineMap
	warnings []docent.Warning
}

// replace puts text in the place of what stands from from to to.
func (b *bounds) replace(from, to int, text, format string, args ...any) {
	b.out = append(append(b.out, b.src[b.kept:from]...), text...)
	b.kept = to
	b.warnings = append(b.warnings, docent.Warning{Line: b.number, Message: fmt.Sprintf(format, args...)})
}

// nesting takes the marks off a line that are too many.
func (b *bounds) nesting(at, end int) {
	line := b.src[at:end]
	indent := indentOf(line)
	from, marks, pos := 0, 0, indent
	for {
		next := afterMark(line, pos)
		if next == pos {
			break
		}
		if marks++; marks == maxNesting {
			from = next
		}
		pos = next + indentOf(line[next:])
	}
	switch {
	case marks > maxNesting:
		b.replace(at+from, at+pos, " ", "%d quotes and lists begin here, one in another; %d are read", marks, maxNesting)
	case marks > 0 && indent > maxIndent:
		b.replace(at+maxIndent, at+indent, "", "an item is indented by %d blanks; %d are read", indent, maxIndent)
	}
}

// afterMark gives the offset after the quote's or item's mark at pos; pos where
// there is none.
func afterMark(line []byte, pos int) int {
	if pos >= len(line) {
		return pos
	}
	i := pos + 1
	switch c := line[pos]; {
	case c == '>':
		return i
	case c == '-' || c == '*' || c == '+' || c == ':':
	case c >= '0' && c <= '9':
		for i < len(line) && line[i] >= '0' && line[i] <= '9' {
			i++
		}
		if i >= len(line) || line[i] != '.' && line[i] != ')' {
			return pos
		}
		i++
	default:
		return pos
	}
	if i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		return i + 1
	}
	return pos
}

// isDelimiterRow reports whether a line may be the second of a table.
func isDelimiterRow(line []byte) bool {
	pipes, dashes := false, false
	for _, c := range line {
		switch c {
		case '|':
			pipes = true
		case '-':
			dashes = true
		case ' ', '\t', ':', '>', '\n':
		default:
			return false
		}
	}
	return pipes && dashes
}

// table unmakes a table that has too many columns, for itself or for what its
// rows hold.
func (b *bounds) table(at, end int) {
	columns := 1 + bytes.Count(bytes.Trim(b.src[at:end], " \t>|\n"), []byte("|"))
	mark := at + bytes.IndexAny(b.src[at:end], "|-:")
	if columns > maxColumns {
		b.replace(mark, mark, `\`, "a table of %d columns is read as text; at most %d can be read", columns, maxColumns)
		return
	}
	rows, size := 0, 0
	for rest := b.src[end:]; len(rest) > 0; rows++ {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		size += len(line)
		rest = after
	}
	if columns*rows-size > maxPadding {
		b.replace(mark, mark, `\`, "a table of %d columns whose %d rows are almost empty is read as text", columns, rows)
	}
}

// definition divides runs of definitions of links, which no reader sees, by
// empty lines.
func (b *bounds) definition(at, end int) {
	bare := bytes.TrimLeft(b.src[at:end], " \t>")
	if len(bare) == 0 || bare[0] != '[' || !bytes.Contains(bare, []byte("]:")) {
		b.run = 0
		return
	}
	if b.run++; b.run == maxRun {
		b.out = append(append(b.out, b.src[b.kept:end]...), '\n')
		b.kept, b.run = end, 0
		b.moved = append(b.moved, lineRun{at: b.number + len(b.moved) + 2, from: b.number + 1})
	}
}
