package ingest

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"

	"docent/ingest/site"
)

var asciiWord = regexp.MustCompile(`[A-Za-z0-9]{2,}`)

// bare renders a directive as what it holds.
type bare struct{}

func (bare) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindDirective, func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) { return ast.WalkContinue, nil })
}

// rendered gives the words that a reader of the page as HTML sees, raw HTML
// left out.
func rendered(t *testing.T, text string) []string {
	t.Helper()
	d := newDialect(site.Syntax{Framework: "plain"})
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList), goldmark.WithParserOptions(d.parts()...),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(bare{}, 1))))
	var out bytes.Buffer
	if err := md.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	var words []string
	z := html.NewTokenizer(&out)
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		if kind == html.TextToken {
			words = append(words, asciiWord.FindAllString(string(z.Text()), -1)...)
		}
	}
	return words
}

func TestWhatAReaderSeesOfRandomPagesIsKept(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		var text strings.Builder
		for range 1 + rnd.IntN(25) {
			text.WriteString(strings.Repeat(" ", rnd.IntN(3)*rnd.IntN(3)) + fragments[rnd.IntN(len(fragments))] + "\n")
		}
		if strings.Contains(text.String(), "<!--") {
			continue // what a comment that is never closed hides is another test's
		}
		p := pageOfText(t, "a.md", text.String(), "b.md")
		got := body(p)
		for _, s := range p.Sections {
			got += " " + s.Heading
		}
		got = strings.ToLower(got)
		for _, w := range rendered(t, text.String()) {
			if !strings.Contains(got, strings.ToLower(w)) {
				t.Fatalf("the word %q is lost from:\n%s\nwhich became:\n%s", w, text.String(), got)
			}
		}
	}
}
