package site

import (
	"regexp"
	"strings"
)

// Anchors implements Rules.
func (d *docusaurus) Anchors() Anchors { return d.AnchorsOf("x.mdx") }

// AnchorsOf implements FileAnchors.
func (d *docusaurus) AnchorsOf(file string) Anchors {
	a := &docusaurusAnchors{slugger: newSlugger(), keepCase: d.maintainCase}
	content, _ := d.contentOf(file)
	a.titleApart = content != nil && content.kind == "blog"
	format := d.site.object("markdown").text("format")
	a.comments = format == "md" || format == "detect" && !strings.HasSuffix(file, ".mdx")
	return a
}

// docusaurusAnchors are GitHub's, of all that a heading holds but tags. An id
// that a writer chose is taken as it is, and not remembered. A heading of level
// 1 is shown without an anchor, but counts among duplicates.
type docusaurusAnchors struct {
	slugger    *slugger
	keepCase   bool
	comments   bool // ids stand in HTML comments, too
	titleApart bool // the first heading, of level 1, is the title and doesn't count
	begun      bool
}

var (
	docusaurusID  = regexp.MustCompile(`\s*\{#([^}]+)\}$`)
	mdxCommentID  = regexp.MustCompile(`\s*\{/\*\s*#(\S+?)(?:\s[^*]*)?\s*\*/\}\s*$`)
	htmlCommentID = regexp.MustCompile(`\s*<!--\s*#(\S+?)(?:\s.*?)?\s*-->\s*$`)
)

// Anchor implements Anchors.
func (a *docusaurusAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	text := h.text(PartText, PartCode, PartImage)
	out := Anchor{Words: oneLine(text)}
	isTitle := a.titleApart && !a.begun && h.Level == 1
	a.begun = true
	chosen := true
	if id := a.commentID(h); id != "" {
		out.ID, out.Words = id, oneLine(mdxCommentID.ReplaceAllString(text, ""))
	} else if m := docusaurusID.FindStringSubmatchIndex(text); m != nil {
		out.ID, out.Words = strings.TrimSpace(text[m[2]:m[3]]), oneLine(text[:m[0]])
	} else if chosen = false; !isTitle {
		out.ID = a.slugger.slugAs(text, a.keepCase)
	}
	if h.Level == 1 {
		out.ID = ""
	}
	return out.beside(h.tagged(), chosen && out.ID != "")
}

// commentID is the id in a comment at a heading's end; "" where there is none.
func (a *docusaurusAnchors) commentID(h Heading) string {
	if m := mdxCommentID.FindStringSubmatch(h.Raw); m != nil {
		return m[1]
	}
	if m := htmlCommentID.FindStringSubmatch(h.Raw); m != nil && a.comments {
		return m[1]
	}
	return ""
}
