package ingest

import (
	"bytes"
	"regexp"
	"strings"

	"docent/ingest/site"
)

// Names of what stands beside them, on lines of their own.
var (
	mystLabel     = regexp.MustCompile(`^ {0,3}\(([^()\n]+)\)=[ \t]*$`)
	attributes    = regexp.MustCompile(`^ {0,3}\{([^{}:\n][^{}\n]*)\}[ \t]*$`)
	kramdownList  = regexp.MustCompile(`^ {0,3}\{:([^{}:\n][^{}\n]*)?\}[ \t]*$`)
	attributeWord = regexp.MustCompile(`[^\s=]+="[^"]*"|[^\s=]+='[^']*'|\S+`)
	underline     = regexp.MustCompile(`^ {0,3}(?:=+|-+)[ \t]*$`)
)

// takeLabels takes the lines off the text that only give others a name or
// attributes, and notes the names by the line of what they name: MyST's
// (name)= and {#name} stand before it, kramdown's {: #name} before or after.
func (d *dialect) takeLabels(s *source) {
	if d.has(attributeLists) && !d.has(roles) && !d.Off["attr_list"] {
		s.names = map[int][]string{0: idsIn(s.text)}
		return
	}
	l := labels{source: s, myst: d.has(roles), blocks: !d.Off["attrs_block"]}
	if !l.myst && (!d.has(kramdownLists) || !bytes.Contains(s.text, []byte("{:"))) || !bytes.Contains(s.text, []byte(")=")) && !bytes.Contains(s.text, []byte("{")) {
		return
	}
	s.names = map[int][]string{}
	if l.myst {
		s.names[0] = site.LabelsIn(string(s.text)) // of whatever they name
	}
	number := 0
	var out []byte
	for line := range bytes.Lines(s.text) {
		number++
		if l.take(number, strings.TrimSuffix(string(line), "\n")) {
			line = line[len(line)-bytes.Count(line[len(line)-1:], []byte("\n")):]
		}
		out = append(out, line...)
	}
	s.text = out
}

// labels reads a text line by line.
type labels struct {
	*source
	myst    bool
	blocks  bool     // {#name} is a notation
	fence   string   // of the code that is being read; "" outside
	pending []string // names of what comes next
	above   string   // the line before; "" where it is blank
}

// take reports whether a line only names what is beside it.
func (l *labels) take(number int, line string) bool {
	before := l.above
	l.above = ""
	if strings.TrimSpace(line) == "" {
		if !l.myst {
			l.pending = nil
		}
		return false
	}
	if l.inCode(line) {
		l.above = line
		return false
	}
	if name, ok := l.nameBefore(line); ok {
		if name != "" {
			l.pending = append(l.pending, name)
		}
		return true
	}
	if m := kramdownList.FindStringSubmatch(line); m != nil && !l.myst {
		switch name := idOf(m[1]); {
		case name == "":
		case before == "":
			l.pending = append(l.pending, name)
		case underline.MatchString(before):
			l.names[number-2] = append(l.names[number-2], name)
		default:
			l.names[number-1] = append(l.names[number-1], name)
		}
		return true
	}
	if len(l.pending) > 0 {
		l.names[number], l.pending = append(l.names[number], l.pending...), nil
	}
	l.above = line
	return false
}

// inCode reports whether a line is one of a code block. A directive's lines
// are text.
func (l *labels) inCode(line string) bool {
	bare := strings.TrimSpace(line)
	if l.fence != "" {
		if strings.HasPrefix(bare, l.fence) && strings.Trim(bare, l.fence[:1]) == "" {
			l.fence = ""
		}
		return true
	}
	for _, mark := range []string{"```", "~~~"} {
		if strings.HasPrefix(bare, mark) {
			info := strings.TrimLeft(bare, mark[:1])
			if !strings.HasPrefix(info, "{") && info != "" || info == "" && !l.myst {
				l.fence = bare[:len(bare)-len(info)]
				return true
			}
		}
	}
	return false
}

// nameBefore gives the name of what comes next; "" where the line has other
// attributes.
func (l *labels) nameBefore(line string) (name string, ok bool) {
	if !l.myst {
		return "", false
	}
	if m := mystLabel.FindStringSubmatch(line); m != nil {
		return m[1], true
	}
	if m := attributes.FindStringSubmatch(line); m != nil && l.blocks && strings.ContainsAny(m[1], "#.=") {
		return idOf(m[1]), true
	}
	return "", false
}

// idsIn are the ids that attribute lists give parts of a text, behind them or on
// lines of their own.
func idsIn(text []byte) (ids []string) {
	for at := 0; ; {
		n := bytes.IndexByte(text[at:], '{')
		if n < 0 {
			return ids
		}
		at += n + 1
		end := bytes.IndexAny(text[at:], "{}\n")
		if end < 0 || text[at+end] != '}' || bytes.IndexByte(text[at:at+end], '#') < 0 {
			continue
		}
		before := bytes.TrimRight(text[:at-1], " \t")
		if behind := len(before) == at-1; len(before) > 0 && before[len(before)-1] != '\n' && (!behind || bytes.IndexByte([]byte(")]`*_>:"), before[len(before)-1]) < 0) {
			continue
		}
		if id := idOf(strings.TrimPrefix(string(text[at:at+end]), ":")); id != "" {
			ids = append(ids, id)
		}
	}
}

// idOf is the id in a list of attributes; "" where it has none.
func idOf(list string) (id string) {
	for _, word := range attributeWord.FindAllString(list, -1) {
		if name, ok := strings.CutPrefix(word, "#"); ok {
			id = name
		} else if name, ok := strings.CutPrefix(word, "id="); ok {
			id = strings.Trim(name, `"'`)
		}
	}
	return id
}

// nameAnchors notes the ids of all that has a name.
func (r *reader) nameAnchors() {
	for _, names := range r.source.names {
		for _, name := range names {
			if r.dialect.has(roles) {
				name = site.LabelID(name)
			}
			r.page.anchors[name] = true
		}
	}
}
