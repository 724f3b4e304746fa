package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
	"docent/analysis"
)

// Parsed is a page with its chunks, as one machine makes it and another takes
// it in. Its hash and its chunks' IDs name what they say, so that whoever takes
// it in can hold it to them.
type Parsed struct {
	Page   docent.Page    `json:"page"`
	Chunks []docent.Chunk `json:"chunks"`
}

// parsed is what was made of a file, named by what it says instead of by the
// file.
func parsed(one made) Parsed {
	p := Parsed{Page: pageOf(one), Chunks: make([]docent.Chunk, len(one.chunks))}
	for i := range one.chunks {
		p.Chunks[i] = one.chunks[i].Chunk
	}
	p.Page.Hash, p.Page.Links = p.name(), nil
	return p
}

// name is a hash of all that a page says.
func (p *Parsed) name() string {
	b := []byte("parsed 1")
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	for _, s := range []string{p.Page.Path, p.Page.Title, p.Page.URL, p.Page.Description} {
		text(s)
	}
	b = binary.AppendUvarint(b, uint64(len(p.Page.Breadcrumbs)))
	for _, s := range p.Page.Breadcrumbs {
		text(s)
	}
	for i := range p.Chunks {
		text(p.Chunks[i].ID)
	}
	if p.Page.Order > 0 {
		b = binary.AppendUvarint(b, uint64(p.Page.Order))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Check holds a page that comes from elsewhere to all that is true of one made
// here: its hash and its chunks' IDs name what it says, its chunks stand in
// order, blocks within their text, and addresses lead to the web or to this
// server. The error is docent.CodeInvalid.
func (p *Parsed) Check(unit docent.Unit) error {
	page := &p.Page
	switch {
	case !ValidPath(page.Path):
		return foreign(page.Path, "is not a path within the source")
	case !within(maxPhrase, append([]string{page.Title, page.URL, page.Description}, page.Breadcrumbs...)...):
		return foreign(page.Path, "has a title, a description or breadcrumbs that are not text, or too long")
	case !publicURL(page.URL):
		return foreign(page.Path, "has an address that is neither of the web nor rooted")
	case page.Order < 0 || page.Order > maxOrder:
		return foreign(page.Path, "stands where no navigation has a place")
	case len(page.Links) > 0:
		return foreign(page.Path, "has links beside those of its chunks")
	case page.Chunks != len(p.Chunks):
		return foreign(page.Path, "does not have as many chunks as it says")
	}
	for i := range p.Chunks {
		if why := p.wrong(i, unit); why != "" {
			return foreign(page.Path, "has a chunk that "+why)
		}
	}
	if page.Hash != p.name() {
		return foreign(page.Path, "has a hash that does not name what it says")
	}
	return nil
}

func foreign(path, what string) error {
	if !ValidPath(path) {
		path = "a page"
	}
	err := docent.Errorf(docent.CodeInvalid, "%s %s", path, what)
	err.Hint = "push with the same version of docent as the server's"
	return err
}

// wrong says what is wrong with a chunk, "" where nothing is.
func (p *Parsed) wrong(i int, unit docent.Unit) string {
	c := &p.Chunks[i]
	switch {
	case c.Unit != unit || c.Path != p.Page.Path || c.Title != p.Page.Title:
		return "is of another page"
	case c.Ordinal != i || c.Section < 0 || i > 0 && c.Section < p.Chunks[i-1].Section:
		return "is out of order"
	case c.Text == "" || !utf8.ValidString(c.Text) || strings.IndexByte(c.Text, 0) >= 0:
		return "has no text, or what is none"
	case c.Tokens != analysis.Tokens(c.Text):
		return "counts its tokens wrongly"
	case !publicURL(c.URL) || !within(maxPhrase, append([]string{c.URL, c.Anchor}, c.Headings...)...):
		return "has an address that is neither of the web nor rooted, or headings that are no text"
	case len(c.Called) > maxCalled || !within(maxCalledText, c.Called...) || !within(maxAbout, c.About) || c.About != "" && i > 0:
		return "has more names than a chunk may have"
	case c.Line < 0 || c.EndLine < c.Line:
		return "has no place in its file"
	case !blocksFit(c):
		return "has blocks that do not fit its text"
	case !linksFit(c):
		return "has links that nobody can follow"
	case c.ID != chunkID(c):
		return "is not what its ID names"
	}
	return ""
}

// blocksFit reports whether blocks stand one after the other within the text,
// between whole characters.
func blocksFit(c *docent.Chunk) bool {
	at := 0
	for _, b := range c.Blocks {
		if !kinds[b.Kind] || b.Text != "" || b.Start < at || b.End < b.Start || b.End > len(c.Text) || !within(maxPhrase, b.Lang) {
			return false
		}
		if b.Start < len(c.Text) && !utf8.RuneStart(c.Text[b.Start]) || b.End < len(c.Text) && !utf8.RuneStart(c.Text[b.End]) {
			return false
		}
		at = b.End
	}
	return true
}

var kinds = map[docent.BlockKind]bool{
	docent.BlockParagraph: true, docent.BlockList: true, docent.BlockCode: true, docent.BlockTable: true,
	docent.BlockQuote: true, docent.BlockAdmonition: true, docent.BlockDefinition: true, docent.BlockHTML: true,
}

func linksFit(c *docent.Chunk) bool {
	for _, l := range c.Links {
		lower := strings.ToLower(l.URL)
		leads := publicURL(l.URL) || strings.HasPrefix(lower, "mailto:") || strings.HasPrefix(lower, "tel:")
		if !leads || !within(maxPhrase, l.URL, l.Text, l.Anchor, l.Path) || l.Path != "" && !ValidPath(l.Path) {
			return false
		}
	}
	return true
}

// maxPhrase is more than any title, heading or address should have, in bytes.
const maxPhrase = 1 << 16

// within reports whether all are text of at most so many bytes.
func within(most int, all ...string) bool {
	for _, s := range all {
		if len(s) > most || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return false
		}
	}
	return true
}

// maxOrder is a place that no navigation has.
const maxOrder = 1 << 30

// maxPath is the length of a path, in bytes.
const maxPath = 1024

// ValidPath reports whether a path can be one within a source: with slashes,
// without "..", of characters that can be shown.
func ValidPath(path string) bool {
	return path != "." && len(path) <= maxPath && fs.ValidPath(path) && !strings.ContainsFunc(path, unicode.IsControl)
}

// publicURL reports whether an address is of the web, or rooted at this server.
func publicURL(u string) bool {
	if strings.ContainsFunc(u, unicode.IsControl) {
		return false
	}
	if strings.HasPrefix(u, "/") {
		return len(u) == 1 || u[1] != '/' && u[1] != '\\'
	}
	scheme, rest, _ := strings.Cut(u, "://")
	return (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")) && rest != "" && rest[0] != '/' && rest[0] != '\\'
}
