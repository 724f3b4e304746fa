package ingest

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// definition gives the terms from n on with the definitions that follow them,
// and the node after these.
func (r *reader) definition(n ast.Node) (text string, next ast.Node) {
	var terms, meanings []string
	for ; n != nil && n.Kind() == extast.KindDefinitionTerm; n = n.NextSibling() {
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
