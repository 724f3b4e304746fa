package site

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

var htmlTags = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)

// Anchors implements Rules.
func (v *vitepress) Anchors() Anchors {
	return vitepressAnchors{lower: cases.Lower(language.Und), seen: ids{}}
}

// LinkAnchor implements LinkRewriter: links are slugged as headings are.
func (v *vitepress) LinkAnchor(written string) string {
	if written == "" {
		return ""
	}
	return vitepressAnchors{lower: cases.Lower(language.Und)}.slug(written)
}

// vitepressAnchors are those of VitePress' Markdown: attributes in braces at
// the end, and slugs that keep letters of all scripts.
type vitepressAnchors struct {
	lower cases.Caser
	seen  ids
}

// Anchor implements Anchors.
func (a vitepressAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	id, h := h.explicit()
	out := Anchor{ID: id, Words: h.Words()}
	if id == "" {
		out.ID = a.seen.free(a.slug(h.source()))
	} else {
		a.seen.take(id)
	}
	return out.beside(h.tagged(), id != "")
}

// shortcode is an emoji by its name, which adds nothing to an anchor.
var shortcode = regexp.MustCompile(`:(?:[+-]1|100|1234|[a-z0-9_+-]*[a-z][a-z0-9_+-]*):`)

// source is the text that VitePress makes an anchor of: entities as they were
// written, no images, no emoji that are written as names.
func (h Heading) source() string {
	var b strings.Builder
	for _, p := range joined(h.Parts) {
		switch p.Kind {
		case PartCode:
			b.WriteString(p.Text)
		case PartText:
			b.WriteString(withoutShortcodes(h.withEntities(p.Text)))
		}
	}
	return strings.TrimSpace(b.String())
}

// withoutShortcodes leaves out emoji's names that stand by themselves.
func withoutShortcodes(text string) string {
	if strings.Count(text, ":") < 2 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, m := range shortcode.FindAllStringIndex(text, -1) {
		before := m[0] > 0 && isJSName(rune(text[m[0]-1]))
		after := m[1] < len(text) && isJSName(rune(text[m[1]]))
		if before || after {
			continue
		}
		b.WriteString(text[at:m[0]])
		at = m[1]
	}
	return b.String() + text[at:]
}

var entities = regexp.MustCompile(`&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);`)

// withEntities writes entities again as the heading has them, where nothing
// else stands for the same character.
func (h Heading) withEntities(text string) string {
	if strings.IndexByte(h.Raw, '&') < 0 {
		return text
	}
	var pairs []string
	rest := entities.ReplaceAllString(h.Raw, "")
	for _, entity := range entities.FindAllString(h.Raw, -1) {
		if c := html.UnescapeString(entity); c != entity && strings.TrimSpace(c) != "" && !strings.Contains(rest, c) {
			pairs, rest = append(pairs, c, entity), rest+c
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// slug makes an anchor of a text.
func (a vitepressAnchors) slug(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x300 && r <= 0x36F, r < 0x20:
			return -1
		case isSpecial(r):
			return '-'
		}
		return r
	}, norm.NFKD.String(text))
	text = strings.Trim(hyphenRun.ReplaceAllString(text, "-"), "-")
	if text != "" && text[0] >= '0' && text[0] <= '9' {
		text = "_" + text
	}
	return a.lower.String(text)
}

var hyphenRun = regexp.MustCompile(`-{2,}`)

// isSpecial reports whether a rune becomes a hyphen.
func isSpecial(r rune) bool {
	return strings.ContainsRune("~`!@#$%^&*()-_+=[]{}|\\;:\"'“”‘’<>,.?/", r) || unicode.IsSpace(r) && r != 0x85 || r == '\uFEFF'
}
