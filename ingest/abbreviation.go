package ingest

import (
	"bytes"
	"regexp"
	"strings"
)

// abbreviationLine says what an abbreviation stands for: *[HTML]: Hyper Text
// Markup Language.
var abbreviationLine = regexp.MustCompile(`(?m)^ {0,3}\*\[([^\]\n]+)\]:[ \t]*([^\n]+?)[ \t]*$`)

// maxAbbreviations is how many a page may have.
const maxAbbreviations = 1000

// takeAbbreviations takes the lines off the text that explain abbreviations. The
// page says what one stands for where it is first used.
func (d *dialect) takeAbbreviations(s *source) {
	if !d.has(attributeLists|kramdownLists) || !bytes.Contains(s.text, []byte("*[")) || !bytes.Contains(s.text, []byte("]:")) {
		return
	}
	w := rewriter{src: s.text}
	first := max(0, bytes.Index(s.text, []byte("*["))-4)
	for _, m := range abbreviationLine.FindAllSubmatchIndex(s.text[first:], maxAbbreviations) {
		for i := range m {
			m[i] += first
		}
		if s.abbreviations == nil {
			s.abbreviations = map[string]string{}
		}
		s.abbreviations[string(s.text[m[2]:m[3]])] = string(s.text[m[4]:m[5]])
		w.copyTo(m[0])
		w.at = m[1]
	}
	w.copyTo(len(w.src))
	s.text = w.out
}

// explain appends text, and behind an abbreviation what it stands for, once a
// page.
func (r *reader) explain(b []byte, from int) []byte {
	if len(r.source.abbreviations) == 0 || r.inHeading {
		return b
	}
	var out []byte
	text := b[from:]
	at := 0
	for at < len(text) {
		end := at
		for end < len(text) && (isNameByte(text[end]) || text[end] == '-' || text[end] == '.' && end > at) {
			end++
		}
		if end == at {
			end++
		}
		word := strings.TrimRight(string(text[at:end]), ".")
		meaning, known := r.source.abbreviations[word]
		if !known || r.explained[word] {
			out = append(out, text[at:end]...)
			at = end
			continue
		}
		if r.explained == nil {
			r.explained = map[string]bool{}
		}
		r.explained[word] = true
		out = append(out, word+" ("+meaning+")"+string(text[at+len(word):end])...)
		at = end
	}
	return append(b[:from], out...)
}
