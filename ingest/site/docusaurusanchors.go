package site

import (
	"regexp"
	"strings"
)

// Anchors implements Rules.
func (d *docusaurus) Anchors() Anchors {
	return docusaurusAnchors{slugger: newSlugger(), keepCase: d.maintainCase}
}

// docusaurusAnchors are GitHub's, of all that a heading holds but tags. An id
// that a writer chose is taken as it is, and not remembered. A heading of level
// 1 is shown without an anchor, but counts among duplicates.
type docusaurusAnchors struct {
	slugger  *slugger
	keepCase bool
}

var (
	docusaurusID        = regexp.MustCompile(`\s*\{#([^}]+)\}$`)
	docusaurusCommentID = regexp.MustCompile(`\s*(?:\{/\*\s*#(\S+?)(?:\s[^*]*)?\s*\*/\}|<!--\s*#(\S+?)(?:\s.*?)?\s*-->)\s*$`)
)

// Anchor implements Anchors.
func (a docusaurusAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	text := h.text(PartText, PartCode, PartImage)
	out := Anchor{Words: oneLine(text)}
	if id := h.commentID(); id != "" {
		out.ID, out.Words = id, oneLine(docusaurusCommentID.ReplaceAllString(text, ""))
	} else if m := docusaurusID.FindStringSubmatchIndex(text); m != nil {
		out.ID, out.Words = strings.TrimSpace(text[m[2]:m[3]]), oneLine(text[:m[0]])
	} else {
		out.ID = a.slugger.slugAs(text, a.keepCase)
	}
	if h.Level == 1 {
		out.ID = ""
	}
	return out.beside(h.tagged())
}

// commentID is the id in a comment at a heading's end; "" where there is none.
func (h Heading) commentID() string {
	end := h.Raw
	if n := len(h.Parts); end == "" && n > 0 {
		end = h.Parts[n-1].Text
	}
	if m := docusaurusCommentID.FindStringSubmatch(end); m != nil {
		return m[1] + m[2]
	}
	return ""
}
