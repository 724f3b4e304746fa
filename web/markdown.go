package web

import (
	"fmt"
	"io"
	"strings"

	"docent"
)

// PageRule stands between pages that follow each other in one file.
const PageRule = "\n---\n\n"

// Markdown writes an indexed page as Markdown again, for programs that read pages
// instead of passages: its title, its address and description, and its sections
// under their headings. Rooted addresses get base in front, "" where none is known.
//
// What an index keeps of a page is what can be found in it: pictures are their
// descriptions, and headings over nothing are gone.
func Markdown(w io.Writer, p docent.Page, chunks []docent.Chunk, base string) error {
	out := &textWriter{w: w}
	out.printf("# %s\n\nSource: %s\n", oneLine(p.Title), rooted(p.URL, base))
	if p.Description != "" {
		out.printf("\n> %s\n", oneLine(p.Description))
	}
	for i := range chunks {
		c := &chunks[i]
		if i > 0 && c.Section == chunks[i-1].Section {
			continue // it was written with the section's first
		}
		var before []string
		if i > 0 {
			before = chunks[i-1].Headings
		}
		writeHeadings(out, before, c.Headings)
		out.printf("\n%s\n", sectionText(chunks[i:], base))
	}
	return out.err
}

// writeHeadings writes a section's heading, and those above it that did not stand
// there yet. The page's title is the one of level 1.
func writeHeadings(out *textWriter, before, now []string) {
	same := 0
	for same < len(before) && same < len(now)-1 && before[same] == now[same] {
		same++
	}
	for i, heading := range now[min(same, len(now)):] {
		out.printf("\n%s %s\n", strings.Repeat("#", min(same+i+2, 6)), oneLine(heading))
	}
}

// sectionText joins the chunks of the section that chunks begin with.
func sectionText(chunks []docent.Chunk, base string) string {
	var text string
	for i := range chunks {
		c := chunks[i]
		if c.Section != chunks[0].Section {
			break
		}
		c.Links = addressed(c.Links, base)
		next := linked(&c, "")
		if i == 0 {
			text = next
			continue
		}
		text = rejoin(text, next, &chunks[i-1], &c)
	}
	return text
}

// addressed gives links whose addresses are whole.
func addressed(links []docent.Link, base string) []docent.Link {
	whole := make([]docent.Link, len(links))
	for i, l := range links {
		l.URL = rooted(l.URL, base)
		whole[i] = l
	}
	return whole
}

// rooted puts base before an address that begins at the host's root.
func rooted(address, base string) string {
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") {
		return base + address
	}
	return address
}

// rejoin puts the text of a chunk behind that of the chunk before it, a and b. Where a
// block was cut between them, what splitting repeated goes: the fences of code, the
// head of a table.
func rejoin(text, next string, a, b *docent.Chunk) string {
	if len(a.Blocks) == 0 || len(b.Blocks) == 0 {
		return text + "\n\n" + next
	}
	last, first := a.Blocks[len(a.Blocks)-1], b.Blocks[0]
	if last.Kind != first.Kind || last.Lang != first.Lang || first.Line > last.EndLine+1 {
		return text + "\n\n" + next
	}
	switch last.Kind {
	case docent.BlockCode:
		end := strings.LastIndexByte(text, '\n')
		open, code, _ := strings.Cut(next, "\n")
		if end >= 0 && isFence(text[end+1:]) && isFence(open) {
			return text[:end] + "\n" + code
		}
	case docent.BlockTable:
		if head := tableHead(a.Text[min(last.Start, len(a.Text)):]); head != "" && head == tableHead(b.Text) {
			return text + "\n" + strings.SplitN(next, "\n", 3)[2]
		}
		return text + "\n" + next
	case docent.BlockParagraph:
		return text + " " + next
	case docent.BlockList, docent.BlockDefinition:
		return text + "\n" + next
	}
	return text + "\n\n" + next
}

func isFence(line string) bool {
	line = strings.TrimLeft(line, " >")
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}

// tableHead is a table's first two lines, "" where it has no third.
func tableHead(table string) string {
	lines := strings.SplitN(table, "\n", 3)
	if len(lines) < 3 {
		return ""
	}
	return lines[0] + "\n" + lines[1]
}

// oneLine is a text without its line ends.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// textWriter writes until an error.
type textWriter struct {
	w   io.Writer
	err error
}

func (t *textWriter) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}
