// Package site knows how docs frameworks turn files into pages: which URL a
// file gets, which anchor a heading gets, what a page is called, where it
// stands, and whether it is published at all. Citations lead to the exact
// section only if these rules are the framework's own, to the letter.
//
// A framework is one Rules, made once for an ingest from the source's folder,
// where it may read the framework's configuration. Ingest asks it for a Page
// for each file and for Anchors for each document, and parses the Markdown
// itself: nothing here needs a Markdown parser. A new framework is a file
// with its Rules and a row in frameworks.
//
// The best source of URLs and anchors is always the built site. Rules are for
// what only the sources are at hand.
package site

import (
	"io/fs"
	"strings"

	"docent"
)

// Settings is what rules are made from.
type Settings struct {
	Source  string   // the source's name
	Version string   // "" without versions
	Lang    string   // "" where it is not known
	BaseURL string   // where the pages stand; "" means under Docent's own /docs/
	Root    fs.FS    // the source's folder, for the framework's configuration
	Files   []string // every Markdown file's path, in order
}

// Rules are one framework's, for one source. They are safe for use by several
// goroutines.
type Rules interface {
	// Fingerprint names the framework, the version of its rules here and all
	// of its configuration that changes a page: where it is equal, equal files
	// make equal pages.
	Fingerprint() string
	// Page says what becomes of a file. Without Meta and Heading (the target
	// of a link, not yet read) it says as much as the path tells.
	Page(f File) Page
	// Anchors begins a document.
	Anchors() Anchors
	// Syntax says which notations the pages are written in.
	Syntax() Syntax
}

// File is what rules may know of a file.
type File struct {
	Path    string         // relative to the source's root, with slashes
	Meta    map[string]any // front matter; nil where there is none
	Heading string         // the words of the first heading of level 1; "" where there is none
}

// Page is what a file becomes.
type Page struct {
	URL         string   // absolute or rooted, escaped, without an anchor
	Title       string   // never empty
	Breadcrumbs []string // labels from the site's root down to the page's parent
	Hidden      string   // why it isn't published, such as "draft: true"; "" where it is
}

// Anchors gives the headings of one document their anchors. It must see every
// heading once, in order, since duplicates are numbered.
type Anchors interface {
	Anchor(h Heading) Anchor
}

// Anchor is what becomes of a heading.
type Anchor struct {
	ID    string // without "#"; "" where the heading has no anchor
	Words string // what is shown, which an explicit id is no part of
	Also  string // a second id that leads to the heading; "" where there is none
}

// Heading is a heading in parts, since frameworks differ in which of them the
// anchor is made of.
type Heading struct {
	Level int // 1 to 6
	Parts []Part
	HTML  bool // it was written as an HTML element, whose tag with an id is its first part
}

// Part is a piece of a heading.
type Part struct {
	Kind PartKind
	Text string
}

// PartKind is what a piece of a heading is.
type PartKind int

// The kinds of parts.
const (
	PartText  PartKind = iota // words, escapes and entities resolved
	PartCode                  // the content of a code span
	PartImage                 // an image's alternative text
	PartHTML                  // a raw tag, with its brackets; first those that stand alone before the heading
)

// Words is what a reader sees of the heading: words, code and alternative
// texts, with white space collapsed.
func (h Heading) Words() string {
	return oneLine(h.text(PartText, PartCode, PartImage))
}

// text joins the parts of the given kinds.
func (h Heading) text(kinds ...PartKind) string {
	var b strings.Builder
	for _, p := range h.Parts {
		for _, k := range kinds {
			if p.Kind == k {
				b.WriteString(p.Text)
			}
		}
	}
	return b.String()
}

// framework is a docs framework that Docent knows.
type framework struct {
	name   string
	detect func(root fs.FS) bool
	rules  func(s Settings) (Rules, error)
}

// frameworks in the order in which they are tried; plain fits every folder.
var frameworks = []framework{
	{name: "plain", detect: func(fs.FS) bool { return true }, rules: newPlain},
}

// Names lists the frameworks.
func Names() []string {
	names := make([]string, len(frameworks))
	for i, f := range frameworks {
		names[i] = f.name
	}
	return names
}

// New makes the rules of the named framework; "" is the first one that the
// folder looks like. Its errors are docent.CodeInvalid.
func New(name string, s Settings) (Rules, error) {
	for _, f := range frameworks {
		if f.name == name || name == "" && f.detect(s.Root) {
			return f.rules(s)
		}
	}
	err := docent.Errorf(docent.CodeInvalid, "framework %q is not known", name)
	err.Hint = "use one of: " + strings.Join(Names(), ", ")
	return nil, err
}
