package ingest

import (
	"regexp"
	"strings"

	"docent"
	"docent/analysis"
)

// part is a run of lines that stays together where it can. The text is our
// own normalised Markdown, so its lines tell what they are.
type part struct {
	kind       partKind
	lines      []string
	first      int // places of its first and last line in the block
	last       int
	tokens     int
	startsItem bool // an item of the list begins here
}

type partKind int

const (
	linePart partKind = iota
	fencePart
	tablePart
)

// fenceLine is the first line of a code block, wherever it is nested.
var fenceLine = regexp.MustCompile("^((?:> |>| )*)(`{3,})([^`]*)$")

// markerLine is the first line of a list's item.
var markerLine = regexp.MustCompile(`^(?:- |\d+[.)] )`)

// cut divides a block that is larger than the budget.
func cut(b docent.Block, budget int) []docent.Block {
	var out []docent.Block
	var open []string
	size, first, last := 0, 0, 0
	flush := func() {
		if text := strings.Trim(strings.Join(open, "\n"), "\n"); text != "" {
			out = append(out, lined(b, text, first, last))
		}
		open, size = nil, 0
	}
	parts := small(partsOf(strings.Split(b.Text, "\n")), budget)
	for i, p := range parts {
		cost := p.tokens
		if p.startsItem {
			cost = itemTokens(parts[i:], budget)
		}
		if len(open) > 0 && size+jointTokens+cost > budget {
			flush()
		}
		if len(open) == 0 {
			first = p.first
		} else {
			size += jointTokens
		}
		open, size, last = append(open, p.lines...), size+p.tokens, p.last
	}
	flush()
	return out
}

// itemTokens is the price of the item that begins at parts[0], if the whole of
// it fits the budget, and otherwise of its first part.
func itemTokens(parts []part, budget int) int {
	sum := parts[0].tokens
	for _, p := range parts[1:] {
		if p.startsItem {
			break
		}
		sum += jointTokens + p.tokens
	}
	if sum > budget {
		return parts[0].tokens
	}
	return sum
}

// lined is a part of b. In code and tables each line is a line of the source
// (indented code has no fence there); elsewhere lines were joined, and the part
// is only known to be within the block.
func lined(b docent.Block, text string, first, last int) docent.Block {
	from := b.Line
	if b.Kind == docent.BlockCode && strings.Count(b.Text, "\n") >= b.EndLine-b.Line+2 {
		from--
	}
	b.Text = text
	if b.Kind == docent.BlockCode || b.Kind == docent.BlockTable {
		b.Line, b.EndLine = max(b.Line, min(from+first, b.EndLine)), max(b.Line, min(from+last, b.EndLine))
	}
	return b
}

// partsOf divides lines into fences, tables and single lines.
func partsOf(lines []string) []part {
	var parts []part
	closers := map[string]int{}
	for i, line := range lines {
		if bare := strings.TrimLeft(line, " >"); strings.HasPrefix(bare, "```") {
			closers[bare] = i
		}
	}
	for i := 0; i < len(lines); {
		p := part{first: i, startsItem: markerLine.MatchString(lines[i])}
		end := i + 1
		if last := fenceEnd(lines, i, closers); last > 0 {
			p.kind, end = fencePart, last+1
		} else if isRow(lines[i]) && end < len(lines) && isRow(lines[end]) {
			p.kind = tablePart
			for end < len(lines) && isRow(lines[end]) {
				end++
			}
		}
		for end < len(lines) && strings.Trim(lines[end], " >") == "" {
			end++ // blank lines go with what they follow
		}
		p.lines, p.last = lines[i:end], end-1
		p.tokens = analysis.Tokens(strings.Join(p.lines, "\n"))
		parts, i = append(parts, p), end
	}
	return parts
}

// fenceEnd gives the line that closes the fence which lines[i] opens, 0 where it
// opens none. closers has the last line of each form that closes one.
func fenceEnd(lines []string, i int, closers map[string]int) int {
	m := fenceLine.FindStringSubmatch(lines[i])
	if m == nil || closers[m[2]] <= i {
		return 0
	}
	end := i + 1
	for strings.TrimLeft(lines[end], " >") != m[2] {
		end++
	}
	return end
}

func isRow(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " >"), "| ") }

// small divides the parts that are larger than the budget.
func small(parts []part, budget int) []part {
	var out []part
	for _, p := range parts {
		switch {
		case p.tokens <= budget:
			out = append(out, p)
		case p.kind == fencePart:
			out = append(out, cutFence(p, budget)...)
		case p.kind == tablePart:
			out = append(out, cutTable(p, budget)...)
		default:
			out = append(out, cutLine(p, budget)...)
		}
	}
	return out
}

// cutFence divides code between lines, best at an empty one, and repeats the
// fence around each part.
func cutFence(p part, budget int) []part {
	trimmed := p.lines
	for len(trimmed) > 0 && strings.Trim(trimmed[len(trimmed)-1], " >") == "" {
		trimmed = trimmed[:len(trimmed)-1]
	}
	if len(trimmed) < 3 {
		return []part{p}
	}
	open, end := trimmed[0], trimmed[len(trimmed)-1]
	code := trimmed[1 : len(trimmed)-1]
	return cutRows(p, code, []string{open}, []string{end}, budget)
}

// cutTable divides a table between rows and repeats its header, unless that
// alone takes half the budget.
func cutTable(p part, budget int) []part {
	if len(p.lines) < 3 || analysis.Tokens(strings.Join(p.lines[:2], "\n")) > budget/2 {
		return cutRows(p, p.lines, nil, nil, budget)
	}
	return cutRows(p, p.lines[2:], p.lines[:2], nil, budget)
}

// cutRows divides rows into parts within the budget, each between head and
// tail. A row that alone is larger is a part of its own.
func cutRows(p part, rows, head, tail []string, budget int) []part {
	frame := analysis.Tokens(strings.Join(head, "\n")) + analysis.Tokens(strings.Join(tail, "\n")) + 2*jointTokens
	var out []part
	for at := 0; at < len(rows); {
		size, end, blank := frame, at, 0
		for end < len(rows) {
			cost := analysis.Tokens(rows[end]) + jointTokens
			if end > at && size+cost > budget {
				break
			}
			size += cost
			end++
			if end < len(rows) && strings.TrimSpace(rows[end-1]) == "" && size > budget/2 {
				blank = end
			}
		}
		if end < len(rows) && blank > at {
			end = blank
		}
		lines := append(append(append([]string{}, head...), rows[at:end]...), tail...)
		q := part{kind: p.kind, lines: lines, first: p.first + len(head) + at, last: p.first + len(head) + end - 1, startsItem: p.startsItem && at == 0}
		q.tokens = analysis.Tokens(strings.Join(lines, "\n"))
		out, at = append(out, q), end
	}
	return out
}

// bytesPerToken is more than any text has, blanks aside.
const bytesPerToken = 16
