package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/ingest/site"
)

func TestAFenceSaysItsLanguageAndItsTitle(t *testing.T) {
	for info, want := range map[string][2]string{
		"":                                     {"", ""},
		"go":                                   {"go", ""},
		"c++":                                  {"c++", ""},
		"js {1,3-5} showLineNumbers":           {"js", ""},
		"ts{1,3}":                              {"ts", ""},
		"js:line-numbers {1}":                  {"js", ""},
		"js:line-numbers=2 [config.js]":        {"js", "config.js"},
		`js title="src/a b.js" ins={1} /re x/`: {"js", "src/a b.js"},
		`jsx title='a.jsx' {2}`:                {"jsx", "a.jsx"},
		"sh [npm]":                             {"sh", "npm"},
		`py title="a.py" linenums="1" hl_lines="2 3"`:      {"py", "a.py"},
		`{.yaml .annotate title="x.yml" #id}`:              {"yaml", "x.yml"},
		`{ .python }`:                                      {"python", ""},
		`go {linenos=true hl_lines=[1,2] filename="a.go"}`: {"go", "a.go"},
		"rust,ignore,editable":                             {"rust", ""},
		"js:title=a.js":                                    {"js", "a.js"},
		`filename="a.txt"`:                                 {"", "a.txt"},
		"{1,3}":                                            {"", ""},
		`tsx filename={"a.tsx"} copy`:                      {"tsx", "a.tsx"},
		`{python}`:                                         {"python", ""},
		`astro title="a &amp; b"`:                          {"astro", "a & b"},
	} {
		f := parseInfo(info)
		if got := [2]string{f.lang, f.title}; got != want {
			t.Errorf("%q: %q, want %q", info, got, want)
		}
	}
}

// pageIn parses one file in the way of a framework.
func pageIn(t testing.TB, framework, path, text string, others ...string) *page {
	t.Helper()
	files := append(others, path)
	rules, err := site.New("plain", site.Settings{Source: "s", Files: files})
	if err != nil {
		t.Fatal(err)
	}
	p := newParsing(Source{Name: "s"}, rules, files)
	p.dialect = newDialect(site.Syntax{Framework: framework})
	return p.page(openSource(path, []byte(text), false))
}

func TestCodeIsAsAReaderSeesIt(t *testing.T) {
	for _, c := range []struct{ framework, text, want string }{
		{"vitepress", "```js\na() // [!code focus]\nb() // [!code --]\nc() // [!code ++]\n// [!code highlight:2]\nd() /* [!code warning] */\n```", "```js\na()\nc()\nd()\n```"},
		{"vitepress", "```vue\n<a/> <!-- [!code error] -->\n# x # [!code hl]\n```", "```vue\n<a/>\n# x\n```"},
		{"docusaurus", "```js\n// highlight-next-line\na()\n# highlight-start\nb()\n{/* highlight-end */}\n```", "```js\na()\nb()\n```"},
		{"starlight", "```js\n// highlight-next-line\na()\n```", "```js\n// highlight-next-line\na()\n```"},
		{"nextra", "```ts twoslash\nimport x from 'y'\n// ---cut---\nconst a = x\n//    ^?\n// @errors: 1\n```", "```ts\nconst a = x\n```"},
		{"nextra", "```ts twoslash\na\n// ---cut-start---\nb\n// ---cut-end---\nc\n// ---cut-after---\nd\n```", "```ts\na\nc\n```"},
		{"mkdocs", "```yaml\na: b # (1)!\n```", "```yaml\na: b # (1)\n```"},
		{"mdbook", "```rust\n# fn main() {\nlet a = 1;\n#\n    # }\n#[b]\n```", "```rust\nlet a = 1;\n#[b]\n```"},
		{"plain", "```rust\n# a\n```", "```rust\n# a\n```"},
	} {
		if diff := cmp.Diff(c.want, body(pageIn(t, c.framework, "a.md", c.text))); diff != "" {
			t.Errorf("%s: %q:\n%s", c.framework, c.text, diff)
		}
	}
}

func TestOfPackageManagersOneIsWritten(t *testing.T) {
	group := "::: code-group\n```sh [npm]\nnpm install -D tea@latest\n```\n```sh [pnpm]\npnpm add -D tea\n```\n```sh [yarn]\nyarn add --dev tea\n```\n```sh [bun]\nbun something completely different here\n```\n:::"
	want := []string{"paragraph: npm (pnpm, yarn alike):", "code: ```sh\nnpm install -D tea@latest\n```", "paragraph: bun:", "code: ```sh\nbun something completely different here\n```"}
	if diff := cmp.Diff(want, kindsOf(pageIn(t, "vitepress", "a.md", group))); diff != "" {
		t.Error(diff)
	}
}

func TestTabsAreLabelledBlocks(t *testing.T) {
	for _, c := range []struct {
		framework, text string
		want            []string
	}{
		{"mkdocs", "=== \"Linux\"\n\n    Use *apt*.\n\n    ```sh\n    apt x\n    ```\n\n=== \"Mac\"\n\n    Use brew.\n\nAfter", []string{"paragraph: Linux: Use *apt*.", "code: ```sh\napt x\n```", "paragraph: Mac: Use brew.", "paragraph: After"}},
		{"mkdocs", "1. a\n\n    === \"X\"\n\n        b\n2. c", []string{"list: 1. a", "paragraph: X: b", "list: 2. c"}},
		{"mkdocs", "/// tab | X\nb\n///\n/// tab | Y\n    new: true\n\nc\n///", []string{"paragraph: X: b", "paragraph: Y: c"}},
		{"vitepress", "::: code-group\n```js [a.js]\nx\n```\n```ts [b.ts]\ny\n```\n:::", []string{"paragraph: File: a.js", "code: ```js\nx\n```", "paragraph: File: b.ts", "code: ```ts\ny\n```"}},
	} {
		if diff := cmp.Diff(c.want, kindsOf(pageIn(t, c.framework, "a.md", c.text))); diff != "" {
			t.Errorf("%s: %q:\n%s", c.framework, c.text, diff)
		}
	}
}

func TestNotesOfMkDocsAreLabelledBlocks(t *testing.T) {
	for text, want := range map[string][]string{
		"!!! note\n    Text.\n\n    - a\n\nAfter":                      {"admonition: Note: Text.\n\n- a", "paragraph: After"},
		"!!! warning inline end \"Mind *it*\"\n    Text.":              {"admonition: Warning: Mind *it*.\n\nText."},
		"!!! tip \"\"\n    Text.":                                      {"admonition: Tip: Text."},
		"??? kettle \"More\"\n    Text.":                               {"admonition: Kettle: More.\n\nText."},
		"???+ note\n    a\n\n    ```\n    b\n    ```\n    c":           {"admonition: Note: a", "code: ```\nb\n```", "paragraph: c"},
		"- a\n\n    !!! note\n        b\n- c":                          {"list: - a\n\n  Note: b\n\n- c"},
		"!!! a\n    b\n\n    !!! note\n        c\n\n    d\n\ne":        {"admonition: A: b\n\nNote: c\n\nd", "paragraph: e"},
		"/// note | Title\nText.\n///\nAfter":                          {"admonition: Note: Title.\n\nText.", "paragraph: After"},
		"//// details | More\n    type: tip\n\n/// note\na\n///\n////": {"admonition: Tip: More.\n\nNote: a"},
		"What!!! note": {"paragraph: What!!! note"},
		"::: pkg.mod.Class\n    options:\n      a: b\n\ntext\n\n:::note\nx\n:::": {"paragraph: `pkg.mod.Class`", "paragraph: text", "paragraph: :::note x :::"},
	} {
		if diff := cmp.Diff(want, kindsOf(pageIn(t, "mkdocs", "a.md", text))); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}
