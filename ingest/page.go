package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"docent"
	"docent/ingest/site"
)

// page is a parsed document with what only ingest needs of it.
type page struct {
	docent.Document
	hidden   string          // why it isn't published; "" where it is
	shown    bool            // hidden only from being found: links to it hold
	anchors  map[string]bool // every id on it that a link may lead to
	refs     []ref           // its links within the source
	about    string          // see docent.Chunk
	mentions mentions        // what other pages call it
	base     *url.URL        // what links out of the source are relative to; nil until one is met
	entries  map[int]int     // sections of what others list, with the place of these
}

// reader makes a page of one file. It walks goldmark's tree once, in order,
// and writes each block as normalised Markdown into the current section.
type reader struct {
	source    *source
	dialect   *dialect
	src       []byte // the source's text
	starts    []int  // the offset of each line of src
	anchors   site.Anchors
	page      *page
	current   int // the section that blocks and links go to
	notes     map[int]*extast.Footnote
	noteLine  int                // where the footnote that is being written was referred to; 0 outside
	later     []*extast.Footnote // footnotes too long for the sentence, for the section's end
	written   map[int]bool       // footnotes that were
	said      map[int]bool       // those that were in this section
	depth     int                // of nested blocks and inlines
	inHeading bool               // its words are written elsewhere
	inTable   bool               // a line break would end the row
	inComment bool               // an HTML comment runs on over blocks
	htmlLink  *htmlLink          // an <a> that is still open
	scratch   []byte             // what words are written to
	explained map[string]bool    // abbreviations that were
	codeFrom  int                // where the text of an open <code> begins, from 1; 0 outside
	boxes     int                // elements of boxTags that are open
	boxed     int                // the one of them that is an entry, from 1; 0 where none is
	box       int                // the section of that
	before    []site.Part        // tags of anchors that stand alone before what comes next
}

func newReader(p *parsing, s *source) *reader {
	return &reader{
		source: s, dialect: p.dialect, src: s.text, anchors: p.anchors(s.path),
		page: &page{anchors: map[string]bool{}}, said: map[int]bool{}, written: map[int]bool{},
	}
}

// anchors begins the document that a file is.
func (p *parsing) anchors(path string) site.Anchors {
	if rules, ok := p.rules.(site.FileAnchors); ok {
		return rules.AnchorsOf(path)
	}
	return p.rules.Anchors()
}

// maxDepth is how deep blocks and inlines may nest before they are written
// flat. No writer goes that far, but hostile bytes do, down to the end of the
// stack.
const maxDepth = 100

// parsing is what the pages of a source have in common. Nothing in it changes.
type parsing struct {
	src      Source
	rules    site.Rules
	resolve  *resolver
	dialect  *dialect
	includer *includer // nil where nothing can be included
}

func newParsing(src Source, rules site.Rules, files []string) parsing {
	return parsing{src: src, rules: rules, resolve: newResolver(rules, files), dialect: newDialect(rules.Syntax())}
}

// including is p for pages that may include other files of their repository.
func (p parsing) including(folder string, limit int64) parsing {
	repo, at := repository(folder)
	p.includer = newIncluder(confined(repo), at, p.dialect.Roots, limit)
	return p
}

// open reads a file's bytes, with all that it includes. why says why they are
// no text.
func (p *parsing) open(path string, raw []byte) (s *source, why string) {
	text, why := decode(raw)
	if why != "" {
		return nil, why
	}
	s = openSource(path, text, p.dialect.Framework == "mkdocs")
	if p.includer != nil {
		p.includer.expand(p.dialect, s)
	}
	return s, ""
}

// page makes a page of a file's text.
func (p *parsing) page(s *source) *page {
	p.dialect.rewrite(s)
	r := newReader(p, s)
	r.read()
	return p.placed(r, s)
}

// placed gives what was read its place on the site.
func (p *parsing) placed(r *reader, s *source) *page {
	page := r.page
	page.Path, page.Warnings = s.path, s.warnings
	at := site.File{Path: s.path, Meta: s.meta}
	lead := page.firstHeading()
	if lead >= 0 {
		at.Heading = page.Sections[lead].Heading
	}
	made := p.rules.Page(at)
	page.Title, page.URL, page.Breadcrumbs, page.hidden, page.shown = made.Title, made.URL, made.Breadcrumbs, made.Hidden, made.Shown
	page.Order = made.Order
	page.Description, page.Lang, page.Version = made.Description, cmp.Or(p.src.Lang, made.Lang), cmp.Or(p.src.Version, made.Version)
	if lead >= 0 && page.Sections[lead].Heading != page.Title {
		lead = -1
	}
	if page.Description != "" {
		r.section() // for a page that has no words of its own
	}
	page.place(lead)
	page.about = about(s.path, made, s.meta)
	page.resolveLinks(p.resolve)
	return page
}

// firstHeading gives the section of the first heading of level 1, or -1.
func (p *page) firstHeading() int {
	for i := range p.Sections {
		if _, entry := p.entries[i]; p.Sections[i].Level == 1 && !entry {
			return i
		}
	}
	return -1
}

// at is the address of an anchor on the page; "" is the page's own.
func (p *page) at(anchor string) string {
	if anchor == "" {
		return p.URL
	}
	return p.URL + "#" + site.Escape(anchor)
}

// place gives each section its path of headings and its URL. A heading that the
// site gives no anchor, as most do with one in HTML, is reached by that of the
// heading above it. The section lead is the page's title, and no part of any
// path; -1 where there is none.
func (p *page) place(lead int) {
	var above []*docent.Section
	for i := range p.Sections {
		s := &p.Sections[i]
		s.Headings = []string{}
		if parent, ok := p.entries[i]; ok {
			s.Anchor = cmp.Or(s.Anchor, p.Sections[parent].Anchor)
			s.URL = p.at(s.Anchor)
			s.Headings = append(append(s.Headings, p.Sections[parent].Headings...), s.Heading)
			continue
		}
		if s.Level > 0 {
			for len(above) > 0 && above[len(above)-1].Level >= s.Level {
				above = above[:len(above)-1]
			}
			if n := len(above); n > 0 && s.Anchor == "" {
				s.Anchor = above[n-1].Anchor
			}
		}
		s.URL = p.at(s.Anchor)
		if s.Level == 0 {
			continue
		}
		if i == lead {
			continue
		}
		above = append(above, s)
		for _, a := range above {
			if a.Heading != "" {
				s.Headings = append(s.Headings, a.Heading)
			}
		}
	}
}

// read parses the text into sections.
func (r *reader) read() {
	if a, ok := r.anchors.(site.Reserving); ok {
		a.Reserve(r.src)
	}
	r.starts = append(r.starts, 0)
	for i, b := range r.src {
		if b == '\n' {
			r.starts = append(r.starts, i+1)
		}
	}
	root := r.dialect.parsers[needs(r.src)]().Parse(text.NewReader(r.src), parser.WithContext(parser.NewContext()))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if list, ok := n.(*extast.FootnoteList); ok {
			r.collectNotes(list)
		}
	}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		r.block(n)
	}
	r.endSection()
	for _, i := range slices.Sorted(maps.Keys(r.notes)) {
		if !r.written[i] { // referred to from another footnote, or from what is no text
			r.later, r.said[i] = append(r.later, r.notes[i]), true
		}
	}
	r.endSection()
	r.endBox()
	r.nameEntries()
	r.nameAnchors()
}

func (r *reader) collectNotes(list ast.Node) {
	r.notes = map[int]*extast.Footnote{}
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		if note, ok := n.(*extast.Footnote); ok {
			r.notes[note.Index] = note
		}
	}
}

// heading begins a section, or gives the words of a heading that stands where
// no section can begin.
func (r *reader) heading(h site.Heading, line int, begin bool) (words string) {
	a := r.anchor(h)
	if begin {
		r.beginSection(a, h.Level, line)
	}
	return a.Words
}

// anchor gives a heading its anchor, and notes what links may lead to.
func (r *reader) anchor(h site.Heading) site.Anchor {
	h.Parts, r.before = append(r.before, h.Parts...), nil
	a := r.anchors.Anchor(h)
	for _, id := range append(a.Also, a.ID) {
		if id != "" {
			r.page.anchors[id] = true
		}
	}
	return a
}

func (r *reader) beginSection(a site.Anchor, level, line int) {
	r.endSection()
	r.endBox()
	r.current = len(r.page.Sections)
	r.page.Sections = append(r.page.Sections, docent.Section{Heading: a.Words, Level: level, Anchor: a.ID, Line: line})
}

// section is the one that blocks and links go to.
func (r *reader) section() *docent.Section {
	if len(r.page.Sections) == 0 {
		r.page.Sections = append(r.page.Sections, docent.Section{Line: r.source.skipped + 1})
	}
	return &r.page.Sections[r.current]
}

// endSection writes the footnotes that were too long for their sentences.
func (r *reader) endSection() {
	for len(r.later) > 0 {
		note := r.later[0]
		r.later = r.later[1:]
		if text := r.children(note); text != "" {
			r.add(docent.BlockParagraph, fmt.Sprintf("Footnote %d: %s", note.Index, text), "", note)
		}
	}
	clear(r.said)
}

// add writes a block that n became.
func (r *reader) add(kind docent.BlockKind, text, lang string, n ast.Node) {
	first, last := r.span(n)
	if text == "" {
		return
	}
	s := r.section()
	s.Blocks = append(s.Blocks, docent.Block{Kind: kind, Text: text, Lang: lang, Line: first, EndLine: last})
}

// addSpan writes a block that the nodes from first to last became.
func (r *reader) addSpan(kind docent.BlockKind, text string, first, last ast.Node) {
	from, _ := r.span(first)
	_, to := r.span(last)
	s := r.section()
	s.Blocks = append(s.Blocks, docent.Block{Kind: kind, Text: text, Line: from, EndLine: to})
}
