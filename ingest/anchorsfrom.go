package ingest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"docent"
	"docent/ingest/site"
)

// builtHeading is a heading of a page as it was built.
type builtHeading struct {
	words string // letters and digits alone, in lower case
	id    string
}

// maxBuiltPage is how much of a built page is read, in bytes.
const maxBuiltPage = 32 << 20

// BuiltFiles are the files that a web server may answer a page's address with,
// below the site's root and without a slash in front.
func BuiltFiles(page string) []string {
	page = strings.TrimPrefix(page, "/")
	if page == "" || strings.HasSuffix(page, "/") {
		return []string{page + "index.html"}
	}
	return []string{page, page + ".html", page + "/index.html"}
}

// AddressBelow is a page's address below its site's root, unescaped and without
// a slash in front.
func AddressBelow(base, address string) string {
	rest, below := strings.CutPrefix(address, base)
	if !below {
		if u, err := url.Parse(address); err == nil {
			rest = u.EscapedPath()
		}
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	if plain, err := url.PathUnescape(rest); err == nil {
		rest = plain
	}
	return strings.TrimPrefix(rest, "/")
}

// builtPage is a page as it was built; nil where the built site has none.
type builtPage struct{ headings []builtHeading }

// built gives a file's page from the folder that anchors are taken from.
func (m *maker) built(file string) *builtPage {
	at := AddressBelow(m.rules.About().Base, m.rules.Page(site.File{Path: file}).URL)
	for _, name := range BuiltFiles(at) {
		f, err := confined(m.src.AnchorsFrom).Open(path.Clean(name))
		if err != nil {
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(f, maxBuiltPage))
		f.Close()
		if err == nil {
			return &builtPage{builtHeadings(raw)}
		}
	}
	return nil
}

// takeAnchors gives the page's headings the ids that they have on the built
// page: each that of the next heading there with the same words. What has none
// keeps its own, with a warning.
func (p *page) takeAnchors(built *builtPage) {
	warn := func(line int, format string, args ...any) {
		p.Warnings = append(p.Warnings, docent.Warning{Path: p.Path, Line: line, Message: fmt.Sprintf(format, args...)})
	}
	if built == nil {
		warn(0, "the built site has no page %s: the anchors are those of the rules", p.URL)
		return
	}
	headings, taken := built.headings, map[string]string{} // by the rules' anchors
	for i := range p.Sections {
		s := &p.Sections[i]
		if _, entry := p.entries[i]; s.Level == 0 || entry {
			continue
		}
		words := lettersOf(s.Heading)
		next := slices.IndexFunc(headings, func(h builtHeading) bool { return h.words == words })
		if next < 0 {
			warn(s.Line, "the built page has no heading %q: its anchor is that of the rules", s.Heading)
			continue
		}
		id := headings[next].id
		headings = headings[next+1:]
		if id == "" { // it is reached by the heading above it
			id = cmp.Or(taken[s.Anchor], s.Anchor)
		} else {
			taken[s.Anchor] = id
		}
		if id == s.Anchor {
			continue
		}
		s.Anchor = id
		s.URL = p.at(id)
		p.anchors[id] = true
	}
}

// lettersOf is what of a heading generators leave as it is: its letters and
// digits. They set quotes and dashes, and put signs behind it to link to it by.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// builtHeadings reads the headings of a page, in order. The id is the heading's
// own, or that of an element within it, or of the one that begins right before
// it, a section before all others.
func builtHeadings(page []byte) (all []builtHeading) {
	z := html.NewTokenizer(bytes.NewReader(page))
	var open atom.Atom // the heading that is being read; 0 outside
	var words strings.Builder
	var id, before string
	sectioned := false // before is a section's
	for {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.TextToken:
			if open != 0 {
				words.Write(z.Text())
			} else if len(bytes.TrimSpace(z.Text())) > 0 {
				before, sectioned = "", false
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, own := idOfTag(z)
			switch {
			case open == 0 && isHeadingTag(tag):
				open, id, before, sectioned = tag, cmp.Or(own, before), "", false
				words.Reset()
			case open != 0 && id == "":
				id = own
			case open == 0 && own != "" && (tag == atom.Section || !sectioned):
				before, sectioned = own, tag == atom.Section
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if open != 0 && atom.Lookup(name) == open {
				all = append(all, builtHeading{lettersOf(words.String()), id})
				open = 0
			}
		}
	}
}

// idOfTag is a tag's name, and what links call its element.
func idOfTag(z *html.Tokenizer) (tag atom.Atom, id string) {
	name, more := z.TagName()
	tag = atom.Lookup(name)
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "id" || id == "" && tag == atom.A && string(key) == "name" {
			id = string(value)
		}
	}
	return tag, id
}

func isHeadingTag(tag atom.Atom) bool {
	switch tag {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}
