package site

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/norm"
)

// hugoMarkdown is how Hugo's Markdown is set up, as far as anchors go.
type hugoMarkdown struct {
	idType   string // "github", "github-ascii" or "blackfriday"
	none     bool   // headings get no anchors but those that were written
	noAttrs  bool   // {#id} is words
	terms    bool   // terms of definition lists get anchors, too
	markdown goldmark.Markdown
}

// newHugoMarkdown sets it up. substitutions are what the typographer writes
// instead of its own, by the names that Hugo has for them in lower case.
func newHugoMarkdown(idType string, none, noAttrs, typography bool, substitutions map[string]any) *hugoMarkdown {
	with := []goldmark.Extender{extension.Linkify, extension.Strikethrough, extension.Footnote}
	if typography {
		own := extension.TypographicSubstitutions{}
		for name, mark := range typographicMarks {
			if text, ok := substitutions[name].(string); ok {
				own[mark] = []byte(text)
			}
		}
		with = append(with, extension.NewTypographer(extension.WithTypographicSubstitutions(own)))
	}
	return &hugoMarkdown{idType: idType, none: none, noAttrs: noAttrs, markdown: goldmark.New(goldmark.WithExtensions(with...))}
}

var typographicMarks = map[string]extension.TypographicPunctuation{
	"leftsinglequote": extension.LeftSingleQuote, "rightsinglequote": extension.RightSingleQuote, "leftdoublequote": extension.LeftDoubleQuote,
	"rightdoublequote": extension.RightDoubleQuote, "endash": extension.EnDash, "emdash": extension.EmDash, "ellipsis": extension.Ellipsis,
	"leftanglequote": extension.LeftAngleQuote, "rightanglequote": extension.RightAngleQuote, "apostrophe": extension.Apostrophe,
}

// hugoAnchors are made of the tree that Hugo's own parser makes of the
// heading, since Hugo takes only the first piece of an emphasis or a link, and
// quotation marks part what they stand in: **What's new** gives "what".
type hugoAnchors struct {
	*hugoMarkdown
	ids ids
}

func (m *hugoMarkdown) anchors() Anchors { return hugoAnchors{m, ids{}} }

// Anchor implements Anchors. Hugo leaves headings in HTML as they are.
func (a hugoAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	tagged, id := h.tagged(), ""
	raw := h.Raw
	if !a.noAttrs {
		var kept Heading
		id, kept = h.explicit()
		if m := attributes.FindStringIndex(raw); m != nil && kept.Words() != h.Words() {
			raw = raw[:m[0]]
		}
		h = kept
	}
	out := Anchor{ID: id, Words: h.Words()}
	if id != "" {
		a.ids.take(id)
	} else if name := a.name(raw); name != "" && !a.none {
		out.ID = a.ids.free(cmp.Or(a.slug(name), "heading"))
	}
	return out.beside(tagged, id != "")
}

// Term implements Terms.
func (a hugoAnchors) Term(h Heading) string {
	name := a.name(h.Raw)
	if !a.terms || name == "" {
		return ""
	}
	return a.ids.free(cmp.Or(a.slug(name), "term"))
}

// plainRunes are no markup, alone or together.
const plainRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,()/?"

// name is the text that Hugo makes the anchor of: of a heading of several
// lines the last one's.
func (a hugoAnchors) name(raw string) string {
	if strings.Trim(raw, plainRunes) == "" { // most headings
		return raw
	}
	src := []byte("# " + strings.TrimSpace(raw))
	if strings.Contains(raw, "\n") {
		src = []byte(strings.TrimSpace(raw) + "\n===")
	}
	heading := a.markdown.Parser().Parse(text.NewReader(src)).FirstChild()
	if heading == nil {
		return ""
	}
	var b strings.Builder
	for c := heading.FirstChild(); c != nil; c = c.NextSibling() {
		firstText(&b, c, src)
	}
	name := string(util.ResolveEntityNames([]byte(b.String())))
	return name[strings.LastIndexByte(name, '\n')+1:]
}

// firstText writes n's text, and of what has children that of the first.
func firstText(b *strings.Builder, n ast.Node, src []byte) {
	for ; n != nil; n = n.FirstChild() {
		switch n := n.(type) {
		case *ast.String:
			b.Write(n.Value)
			return
		case *ast.Text:
			b.Write(n.Value(src))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
			return
		}
	}
}

// slug makes the anchor of a text.
func (a hugoAnchors) slug(name string) string {
	name = strings.TrimSpace(name)
	switch a.idType {
	case "blackfriday":
		return strings.Join(strings.FieldsFunc(strings.Map(unicode.ToLower, name), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsNumber(r)
		}), "-")
	case "github-ascii":
		name = strings.Map(ascii, withoutAccents(name))
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

func withoutAccents(s string) string {
	return norm.NFC.String(strings.Map(unaccented, norm.NFD.String(s)))
}

func unaccented(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}
