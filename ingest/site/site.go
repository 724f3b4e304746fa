// Package site knows how docs frameworks turn files into pages: which URL a
// file gets, which anchor a heading gets, what a page is called, where it
// stands, and whether it is published at all. Citations lead to the exact
// section only if these rules are the framework's own, to the letter.
//
// A framework is one Rules, made once for an ingest from the source's folder,
// where it may read the framework's configuration. Ingest asks it for a Page
// for each file and for Anchors for each document, and parses the Markdown
// itself. Here it is parsed only where a framework's rules are a parser's:
// for Hugo's anchors, and for pages that list others (summary.go). A new
// framework is a file with its Rules and a row in frameworks; what frameworks
// share stands in content.go (which files are a site's pages),
// configuration.go and conf.go (what can be read without running it),
// navigation.go (a page's place) and ids.go (duplicates). Configuration is
// never run and never stops an ingest: what can't be read is a warning.
//
// The best source of URLs and anchors is always the built site. Rules are for
// what only the sources are at hand.
package site

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"docent"
)

// Settings is what rules are made from. What a user set overrides what the
// framework's configuration says.
type Settings struct {
	Source  string   // the source's name
	Version string   // "" takes all versions that the folder has
	Lang    string   // "" takes all languages that the folder has
	BaseURL string   // the site's address with its base path; "" is the configuration's, or else under Docent's own /docs/
	Root    fs.FS    // the source's folder
	Files   []string // every Markdown file's path, relative to Root, in order
	Repo    fs.FS    // the repository that Root is in, for configuration above it; nil is Root
	At      string   // Root's path in Repo; "" and "." are Repo itself
	// Head reads the front matter and the first heading of a file, for what one
	// page owes to others: the address of a link's target, a folder's label.
	// It may be called by several goroutines; nil knows only paths.
	Head func(path string) File

	tree *tree // of Repo, around At
}

// Rules are one framework's, for one source. They are safe for use by several
// goroutines.
type Rules interface {
	// Fingerprint names the framework, the version of its rules here and all
	// of its configuration that changes a page: where it is equal, equal files
	// make equal pages.
	Fingerprint() string
	// Page says what becomes of a file. Without Meta and Heading (the target
	// of a link, not yet read) they are asked of Settings.Head where they
	// matter to the URL, the version or the language.
	Page(f File) Page
	// Anchors begins a document.
	Anchors() Anchors
	// Syntax says which notations the pages are written in.
	Syntax() Syntax
	// About says what the rules know of the site as a whole.
	About() About
}

// FileAnchors is implemented by rules whose anchors are not the same for all
// files.
type FileAnchors interface {
	// AnchorsOf begins the document that a file is, in place of Anchors.
	AnchorsOf(file string) Anchors
}

// LinkRewriter is implemented by rules whose site changes the anchors of the
// links within it.
type LinkRewriter interface {
	// LinkAnchor gives the anchor that a link leads to, without "#".
	LinkAnchor(written string) string
}

// About is a site as a whole. The zero value is a site of which nothing but
// its pages is known.
type About struct {
	Framework string    // one of Names
	Config    string    // the configuration's file, relative to Settings.Repo; "" where there is none
	Base      string    // the URL of the site's root, with its base path; it ends with a slash
	Versions  []Version // the default first, then as the site lists them; none where it has no versions
	Langs     []string  // as Page has them, the default first; none where it has but one
	// Redirects are the site's own: the URL that a link may have, and where it
	// leads. They have no query; a page's own are its Aliases.
	Redirects map[string]string
	// Names are what links may name besides files and addresses, such as MyST's
	// labels, in lower case: each one's file, as in Settings.Files, with its
	// anchor after "#".
	Names    map[string]string
	Warnings []docent.Warning // what of the configuration could not be read, and what that means
}

// Version is one of a site's versions.
type Version struct {
	Name    string   // as in Page.Version
	Aliases []string // other names that readers have for it: "latest", "next", a label
	Default bool     // what a reader sees who chose none
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
	Hidden      string   // why it isn't to be found, such as "draft: true"; "" where it is
	Shown       bool     // of a hidden page: it stands on the site all the same, and links to it hold
	Partial     bool     // it is no page, but a part of those that include it; Hidden says so too
	Outside     bool     // it is not among the site's files; Hidden says so too
	Label       string   // what the navigation calls it; "" where that is the title
	Shared      bool     // its URL is that of what it speaks of, and may be other pages', too
	Order       int      // its place in the navigation, from 1; 0 where it isn't in it
	Description string   // "" where there is none
	Version     string   // one of About's; "" without versions
	Lang        string   // BCP 47, lower case; "" where it is not known
	Aliases     []string // further URLs that lead to it
}

// Anchors gives the headings of one document their anchors. It must see every
// heading once, in order, since duplicates are numbered.
type Anchors interface {
	Anchor(h Heading) Anchor
}

// Reserving are Anchors that give no heading an id that a writer chose, not even
// further down.
type Reserving interface {
	// Reserve takes in a page's Markdown before its first heading.
	Reserve(text []byte)
}

// Terms are Anchors of a site on which the terms of definition lists have ids,
// too. It must see every term in its place among the headings.
type Terms interface {
	// Term gives a term's id; "" where it has none.
	Term(h Heading) string
}

// Anchor is what becomes of a heading.
type Anchor struct {
	ID    string   // without "#"; "" where the heading has no anchor
	Words string   // what is shown, which an explicit id is no part of
	Also  []string // further ids that lead to the heading
}

// Heading is a heading in parts, since frameworks differ in which of them the
// anchor is made of.
type Heading struct {
	Level int // 1 to 6
	Parts []Part
	HTML  bool // it was written as an HTML element, whose tag with an id is its first part
	// Raw is the heading as it was written, without the marks that make it one;
	// "" in HTML. Some frameworks make the anchor of it.
	Raw string
	// Labels are names that lines of their own give it: MyST's (name)= before,
	// kramdown's {: #name} before or after.
	Labels []string
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
	name string
	// detect gives the configuration files that may be this framework's, paths
	// in Settings.Repo, the nearest to the source's folder first.
	detect func(s Settings) []string
	// rules makes its rules from one of them, or from conventions where config
	// is "". It gives errElsewhere where that site's pages are not in the
	// source's folder.
	rules func(s Settings, config string) (Rules, error)
	// weak says of a configuration that it often stays behind where another
	// framework builds the site now: every other one comes first. nil is none.
	weak func(s Settings, config string) bool
}

// errElsewhere says that a configuration is of another folder.
var errElsewhere = errors.New("the configuration is of another folder")

// frameworks in the order in which they are tried where their configurations
// are equally near. Plain, which fits every folder, comes when none fits.
var frameworks = []framework{
	{name: "mkdocs", detect: findMkDocs, rules: newMkDocs},
	{name: "mdbook", detect: findMdBook, rules: newMdBook},
	{name: "sphinx", detect: findSphinx, rules: newSphinx},
	{name: "jekyll", detect: findJekyll, rules: newJekyll, weak: barePages},
	{name: "hugo", detect: findHugo, rules: newHugo},
	{name: "plain", rules: newPlain},
	{name: "fetched", rules: newFetched},
	{name: "docusaurus", detect: detectDocusaurus, rules: newDocusaurus},
	{name: "vitepress", detect: detectVitePress, rules: newVitePress},
	{name: "starlight", detect: detectStarlight, rules: newStarlight},
	{name: "nextra", detect: detectNextra, rules: newNextra},
	{name: "gitbook", detect: detectGitBook, rules: newGitBook, weak: always},
}

// Names lists the frameworks.
func Names() []string {
	names := make([]string, len(frameworks))
	for i, f := range frameworks {
		names[i] = f.name
	}
	return names
}

// New makes the rules of the named framework; "" is the one whose
// configuration is nearest to the source's folder. Its errors are
// docent.CodeInvalid.
func New(name string, s Settings) (Rules, error) {
	s = s.filled()
	if name == "" && strings.Contains(s.BaseURL, "/blob/") {
		name = "plain" // the repository's own web view
	}
	if name == "" {
		return detected(s)
	}
	for _, f := range frameworks {
		if f.name == name {
			return f.named(s)
		}
	}
	err := docent.Errorf(docent.CodeInvalid, "framework %q is not known", name)
	err.Hint = "use one of: " + strings.Join(Names(), ", ")
	return nil, err
}

// named makes rules that a user asked for: from the first configuration that
// speaks of the source's folder, or else from conventions.
func (f framework) named(s Settings) (Rules, error) {
	for _, config := range f.candidates(s) {
		if r, err := f.rules(s, config); !errors.Is(err, errElsewhere) {
			return r, err
		}
	}
	return f.rules(s, "")
}

// detected makes the rules of the nearest configuration that speaks of the
// source's folder.
func detected(s Settings) (Rules, error) {
	for _, c := range configurations(s) {
		if r, err := c.rules(s, c.config); !errors.Is(err, errElsewhere) {
			return r, err
		}
	}
	return newPlain(s, "")
}

// configuration is a file that may be a framework's.
type configuration struct {
	framework
	config string
	far    int // from the source's folder; beyond farthest where it is weak
}

// configurations gives what may configure the site: the nearest first, and weak
// ones last.
func configurations(s Settings) []configuration {
	var all []configuration
	for _, f := range frameworks {
		for _, config := range f.candidates(s) {
			far := s.tree.distance(config)
			if f.weak != nil && f.weak(s, config) {
				far += farthest
			}
			all = append(all, configuration{f, config, far})
		}
	}
	slices.SortStableFunc(all, func(a, b configuration) int { return cmp.Compare(a.far, b.far) })
	return all
}

func always(Settings, string) bool { return true }

func (f framework) candidates(s Settings) []string {
	if f.detect == nil {
		return nil
	}
	return f.detect(s)
}
