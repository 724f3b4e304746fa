package verify

import (
	"strings"

	"docent"
	"docent/analysis"
)

// maxShelf is how many bytes of passages are kept taken apart: many questions are
// answered from the same pages.
const maxShelf = 8 << 20

// wordBytes is about what a byte of a passage's text takes when it is taken apart.
const wordBytes = 12

// part names a passage by what is read of it. Texts that are the same are mostly one
// in memory, and quickly compared.
type part struct {
	title, headings, text string
	lang                  string // its own
	words                 string // that its words are read in: the first passage's
}

// taken is a passage taken apart. It is not changed any more: answers share it.
type taken struct {
	part
	all   lettered
	units []unit
	about []string // terms of the headings
}

// take gives a passage taken apart.
func (c *Checker) take(chunk docent.Chunk, lang, words string) *taken {
	p := part{chunk.Title, strings.Join(chunk.Headings, "\n"), chunk.Text, lang, words}
	if t, kept := c.shelf.Get(p); kept {
		return t
	}
	t := &taken{part: p}
	t.read()
	c.shelf.Put(p, t, wordBytes*(len(p.text)+len(p.headings)))
	return t
}

// unit is a sentence, a row or a line of code.
type unit struct {
	text  string
	low   lettered
	words []word
	terms []string // of words
	row   bool
	sum   bool     // see isSum
	head  string   // of a row: the table's first one
	heads []string // the terms of head
	key   []string // of a row: the terms of its first cell
	reach int      // so many units before and after are read with it
}

// codeReach is how far a line of code is read with others.
const codeReach = 4

func (t *taken) read() {
	heading := t.title + "\n" + t.headings
	t.all = letteredOf(apart(heading + "\n" + t.text))
	t.about = analysis.Terms(heading, t.lang)
	last := 0
	for _, s := range append(analysis.Sentences(t.text), analysis.Span{Start: len(t.text), End: len(t.text)}) {
		for line := range strings.SplitSeq(t.text[last:s.Start], "\n") { // what is no sentence is code
			if strings.ContainsFunc(line, isAlnum) && !strings.HasPrefix(strings.TrimSpace(line), "```") {
				t.add(unit{text: line, reach: codeReach})
			}
		}
		last = s.End
		if s.Start < s.End {
			t.add(t.unitOf(t.text[s.Start:s.End]))
		}
	}
}

func (t *taken) add(u unit) {
	text := apart(u.text)
	u.low, u.sum = letteredOf(text), isSum(text)
	u.words = read(text, t.words)
	u.terms = terms(u.words)
	if u.head != "" {
		u.heads = terms(read(u.head, t.words))
	}
	t.units = append(t.units, u)
}

func (t *taken) unitOf(text string) unit {
	if !strings.HasPrefix(text, "|") {
		return unit{text: text, reach: 1}
	}
	cell, _, _ := strings.Cut(strings.TrimLeft(text, "| "), "|")
	u := unit{text: text, row: true, key: terms(read(cell, t.lang))}
	if n := len(t.units); n > 0 && t.units[n-1].row {
		if u.head = t.units[n-1].head; u.head == "" {
			u.head = t.units[n-1].text
		}
	}
	return u
}
