package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// portion says what of a file is included. The zero value is all of it.
type portion struct {
	lines   [][2]int // from and to, from 1; a 0 is the first or the last
	region  string   // what stands between marks of this name
	heading bool     // the region may be a heading's anchor
	after   string   // begins after the first line that holds it
	from    string   // begins with that line
	before  string   // ends before the next line that holds it
	to      string   // ends with that line
	object  string   // a function or a class of Python
	flush   bool     // common indentation goes
}

// of gives the part of a file.
func (p portion) of(text []byte) ([]byte, error) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	if n := len(lines); len(lines[n-1]) == 0 {
		lines = lines[:n-1]
	}
	if p.region == "" {
		lines = p.numbered(lines)
	}
	lines, err := p.named(lines)
	if err != nil {
		return nil, err
	}
	if p.region != "" {
		lines = p.numbered(lines)
	}
	if p.object != "" {
		if lines = pythonObject(lines, p.object); lines == nil {
			return nil, fmt.Errorf("has no %s", p.object)
		}
	}
	if lines, err = p.between(lines); err != nil {
		return nil, err
	}
	if len(lines) == 0 && p.lines != nil {
		return nil, errors.New("has not so many lines")
	}
	if p.flush {
		lines = outdented(lines)
	}
	return bytes.Join(lines, nil), nil
}

// numbered gives the lines of the ranges; all where there are none.
func (p portion) numbered(lines [][]byte) (kept [][]byte) {
	if p.lines == nil {
		return lines
	}
	for _, r := range p.lines {
		from, to := max(r[0], 1), r[1]
		if to <= 0 || to > len(lines) {
			to = len(lines)
		}
		if from <= to {
			kept = append(kept, lines[from-1:to]...)
		}
	}
	return kept
}

// regionMark begins or ends a region, in the notations of all frameworks:
// ANCHOR: a and ANCHOR_END: a, --8<-- [start:a] and [end:a], #region a and
// #endregion a.
var regionMark = regexp.MustCompile(`ANCHOR(_END)?:[ \t]*([\w-]+)|-+8<-+[ \t]*\[[ \t]*(?:start|(end))[ \t]*:[ \t]*([^\]\s]+)[ \t]*\]|#(?:pragma[ \t]+)?(end)?[rR]egion\b[ \t]*([\w*-]*)`)

// mark reads a mark of a region.
func mark(line []byte) (name string, ends, ok bool) {
	if !bytes.Contains(line, []byte("ANCHOR")) && !bytes.Contains(line, []byte("8<-")) && !bytes.Contains(line, []byte("egion")) {
		return "", false, false
	}
	m := regionMark.FindSubmatch(line)
	if m == nil {
		return "", false, false
	}
	return string(m[2]) + string(m[4]) + string(m[6]), len(m[1])+len(m[3])+len(m[5]) > 0, true
}

// named gives the lines of the region, and drops marks of all regions.
func (p portion) named(lines [][]byte) ([][]byte, error) {
	var kept [][]byte
	inside, found := p.region == "", p.region == ""
	for _, line := range lines {
		name, ends, ok := mark(line)
		switch {
		case ok && p.region != "" && name == p.region:
			inside, found = !ends, true
		case ok && ends && name == "" && p.region != "":
			inside = false
		case ok && (name != "" || p.region != ""):
		case inside:
			kept = append(kept, line)
		}
	}
	if found {
		return kept, nil
	}
	if p.heading {
		if kept := section(lines, p.region); kept != nil {
			return kept, nil
		}
	}
	return nil, fmt.Errorf("has no region %q", p.region)
}

// section gives the lines from a heading up to the next one that isn't below
// it.
func section(lines [][]byte, anchor string) (kept [][]byte) {
	level := 0
	for _, line := range lines {
		n := runOf(line, '#')
		if n > 0 && n <= 6 && n < len(line) && line[n] == ' ' {
			switch words := strings.TrimSpace(string(line[n:])); {
			case level == 0 && (strings.HasSuffix(words, "{#"+anchor+"}") || strings.EqualFold(strings.Join(strings.FieldsFunc(words, notWord), "-"), anchor)):
				level = n
			case level >= n:
				return kept
			}
		}
		if level > 0 {
			kept = append(kept, line)
		}
	}
	return kept
}

func notWord(r rune) bool { return !isWord(r) && r != '_' }

// between gives the lines between those that hold texts.
func (p portion) between(lines [][]byte) ([][]byte, error) {
	for _, s := range []struct {
		text string
		skip int
	}{{p.after, 1}, {p.from, 0}} {
		if s.text == "" {
			continue
		}
		at := lineWith(lines, s.text)
		if at < 0 {
			return nil, fmt.Errorf("has no line with %q", s.text)
		}
		lines = lines[at+s.skip:]
	}
	for _, s := range []struct {
		text string
		keep int
	}{{p.before, 0}, {p.to, 1}} {
		if s.text == "" {
			continue
		}
		at := lineWith(lines, s.text)
		if at < 0 {
			return nil, fmt.Errorf("has no line with %q", s.text)
		}
		lines = lines[:at+s.keep]
	}
	return lines, nil
}

func lineWith(lines [][]byte, text string) int {
	for i, line := range lines {
		if bytes.Contains(line, []byte(text)) {
			return i
		}
	}
	return -1
}

// outdented takes off lines the indentation that all of them have.
func outdented(lines [][]byte) [][]byte {
	common := -1
	for _, line := range lines {
		if len(bytes.TrimSpace(line)) > 0 && (common < 0 || indentOf(line) < common) {
			common = indentOf(line)
		}
	}
	out := make([][]byte, len(lines))
	for i, line := range lines {
		out[i] = line[min(max(common, 0), indentOf(bytes.TrimRight(line, "\n"))):]
	}
	return out
}

// ranges reads lines such as "3", "2-5", "2:5", "7-" and "1,3-5"; nil where it
// is something else.
func ranges(s string) [][2]int {
	var out [][2]int
	for _, r := range strings.Split(s, ",") {
		r = strings.TrimSpace(r)
		i := strings.IndexAny(r, "-:")
		from, to := r, r
		if i >= 0 {
			from, to = r[:i], r[i+1:]
		}
		a, err := lineNumber(from)
		b, err2 := lineNumber(to)
		if r == "" || err != nil || err2 != nil {
			return nil
		}
		out = append(out, [2]int{a, b})
	}
	return out
}

func lineNumber(s string) (int, error) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, nil
	}
	return strconv.Atoi(s)
}

// withPart takes the lines or the region off a file's name: a.md:2:5, a.md:name.
func withPart(name string) (string, portion) {
	slash := strings.LastIndexByte(name, '/') + 1
	colon := strings.IndexByte(name[slash:], ':')
	if colon < 0 {
		return name, portion{}
	}
	file, rest := name[:slash+colon], name[slash+colon+1:]
	if lines := ranges(rest); lines != nil {
		return file, portion{lines: lines}
	}
	return file, portion{region: rest}
}

// pythonObject gives the lines of a function or a class.
func pythonObject(lines [][]byte, name string) (kept [][]byte) {
	name = name[strings.LastIndexByte(name, '.')+1:]
	indent := -1
	for _, line := range lines {
		bare := bytes.TrimLeft(line, " \t")
		if indent < 0 {
			words := strings.FieldsFunc(string(bare), func(r rune) bool { return !isWord(r) && r != '_' })
			for i, w := range words {
				if w == name && i > 0 && (words[i-1] == "def" || words[i-1] == "class") {
					indent = indentOf(line)
					break
				}
			}
			if indent >= 0 {
				kept = append(kept, line)
			}
			continue
		}
		if len(bytes.TrimSpace(bare)) > 0 && indentOf(line) <= indent && bare[0] != ')' {
			break
		}
		kept = append(kept, line)
	}
	return kept
}
