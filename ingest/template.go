package ingest

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// template evaluates what a framework puts into a page before it is Markdown:
// variables, conditions, tags, as far as the configuration and the page itself
// tell. What they don't is reported, and never printed raw.
type template struct {
	rewriter
	dialect *dialect
	source  *source
	scope   scope
	fence   string        // of the code that is being read; "" outside
	start   int           // where the line begins
	blocks  []templateTag // that are open
	muted   int           // how many of them hide what they hold
	wary    bool          // nothing says that the page is a template: code is none
	missing unevaluated
	ends    map[string]int // where the last tag that ends a block of a name stands
}

// templateTag is a tag that has an end.
type templateTag struct {
	name      string
	mutes     bool // what it holds now is not shown
	done      bool // a branch was shown
	container bool
}

// evaluated evaluates a page.
func (d *dialect) evaluated(s *source) {
	if !d.has(liquid|macros|snippets|vue|mustache|bookBlocks|fencedBlocks) || !bytes.Contains(s.text, []byte("{{")) && !bytes.Contains(s.text, []byte("{%")) && !bytes.Contains(s.text, []byte("{#")) {
		return
	}
	t := &template{rewriter: rewriter{src: s.text}, dialect: d, source: s, scope: d.scope(s)}
	if d.has(snippets) && !d.has(macros) && blockTag.Match(s.text) {
		other := *d
		other.notation |= macros
		t.dialect, t.wary = &other, true
	}
	for t.at < len(t.src) {
		t.next()
	}
	t.missing.report(s)
	s.rewritten(t.out, t.moved, nil)
}

// blockTag is what only a template has, whatever the configuration says: the
// end of a block, or a line that is but a name, which a program replaces.
var blockTag = regexp.MustCompile(`\{%-? *end(?:for|if|raw|macro) *-?%\}|(?m:^[ \t]*\{\{ *[\w.]+ *\}\}[ \t]*$)`)

// scope is what a page's templates know.
func (d *dialect) scope(s *source) scope {
	page := map[string]any{}
	for k, v := range s.meta {
		page[k] = v
	}
	vars := scope{{}, {"page": page, "$frontmatter": page, "frontmatter": page}}
	if d.Framework == "sphinx" {
		vars = append(vars, subMap(s.meta, "substitutions"), subMap(subMap(s.meta, "myst"), "substitutions"))
	}
	return append(vars, d.Vars)
}

func subMap(m map[string]any, key string) map[string]any {
	sub, _ := m[key].(map[string]any)
	return sub
}

// next takes in a line, or further to the end of what begins on it.
func (t *template) next() {
	t.start = t.at
	end := t.lineEnd(t.at)
	if m := fenceMark(t.src[t.at:end], t.fence); m == endOfFence {
		t.fence = ""
	} else if m != "" {
		t.fence = m
	}
	for t.at < end {
		n := bytes.IndexByte(t.src[t.at:end], '{')
		if n < 0 {
			break
		}
		t.show(t.at + n)
		if !t.brace() {
			t.show(t.at + 1)
		}
		if t.at > end {
			t.start = 1 + bytes.LastIndexByte(t.src[:t.at], '\n')
			end = t.lineEnd(t.at)
		}
	}
	t.show(end)
}

// show copies up to end, where it is to be seen.
func (t *template) show(end int) {
	if t.muted > 0 {
		t.drop(end)
		return
	}
	t.copyTo(end)
}

// brace takes in what begins with a brace here; false where it is text.
func (t *template) brace() bool {
	rest := t.src[t.at:min(t.at+3, len(t.src))]
	d := t.dialect
	switch {
	case len(rest) < 2 || t.wary && (t.fence != "" || t.inCodeSpan()):
	case t.at > 0 && t.src[t.at-1] == '$' && rest[1] == '{': // of GitHub's workflows
	case d.has(mustache) && bytes.HasPrefix(rest, []byte("{{#")):
		return t.helper()
	case rest[1] == '{' && d.has(liquid|macros|vue|fencedBlocks) && !d.has(bookBlocks):
		return t.output()
	case rest[1] == '%' && d.has(liquid|macros):
		return t.tag()
	case rest[1] == '%' && d.has(bookBlocks) && t.fence == "" && !t.inCodeSpan():
		return t.bookTag()
	case rest[1] == '#' && d.has(macros) && t.fence == "":
		if n := bytes.Index(t.src[t.at:], []byte("#}")); n >= 0 && !bytes.HasPrefix(t.src[t.at:t.at+n], []byte("{#"+firstWord(t.src[t.at+2:])+"}")) {
			t.drop(t.at + n + 2)
			return true
		}
	}
	return false
}

func firstWord(b []byte) string {
	word, _, _ := strings.Cut(string(b[:min(len(b), 64)]), "}")
	return word
}

// inCodeSpan reports whether an odd number of backticks stands before here on
// the line.
func (t *template) inCodeSpan() bool { return bytes.Count(t.src[t.start:t.at], []byte("`"))%2 == 1 }

// maxExpression is how long an expression may be.
const maxExpression = 500

// output takes in {{ expression }}.
func (t *template) output() bool {
	n := bytes.Index(t.src[t.at:min(len(t.src), t.at+maxExpression)], []byte("}}"))
	isVue := t.dialect.has(vue)
	if n < 0 || isVue && (t.fence != "" || t.inCodeSpan() || bytes.Contains(t.src[t.start:t.at], []byte("v-pre"))) {
		return false
	}
	if t.dialect.has(fencedBlocks) && (t.fence != "" || t.dialect.Off["substitution"]) {
		return false
	}
	expression := strings.Join(strings.Fields(strings.Trim(string(t.src[t.at+2:t.at+n]), "-+ \t\n")), " ")
	value, known := t.scope.evaluate(expression)
	text := t.scope.nested(shownValue(value), 0)
	if bytes.HasPrefix(bytes.TrimLeft(t.src[t.start:t.at], " \t>"), []byte("|")) {
		text = strings.Join(strings.Fields(text), " ")
	}
	_, isMap := value.(map[string]any)
	switch {
	case t.muted > 0:
	case isMap, !known:
		if t.fence != "" {
			return false // a sample, more likely than not
		}
		t.unknown("{{ " + expression + " }}")
		text = ""
		if name := strings.TrimSpace(splitOutside(expression, '|')[0]); variable.MatchString(name) && !isVue {
			text = name[strings.LastIndexByte(name, '.')+1:]
		}
		fallthrough
	default:
		t.putLines([]byte(text), "")
	}
	t.drop(t.at + n + 2)
	return true
}

// innerOutput is an expression within a value.
var innerOutput = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// nested evaluates the expressions within a value.
func (s scope) nested(text string, depth int) string {
	if depth == maxNested || !strings.Contains(text, "{{") {
		return text
	}
	return innerOutput.ReplaceAllStringFunc(text, func(m string) string {
		value, _ := s.evaluate(strings.TrimSpace(m[2 : len(m)-2]))
		return s.nested(shownValue(value), depth+1)
	})
}

// maxNested is how deep values may name each other.
const maxNested = 4

// unknown notes what can't be evaluated.
func (t *template) unknown(what string) { t.missing.note(what, t.line()) }

// helper takes in {{#name ...}} of mdBook. What it includes was taken in; of
// other helpers nothing is known.
func (t *template) helper() bool {
	n := bytes.Index(t.src[t.at:t.lineEnd(t.at)], []byte("}}"))
	if n < 0 || t.fence != "" {
		return false
	}
	if t.at > 0 && t.src[t.at-1] == '\\' {
		t.out = t.out[:len(t.out)-1]
		t.copyTo(t.at + n + 2)
		return true
	}
	if t.inCodeSpan() {
		return false
	}
	name, _, _ := strings.Cut(string(t.src[t.at+3:t.at+n]), " ")
	if name != "title" {
		t.unknown(fmt.Sprintf("{{#%s}}", name))
	}
	t.drop(t.at + n + 2)
	return true
}
