package ingest

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"docent"
	"docent/ingest/site"
)

// definitions writes each term with what defines it.
func (r *reader) definitions(list ast.Node) {
	for n := list.FirstChild(); n != nil; {
		text, next := r.definition(n)
		last := list.LastChild()
		if next != nil {
			last = next.PreviousSibling()
		}
		if text != "" {
			r.addSpan(docent.BlockDefinition, text, n, last)
		}
		n = next
	}
}

// term gives a term its anchor, where the site has any.
func (r *reader) term(n ast.Node) {
	terms, ok := r.anchors.(site.Terms)
	if !ok {
		return
	}
	if id := terms.Term(site.Heading{Parts: r.parts(n), Raw: r.asWritten(n)}); id != "" {
		r.page.anchors[id] = true
	}
}

// definition gives the terms from n on with the definitions that follow them,
// and the node after these.
func (r *reader) definition(n ast.Node) (text string, next ast.Node) {
	var terms, meanings []string
	for ; n != nil && n.Kind() == extast.KindDefinitionTerm; n = n.NextSibling() {
		r.term(n)
		if t := r.words(n); t != "" {
			if !strings.HasPrefix(t, "*") {
				t = "**" + t + "**"
			}
			terms = append(terms, t)
		}
	}
	for ; n != nil && n.Kind() != extast.KindDefinitionTerm; n = n.NextSibling() {
		if t := r.children(n); t != "" {
			meanings = append(meanings, t)
		}
	}
	var b strings.Builder
	b.WriteString(strings.Join(terms, ", "))
	switch {
	case len(meanings) == 0:
	case len(meanings) == 1 && !strings.HasPrefix(meanings[0], "```"):
		b.WriteString(": " + meanings[0])
	default:
		b.WriteString(":")
		for _, m := range meanings {
			b.WriteString("\n- " + indent(m, 2))
		}
	}
	return b.String(), n
}
