package ingest

import (
	"bytes"
	"sort"

	"docent"
)

// source is a page's text on its way from the file to the parser.
type source struct {
	path     string
	meta     map[string]any   // front matter; nil where there is none
	text     []byte           // without front matter
	skipped  int              // lines of front matter
	lines    []lineMap        // one for each rewriting that moved lines, in order
	names    map[int][]string // what lines of their own call the block that begins in a line of the text
	used     []usedFile       // what stands in it of other files
	warnings []docent.Warning

	abbreviations map[string]string // what they stand for
}

// usedFile is a file that a page includes.
type usedFile struct {
	file string // in the repository, or as the page names what is not there
	text []byte // nil where it is not there
}

// openSource takes the front matter off a file. It may be MultiMarkdown's where
// multi is set.
func openSource(path string, raw []byte, multi bool) *source {
	meta, body, lines, warn := frontMatter(raw)
	if multi && meta == nil && warn == nil {
		meta, body, lines = multiMarkdown(raw)
	}
	s := &source{path: path, meta: meta, text: body, skipped: lines}
	if warn != nil {
		warn.Path = path
		s.warnings = append(s.warnings, *warn)
	}
	return s
}

// rewritten takes in what a rewriting made of the text. warnings have lines of
// the text as it was.
func (s *source) rewritten(text []byte, moved lineMap, warnings []docent.Warning) {
	for _, w := range warnings {
		s.warn(w.Line, w.Message)
	}
	s.text = text
	if len(moved) > 0 {
		s.lines = append(s.lines, moved)
	}
}

// maxWarnings is how many a page may have.
const maxWarnings = 100

// warn tells a writer of something in a line of the text.
func (s *source) warn(line int, message string) {
	if len(s.warnings) > maxWarnings {
		return
	}
	if len(s.warnings) == maxWarnings {
		message = "and more, which are left out"
	}
	at, _ := s.place(line)
	s.warnings = append(s.warnings, docent.Warning{Path: s.path, Line: at, Message: message})
}

// unevaluated is what of a page can't be told from its source.
type unevaluated struct {
	lines map[string]int // where each first stands
	order []string
}

func (u *unevaluated) note(what string, line int) {
	if _, noted := u.lines[what]; noted {
		return
	}
	if u.lines == nil {
		u.lines = map[string]int{}
	}
	u.lines[what] = line
	u.order = append(u.order, what)
}

// report warns of each once.
func (u *unevaluated) report(s *source) {
	for _, what := range u.order {
		s.warn(u.lines[what], what+" can't be evaluated here: it is on the built site alone")
	}
}

// place says which line of the file a line of the text stands for, and, where
// it was included, from which file it came.
func (s *source) place(line int) (at int, file string) {
	for i := len(s.lines) - 1; i >= 0; i-- {
		var from string
		if line, from = s.lines[i].origin(line); from != "" {
			file = from
		}
	}
	return s.skipped + line, file
}

// lineMap says which lines the lines of a text were before it was rewritten.
// Before its first run they are the same.
type lineMap []lineRun

// lineRun holds from a line on, up to the next run.
type lineRun struct {
	at    int    // the line from which it holds, from 1
	from  int    // what that line was
	still bool   // all lines of the run were that one
	file  string // where they come from; "" is the page itself
}

// origin gives the line that a line was.
func (m lineMap) origin(line int) (from int, file string) {
	i := sort.Search(len(m), func(i int) bool { return m[i].at > line }) - 1
	switch {
	case i < 0:
		return line, ""
	case m[i].still:
		return m[i].from, m[i].file
	}
	return m[i].from + line - m[i].at, m[i].file
}

// rewriter copies a text, and writes other things in the place of some of it.
type rewriter struct {
	src   []byte
	at    int // how far it is read
	out   []byte
	moved lineMap

	seen, written       int // offsets up to which lines were counted
	seenLine, writeLine int // and how many there were
}

// copyTo copies up to end.
func (w *rewriter) copyTo(end int) {
	w.out = append(w.out, w.src[w.at:end]...)
	w.at = end
}

// put writes text that has no line ends.
func (w *rewriter) put(text string) { w.out = append(w.out, text...) }

// blank drops what stands up to end but its line ends.
func (w *rewriter) blank(end int) {
	for range bytes.Count(w.src[w.at:end], []byte("\n")) {
		w.out = append(w.out, '\n')
	}
	w.at = end
}

// drop drops what stands up to end with its line ends.
func (w *rewriter) drop(end int) {
	moved := bytes.IndexByte(w.src[w.at:end], '\n') >= 0
	w.at = end
	if moved {
		w.sync()
	}
}

// line is the line that is being read, from 1.
func (w *rewriter) line() int {
	w.seenLine += bytes.Count(w.src[w.seen:w.at], []byte("\n"))
	w.seen = w.at
	return w.seenLine + 1
}

// sync notes that the line which is being written is the one that is being
// read.
func (w *rewriter) sync() { w.note(lineRun{at: w.wrote() + 1, from: w.line()}) }

// wrote counts the lines that were written.
func (w *rewriter) wrote() int {
	w.writeLine += bytes.Count(w.out[w.written:], []byte("\n"))
	w.written = len(w.out)
	return w.writeLine
}

func (w *rewriter) note(run lineRun) {
	for n := len(w.moved); n > 0 && w.moved[n-1].at >= run.at; n-- {
		w.moved = w.moved[:n-1]
	}
	w.moved = append(w.moved, run)
}

// putLines writes text all of which stands for the line that is being read.
// file is where it comes from; "" is the page itself.
func (w *rewriter) putLines(text []byte, file string) {
	if bytes.IndexByte(text, '\n') < 0 && file == "" {
		w.out = append(w.out, text...)
		return
	}
	line := w.line()
	w.note(lineRun{at: w.wrote() + 1, from: line, still: true, file: file})
	w.out = append(w.out, text...)
	w.note(lineRun{at: w.wrote() + 2, from: line + 1})
}

// lineEnd is the offset after the end of the line that at stands on.
func (w *rewriter) lineEnd(at int) int {
	if n := bytes.IndexByte(w.src[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(w.src)
}
