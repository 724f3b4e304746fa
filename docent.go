// Package docent holds the words that all of Docent shares: what a document,
// a chunk, a release, a passage, a turn and an event are. It is types only:
// it does no I/O, declares no interface and imports the standard library alone.
//
// Docent answers questions about a project's documentation, from the
// documentation. Data passes through the other packages like this:
//
//	ingest     folder -> Document -> Section -> Chunk, with its terms -> a release
//	store      keeps releases (index) and conversations
//	retrieval  Query -> candidates -> ranked Passages
//	chat       Ask -> Passages -> model -> Events -> a stored Message
//	web        all of it over HTTP; Events as Server-Sent Events
//	server     joins the parts; cmd/docent starts them
//
// Interfaces stand where they are consumed (ingest.Index, retrieval.Index,
// chat.Store, chat.Model, web.Answers ...), so no two of those packages import
// each other; imports_test.go holds that. What Docent doubts: everything that
// comes from a document, a model or a client. Documents are data, never
// instructions; a citation is shown only after it was checked.
package docent

import (
	_ "embed"
	"slices"
	"strings"
	"time"
)

// DefaultConfig is config.yaml: every setting with its default and what it
// means. It is not a sample of the defaults, it is the defaults.
//
//go:embed config.yaml
var DefaultConfig []byte

// DefaultSite is the site of an installation that serves only one.
const DefaultSite = "default"

// Owner says whose a stored thing is. Site and Subject are columns of every
// table of conversations; what belongs to another Owner is not found.
type Owner struct {
	Site    string
	Subject string
}

// Unit is what is released, rolled back and dropped as one: the documentation
// of one source in one version and language.
type Unit struct {
	Site    string `json:"site"`
	Source  string `json:"source"`
	Version string `json:"version"` // "" when the source has no versions
	Lang    string `json:"lang"`    // BCP 47, lower case; "" when unknown
}

// Release is a unit's documentation at one moment. Numbers count from 1 within
// a unit; a chunk belongs to the releases From <= Number < To.
type Release struct {
	Unit      Unit      `json:"unit"`
	Number    int       `json:"number"`
	Pages     int       `json:"pages"`
	Chunks    int       `json:"chunks"`
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
	Edition
}

// Edition is what the site said, when a release was made, of its unit's version,
// and what the run that made it covered. The zero value says nothing.
type Edition struct {
	// Default is set where a reader sees the version who chose none. Of several
	// versions of a source that say so, the release that was made last counts.
	Default bool     `json:"default,omitempty"`
	Aliases []string `json:"aliases,omitempty"` // other names of the version: "latest", "next", a label
	// Main is set where the language is the first of a site with several.
	Main bool `json:"main,omitempty"`
	// Covers is the part of the source that the run was of: "VERSION/LANG", with
	// "*" for all of either. A later run of the same part retires the unit where
	// it finds nothing of it. "" is not known: it stays.
	Covers string `json:"covers,omitempty"`
}

// Equal reports whether both say the same.
func (e Edition) Equal(o Edition) bool {
	return e.Default == o.Default && e.Main == o.Main && e.Covers == o.Covers && slices.Equal(e.Aliases, o.Aliases)
}

// Stamp names all that must be equal for two indexes to be comparable.
type Stamp struct {
	Embedding  string `json:"embedding"`  // model name; "" or "none" is lexical only
	Dimensions int    `json:"dimensions"` // 0 without embeddings
	Analyzer   string `json:"analyzer"`
	Splitter   string `json:"splitter"`
}

// IndexInfo is what a store tells of the index of one stamp.
type IndexInfo struct {
	Name  string // the file's, or the collection's
	Stamp Stamp
	Units []Unit // that have an active release
}

// BlockKind is what a block of Markdown is.
type BlockKind string

// The kinds of blocks that splitting and answering tell apart.
const (
	BlockParagraph  BlockKind = "paragraph"
	BlockList       BlockKind = "list"
	BlockCode       BlockKind = "code"
	BlockTable      BlockKind = "table"
	BlockQuote      BlockKind = "quote"      // block quotes
	BlockAdmonition BlockKind = "admonition" // a labelled note or warning; the label is the text's first words
	BlockDefinition BlockKind = "definition" // a term with its definitions
	BlockHTML       BlockKind = "html"       // the text of raw HTML
)

// Block is a piece of a section that splitting tries not to cut. As part of a
// Section it carries Text; as part of a Chunk Text is empty, and Start and End
// are byte offsets into the chunk's Text.
type Block struct {
	Kind    BlockKind `json:"kind"`
	Text    string    `json:"text,omitempty"`
	Start   int       `json:"start"`
	End     int       `json:"end"`
	Line    int       `json:"line"`           // first line in the source file, from 1
	EndLine int       `json:"end_line"`       // last line, inclusive
	Lang    string    `json:"lang,omitempty"` // of code: the first word of the info string
}

// Link is a link that stood in the text: its words, and where it leads. A link
// to another page of the same source has Path set (relative to the source's
// root) and Anchor without "#"; URL is always absolute or rooted.
type Link struct {
	Text   string `json:"text"`
	URL    string `json:"url"`
	Path   string `json:"path,omitempty"`
	Anchor string `json:"anchor,omitempty"`
	Line   int    `json:"line"`
}

// Section is a heading and what stands under it, up to the next heading of any
// level. What precedes the first heading is a section with Level 0.
type Section struct {
	Heading  string   // plain text; "" before the first heading
	Level    int      // 1 to 6; 0 before the first heading
	Anchor   string   // without "#"; "" leads to the page's top
	Headings []string // the path of headings down to this one, inclusive, without the page's title
	URL      string   // the page's URL with the anchor
	Line     int      // of the heading, from 1
	Blocks   []Block
	Links    []Link
}

// Document is one page, parsed.
type Document struct {
	Path        string // relative to the source's root, with slashes
	Title       string
	Description string
	URL         string
	Lang        string
	Version     string
	Breadcrumbs []string // labels from the site's root down to the page's parent
	Order       int      // its place in the site's navigation, from 1; 0 where it is not in it
	Sections    []Section
	Warnings    []Warning
}

// Warning is something a writer would want to know about a page. It never
// stops an ingest.
type Warning struct {
	Path    string `json:"path"`
	Line    int    `json:"line,omitempty"` // 0: the whole file
	Message string `json:"message"`
}

// Chunk is the unit of retrieval: a section, or a part of a long one.
type Chunk struct {
	// ID names everything below: two chunks with the same ID are equal.
	ID       string   `json:"id"`
	Unit     Unit     `json:"unit"`
	Path     string   `json:"path"`
	Title    string   `json:"title"`    // of the page
	Headings []string `json:"headings"` // see Section.Headings; empty for a page's lead
	Anchor   string   `json:"anchor"`
	URL      string   `json:"url"`  // of the section; rooted ("/docs/...") where the source has no base URL
	Text     string   `json:"text"` // normalised Markdown: links are their words, images their alternative text
	Blocks   []Block  `json:"blocks"`
	Links    []Link   `json:"links,omitempty"`
	Line     int      `json:"line"`
	EndLine  int      `json:"end_line"`
	Ordinal  int      `json:"ordinal"` // place of the chunk on its page, from 0
	Section  int      `json:"section"` // place of its section on the page, from 0: chunks of one section share it
	Tokens   int      `json:"tokens"`  // estimated, of Text
	// Called is what other pages of the unit call the section: the texts of
	// their links to it, each once, the most frequent first. About is what else
	// is said of the page: its description, keywords, former addresses, where it
	// stands; of its first chunk only. Both are found, and never shown.
	Called []string `json:"called,omitempty"`
	About  string   `json:"about,omitempty"`
}

// Heading is the words a reader knows the chunk's section by.
func (c *Chunk) Heading() string {
	if n := len(c.Headings); n > 0 {
		return c.Headings[n-1]
	}
	return c.Title
}

// IndexedChunk is a chunk with what retrieval computes from.
type IndexedChunk struct {
	Chunk
	Terms  []byte    // analysis.Terms, encoded
	Vector []float32 // nil without embeddings
}

// ChunkRef is what planning needs to know of a stored chunk.
type ChunkRef struct {
	ID    string
	Terms []byte
}

// Page is a page as an index lists it.
type Page struct {
	Path        string   `json:"path"`
	Title       string   `json:"title"`
	URL         string   `json:"url"`
	Description string   `json:"description,omitempty"`
	Breadcrumbs []string `json:"breadcrumbs,omitempty"`
	// Order is the page's place in the navigation of its site, from 1; 0 where it is
	// not in it, or where an older version of docent made the release.
	Order int `json:"order,omitempty"`
	// Hash is of the file's bytes and of every setting that changes what they
	// become: equal hashes make equal chunks.
	Hash   string `json:"hash"`
	Chunks int    `json:"chunks"`
	// Links are the page's links to other pages of its source, each target once
	// by the same words: what these are called follows from them without reading
	// the page again. Pages that were pushed have none.
	Links []PageLink `json:"links,omitempty"`
}

// PageLink is what a page calls a section of another one.
type PageLink struct {
	Path   string `json:"path"`
	Anchor string `json:"anchor,omitempty"` // without "#"; "" is the page's top
	Text   string `json:"text"`
}

// Filters narrow a query. Zero values: every source, each source's default
// version, the reader's language as a preference, every path.
type Filters struct {
	Source     string `json:"source"`
	Version    string `json:"version"` // "*" is all; latest, stable, current, next resolve
	Lang       string `json:"lang"`
	PathPrefix string `json:"path_prefix"`
	// Index names a preview, see PreviewSite: its units are searched in place of
	// the published ones. It stands beside the filters in requests.
	Index string `json:"-"`
}

// PreviewSite names the site that a preview's units have: that of a site for
// which it stands, and its own name. No other site has "@" in its name.
func PreviewSite(site, preview string) string { return site + "@" + preview }

// Of reports whether u is of a site or of one of its previews; all are of "".
func (u Unit) Of(site string) bool {
	return site == "" || u.Site == site || strings.HasPrefix(u.Site, PreviewSite(site, ""))
}

// Query is a question to the index.
type Query struct {
	Site string
	Text string
	// History is what was said before, oldest first. Of it the reader's questions
	// count, and only where Text leans on them.
	History []ModelMessage
	// Page is the address of the page that the reader is on: its sections are raised,
	// and its version and language count where Filters have none. "" is unknown.
	Page string
	// Selection is what the reader has marked there: searched for where Text leans
	// on it ("what does this mean?").
	Selection string
	Limit     int  // passages wanted; 0 is the configured number
	Whole     bool // passages are their whole sections where these are not long
	Explain   bool // Found says what the passages were ranked by
	Filters   Filters
}

// CandidateQuery asks a store for candidates: the chunks of the given releases
// that match any of Terms, or lie nearest to Vector. A store ranks them only
// well enough not to lose good ones; retrieval ranks them for real.
type CandidateQuery struct {
	Releases   []Release // only Unit and Number are read; an empty list finds nothing
	Terms      []string  // as analysis.QueryTerms gives them; empty asks for no lexical candidates
	Vector     []float32 // nil asks for no dense candidates
	PathPrefix string
	Limit      int // of each list
}

// Candidate is a chunk that a store proposes: what ranking takes of it. What it
// says is loaded by another call, for the few that are picked.
type Candidate struct {
	ID      string // of the chunk
	Key     string // by which the store that proposed it finds it again; means nothing elsewhere
	Unit    Unit
	Path    string
	Ordinal int    // see Chunk
	Section int    // see Chunk
	Terms   []byte // analysis.Terms, encoded
	// Lexical and Dense are the places in the store's two lists, from 1; 0
	// where the chunk is not in that list.
	Lexical int
	Dense   int
	Cosine  float64 // similarity with the vector asked for, of each candidate that has one; else 0
}

// Passage is what retrieval found: a chunk, or adjoining chunks of one section
// joined.
type Passage struct {
	N       int     // the number it is cited by, from 1; 0 until chat numbers it
	Chunk           // of joined chunks: the first one's place, the whole text
	Score   float64 // 0..1, comparable within one answer only
	Snippet string  // plain text, at most about 240 characters, around the words of the query
}

// Found is what retrieval answers.
type Found struct {
	Passages []Passage // best first
	// Answerable estimates, 0..1, how likely the passages hold the answer.
	Answerable float64
	// Refuse is set where Answerable is below the configured threshold.
	Refuse bool
	// Asked is what was searched for: the query's text, and below it, a line each,
	// the former questions that it leans on.
	Asked string
	// Note says what was done to the filters (an unknown version fell back ...); "" mostly.
	Note string
	// Releases were searched, all of one moment.
	Releases []Release
	// Ranked are the first candidates, best first, and Signs are what Answerable
	// was estimated from, of each of the first passages; nil unless Query.Explain.
	Ranked []Ranked
	Signs  []Features
}
