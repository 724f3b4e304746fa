package retrieval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
)

// hitsOf makes hits of chunks, in the order given.
func hitsOf(chunks ...docent.Chunk) []*hit {
	var hits []*hit
	for i, c := range chunks {
		c.Unit = unit
		h := &hit{score: 1 / float64(i+1)}
		h.Candidate = proposed(docent.IndexedChunk{Chunk: c, Terms: analysis.ChunkTerms(&c)})
		hits = append(hits, h)
	}
	return hits
}

// part is a chunk of a section.
func part(path string, section, ordinal int) docent.Chunk {
	text := fmt.Sprintf("Part %d of %s speaks of thing%d, case%d and point%d.", ordinal, path, ordinal, ordinal, ordinal)
	return docent.Chunk{Path: path, Section: section, Ordinal: ordinal, Text: text, Line: ordinal * 10, EndLine: ordinal*10 + 5, Tokens: 10,
		Blocks: []docent.Block{{Kind: docent.BlockParagraph, Start: 0, End: len(text)}}}
}

func shape(groups []*group) string {
	var out []string
	for _, g := range groups {
		var ordinals []string
		for _, h := range g.hits {
			ordinals = append(ordinals, fmt.Sprint(h.Ordinal))
		}
		out = append(out, g.first().Path+":"+strings.Join(ordinals, "+"))
	}
	return strings.Join(out, " ")
}

func TestPick(t *testing.T) {
	tests := map[string]struct {
		chunks         []docent.Chunk
		limit, perPage int
		want           string
	}{
		"neighbours join":                   {[]docent.Chunk{part("a", 0, 1), part("b", 0, 0), part("a", 0, 2)}, 8, 3, "a:1+2 b:0"},
		"in the page's order":               {[]docent.Chunk{part("a", 0, 2), part("a", 0, 1)}, 8, 3, "a:1+2"},
		"a gap is closed":                   {[]docent.Chunk{part("a", 0, 1), part("a", 0, 3), part("a", 0, 2)}, 8, 3, "a:1+2+3"},
		"another section stays apart":       {[]docent.Chunk{part("a", 0, 1), part("a", 1, 2)}, 8, 3, "a:1 a:2"},
		"another page stays apart":          {[]docent.Chunk{part("a", 0, 1), part("b", 0, 2)}, 8, 3, "a:1 b:2"},
		"few of one page":                   {[]docent.Chunk{part("a", 0, 0), part("a", 1, 1), part("a", 2, 2), part("b", 0, 0)}, 8, 2, "a:0 a:1 b:0"},
		"neighbours take no place of it":    {[]docent.Chunk{part("a", 0, 0), part("a", 1, 4), part("a", 0, 1), part("a", 2, 6)}, 8, 2, "a:0+1 a:4"},
		"no bound of a page":                {[]docent.Chunk{part("a", 0, 0), part("a", 1, 1), part("a", 2, 2)}, 8, 0, "a:0 a:1 a:2"},
		"the limit counts passages":         {[]docent.Chunk{part("a", 0, 0), part("a", 0, 1), part("b", 0, 0), part("c", 0, 0)}, 2, 3, "a:0+1 b:0"},
		"long sections are not one passage": {[]docent.Chunk{part("a", 0, 0), part("a", 0, 1), part("a", 0, 2), part("a", 0, 3), part("a", 0, 4)}, 8, 3, "a:0+1+2+3 a:4"},
		"the same text once":                {[]docent.Chunk{part("a", 0, 0), {Path: "copy", Text: part("a", 0, 0).Text}, part("b", 0, 0)}, 8, 3, "a:0 b:0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := shape(pick(hitsOf(tt.chunks...), tt.limit, tt.perPage)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestShortTextsUnderOtherHeadingsAreNotTheSame(t *testing.T) {
	a := docent.Chunk{Path: "a", Headings: []string{"cache"}, Text: "Default: `false`."}
	b := docent.Chunk{Path: "a", Headings: []string{"verbose"}, Text: "Default: `false`.", Section: 1, Ordinal: 1}
	if got := shape(pick(hitsOf(a, b), 8, 3)); got != "a:0 a:1" {
		t.Errorf("got %s", got)
	}
}

func TestJoinedPassageHoldsAllOfItsChunks(t *testing.T) {
	first, second := part("a", 0, 1), part("a", 0, 2)
	first.ID, second.ID = "one", "two"
	first.Unit, second.Unit = unit, unit
	first.Anchor, second.Anchor = "x", "x"
	second.Links = []docent.Link{{Text: "l", URL: "/l"}}
	g := pick(hitsOf(second, first), 8, 3)[0]
	c := join([]docent.Chunk{first, second})
	want := first
	want.Text = first.Text + "\n\n" + second.Text
	want.Blocks = []docent.Block{first.Blocks[0], {Kind: docent.BlockParagraph, Start: len(first.Text) + 2, End: len(want.Text)}}
	want.Links = second.Links
	want.EndLine, want.Tokens = second.EndLine, 20
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := c.Text[c.Blocks[1].Start:c.Blocks[1].End]; got != second.Text {
		t.Errorf("the second block is %q", got)
	}
	if g.score != 1 {
		t.Errorf("score %v, want that of the best chunk", g.score)
	}
}
