package site

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// pythonMarkdown is how Python-Markdown is set up: what decides a heading's
// anchor.
type pythonMarkdown struct {
	slugify   slugify
	separator string
	runs      *regexp.Regexp  // of separators and white space
	on        map[string]bool // extensions, by their names without "markdown.extensions."
}

// slugify is a function that makes anchors of text.
type slugify struct {
	function string // slugifyASCII ...; "" is the first
	casing   string // of slugifyPymdownx: "none", "lower", "lower-ascii", "fold"
	form     string // of slugifyPymdownx: the normal form, "" is NFC
	percent  bool   // of slugifyPymdownx: percent-encoded
}

// The functions that Python-Markdown and its usual extensions have.
const (
	slugifyASCII    = "slugify"         // markdown.extensions.toc.slugify
	slugifyUnicode  = "slugify_unicode" // markdown.extensions.toc.slugify_unicode
	slugifyPymdownx = "pymdownx"        // pymdownx.slugs.slugify
)

// pythonAnchors are those of its extension "toc".
type pythonAnchors struct {
	*pythonMarkdown
	taken map[string]bool
	lower cases.Caser
}

func newPythonMarkdown(on map[string]bool, fn slugify, separator string) *pythonMarkdown {
	return &pythonMarkdown{fn, separator, regexp.MustCompile("[" + regexp.QuoteMeta(separator) + `\s]+`), on}
}

func (m *pythonMarkdown) anchors() Anchors {
	return pythonAnchors{m, map[string]bool{}, cases.Lower(language.Und)}
}

// Anchor implements Anchors. A heading that is written in HTML is none of
// Python-Markdown's: it has the id that it was given.
func (a pythonAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	tagged, id := h.tagged(), ""
	if a.on["attr_list"] {
		id, h = h.attrList()
	}
	out := Anchor{ID: id, Words: h.Words()}
	if id == "" {
		out.ID = a.free(a.slug(a.name(h)))
	}
	a.taken[out.ID] = true
	return out.beside(tagged, id != "")
}

// chosenID is a heading with an id.
var chosenID = regexp.MustCompile(`^ {0,3}#{1,6}.*\s\{:?[^{}]*#([^\s{}]+)[^{}]*\} *#* *$`)

// Reserve implements Reserving.
func (a pythonAnchors) Reserve(text []byte) {
	if !a.on["attr_list"] || !bytes.Contains(text, []byte("#")) || !bytes.Contains(text, []byte("{")) {
		return
	}
	fence := ""
	for line := range bytes.Lines(text) {
		bare := strings.TrimSpace(string(line))
		switch {
		case fence != "":
			if strings.HasPrefix(bare, fence) {
				fence = ""
			}
		case strings.HasPrefix(bare, "```"), strings.HasPrefix(bare, "~~~"):
			fence = bare[:3]
		default:
			if m := chosenID.FindSubmatch(bytes.TrimRight(line, "\n")); m != nil {
				a.taken[string(m[1])] = true
			}
		}
	}
}

// attrListEnd is an attribute list as a heading may end with one.
var attrListEnd = regexp.MustCompile(` +\{:? *([^}\n ][^\n]*)\} *$`)

// attrListWord is one of its words.
var attrListWord = regexp.MustCompile(`[^ =}]+=".*?"|[^ =}]+='.*?'|[^ =}]+=[^ =}]+|[^ =}]+`)

// attrList takes the attribute list off a heading's end. Any words between
// braces are one.
func (h Heading) attrList() (id string, rest Heading) {
	list, rest := h.ending(attrListEnd)
	last := len(rest.Parts) - 1
	if list == "" || strings.Contains(list, "}") || rest.Parts[last].Kind != PartText {
		return "", h
	}
	for _, word := range attrListWord.FindAllString(list, -1) {
		if name, value, _ := strings.Cut(word, "="); name == "id" {
			id = strings.Trim(value, `"'`)
		} else if strings.HasPrefix(word, "#") {
			id = word[1:]
		}
	}
	rest.Parts[last].Text = strings.TrimRight(strings.TrimRight(rest.Parts[last].Text, "#"), " ")
	return id, rest
}

var (
	emojiCode   = regexp.MustCompile(`:(?:[\w+-]*[A-Za-z][\w+-]*|[+-]1|100|1234):`)
	inlineAttrs = regexp.MustCompile(`(\S)\{:?\s*` + attribute + `(?:\s+` + attribute + `)*\s*\}`)
	dashes      = regexp.MustCompile(`-+`)
	smartSymbol = regexp.MustCompile(`(?i)<?-->|<--|\((?:c|r|tm)\)|\bc/o\b|\+/-|=/=`)
)

// name is the text that a heading's anchor is made of.
func (a pythonAnchors) name(h Heading) string {
	var b strings.Builder
	for _, p := range joined(h.Parts) {
		switch p.Kind {
		case PartCode:
			b.WriteString(p.Text)
		case PartText:
			b.WriteString(a.text(p.Text))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// text is what the extensions that are on make of a heading's words.
func (a pythonAnchors) text(s string) string {
	if a.on["attr_list"] && strings.Contains(s, "{") {
		s = inlineAttrs.ReplaceAllString(s, "$1")
	}
	if a.on["pymdownx.emoji"] {
		s = emojiCode.ReplaceAllString(s, "") // it became an image
	}
	if a.on["pymdownx.smartsymbols"] {
		s = smartSymbol.ReplaceAllString(s, "")
	}
	if a.on["smarty"] && strings.Contains(s, "--") {
		s = dashes.ReplaceAllStringFunc(s, func(run string) string {
			if len(run) == 2 || len(run) == 3 {
				return ""
			}
			return run
		})
	}
	return s
}

func (a pythonAnchors) slug(name string) string {
	if a.slugify.function == slugifyPymdownx {
		return a.pymdownx(name)
	}
	if a.slugify.function != slugifyUnicode {
		name = strings.Map(ascii, norm.NFKD.String(name))
	}
	kept := strings.Map(func(r rune) rune {
		if pythonWord(r) || unicode.IsSpace(r) || r == '-' {
			return r
		}
		return -1
	}, name)
	return a.runs.ReplaceAllString(a.lower.String(strings.TrimSpace(kept)), a.separator)
}

var anyTag = regexp.MustCompile(`</?[^>]*>`)

// pymdownx is the function of pymdown-extensions: it takes what looks like a
// tag for one even in code.
func (a pythonAnchors) pymdownx(name string) string {
	form := norm.NFC
	switch a.slugify.form {
	case "NFD":
		form = norm.NFD
	case "NFKC":
		form = norm.NFKC
	case "NFKD":
		form = norm.NFKD
	}
	name = strings.TrimSpace(anyTag.ReplaceAllString(form.String(name), ""))
	switch a.slugify.casing {
	case "lower":
		name = a.lower.String(name)
	case "lower-ascii":
		name = strings.Map(func(r rune) rune {
			if r >= 'A' && r <= 'Z' {
				return r + 'a' - 'A'
			}
			return r
		}, name)
	case "fold":
		name = cases.Fold().String(name)
	}
	name = strings.Map(func(r rune) rune {
		if pythonWord(r) || r == '-' || r == ' ' {
			return r
		}
		return -1
	}, name)
	name = strings.ReplaceAll(name, " ", a.separator)
	if a.slugify.percent {
		return percentEncoded(name)
	}
	return name
}

// percentEncoded encodes all but ASCII's unreserved characters.
func percentEncoded(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < 0x80 && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || strings.IndexByte("_.-~/", c) >= 0) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// pythonWord is \w in Python: letters, numbers of every kind, and "_".
func pythonWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// ascii drops all runes but ASCII's.
func ascii(r rune) rune {
	if r >= 0x80 {
		return -1
	}
	return r
}

var counted = regexp.MustCompile(`^(.*)_([0-9]+)$`)

// free gives id, or where another heading has it, the next one with a number;
// a number that it ends with counts on.
func (a pythonAnchors) free(id string) string {
	if id != "" && !a.taken[id] {
		return id
	}
	base, n := id, 0
	if m := counted.FindStringSubmatch(id); m != nil {
		if number, err := strconv.Atoi(m[2]); err == nil {
			base, n = m[1], number
		}
	}
	for {
		n++
		if next := base + "_" + strconv.Itoa(n); !a.taken[next] {
			return next
		}
	}
}
