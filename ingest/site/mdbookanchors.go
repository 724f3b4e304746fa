package site

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// mdBookAnchors are mdBook's. Ids that a writer chose are not counted: a later
// heading may get the same.
type mdBookAnchors struct {
	ids   ids
	smart bool // two hyphens are a dash, which no anchor has
}

// mdBookAttributes are any words between braces at a heading's end.
var mdBookAttributes = regexp.MustCompile(`\s*\{([^{}<\n]*)\}\s*$`)

// Anchor implements Anchors. mdBook leaves headings in HTML as they are.
func (a mdBookAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	tagged, id := h.tagged(), ""
	list, h := h.ending(mdBookAttributes)
	for _, word := range strings.Fields(list) {
		if name, ok := strings.CutPrefix(word, "#"); ok {
			id = name
		}
	}
	out := Anchor{ID: id, Words: h.Words()}
	if id == "" {
		out.ID = a.ids.free(a.slug(h))
	}
	return out.beside(tagged, id != "")
}

// Term implements Terms.
func (a mdBookAnchors) Term(h Heading) string { return a.ids.free(a.slug(h)) }

func (a mdBookAnchors) slug(h Heading) string {
	var b strings.Builder
	for _, p := range joined(h.Parts) {
		switch {
		case p.Kind == PartText && a.smart:
			b.WriteString(dashes.ReplaceAllStringFunc(p.Text, dashed))
		case p.Kind == PartText, p.Kind == PartCode:
			b.WriteString(p.Text)
		}
	}
	lower := cases.Lower(language.Und).String(strings.TrimSpace(b.String()))
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Other_Alphabetic, r):
			return r
		}
		return -1
	}, lower)
}

// dashed is what a run of hyphens becomes: none are left of two or more.
func dashed(run string) string {
	if len(run) == 1 {
		return run
	}
	return "—"
}
