package ingest

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/ingest/site"
)

// pageOfText parses one file of a source that has others.
func pageOfText(t testing.TB, path, text string, others ...string) *page {
	t.Helper()
	return pageUnder(t, "", path, text, others...)
}

// pageUnder is pageOfText for a source with a base URL.
func pageUnder(t testing.TB, base, path, text string, others ...string) *page {
	t.Helper()
	files := append(others, path)
	rules, err := site.New("plain", site.Settings{Source: "s", BaseURL: base, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	p := newParsing(Source{Name: "s"}, rules, files)
	return p.page(openSource(path, []byte(text), false))
}

// body is the text of all sections of a page.
func body(p *page) string {
	var all []string
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			all = append(all, b.Text)
		}
	}
	return strings.Join(all, "\n\n")
}

func TestHeadingsOfRealMarkdownGetGitHubsAnchors(t *testing.T) {
	raw, err := os.ReadFile("site/testdata/github-anchors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	var want []string
	for line := range strings.Lines(string(raw)) {
		if cols := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(cols) == 3 {
			text.WriteString("## " + cols[1] + "\n\nText.\n\n")
			want = append(want, cols[2])
		}
	}
	var got []string
	for _, s := range pageUnder(t, "https://github.com/o/r/blob/main/", "a.md", text.String()).Sections {
		got = append(got, s.Anchor)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSectionsKnowTheirPathWithoutThePagesTitle(t *testing.T) {
	p := pageOfText(t, "a.md", "Before\n# Title\nlead\n### Deep\nx\n## Two\nx\n### Three\nx\n# Other\nx\n## Last\nx")
	want := [][]string{{}, {}, {"Deep"}, {"Two"}, {"Two", "Three"}, {"Other"}, {"Other", "Last"}}
	var got [][]string
	for _, s := range p.Sections {
		got = append(got, s.Headings)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s := p.Sections[1]; p.Title != "Title" || s.Level != 1 || s.Anchor != "title" || s.Line != 2 {
		t.Errorf("title %q, lead %+v", p.Title, s)
	}
}

func TestAnH1ThatIsNotTheTitleStaysAHeading(t *testing.T) {
	p := pageOfText(t, "a.md", "---\ntitle: Short\n---\n# A longer one\n## Below\n")
	if diff := cmp.Diff([]string{"A longer one", "Below"}, p.Sections[1].Headings); diff != "" {
		t.Error(diff)
	}
}

func TestAHeadingWithoutAnAnchorIsReachedByTheOneAboveIt(t *testing.T) {
	rules, err := site.New("mdbook", site.Settings{Source: "s", Files: []string{"a.md"}})
	if err != nil {
		t.Fatal(err)
	}
	p := newParsing(Source{Name: "s"}, rules, []string{"a.md"})
	for text, want := range map[string][]string{
		"# T\n\n## Values\n\na\n\n<h3>Checks</h3>\n\nb\n\n<h3 id=\"own\">Limits</h3>\n\nc\n\n<h4>More</h4>\n\nd": {
			"1 [] t ", "2 [\"Values\"] values a|", "3 [\"Values\" \"Checks\"] values b|", "3 [\"Values\" \"Limits\"] own c|", "4 [\"Values\" \"Limits\" \"More\"] own d|"},
		"# T\n\n## Values\n<div>\n  <h5>Not yet</h5>\n  <p>Beware.</p>\n</div>\n\nb": {
			"1 [] t ", "2 [\"Values\"] values b|", "3 [\"Values\" \"Not yet\"] values Beware.|"},
		"## A\n\n<div>a<h4>B</h4>b<div>c</div>d<h4>C</h4>e</div>\nf": {"2 [\"A\"] a a|f|", "3 [\"A\" \"B\"] a b\nc\nd|", "3 [\"A\" \"C\"] a e|"},
		"## A\n\n<div><h3>Bad</h3>\n\n```js\nb\n```\n\nt\n: v\n\nw\n\n</div>\n\nc\n\n<div>\n<h3>Alone</h3>\n</div>\n\n<div><h3>Open</h3>\n\n## D\n\ne": {
			"2 [\"A\"] a c|**Alone**|**Open**|", "3 [\"A\" \"Bad\"] a ```js\nb\n```|w|", "4 [\"A\" \"Bad\" \"t\"] t **t**: v|", "2 [\"D\"] d e|"},
		"## A\n\n<div><h3>B</h3>b<dl><dt id=d>d</dt><dd>e</dd></div>\n\nf": {"2 [\"A\"] a f|", "3 [\"A\" \"B\"] a b|", "4 [\"A\" \"B\" \"d\"] d **d**\ne|"},
		"<div><h2 id=x>Open</h2></div>\n\nb\n\n<h2>Bare</h2>\n\nc":         {"2 [\"Open\"] x b|", "2 [\"Bare\"]  c|"},
	} {
		page := p.page(openSource("a.md", []byte(text), false))
		if diff := cmp.Diff(want, entriesOf(page)); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
		for _, s := range page.Sections {
			if s.URL != page.at(s.Anchor) {
				t.Errorf("%q: %s is at %s", text, s.Heading, s.URL)
			}
		}
	}
}

func TestBlocksBecomeNormalisedMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"one\ntwo  three":                     "one two three",
		"a\\_b \\* &amp; &lt;b&gt; &nbsp;x":   `a_b \* & \<b> x`,
		"&amp;lt; and `&lt;`":                 "&amp;lt; and `&lt;`",
		"[*a* `b`](x.md) ![pic *one*](y.png)": "*a* `b` pic *one*",
		"_a_ __b__ ~~c~~ ***d***":             "_a_ __b__ ~~c~~ ***d***",
		"`` a`b `` and `` `c` ``":             "``a`b`` and `` `c` ``",
		"x<!-- no -->y <b>z</b>":              "xy z",
		"a\\\nb":                              "a  \nb",
		"漢字\nかな\nlatin\n漢":                    "漢字かな latin 漢",
		"- a\n\n  b\n- c":                     "- a\n\n  b\n\n- c",
		"7) a\n8) b":                          "7) a\n8) b",
		"- \n- a":                             "- a",
		"- a\n  > q":                          "- a\n\n  > q",
		"> a\n>\n> b":                         "> a\n>\n> b",
		"> [!note]\n> a\n> b":                 "Note: a b",
		"> [!CAUTION]\n> - a":                 "Caution:\n\n- a",
		"> [!NOTE]":                           "Note:",
		"> ## Inner\n> x":                     "> **Inner**\n>\n> x",
		"T\n: d":                              "**T**: d",
		"`T`\n: d\n\n  e\n: f":                "**`T`**:\n- d\n\n  e\n- f",
		"~~~js{1} title=x\n```\n~~~":          "x:\n\n````js\n```\n````",
		"\ta\n\n\tb\n":                        "```\na\n\nb\n```",
		"| a |\n|---|\n| `x\\|y` <br> z |":    "| a |\n| --- |\n| `x\\|y` z |",
		"***\n\n[x]: y\n\n<!-- z -->\n\nlast": "last",
		"see[^1].\n\n[^1]: a\n":               "see (a).",
		"see[^1].\n\n[^1]: a[^1]\n":           "see (a).",
		"see[^1].\n\n[^1]:\n    - a\n    - b": "see (footnote 1).\n\nFootnote 1: - a\n- b",
		"a[^1]\n\n[^1]: x[^2]\n\n    y\n\n[^2]: z[^1]\n\n    w": "a (footnote 1)\n\nFootnote 1: x (footnote 2)\n\ny\n\nFootnote 2: z\n\nw",
		"<div>a<br>b &lt;i&gt; <i>c</i></div>":                  "a\nb \\<i> c",
		"<ul><li>a</li><li>b</li></ul>":                         "- a\n- b",
		"<style>\na\n\nb\n</style>\nc":                          "c",
		"<div><!-- x\n\ny\n\n--></div>\n\nz":                    "z",
	} {
		if diff := cmp.Diff(want, body(pageOfText(t, "a.md", text))); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestCodeIsKeptByteForByte(t *testing.T) {
	code := "\n\tif a < b && `c` { \\* }  \n\n  é &amp;  \t\n"
	p := pageOfText(t, "a.md", "> x\n\n```go\n"+code+"```\n")
	want := docent.Block{Kind: docent.BlockCode, Text: "```go\n" + code + "```", Lang: "go", Line: 3, EndLine: 8}
	if diff := cmp.Diff(want, p.Sections[0].Blocks[1]); diff != "" {
		t.Error(diff)
	}
}

func TestCodeInAListIsABlockOfItsOwn(t *testing.T) {
	p := pageOfText(t, "a.md", "1. a\n\n   ```sh\n   x\n     y\n   ```\n2. b\n   - c\n\n     ```\n     z\n     ```\n")
	var got []docent.Block
	for _, b := range p.Sections[0].Blocks {
		got = append(got, docent.Block{Kind: b.Kind, Text: b.Text, Line: b.Line, EndLine: b.EndLine})
	}
	want := []docent.Block{
		{Kind: docent.BlockList, Text: "1. a", Line: 1, EndLine: 1},
		{Kind: docent.BlockCode, Text: "```sh\nx\n  y\n```", Line: 3, EndLine: 6},
		{Kind: docent.BlockList, Text: "2. b\n\n   - c\n\n     ```\n     z\n     ```", Line: 7, EndLine: 12},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLinesCountFromTheFilesTop(t *testing.T) {
	p := pageOfText(t, "a.md", "---\ntitle: x\n---\n\n# H\n\ntext [l](b.md)\nmore\n", "b.md")
	s := p.Sections[0]
	if s.Line != 5 || s.Blocks[0].Line != 7 || s.Blocks[0].EndLine != 8 || s.Links[0].Line != 7 {
		t.Errorf("%+v", s)
	}
}

func TestWhatNestsTooDeepKeepsItsWords(t *testing.T) {
	for name, text := range map[string]string{
		"quotes":   strings.Repeat(">", 5000) + " deep",
		"lists":    strings.Repeat("- ", 3000) + "deep",
		"emphasis": strings.Repeat("*a ", 3000) + "deep" + strings.Repeat(" a*", 3000),
		"brackets": strings.Repeat("[", 5000) + "deep" + strings.Repeat("]", 5000),
		"images":   strings.Repeat("![", 2000) + "deep" + strings.Repeat("](x)", 2000),
	} {
		if !strings.Contains(body(pageOfText(t, "a.md", text)), "deep") {
			t.Errorf("%s: the words are lost", name)
		}
	}
}
