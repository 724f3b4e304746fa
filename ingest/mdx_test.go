package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMDXBecomesWhatAReaderSees(t *testing.T) {
	for text, want := range map[string][]string{
		"import A from 'a'\nimport {\n  B,\n} from \"b\";\n\nexport const x = {\n  a: 1,\n\n  b: \"}\",\n};\n\nimport it yourself\n": {"paragraph: import it yourself"},
		"import A from 'a';\nText\n":                                   {"paragraph: Text"},
		"export default function F() {\n\nnever closed":                {"paragraph: never closed"},
		"```js\nimport a from 'b'\n\nexport const c = <D>{e}</D>\n```": {"code: ```js\nimport a from 'b'\n\nexport const c = <D>{e}</D>\n```"},
		"<Tabs>\n    <TabItem label=\"npm\">\n        ```sh\n        npm i\n          x\n        ```\n    </TabItem>\n    <TabItem label='pnpm'>\n        Prose *here*.\n\n        More.\n    </TabItem>\n</Tabs>": {
			"paragraph: npm:", "code: ```sh\nnpm i\n  x\n```", "paragraph: pnpm: Prose *here*.\n\nMore."},
		"1. a\n\n   <Steps>\n     - b\n\n       ```\n       x\n       ```\n   </Steps>\n2. c": {"list: 1. a\n\n   - b\n\n     ```\n     x\n     ```\n\n2. c"},
		"a {/* b */} {c.d[0].e} `{f}` {'g{'} {`h ${i}`} \\{j} {} k":                           {"paragraph: a `{f}` g{ {j} k"},
		"a\n{/*\n b\n\n c */}\nd":             {"paragraph: a", "paragraph: d"},
		"a <Badge text=\"New\" /> b":          {"paragraph: a (New) b"},
		"<Card title=\"A\" icon='x'>b</Card>": {"paragraph: A: b"},
		"<Box\n  icon=\"a\"\n  fn={() => { return \"}>\" }}\n  {...rest}\n  title={'Why?'}\n>\n  b\n</Box>": {"paragraph: Why?", "paragraph: b"},
		"<LinkCard title=\"A\" description=\"b\" href=\"b.md\" />":                                          {"paragraph: A: b"},
		"<>\na\n</>\n\n<Foo.Bar>b</Foo.Bar>":                                                                {"paragraph: a", "paragraph: b"},
		"<details>\n<summary>A `b`</summary>\n**c**\n</details>":                                            {"paragraph: **A `b`**", "paragraph: **c**"},
		"<table>\n<tr><td className={x}>a</td></tr>\n</table>":                                              {"table: | a |\n| --- |"},
		"<style>{`\n a { b }\n`}</style>\n\nc":                                                              {"paragraph: c"},
		"a < b <https://c.example> <d@e.example> {f":                                                        {"paragraph: a < b https://c.example d@e.example {f"},
		"$$\n\\frac{a}{b}\n$$\n\n$c_{d}$ at $5 {e}":                                                         {"paragraph: $$\n\\frac{a}{b}\n$$", "paragraph: $c_{d}$ at $5"},
		"| a |\n|---|\n| <B c={1} /> d |":                                                                   {"table: | a |\n| --- |\n| d |"},
		"<Box>\n:::note[A]\nb\n:::\n</Box>":                                                                 {"admonition: Note: A.\n\nb"},
	} {
		if diff := cmp.Diff(want, kindsOf(pageOfText(t, "a.mdx", text, "b.md"))); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestOfMarkdownOnlyLinesOfComponentsGo(t *testing.T) {
	for text, want := range map[string][]string{
		"import A from 'a'\n\n{b} c":                                                  {"paragraph: c"}, // an import makes it MDX
		"# A\n\n<!-- b -->\nimport C from './_c.md'\n\n{d} e":                         {"paragraph: e"},
		"A\n\nimport { B } from \"b\"\n\n{d} e":                                       {"paragraph: A", "paragraph: e"},
		"```js\nimport a from 'b'\n```\n\n{c}":                                        {"code: ```js\nimport a from 'b'\n```", "paragraph: {c}"},
		"Then\n\nimport it from there's {c}":                                          {"paragraph: Then", "paragraph: import it from there's {c}"},
		"See <Link id={\"x\"}>the list</Link>.\n\n{d} e":                              {"paragraph: See the list.", "paragraph: e"}, // so does an expression
		"Use `<Link id={x}>` and {c}\n\n```jsx\n<Link id={x}/>\n```":                  {"paragraph: Use `<Link id={x}>` and {c}", "code: ```jsx\n<Link id={x}/>\n```"},
		"Run\nimport a from 'b'\n\n{c}":                                               {"paragraph: Run import a from 'b'", "paragraph: {c}"},
		"<Tabs>\n    <Tab title=\"A\">\n    ```\n    x\n    ```\n    </Tab>\n</Tabs>": {"paragraph: A:", "code: ```\nx\n```"},
		"a\n\n    <Project>\n      <Item />\n    </Project>":                          {"paragraph: a", "code: ```\n<Project>\n  <Item />\n</Project>\n```"},
		"```\n<A>\n```":             {"code: ```\n<A>\n```"},
		"<T>\n\n    code":           {"code: ```\ncode\n```"},
		"<A><B /> c":                {"paragraph: c"},
		"`<A>`\n<div>\n*b*\n</div>": {"paragraph: `<A>`", "html: *b*"},
	} {
		if diff := cmp.Diff(want, kindsOf(pageOfText(t, "a.md", text))); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestHeadingsOfMDXHaveTheirIDsAndLines(t *testing.T) {
	p := pageOfText(t, "a.mdx", "import A from 'a'\n\n# H {/* #my-id */}\n\n<A\n  b=\"c\"\n/>\n\n## I \\{#i}\n\n## J <A text=\"x\" />\n")
	got := map[string]int{}
	for _, s := range p.Sections {
		got[s.Heading+"#"+s.Anchor] = s.Line
	}
	if diff := cmp.Diff(map[string]int{"H#my-id": 3, "I#i": 9, "J#j": 11}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHostileMDXIsReadAboutOnce(t *testing.T) {
	for _, s := range []string{"{", "<a ", "<A b={", "<A b=\"", "`", "` ``", "<!--", "$", "export const a = {\n\n", "<A>\n", "</A>", "<A1><A2>", "{\"", "{/*", "{'\\\"", "{\"\\\"", "$a$", "<A>b"} {
		for _, file := range []string{"a.md", "a.mdx"} {
			m := mdx{rewriter: rewriter{src: []byte(strings.Repeat(s, 300_000/len(s)))}, whole: file == "a.mdx"}
			for m.at < len(m.src) {
				m.next()
			}
			if m.wasted > maxWasted+3*len(m.src) {
				t.Errorf("%q in %s: %d bytes were read in vain", s, file, m.wasted)
			}
		}
	}
}

func FuzzComponents(f *testing.F) {
	for _, seed := range []string{
		"import a from 'b'\n\n<A b={c}>\n  d {e} `f`\n</A>\n", "<A\n b='c'\n>\n\n    d\n", "{/* a\n*/} b", "```\n<A>\n```", "$$\n{a}\n", "<A><B>\n c", "export const a = {\n\n", "<!-- a\n<A>\n-->", "{`\n`}", "<a b={`}`}>", "\\", "`a\n\n`",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, file := range []string{"a.md", "a.mdx"} {
			got, moved := components(file, src)
			checkLines(t, src, got, moved)
		}
	})
}
