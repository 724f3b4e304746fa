package ingest

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"docent"
)

// list writes a list. Code and tables in its items become blocks of their own
// between the items: there they are found as code, and stay whole.
func (r *reader) list(list *ast.List) {
	w := listWriter{r: r}
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		w.mark = marker(list, number)
		w.indent, w.begun = len(w.mark), false
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			w.write(c)
		}
		number++
	}
	w.flush()
}

// listWriter gathers items until a block comes between them.
type listWriter struct {
	r           *reader
	items       []string
	open        []byte // the item that is being read
	first, last ast.Node
	mark        string // of the item that is being read
	indent      int    // of what follows in it
	begun       bool   // whether something of it was written
}

// write takes in a block of an item.
func (w *listWriter) write(n ast.Node) {
	if ownBlock(n) {
		w.flush()
		w.r.block(n)
		w.begun = true
		return
	}
	if d, ok := n.(*directive); ok && d.label() == "" {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			w.write(c)
		}
		return
	}
	if w.begun && len(w.open) == 0 {
		w.r.block(n) // what follows code within an item
		return
	}
	text := w.r.nested(n)
	if text == "" {
		return
	}
	if len(w.items) == 0 && len(w.open) == 0 {
		w.first = n
	}
	w.last = n
	if !w.begun {
		w.endItem()
		w.begun = true
		w.open = append(append(w.open, w.mark...), indent(text, w.indent)...)
		return
	}
	joint := "\n\n"
	if sub, ok := n.(*ast.List); ok && sub.IsTight {
		joint = "\n"
	}
	w.open = append(append(append(w.open, joint...), blanks(w.indent)...), indent(text, w.indent)...)
}

func (w *listWriter) endItem() {
	if len(w.open) > 0 {
		w.items = append(w.items, string(w.open))
	}
	w.open = w.open[:0]
}

// flush writes the items so far.
func (w *listWriter) flush() {
	w.endItem()
	if len(w.items) > 0 {
		w.r.addSpan(docent.BlockList, joinItems(w.items), w.first, w.last)
	}
	w.items = nil
}

// items gives a list as text.
func (r *reader) items(list *ast.List) string {
	var all []string
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		mark := marker(list, number)
		number++
		if text := r.children(item); text != "" {
			all = append(all, mark+indent(text, len(mark)))
		}
	}
	return joinItems(all)
}

// joinItems puts an empty line after an item of several paragraphs.
func joinItems(items []string) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString("\n")
			if strings.Contains(items[i-1], "\n\n") {
				b.WriteString("\n")
			}
		}
		b.WriteString(item)
	}
	return b.String()
}

func marker(list *ast.List, number int) string {
	if list.IsOrdered() {
		return strconv.Itoa(number) + string(list.Marker) + " "
	}
	return "- "
}

func blanks(n int) string { return strings.Repeat(" ", n) }

// indent moves all lines but the first to the right.
func indent(text string, by int) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i > 0 && line != "" {
			lines[i] = blanks(by) + line
		}
	}
	return strings.Join(lines, "\n")
}
