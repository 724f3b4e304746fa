package site

import (
	"strconv"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// mystMarkdown is how MyST is set up, as far as anchors go.
type mystMarkdown struct {
	headings     int    // the deepest level with an anchor of MyST's own; 0 gives none
	slugFunc     string // "github", "gitlab" or "docutils"
	quotes       bool   // quotation marks become typographic ones
	replacements bool   // hyphens that follow each other become dashes
}

// mystAnchors are those of Sphinx for a page of MyST Markdown: a section has
// docutils' id, and beside it the names that the writer gave it, and MyST's
// own anchor. Docutils' id for a text without ASCII letters, or one that comes
// again, is "id" with a number that counts whatever needs one on the page:
// here headings alone are counted.
type mystAnchors struct {
	*mystMarkdown
	taken   map[string]bool
	slugs   ids
	counted *int
}

func (m *mystMarkdown) anchors() Anchors {
	return mystAnchors{m, map[string]bool{}, ids{}, new(int)}
}

// Anchor implements Anchors. Its ID is the one that is sure to be there: the
// writer's name, docutils' id if it is made of the text, MyST's own anchor,
// and last docutils' number.
func (a mystAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	out := Anchor{Words: h.Words()}
	var all []string
	for _, label := range h.Labels {
		id := docutilsID(label)
		a.taken[id] = true
		all = append(all, id)
	}
	text := a.text(h)
	section := docutilsID(text)
	sure := section != "" && !a.taken[section]
	if !sure {
		section = a.next()
	}
	a.taken[section] = true
	if sure {
		all = append(all, section)
	}
	if base := a.slugOf(text); base != "" && h.Level <= a.headings {
		if slug := a.slugs.free(base); slug != section {
			all = append(all, slug)
		}
	}
	if !sure {
		all = append(all, section)
	}
	out.ID, out.Also = all[0], all[1:]
	return out.beside(h.tagged(), len(h.Labels) > 0)
}

// text is what anchors are made of.
func (m *mystMarkdown) text(h Heading) string {
	var b strings.Builder
	for _, p := range joined(h.Parts) {
		switch p.Kind {
		case PartCode:
			b.WriteString(p.Text)
		case PartText:
			text := p.Text
			if m.quotes {
				text = typographic.Replace(text)
			}
			if m.replacements {
				text = smartDashes.Replace(text)
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

// typographic makes quotation marks what no anchor has.
var typographic = strings.NewReplacer("'", "’", `"`, "”")

// LabelID is the id that docutils makes of a name that a writer gave.
func LabelID(label string) string { return docutilsID(label) }

// next is docutils' next number.
func (a mystAnchors) next() string {
	for {
		*a.counted++
		if id := "id" + strconv.Itoa(*a.counted); !a.taken[id] {
			return id
		}
	}
}

// slugOf is MyST's own anchor, as long as no other heading has it. A heading for
// which it is "" has none.
func (m *mystMarkdown) slugOf(text string) string {
	switch m.slugFunc {
	case "gitlab":
		return gitlabSlug(text)
	case "docutils":
		return docutilsID(text)
	}
	return mystSlug(strings.ReplaceAll(cases.Lower(language.Und).String(text), " ", "-"))
}

func mystSlug(s string) string {
	return strings.Map(func(r rune) rune {
		if pythonWord(r) || r == '-' || r == ' ' {
			return r
		}
		return -1
	}, s)
}

func gitlabSlug(s string) string {
	s = mystSlug(cases.Lower(language.Und).String(strings.TrimSpace(s)))
	s = dashes.ReplaceAllString(strings.ReplaceAll(s, " ", "-"), "-")
	if strings.Trim(s, "0123456789") == "" && s != "" {
		return "anchor-" + s
	}
	return s
}

// docutilsID is docutils' make_id: ASCII's letters and digits in lower case,
// all else between them a hyphen, beginning with a letter; "" where nothing is
// left.
func docutilsID(text string) string {
	text = docutilsLetters.Replace(cases.Lower(language.Und).String(text))
	text = strings.Map(ascii, norm.NFKD.String(text))
	words := strings.FieldsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.TrimLeft(strings.Join(words, "-"), "-0123456789")
}

// docutilsLetters are letters that have no decomposition, as docutils writes
// them in ASCII.
var docutilsLetters = strings.NewReplacer(
	"ß", "sz", "æ", "ae", "œ", "oe", "ȸ", "db", "ȹ", "qp",
	"ø", "o", "đ", "d", "ħ", "h", "ı", "i", "ł", "l", "ŧ", "t", "ƀ", "b", "ƃ", "b", "ƈ", "c", "ƌ", "d", "ƒ", "f", "ƙ", "k",
	"ƚ", "l", "ƞ", "n", "ƥ", "p", "ƫ", "t", "ƭ", "t", "ƴ", "y", "ƶ", "z", "ǥ", "g", "ȥ", "z", "ȴ", "l", "ȵ", "n", "ȶ", "t",
	"ȷ", "j", "ȼ", "c", "ȿ", "s", "ɀ", "z", "ɇ", "e", "ɉ", "j", "ɋ", "q", "ɍ", "r", "ɏ", "y",
)
