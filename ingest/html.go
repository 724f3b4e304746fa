package ingest

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"

	"docent"
	"docent/ingest/site"
)

// html writes the text of a block of raw HTML, tags and comments dropped. On
// the top level its headings begin sections; within other blocks the text is
// given back.
func (r *reader) html(n *ast.HTMLBlock, top bool) string {
	var raw bytes.Buffer
	lines := n.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		raw.Write(seg.Value(r.src))
	}
	if n.HasClosure() {
		raw.Write(n.ClosureLine.Value(r.src))
	}
	first, last := r.span(n)
	w := htmlText{reader: r, top: top, line: first, start: first, last: last}
	w.read(raw.Bytes())
	if !top {
		return w.text()
	}
	w.ended()
	return ""
}

// htmlText makes text of HTML.
type htmlText struct {
	reader *reader
	top    bool
	line   int // of what is being read
	start  int // where the text not yet written begins
	last   int
	out    []byte
	level  int // of the heading that is open; 0 outside
	from   int // where its words begin in out
	begun  int // the line where it begins
	tags   []site.Part
	mute   string // the element whose content is not text
	pre    int    // <pre> that are open
	parts  []htmlPart
	entry  bool // an entry was begun

	inTable  bool       // a table is read row by row
	rows     [][]string // of that
	cellFrom int        // where the text of an open cell begins in out, from 1; 0 outside
}

// blockTags begin and end lines.
var blockTags = map[string]bool{
	"address": true, "article": true, "aside": true, "blockquote": true, "br": true, "center": true, "dd": true, "details": true, "div": true,
	"dl": true, "dt": true, "figcaption": true, "figure": true, "footer": true, "form": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"h5": true, "h6": true, "header": true, "hr": true, "li": true, "main": true, "nav": true, "ol": true, "p": true, "pre": true,
	"section": true, "summary": true, "table": true, "tbody": true, "thead": true, "tr": true, "ul": true,
}

// muteTags hold what no reader sees.
var muteTags = map[string]bool{"script": true, "style": true, "template": true, "iframe": true, "noscript": true, "svg": true}

func (w *htmlText) read(raw []byte) {
	if w.reader.inComment {
		_, rest, ended := bytes.Cut(raw, []byte("-->"))
		if !ended {
			return
		}
		w.reader.inComment = false
		raw = rest
	}
	z := html.NewTokenizer(bytes.NewReader(raw))
	for {
		kind := z.Next()
		token := z.Raw()
		switch kind {
		case html.ErrorToken:
			return
		case html.CommentToken:
			w.reader.inComment = bytes.HasPrefix(token, []byte("<!--")) && !bytes.Contains(token, []byte("-->")) && !bytes.HasPrefix(token, []byte("<!-->"))
		case html.TextToken:
			w.line += w.write(z)
			continue
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			lines := bytes.Count(token, []byte("\n"))
			w.tag(z.Token())
			w.line += lines
			continue
		}
		w.line += bytes.Count(token, []byte("\n"))
	}
}

// write takes in text and says how many lines it was.
func (w *htmlText) write(z *html.Tokenizer) int {
	lines := bytes.Count(z.Raw(), []byte("\n"))
	text := z.Text()
	switch {
	case w.mute != "":
	case w.pre > 0:
		w.out = append(w.out, text...)
	default:
		words := strings.Join(strings.Fields(string(text)), " ")
		if words == "" {
			if len(text) > 0 {
				w.space()
			}
			break
		}
		if isSpace(text[0]) {
			w.space()
		}
		w.out = append(w.out, escapeTags(words)...)
		if isSpace(text[len(text)-1]) {
			w.space()
		}
	}
	return lines
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

// escapeTags keeps what the HTML showed as "<b>" from becoming a tag.
func escapeTags(s string) string {
	s = strings.ReplaceAll(s, "```", "\\`\\`\\`") // it would begin code
	if !strings.Contains(s, "<") {
		return s
	}
	return string(appendText(nil, []byte(strings.ReplaceAll(strings.ReplaceAll(s, "&", "&amp;"), "<", "&lt;")), nil, false))
}

func (w *htmlText) space() {
	if n := len(w.out); n > 0 && w.out[n-1] != ' ' && w.out[n-1] != '\n' {
		w.out = append(w.out, ' ')
	}
}

// newline ends a line, unless it is empty.
func (w *htmlText) newline() {
	w.out = bytes.TrimRight(w.out, " ")
	if n := len(w.out); n > 0 && w.out[n-1] != '\n' {
		w.out = append(w.out, '\n')
	}
}

func (w *htmlText) tag(t html.Token) {
	if w.mute != "" {
		if t.Type == html.EndTagToken && t.Data == w.mute {
			w.mute = ""
		}
		return
	}
	if muteTags[t.Data] && t.Type == html.StartTagToken {
		w.mute = t.Data
		return
	}
	r := w.reader
	if t.Type != html.EndTagToken {
		r.ids(t)
	}
	switch {
	case t.Data == "img":
		w.out = append(w.out, attr(t, "alt")...)
	case t.Data == "a":
		r.anchorTag(t, w.out, w.line)
	case w.inTable && t.Data == "tr":
		if w.endCell(); t.Type == html.StartTagToken {
			w.rows = append(w.rows, nil)
		}
		return
	case w.inTable && (t.Data == "td" || t.Data == "th"):
		w.cell(t)
		return
	case t.Data == "td" || t.Data == "th":
		if t.Type == html.EndTagToken {
			w.out = append(bytes.TrimRight(w.out, " "), " | "...)
		}
	case t.Data == "pre":
		w.pre = max(0, w.pre+map[html.TokenType]int{html.StartTagToken: 1, html.EndTagToken: -1}[t.Type])
	}
	if blockTags[t.Data] && (t.Data != "pre" || !w.top) {
		w.newline()
	}
	if partTags[t.Data] {
		w.part(t)
	}
	if t.Data == "dl" && t.Type == html.EndTagToken && w.entry {
		w.flush()
		w.reader.endEntry()
		w.entry = false
	}
	if t.Data == "li" && t.Type == html.StartTagToken {
		w.out = append(w.out, "- "...)
	}
	if w.top && boxTags[t.Data] {
		w.box(t)
	}
	if level := headingLevel(t.Data); level > 0 {
		w.heading(t, level)
	}
}

// headingLevel gives the level of h1 to h6, 0 for other elements.
func headingLevel(name string) int {
	if len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' {
		return int(name[1] - '0')
	}
	return 0
}

// heading opens or ends a heading. What stood before it is a block of the
// section that ends here.
func (w *htmlText) heading(t html.Token, level int) {
	if t.Type == html.StartTagToken {
		w.level, w.from, w.begun, w.tags = level, len(w.out), w.line, nil
		if id := attr(t, "id"); id != "" {
			w.tags = []site.Part{{Kind: site.PartHTML, Text: t.String()}}
		}
		return
	}
	if t.Type != html.EndTagToken || w.level != level {
		return
	}
	words := strings.Join(strings.Fields(string(w.out[w.from:])), " ")
	w.level = 0
	if words == "" {
		return
	}
	h := site.Heading{Level: level, Parts: append(w.tags, site.Part{Kind: site.PartText, Text: words}), HTML: true}
	a := w.reader.anchor(h)
	w.out = w.out[:w.from]
	if !w.top {
		w.out = append(w.out, "**"+a.Words+"**\n"...)
		return
	}
	end := w.line
	w.line = w.begun
	w.flush()
	w.line = end
	if r := w.reader; r.boxes > 0 && a.ID == "" && level > 1 {
		r.beginBox(a.Words, w.begun)
	} else {
		r.beginSection(a, level, w.begun)
	}
}

// flush writes what was read as a block of the section.
func (w *htmlText) flush() {
	if !w.top {
		return
	}
	text, start := w.text(), w.start
	w.out, w.start = w.out[:0], w.line
	if text == "" {
		return
	}
	s := w.reader.section()
	kind := docent.BlockHTML
	if w.entry {
		kind = docent.BlockDefinition
	}
	s.Blocks = append(s.Blocks, docent.Block{Kind: kind, Text: text, Line: start, EndLine: min(w.line, w.last)})
}

// text is what was read, its lines without white space around them.
func (w *htmlText) text() string {
	lines := strings.Split(string(w.out), "\n")
	kept := lines[:0]
	for _, line := range lines {
		line = strings.TrimRight(line, " \t")
		line = strings.TrimSuffix(line, " |")
		if trimmed := strings.TrimSpace(line); trimmed != "" && trimmed != "-" {
			kept = append(kept, line)
		}
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}
