package ingest

import (
	"bytes"
	"regexp"
	"strings"
)

// includeFence begins an include of MyST, whose settings stand on the lines
// after it.
var includeFence = regexp.MustCompile("^([ \t]*)(`{3,}|~{3,}|:{3,})[ \t]*\\{(include|literalinclude)\\}[ \t]+(\\S.*?)[ \t]*$")

// fieldLine is a setting of a directive.
var fieldLine = regexp.MustCompile(`^[ \t]*:([\w-]+):[ \t]*(.*?)[ \t]*$`)

// fenced takes in an include that is written as a code block; false where none
// begins here.
func (x *expansion) fenced(w *rewriter, end, number int) bool {
	if !x.dialect.has(fencedBlocks) || !bytes.Contains(w.src[w.at:end], []byte("include}")) {
		return false
	}
	m := includeFence.FindSubmatch(bytes.TrimRight(w.src[w.at:end], "\n"))
	if m == nil {
		return false
	}
	fields := map[string]string{}
	for end < len(w.src) {
		next := w.lineEnd(end)
		line := bytes.TrimRight(w.src[end:next], "\n")
		if bare := bytes.TrimSpace(line); bytes.HasPrefix(bare, m[2]) && len(bytes.Trim(bare, string(m[2][:1]))) == 0 {
			end = next
			break
		}
		if f := fieldLine.FindSubmatch(line); f != nil {
			fields[string(f[1])] = strings.Trim(string(f[2]), `"'`)
		}
		end = next
	}
	i := fieldInclude(string(m[4]), fields, string(m[3]) == "literalinclude")
	if bytes.HasSuffix(w.src[w.at:end], []byte("\n")) {
		end--
	}
	x.putIndented(w, i, end, number, m[1])
	return true
}

// putIndented puts an include that stands for whole lines.
func (x *expansion) putIndented(w *rewriter, i include, end, number int, indent []byte) {
	w.out = append(w.out, indent...)
	lines := bytes.Count(w.src[w.at:end], []byte("\n"))
	x.put(w, i, end, number, indent, false)
	if lines > 0 {
		w.note(lineRun{at: w.wrote() + 2, from: number + lines + 1})
	}
}

// fieldInclude reads the settings of MyST's includes.
func fieldInclude(name string, fields map[string]string, literal bool) include {
	i := include{name: name, part: portion{
		after: fields["start-after"], before: fields["end-before"], from: fields["start-at"], to: fields["end-at"],
		object: fields["pyobject"],
	}}
	if lines, ok := fields["lines"]; ok {
		i.part.lines = ranges(lines)
	}
	first, hasFirst := fields["start-line"]
	last, hasLast := fields["end-line"]
	if hasFirst || hasLast { // counted from 0, the end not included
		a, _ := lineNumber(first)
		b, _ := lineNumber(last)
		i.part.lines = [][2]int{{a + 1, b}}
	}
	_, i.part.flush = fields["dedent"]
	lang, code := fields["code"]
	_, verbatim := fields["literal"]
	if i.code = literal || code || verbatim; i.code {
		i.lang, i.title = lang, fields["caption"]
		if l := fields["language"]; l != "" {
			i.lang = l
		}
	}
	return i
}

// scissors begins and ends a list of snippets.
var scissors = regexp.MustCompile(`^[ \t]*-+8<-+[ \t]*$`)

// listed takes in a list of snippets; false where none begins here.
func (x *expansion) listed(w *rewriter, end, number int) bool {
	if !x.dialect.has(snippets) || !bytes.Contains(w.src[w.at:end], []byte("8<-")) || !scissors.Match(bytes.TrimRight(w.src[w.at:end], "\n")) {
		return false
	}
	var names []string
	rows := 1
	closed := false
	for end < len(w.src) && !closed {
		next := w.lineEnd(end)
		line := bytes.TrimSpace(w.src[end:next])
		closed = scissors.Match(line)
		if !closed && len(line) > 0 && line[0] != ';' {
			names = append(names, strings.Trim(string(line), `"'`))
		}
		end = next
		rows++
	}
	if !closed {
		return false
	}
	indent := w.src[w.at : w.at+indentOf(w.src[w.at:])]
	w.at = end
	for _, name := range names {
		i := rooted(withPart(name))
		w.out = append(w.out, indent...)
		if text, _, ok := x.take(i, number); ok {
			text = bytes.ReplaceAll(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"), append([]byte("\n"), indent...))
			w.note(lineRun{at: w.wrote() + 1, from: number, still: true})
			w.out = append(w.out, text...)
		}
		w.out = append(w.out, '\n')
	}
	w.note(lineRun{at: w.wrote() + 1, from: number + rows})
	return true
}
