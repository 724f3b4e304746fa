package ingest

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"

	"docent"
)

// fenceInfo is what the first line of a code block says.
type fenceInfo struct {
	lang  string
	title string // of the file, or of the tab; "" where it has none
	flags map[string]bool
}

// infoPart is a word of an info string, or an attribute: {1,3-5},
// title="a b", [config.js], .class, name=value.
var infoPart = regexp.MustCompile(`\{[^{}]*\}|\[[^\]]*\]|[\w:.-]+=(?:"[^"]*"|'[^']*'|\{[^{}]*\}|[^\s{}]+)|"[^"]*"|/[^/\s]+/|[^\s{},\[\]]+|,`)

// titleKeys are attributes that name a block.
var titleKeys = map[string]bool{"title": true, "filename": true, "file": true, "name": true, "caption": true, "tab": true, "label": true}

// parseInfo reads an info string.
func parseInfo(info string) fenceInfo {
	f := fenceInfo{}
	info = strings.TrimSpace(html.UnescapeString(info))
	if isWordsOnly(info) { // nearly always
		f.lang = info
		return f
	}
	for i, part := range infoPart.FindAllString(info, -1) {
		f.part(part, i == 0)
	}
	return f
}

// isWordsOnly reports whether an info string is a language alone.
func isWordsOnly(info string) bool {
	for i := range len(info) {
		if !isNameByte(info[i]) && strings.IndexByte("+#-.", info[i]) < 0 {
			return false
		}
	}
	return true
}

func (f *fenceInfo) part(part string, first bool) {
	switch {
	case part[0] == '{':
		for i, p := range infoPart.FindAllString(part[1:len(part)-1], -1) {
			f.part(p, first && i == 0)
		}
	case part[0] == '[':
		f.entitle(part[1 : len(part)-1])
	case strings.Contains(part, "="):
		key, value, _ := strings.Cut(part, "=")
		if before, after, found := strings.Cut(key, ":"); found && first { // js:title=a.js
			f.lang, key = before, after
		}
		value = strings.Trim(value, `"'{}`)
		switch {
		case titleKeys[key]:
			f.entitle(value)
		case key == "lang":
			f.lang = value
		}
	case part[0] == '.' && (first || f.lang == ""):
		f.lang = part[1:]
	case first && !isNumber(part):
		f.lang = language(part)
		f.flag(strings.TrimPrefix(part, f.lang))
	default:
		f.flag(part)
	}
}

// entitle takes the first title: an attribute may follow it.
func (f *fenceInfo) entitle(title string) {
	if f.title == "" {
		f.title = strings.Join(strings.Fields(title), " ")
	}
}

func (f *fenceInfo) flag(name string) {
	if f.flags == nil {
		f.flags = map[string]bool{}
	}
	f.flags[strings.Trim(name, ",:.")] = true
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789-,") == "" }

// language is a word of an info string without the settings that some
// renderers glue to it: js:line-numbers, rust,ignore.
func language(info string) string {
	if i := strings.IndexAny(info, "{,:`\t"); i >= 0 {
		info = info[:i]
	}
	return info
}

// fence reads the first line of a code block.
func (r *reader) fence(n *ast.FencedCodeBlock) fenceInfo {
	if n.Info == nil {
		return fenceInfo{}
	}
	return parseInfo(string(n.Info.Value(r.src)))
}

// codeBlock writes a code block with words before it, which are its title
// where they are "".
func (r *reader) codeBlock(n ast.Node, words string) {
	code := r.code(n)
	if code.text == "" {
		return
	}
	if words == "" {
		words = called(code.title)
	}
	r.add(docent.BlockParagraph, words, "", n)
	r.add(docent.BlockCode, code.text, code.lang, n)
}

// called introduces code that has a title.
func called(title string) string {
	switch {
	case title == "" || strings.HasSuffix(title, ":"):
		return title
	case looksLikeFile(title):
		return "File: " + title
	}
	return title + ":"
}

// looksLikeFile tells the name of a file from other titles.
func looksLikeFile(title string) bool {
	return !strings.ContainsAny(title, " \t") && strings.ContainsAny(title, "./") && len(title) > 2
}

// codeText is a code block as it is written.
type codeText struct {
	text, lang, title string
}

// code gives a code block, between fences that it does not hold itself: byte
// for byte, but for comments that only style it.
func (r *reader) code(n ast.Node) codeText {
	var info fenceInfo
	if f, ok := n.(*ast.FencedCodeBlock); ok {
		info = r.fence(f)
	}
	var b bytes.Buffer
	lines := n.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		b.Write(seg.Value(r.src))
	}
	content := b.Bytes()
	if len(bytes.TrimSpace(content)) == 0 {
		return codeText{}
	}
	if _, indented := n.(*ast.CodeBlock); indented {
		content = bytes.TrimRight(content, "\n")
	}
	content = r.dialect.withoutMarks(content, info)
	fence := strings.Repeat("`", max(3, longestRun(content, '`')+1))
	end := "\n"
	if bytes.HasSuffix(content, []byte("\n")) {
		end = ""
	}
	return codeText{fence + info.lang + "\n" + string(content) + end + fence, info.lang, info.title}
}

func longestRun(b []byte, c byte) int {
	longest, run := 0, 0
	for _, x := range b {
		if run++; x != c {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
