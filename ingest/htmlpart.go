package ingest

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"docent"
)

// htmlPart is an element whose text becomes something else than text.
type htmlPart struct {
	name string
	from int // where its text begins in out
	line int
	id   string
	lang string // of code
}

// partTags are such elements.
var partTags = map[string]bool{"summary": true, "code": true, "pre": true, "dt": true, "table": true}

// part begins or ends such an element; one within another of its name is text.
func (w *htmlText) part(t html.Token) {
	switch {
	case t.Type == html.StartTagToken:
		w.beginPart(t)
	case t.Type == html.EndTagToken:
		for i := len(w.parts) - 1; i >= 0; i-- {
			if w.parts[i].name == t.Data {
				p := w.parts[i]
				w.parts = w.parts[:i]
				if p.from <= len(w.out) {
					w.endPart(p)
				}
				return
			}
		}
	}
}

func (w *htmlText) beginPart(t html.Token) {
	for _, p := range w.parts {
		if p.name == t.Data {
			return
		}
	}
	if w.pre > 0 && t.Data != "pre" {
		if class := attr(t, "class"); t.Data == "code" && len(w.parts) > 0 {
			w.parts[len(w.parts)-1].lang = languageClass(class)
		}
		return
	}
	if t.Data == "pre" {
		w.flush()
	}
	w.parts = append(w.parts, htmlPart{name: t.Data, from: len(w.out), line: w.line, id: attr(t, "id"), lang: languageClass(attr(t, "class") + " language-" + attr(t, "lang"))})
	if t.Data == "table" && len(w.rows) == 0 && w.top {
		w.inTable = true
	}
}

// languageClass is the language in a list of classes.
func languageClass(class string) string {
	for _, c := range strings.Fields(class) {
		if lang, ok := strings.CutPrefix(c, "language-"); ok && lang != "" {
			return lang
		}
	}
	return ""
}

func (w *htmlText) endPart(p htmlPart) {
	text := string(w.out[p.from:])
	words := strings.Join(strings.Fields(text), " ")
	switch p.name {
	case "code":
		if words != "" {
			w.out = appendCodeSpan(w.out[:p.from], []byte(strings.ReplaceAll(words, `\<`, "<")))
		}
	case "summary":
		if words != "" && !strings.HasPrefix(words, "**") {
			w.out = append(w.out[:p.from], "**"+words+"**\n"...)
		}
	case "pre":
		w.endPre(p, text)
	case "dt":
		if w.top && p.id != "" && words != "" {
			w.out = w.out[:p.from]
			w.flush()
			if w.entry {
				w.reader.endEntry()
			}
			w.reader.beginEntry(p.id, strings.Trim(words, "`"), p.line)
			w.start, w.entry = p.line, true
		}
		w.out = append(w.out, "**"+words+"**\n"...)
	case "table":
		w.endTable(p)
	}
}

// endPre makes a code block of preformatted text.
func (w *htmlText) endPre(p htmlPart, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	block := string(include{lang: p.lang}.fenced([]byte(text), ""))
	w.out = w.out[:p.from]
	if !w.top {
		w.newline()
		w.out = append(w.out, "\n"+block+"\n"...)
		return
	}
	s := w.reader.section()
	s.Blocks = append(s.Blocks, docent.Block{Kind: docent.BlockCode, Text: block, Lang: p.lang, Line: p.line, EndLine: max(p.line, min(w.line, w.last))})
	w.start = w.line
}

// cell takes the text of a table's cell out of what was read.
func (w *htmlText) cell(t html.Token) {
	if t.Type == html.StartTagToken {
		w.endCell()
		w.cellFrom = len(w.out) + 1
		return
	}
	w.endCell()
}

func (w *htmlText) endCell() {
	if w.cellFrom == 0 || w.cellFrom-1 > len(w.out) || len(w.rows) == 0 {
		w.cellFrom = 0
		return
	}
	row := &w.rows[len(w.rows)-1]
	*row = append(*row, string(w.out[w.cellFrom-1:]))
	w.out = w.out[:w.cellFrom-1]
	w.cellFrom = 0
}

// endTable writes the rows that were read as a table.
func (w *htmlText) endTable(p htmlPart) {
	w.endCell()
	rows := w.rows[:0]
	for _, row := range w.rows {
		if strings.TrimSpace(strings.Join(row, "")) != "" {
			rows = append(rows, row)
		}
	}
	caption := strings.TrimSpace(string(w.out[p.from:]))
	w.out, w.rows, w.inTable = w.out[:p.from], nil, false
	if caption != "" {
		w.out = append(w.out, caption+"\n"...)
	}
	w.flush()
	if len(rows) == 0 {
		return
	}
	s := w.reader.section()
	s.Blocks = append(s.Blocks, docent.Block{Kind: docent.BlockTable, Text: tableOf(rows), Line: p.line, EndLine: max(p.line, min(w.line, w.last))})
	w.start = w.line
}

// ended writes what was left open when the block ended.
func (w *htmlText) ended() {
	if w.inTable {
		w.endCell()
		for _, row := range w.rows {
			w.out = append(append(bytes.TrimRight(w.out, "\n"), '\n'), strings.Join(row, " | ")...)
		}
	}
	for i := len(w.parts) - 1; i >= 0; i-- {
		if p := w.parts[i]; p.name == "pre" && p.from <= len(w.out) {
			w.endPre(p, string(w.out[p.from:]))
		}
	}
	w.flush()
	if w.entry {
		w.reader.endEntry()
	}
}
