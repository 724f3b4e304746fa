package ingest

import (
	"fmt"
	"strings"
	"testing"

	"docent"
)

func TestWhatIsNestedOrWideBeyondAllMeasureIsReadAsText(t *testing.T) {
	many := strings.Repeat
	for name, c := range map[string]struct{ text, want, warning string }{
		"quotes":        {"a\n\n" + many(">", 100_000) + " deep", "deep", "line 3: 100000 quotes and lists begin here"},
		"lists":         {many("- ", 50_000) + "deep", "deep", "line 1: 50000 quotes and lists"},
		"numbers":       {many("1. ", 50_000) + "deep", "deep", "line 1: 50000 quotes and lists"},
		"items":         {"- a\n" + many(" ", 5000) + "- deep", "deep", "line 2: an item is indented by 5000"},
		"columns":       {"|" + many("a|", 10_000) + "\n|" + many("-|", 10_000) + "\n| deep |", "deep", "line 2: a table of 10000 columns"},
		"empty columns": {many("a|", 500) + "\n" + many("-|", 500) + "\n" + many("b\n", 5000) + "deep", "deep", "line 2: a table of 500 columns whose 5001 rows"},
	} {
		p := pageOfText(t, "a.md", c.text)
		if !strings.Contains(body(p), c.want) {
			t.Errorf("%s: the words are lost", name)
		}
		if len(p.Warnings) != 1 || !strings.HasPrefix(fmt.Sprintf("line %d: %s", p.Warnings[0].Line, p.Warnings[0].Message), c.warning) || p.Warnings[0].Path != "a.md" {
			t.Errorf("%s: warned of %+v", name, p.Warnings)
		}
	}
}

func TestWhatWritersWriteIsWithinTheBounds(t *testing.T) {
	wide := "|" + strings.Repeat(" long words in a cell |", 60) + "\n|" + strings.Repeat("---|", 60) + "\n" + strings.Repeat("|"+strings.Repeat(" words |", 60)+"\n", 1000)
	for _, text := range []string{strings.Repeat("> ", 20) + "a", "- " + strings.Repeat("word ", 100), wide, strings.Repeat("-", 200), strings.Repeat("*", 100)} {
		if out, _, warnings := bounded([]byte(text)); string(out) != text || warnings != nil {
			t.Errorf("changed %.40q: %v", text, warnings)
		}
	}
}

// hostile are texts whose repetition makes parsers slow.
var hostile = []string{
	">", "> ", ">\n> a\n", "- ", "+ ", "1. ", "- a\n", "- a\n  - b\n", "*", "*a ", "_a ", "a**b", "*a **b ", "[", "![", "[a](", "[a](b \"", "[a](b) ", "[a]", "[a]\n", "]", "[]", "[^1]", "[^1]: a\n",
	"[a]: b\n", "*[a]: b\n", "<", "<a ", "<a href=\"", "<!--", "<!--\n\n", "<div>\n\n", "`", "` `` ", "`\n", "~", "~~a ", "T\n", "T\n: d\n", ": d\n", ": : ", "&", "&a", "\\", "http://a.b ", "www.a.b ", "a@b.cc ",
	"|", "|a|\n|-|\n", "# a\n", "a\n===\n", "```\n", "    a\n", "\n  b\n", ":::note\n", ":::", ":::\n", "\x02a\n", "\x03\n", "{", "{{< a >}}", "{% a %}\n", "<A>\n", "<A b={", "$a$ ", "$$\n", "!!! a\n", "=== \"a\"\n", "/// a\n",
	"--8<-- \"a\"\n", "{{#include a}}", "<!--@include: a-->", "(a)=\n", "{a}`b` ", "[[a]]", "++a++", "==a==", ":a: ", "a ` b ", "漢字",
	"{% if a %}", "{% raw %}", "{% hint style=\"a\" %}\n", "{% tabs %}{% tab title=\"a\" %}\n", "{% assign a = \"b\" %}", "{{ a }}", "{{< tab >}}\n", "{{< highlight go >}}\n", "{{< alert >}}x{{< /alert >}}\n",
	"```{note}\n", ":::{note}\n", "a{.b}", "{ #a }\n", "{++a", "{~~a~>b", "[a][b] ", "<div markdown>\n", "<table><tr><td>a", "<dt id=a>b</dt>", "<pre>a", "<code>a", "<details><summary>a</summary>\n", "<Tabs><Tab label=\"a\">\n",
	"<Code code={`a`} />", "import A from \"./b.md\"\n\n<A />\n", "{!b.md!}", "a {#b}\n: c\n\n", "$$\na\n\n", "$a_b ", "```js\na // [!code ++]\n```\n",
}

func TestHostileTextIsReadAndKeepsTheBudget(t *testing.T) {
	for framework, n := range notations {
		for _, piece := range hostile {
			file, size := "a.md", 3000
			if n&jsx != 0 {
				file = "a.mdx"
			}
			if framework == "plain" || framework == "mkdocs" {
				size = 20_000
			}
			p := pageIn(t, framework, file, "# T\n\n"+strings.Repeat(piece, size/len(piece))+"\n\nlast", "b.md")
			checkChunks(t, p, splitPage(p, docent.Unit{}, 200), 200)
			if t.Failed() {
				t.Fatalf("of %q in %s", piece, framework)
			}
		}
	}
}
