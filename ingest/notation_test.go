package ingest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestNotationsWithinLinesShowWhatAReaderSees(t *testing.T) {
	for _, c := range []struct{ framework, text, want string }{
		{"mkdocs", "[a](b.md){ .md-button } ![c](d.png){ width=\"300\" align=left } `e`{.x} f\n{ .annotate }", "a c `e` f"},
		{"mkdocs", "a {b} { c } {{ d }}", "a {b} { c } {{ d }}"},
		{"jekyll", "Text\n{: .note }\n\n[a](b){:target=\"_blank\"} `c`{:.language-js}", "Text\n\na `c`"},
		{"mkdocs", "Press ++ctrl+alt+\"Del\"++ in C++ and D++.", "Press Ctrl+Alt+Del in C++ and D++."},
		{"mkdocs", "==*a* b== c == d x==y, ^^e^^ H~2~O f^2^ ~~g~~", "*a* b c == d x==y, e H2O f2 ~~g~~"},
		{"plain", "==a== H~2~O ++b++", "==a== H~~2~~O ++b++"},
		{"mkdocs", "{++in++} {--out--}{~~old~>new~~} {==m==}{>>note<<}.", "in new m."},
		{"mkdocs", ":material-home: :fontawesome-brands-github:{ .lg } Home :smile: 1:2:3", "Home :smile: 1:2:3"},
		{"mkdocs", "[`Kettle`][pkg.Kettle] and [pkg.boil][] and [one][two]\n\n[two]: b.md", "`Kettle` and pkg.boil and one"},
		{"mkdocs", "`#!py a = 1` `:::js b`", "`a = 1` `b`"},
		{"mkdocs", "The HTML and the HTML.\n\n*[HTML]: Hyper Text\n", "The HTML (Hyper Text) and the HTML."},
		{"nextra", "`a{:js}` `b{:.keyword}`", "`a` `b`"},
		{"plain", "[[Some page]] and [[Other|words]] but [[a]](b.md)", "Some page and words but [a]"},
		{"sphinx", "{ref}`words <target>` {doc}`/guide` {py:class}`~a.b.Kettle` {math}`x^2` {kbd}`Ctrl` {octicon}`x;1em` {abbr}`HTML (Hyper)`", "words guide `Kettle` $x^2$ `Ctrl` HTML (Hyper)"},
		{"plain", "{ref}`x`", "{ref}`x`"},
		{"plain", "Costs $5 or $6, but $a_{1} \\* b_{2}$ and $$x^{*}$$.", "Costs $5 or $6, but $a_{1} \\* b_{2}$ and $$x^{*}$$."},
		{"plain", "$$\n\\frac{a}{b} \\\\\n*c*\n$$\nafter", "$$\n\\frac{a}{b} \\\\\n*c*\n$$\n\nafter"},
		{"plain", "$$ a_b $$", "$$ a_b $$"},
		{"plain", "$$\nnot closed\n\n\nreally", "$$ not closed\n\nreally"},
		{"vitepress", "[[toc]]\n\na", "a"},
		{"plain", "[TOC]\n\na", "a"},
		{"plain", "a\n\n[//]: # (hidden)\n[comment]: <> (hidden)\n\nb", "a\n\nb"},
		{"sphinx", "a\n% hidden\n+++ { \"x\": 1 }\nb", "a\n\nb"},
		{"jekyll", "a\n\n{::comment}\nhidden\n{:/comment}\n\nb {::nomarkdown}c{:/}", "a\n\nb c"},
		{"mkdocs", "<div class=\"grid\" markdown>\n- *a*\n\n<span>b</span>\n</div>\n```\nc\n```", "- *a*\n\nb\n\n```\nc\n```"},
		{"plain", "<code>a &lt; b</code> and <code>*c*</code>", "`a < b` and `*c*`"},
	} {
		if diff := cmp.Diff(c.want, body(pageIn(t, c.framework, "a.md", c.text, "b.md"))); diff != "" {
			t.Errorf("%s: %q:\n%s", c.framework, c.text, diff)
		}
	}
}

func TestDirectivesOfMySTAreReadAsWhatTheyAre(t *testing.T) {
	for text, want := range map[string][]string{
		"```{note}\nText *a*.\n\n- b\n```\nafter":                                                     {"admonition: Note: Text *a*.\n\n- b", "paragraph: after"},
		"````{warning}\nA\n```{tip} T\nB\n```\n```py\nc\n```\n````":                                   {"admonition: Warning: A\n\nTip: T.\n\nB", "code: ```py\nc\n```"},
		":::{admonition} Mind it\n:class: danger\nText.\n:::":                                         {"admonition: Danger: Mind it: Text."},
		"```{versionadded} 1.2\nText.\n```\n```{deprecated} 2.0\n```":                                 {"admonition: Added in version 1.2: Text.", "admonition: Deprecated since version 2.0:"},
		"::::{tab-set}\n:::{tab-item} A\n:sync: a\na\n:::\n:::{tab-item} B\n```sh\nb\n```\n:::\n::::": {"paragraph: A: a", "paragraph: B:", "code: ```sh\nb\n```"},
		"```{dropdown} More\n---\nopen: true\n---\na\n```":                                            {"paragraph: **More**", "paragraph: a"},
		"```{code-block} python\n:caption: a.py\n:linenos:\n\nx = 1\n```":                             {"paragraph: File: a.py", "code: ```python\nx = 1\n```"},
		":::{code-block} js\nx\n:::":                                                                  {"code: ```js\nx\n```"},
		"```{math}\n:label: x\na^2\n```":                                                              {"paragraph: $$\na^2\n$$"},
		"```{image} a.png\n:alt: A cup\n```\n```{toctree}\nb\n```":                                    {"paragraph: A cup"},
		"```{figure} a.png\n:name: f\nA *caption*.\n```":                                              {"paragraph: A *caption*."},
		"```{list-table} Cups\n:header-rows: 1\n* - Name\n  - Size\n* - `a`\n  - 1|2\n```":            {"paragraph: Cups", "table: | Name | Size |\n| --- | --- |\n| `a` | 1\\|2 |"},
		"```{csv-table} Cups\n:header: Name, Size\na, \"1, 2\"\n```":                                  {"paragraph: Cups", "table: | Name | Size |\n| --- | --- |\n| a | 1, 2 |"},
		"```{glossary}\nTea\nTisane\n  A drink\n  of leaves.\nCup\n  A vessel.\n```":                  {"definition: **Tea**, **Tisane**: A drink of leaves.", "definition: **Cup**: A vessel."},
		"```{confval} port\n:type: int\n:default: 80\nThe port.\n```":                                 {"definition: **port**, type int, default 80: The port."},
		"```{mermaid}\na --> b\n```":                                                                  {"code: ```mermaid\na --> b\n```"},
		"```{autoclass} pkg.Kettle\n:members:\n```":                                                   {"paragraph: `pkg.Kettle`"},
		"```{unknown} Words\nText.\n```":                                                              {"paragraph: **Words**", "paragraph: Text."},
		"- a\n\n  ```{note}\n  b\n  ```\n- c":                                                         {"list: - a\n\n  Note: b\n\n- c"},
	} {
		if diff := cmp.Diff(want, kindsOf(pageIn(t, "sphinx", "a.md", text))); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
	if diff := cmp.Diff([]string{"code: ```python\nx\n```"}, kindsOf(pageOfText(t, "a.md", "```{python}\nx\n```"))); diff != "" {
		t.Errorf("a language in braces is no directive:\n%s", diff)
	}
}

// entriesOf lists the sections of a page with their paths and texts.
func entriesOf(p *page) (all []string) {
	for _, s := range p.Sections {
		text := ""
		for _, b := range s.Blocks {
			text += b.Text + "|"
		}
		all = append(all, fmt.Sprintf("%d %q %s %s", s.Level, s.Headings, s.Anchor, text))
	}
	return all
}

func TestWhatAReferenceListsIsFoundOneByOne(t *testing.T) {
	for _, c := range []struct {
		framework, text string
		want            []string
	}{
		{"mkdocs", "# T\n\n## Options\n\nBefore\n\n`port` {#port}\n:   The *port*.\n\n`host` {: #host .x }\n:   The host.\n\nAfter\n\n## Next\n\nx", []string{
			"1 [] t ", "2 [\"Options\"] options Before|After|", "3 [\"Options\" \"port\"] port **`port`**: The *port*.|", "3 [\"Options\" \"host\"] host **`host`**: The host.|", "2 [\"Next\"] next x|"}},
		{"plain", "# T\n\nplain term\n: x\n\nother\n: y", []string{"1 [] t **plain term**: x|**other**: y|"}},
		{"plain", "# T\n\n| Key | Meaning |\n|---|---|\n| <a id=\"a\"></a>`a` | one |\n| <a name=\"b\"></a>`b` | two |\n\nafter", []string{
			"1 [] t after|", "2 [\"a\"] a | Key | Meaning |\n| --- | --- |\n| `a` | one ||", "2 [\"b\"] b | Key | Meaning |\n| --- | --- |\n| `b` | two ||"}},
		{"plain", "# T\n\n## Options\n\n| Key | Meaning |\n|---|---|\n| <a id=\"a\"></a>`a` | one |\n| <a name=\"b\"></a>b | two |", []string{
			"1 [] t ", "2 [\"Options\"] options - a\n- b|", "3 [\"Options\" \"a\"] a | Key | Meaning |\n| --- | --- |\n| `a` | one ||", "3 [\"Options\" \"b\"] b | Key | Meaning |\n| --- | --- |\n| b | two ||"}},
		{"plain", "# T\n\n| Key |\n|---|\n| <a id=\"a\"></a>a |\n| b |\n| c |", []string{"1 [] t | Key |\n| --- |\n| a |\n| b |\n| c ||"}},
		{"plain", "# T\n\n<dl>\n<dt id=\"x\"><code>--x</code></dt><dd>What x is.</dd>\n<dt id=\"y\">y</dt>\n<dd>What y is.</dd>\n</dl>\n\nafter", []string{
			"1 [] t after|", "2 [\"--x\"] x **`--x`**\nWhat x is.|", "2 [\"y\"] y **y**\nWhat y is.|"}},
	} {
		if diff := cmp.Diff(c.want, entriesOf(pageIn(t, c.framework, "a.md", c.text))); diff != "" {
			t.Errorf("%s: %q:\n%s", c.framework, c.text, diff)
		}
	}
}

func TestARolesLinkLeadsSomewhere(t *testing.T) {
	l := pageIn(t, "sphinx", "a.md", "{doc}`words <b>` {download}`b.md`", "b.md").Sections[0].Links
	if len(l) != 2 || l[0].Path != "b.md" || l[0].Text != "words" || l[1].Path != "b.md" {
		t.Errorf("%+v", l)
	}
	l = pageIn(t, "plain", "a.md", "[[b#Top part]]", "b.md").Sections[0].Links
	if len(l) != 1 || l[0].Path != "b.md" {
		t.Errorf("%+v", l)
	}
}

func FuzzNotations(f *testing.F) {
	for _, seed := range []string{
		"a{ .b } {++c++} ==d== ++e+f++ :material-g: [h][i] [[j]] $k_l$", "$$\na\n$$", "```{note} a\n:b: c\nd\n```", ":::{tab-set}\n:::{tab-item} a\nb\n:::\n:::", "term {#id}\n: def\n", "| <a id=x></a>a |\n|-|\n| <a id=y></a>b |",
		"{ref}`a <b>` {c}``d`` ", "% a\n+++\n", "*[A]: b\nA A", "<div markdown>\n<div>\n</div>\n</div>", "<dl><dt id=a>b</dt><dd>c</dd></dl>", "<table><tr><td>a<table><tr><td>b</table></table>", "<pre><code class=language-x>\na</code></pre>", "{::comment}\na{:/}",
		"=== \"a\"\n\n    b\n", "!!! note\n    a\n", "/// tab | a\n    b: c\nd\n///", "::: a.b\n    c: d\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, why := decode([]byte(text))
		if why != "" || len(raw) > 1<<14 {
			return
		}
		for framework := range notations {
			p := pageIn(t, framework, "a.md", string(raw), "b.md")
			checkChunks(t, p, splitPage(p, docent.Unit{}, 48), 48)
		}
	})
}
