import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { parseMarkdown } = await load("markdown.ts");

// show writes a tree shortly, so that a case fits on a line.
const inline = (x) => (typeof x === "string" ? x : x.kind === "code" ? `code(${x.text})` : x.kind === "cite" ? `cite(${x.n})` : x.kind === "break" ? "/" : `${x.kind}${x.href ? `<${x.href}>` : ""}(${inlines(x.children)})`);
const inlines = (xs) => xs.map(inline).join("");
const show = (b) => {
  switch (b.kind) {
    case "paragraph": return `p(${inlines(b.text)})`;
    case "heading": return `h${b.level}(${inlines(b.text)})`;
    case "code": return `code:${b.lang}(${b.text})`;
    case "quote": return `quote(${b.blocks.map(show).join(" ")})`;
    case "list": return `${b.start === null ? "ul" : "ol" + b.start}${b.loose ? "~" : ""}(${b.items.map((i) => i.map(show).join(" ")).join("; ")})`;
    case "table": return `table[${b.align}](${b.rows.map((r) => r.map(inlines).join("|")).join("; ")})`;
    case "rule": return "hr";
  }
};
const parse = (text) => parseMarkdown(text).map((p) => show(p.block)).join(" ");

const cases = [
  ["one\ntwo\n\nthree", "p(one\ntwo) p(three)"],
  ["# A *b* #\n## C", "h1(A em(b)) h2(C)"],
  ["a **b *c* d** __e__ ~~f~~ _g_", "p(a strong(b em(c) d) strong(e) del(f) em(g))"],
  ["***both***", "p(em(strong(both)))"],
  ["2 * 3 * 4 and snake_case_name and **/*.md", "p(2 * 3 * 4 and snake_case_name and **/*.md)"],
  ["**unfinished and `code", "p(**unfinished and `code)"],
  ["`a ``b` `` c`d `` `*x*`", "p(code(a ``b) code(c`d) code(*x*))"],
  ["\\*no\\* a\\\nb  \nc<br>d", "p(*no* a/b  /c/d)"],
  ["&lt;b&gt; &amp;copy; &nope; &#65;", "p(<b> &copy; &nope; A)"],
  ["[a](https://x.example/y_(z)) [b](<u v> \"t\")", "p(link<https://x.example/y_(z)>(a) link<u v>(b))"],
  ["see https://x.example/a_b_c. And <https://y.example>", "p(see link<https://x.example/a_b_c>(https://x.example/a_b_c). And link<https://y.example>(https://y.example))"],
  ["![words](x.png) <img src=x onerror=alert(1)>", "p(words <img src=x onerror=alert(1)>)"],
  ["Yes [1][2]. list[1], `a[1]` [3](u) 是[4] [12]", "p(Yes cite(1)cite(2). list[1], code(a[1]) link<u>(3) 是cite(4) cite(12))"],
  ["[1]: https://x.example", "p([1]: link<https://x.example>(https://x.example))"],
  ["```go title=x\nfunc  main()\n\n\t[1] **x**\n```\nafter", "code:go(func  main()\n\n\t[1] **x**) p(after)"],
  ["~~~\n```\n~~~", "code:(```)"],
  ["```sh\nstill coming", "code:sh(still coming)"],
  ["- a\n- b\n  - c\n    - d\n- e", "ul(p(a); p(b) ul(p(c) ul(p(d))); p(e))"],
  ["1. a\n  - b\n2. c", "ol1(p(a) ul(p(b)); p(c))"],
  ["3) a\n\n   b\n\n4) c\n\nd", "ol3~(p(a) p(b); p(c)) p(d)"],
  ["1. run\n\n   ```sh\n   a\n     b\n   ```\n2. done", "ol1(p(run) code:sh(a\n  b); p(done))"],
  ["- a\nlazy\n\ntext", "ul(p(a\nlazy)) p(text)"],
  ["text\n- a", "p(text) ul(p(a))"],
  ["in\n1999. it was", "p(in\n1999. it was)"],
  ["> a\n> > b\n\nc", "quote(p(a) quote(p(b))) p(c)"],
  ["a | b\n--|:-:\n`x\\|y` | [1]\nlast |", "table[,center](a|b; code(x|y)|cite(1); last|)"],
  ["a | b\nno table", "p(a | b\nno table)"],
  ["---\n***\n- - -", "hr hr hr"],
];

for (const [text, want] of cases) {
  test(`markdown ${JSON.stringify(text)}`, () => assert.equal(parse(text), want));
}

test("every beginning of an answer can be shown", () => {
  const text = cases.map(([t]) => t).join("\n\n");
  for (let i = 0; i <= text.length; i++) parseMarkdown(text.slice(0, i));
});

test("hostile text costs no more than long text", () => {
  const size = 20000;
  for (const unit of ["*", "* a", "*a ", "_a_", "[", "[a", "[a](", "![", "`", "``a", "> ", ">", "- ", "  - ", "<", "&", "|", "|-", "~~a", "\\", "1. ", "https://", "(", " ", "\t", "#", " #", "```\n", "-\n", "\n"]) {
    const text = unit.repeat(size / unit.length);
    const pieces = parseMarkdown(text + "\n" + text);
    JSON.stringify(pieces); // a tree too deep to walk would throw
  }
});
