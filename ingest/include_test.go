package ingest

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"docent/ingest/site"
)

// pageAmong parses a page of a repository whose files are given by path.
func pageAmong(t testing.TB, framework, path string, files map[string]string, roots ...string) *page {
	t.Helper()
	repo, names := fstest.MapFS{}, []string{}
	for name, text := range files {
		repo[name] = &fstest.MapFile{Data: []byte(text)}
		if inside, ok := strings.CutPrefix(name, "docs/"); ok && site.IsMarkdown(name) {
			names = append(names, inside)
		}
	}
	rules, err := site.New("plain", site.Settings{Source: "s", Files: names})
	if err != nil {
		t.Fatal(err)
	}
	p := newParsing(Source{Name: "s"}, rules, names)
	p.dialect = newDialect(site.Syntax{Framework: framework, Roots: roots})
	p.includer = newIncluder(repo, "docs", roots, 1<<16)
	s, why := p.open(path, []byte(files["docs/"+path]))
	if why != "" {
		t.Fatal(why)
	}
	return p.page(s)
}

func TestIncludesOfEveryNotationAreTakenIn(t *testing.T) {
	code := "# start\ndef one():\n    # ANCHOR: in\n    a = 1\n    # ANCHOR_END: in\n\n# --8<-- [start:two]\nb = 2\n# --8<-- [end:two]\n# #region three\n    c = 3\n# #endregion three\n"
	files := map[string]string{
		"code.py": code, "docs/part.md": "---\ntitle: x\n---\nPart *one*.\n\n## Deep\n\nUnder.\n\n## Next\n\nLast.\n", "docs/code.py": code,
		"includes/word.md": "A word.\n", "docs/deep/more.md": "See [it](it.md).\n", "docs/_includes/box.html": "Box {{ include.text }}.", "_snips/a.txt": "Snip.\n",
		"docs/deep/_part.mdx": "import X from './_inner.mdx'\n\nHi {props.name}, [more](more.md).\n\n<X />\n", "docs/deep/_inner.mdx": "Inner.\n", "docs/deep/it.md": "It.",
		"docs/.gitbook/includes/b.md": "Book.\n",
	}
	for _, c := range []struct{ framework, text, want string }{
		{"mkdocs", "--8<-- \"code.py:2:2\"", "def one():"},
		{"mkdocs", "```py\n--8<-- 'code.py:two'\n```", "```py\nb = 2\n```"},
		{"mkdocs", "- a\n\n    -8<- \"word.md\"\n", "- a\n\n  A word."},
		{"mkdocs", "--8<--\nword.md\n; other.md\na.txt\n--8<--\nafter", "A word. Snip. after"},
		{"mkdocs", "```\n;--8<-- \"word.md\"\n```", "```\n--8<-- \"word.md\"\n```"},
		{"mkdocs", "{!word.md!} and \\{!word.md!}", "A word. and {!word.md!}"},
		{"mkdocs", "{* ../../code.py ln[2,8] title[\"x/y.py\"] *}", "File: x/y.py\n\n```py\ndef one():\nb = 2\n```"},
		{"mkdocs", "{% include-markdown \"part.md\" start=\"Part\" end=\"## Next\" heading-offset=1 %}", "Under."},
		{"mkdocs", "{% include \"../includes/word.md\" %}", "A word."},
		{"mdbook", "```py\n{{#include ../code.py:in}}\n```", "```py\n    a = 1\n```"},
		{"mdbook", "```py\n{{#rustdoc_include code.py:2:4}}\n\\{{#include code.py}}\n```", "```py\ndef one():\n    a = 1\n{{#include code.py}}\n```"},
		{"mdbook", "a {{#include ../includes/word.md}} b", "a A word. b"},
		{"mdbook", "{{#playground code.py editable}}", "```rust\ndef one():\n    a = 1\n\nb = 2\n    c = 3\n```"},
		{"vitepress", "<<< @/code.py#three{1 py:line-numbers} [Third]", "Third:\n\n```py\nc = 3\n```"},
		{"vitepress", "<<< ./code.py{2}", "```py\n# start\ndef one():\n    a = 1\n\nb = 2\n    c = 3\n```"},
		{"vitepress", "<!--@include: ./part.md{4,4}-->\n\n<!-- @include: @/../includes/word.md -->", "Part *one*.\n\nA word."},
		{"vitepress", "<!--@@include: ./part.md#deep-->", "Under."},
		{"vitepress", "```\n<<< ./code.py\n```", "```\n<<< ./code.py\n```"},
		{"sphinx", "```{include} part.md\n:start-after: Part\n:end-before: '## Next'\n```", "Under."},
		{"sphinx", ":::{literalinclude} /code.py\n:language: python\n:lines: 2-4\n:caption: One\n:::\n\nafter", "One:\n\n```python\ndef one():\n    a = 1\n```\n\nafter"},
		{"sphinx", "```{literalinclude} code.py\n:pyobject: one\n```", "```py\ndef one():\n    a = 1\n```"},
		{"jekyll", "{% include box.html text=\"of tea\" %}", "Box of tea."},
		{"jekyll", "{% include_relative deep/more.md %}", "See it."},
		{"hugo", "{{% readfile file=\"../includes/word.md\" %}}", "A word."},
		{"hugo", "{{< readfile file=\"code.py\" code=\"true\" lang=\"python\" >}}", "```python\n# start\ndef one():\n    a = 1\n\nb = 2\n    c = 3\n```"},
		{"gitbook", "{% include \".gitbook/includes/b.md\" %}\n\nafter", "Book.\n\nafter"},
		{"docusaurus", "import Part from './deep/_part.mdx';\n\n<Part name=\"Ann\" />\n\nafter", "Hi Ann, more.\n\nInner.\n\nafter"},
		{"docusaurus", "import Part from './deep/\\_part.mdx'\n\n<Part name=\"Ann\" />", "Hi Ann, more.\n\nInner."},
		{"docusaurus", "import Code from '!!raw-loader!./code.py';\n\n<CodeBlock language=\"python\" title=\"c.py\">{Code}</CodeBlock>", "File: c.py\n\n```python\n# start\ndef one():\n    a = 1\n\nb = 2\n    c = 3\n```"},
		{"starlight", "import code from './code.py?raw'\n\n<Code code={code} lang=\"py\" />", "```py\n# start\ndef one():\n    a = 1\n\nb = 2\n    c = 3\n```"},
		{"plain", "!INCLUDE \"includes/word.md\"\n\n[!INCLUDE [x](/includes/word.md)]", "A word.\n\nA word."},
	} {
		path := "page.md"
		if c.framework == "docusaurus" || c.framework == "starlight" {
			path = "page.mdx"
		}
		files["docs/"+path] = c.text
		p := pageAmong(t, c.framework, path, files, "../includes", "../_snips", "..", ".")
		delete(files, "docs/"+path)
		if diff := cmp.Diff(c.want, body(p)); diff != "" {
			t.Errorf("%s: %q: %v\n%s", c.framework, c.text, p.Warnings, diff)
		}
	}
}

func TestLinksOfAnImportedPartLeadFromIt(t *testing.T) {
	p := pageAmong(t, "docusaurus", "a/page.mdx", map[string]string{
		"docs/a/page.mdx": "import P from '../b/_p.mdx'\n\n[own](own.md)\n\n<P />\n\n[own](own.md)", "docs/b/_p.mdx": "[it](it.md) and [up](../top.md#x)", "docs/a/own.md": "", "docs/b/it.md": "", "docs/top.md": "# X",
	})
	var got []string
	for _, l := range p.Sections[0].Links {
		got = append(got, fmt.Sprintf("%s %s line %d", l.Text, l.Path, l.Line))
	}
	if diff := cmp.Diff([]string{"own a/own.md line 3", "it b/it.md line 5", "up top.md line 5", "own a/own.md line 7"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCanNotBeIncludedIsToldAndNotShown(t *testing.T) {
	deep := map[string]string{"docs/page.md": "a\n\n--8<-- \"docs/0.md\"\n\nb"}
	for i := range 12 {
		deep[fmt.Sprintf("docs/%d.md", i)] = fmt.Sprintf("at %d\n\n--8<-- \"docs/%d.md\"\n", i, i+1)
	}
	large := map[string]string{"docs/page.md": "a\n\n" + strings.Repeat("--8<-- \"docs/l.md\"\n", 3) + "\nb", "docs/l.md": strings.Repeat("word ", 6000)}
	one := func(name string) map[string]string {
		return map[string]string{"docs/page.md": "a\n\n--8<-- \"" + name + "\"\n\nb", "docs/self.md": "--8<-- \"docs/self.md\"", ".env": "KEY=1", ".git/config": "x", "docs/x.md": "x"}
	}
	for name, c := range map[string]struct {
		files   map[string]string
		warning string
	}{
		"missing":   {one("docs/no.md"), "docs/no.md is not there"},
		"outside":   {one("../../etc/passwd"), "passwd is not there, or outside"},
		"rooted":    {one("/etc/passwd"), "is not there, or outside"},
		"secret":    {one(".env"), ".env is not there"},
		"git":       {one(".git/config"), "is not there"},
		"address":   {one("https://example.com/a.md"), "is not fetched"},
		"itself":    {one("docs/self.md"), "docs/self.md includes itself"},
		"page":      {one("docs/page.md"), "docs/page.md includes itself"},
		"region":    {one("docs/x.md:none"), `docs/x.md has no region "none"`},
		"too deep":  {deep, "is the last of 11 files"},
		"too many":  {map[string]string{"docs/page.md": "a\n\n" + strings.Repeat("--8<-- \"docs/x.md\"\n", 1200) + "\nb", "docs/x.md": "x"}, "more than 1000 files"},
		"too large": {large, "larger than ingest.max_file_bytes"},
	} {
		p := pageAmong(t, "mkdocs", "page.md", c.files, "..")
		if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0].Message, c.warning) || p.Warnings[0].Path != "page.md" || p.Warnings[0].Line < 3 {
			t.Errorf("%s: warned of %+v", name, p.Warnings)
		}
		got := body(p)
		if strings.Contains(got, "8<") || !strings.HasPrefix(got, "a") || !strings.HasSuffix(got, "b") {
			t.Errorf("%s: %.200q", name, got)
		}
	}
}

func TestNoSymbolicLinkLeadsOutOfTheRepository(t *testing.T) {
	outside := folderOf(t, map[string]string{"secret.md": "secret"})
	dir := folderOf(t, map[string]string{".git/HEAD": "", "docs/a.md": "a\n\n{!in.md!}\n\n{!out.md!}\n\n{!up/secret.md!}", "real.md": "inside"})
	for link, to := range map[string]string{"in.md": "real.md", "out.md": filepath.Join(outside, "secret.md"), "up": outside} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skipf("this machine makes no symbolic links: %v", err)
		}
	}
	m, err := prepare(context.Background(), Source{Name: "s", Dir: filepath.Join(dir, "docs"), Framework: "plain"}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	one := m.split(m.read("a.md", true), nil, true)
	if got := body(one.page); got != "a\n\ninside" || len(one.page.Warnings) != 2 {
		t.Errorf("%q, warned of %+v", got, one.page.Warnings)
	}
}

func TestAChangedSnippetMakesItsPagesAnew(t *testing.T) {
	dir := folderOf(t, map[string]string{".git/HEAD": "", "docs/a.md": "# A\n\n--8<-- \"snip.txt\"\n", "docs/b.md": "# B\n\nText.", "snip.txt": "Old words."})
	src := Source{Name: "s", Dir: filepath.Join(dir, "docs"), Framework: "plain"}
	index := &memory{}
	run := func() Plan {
		t.Helper()
		r, err := Run(context.Background(), index, src, testConfig(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r.Plan
	}
	for i, step := range []struct {
		snippet string
		want    Plan
	}{
		{"Old words.", Plan{Added: 2}}, {"Old words.", Plan{Unchanged: 2}}, {"New words.", Plan{Changed: 1, Unchanged: 1}}, {"", Plan{Changed: 1, Unchanged: 1}}, {"Back.", Plan{Changed: 1, Unchanged: 1}},
	} {
		file := filepath.Join(dir, "snip.txt")
		if err := os.WriteFile(file, []byte(step.snippet), 0o644); err != nil {
			t.Fatal(err)
		}
		if step.snippet == "" {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(step.want, run()); diff != "" {
			t.Errorf("step %d: %s", i, diff)
		}
	}
}

func TestWhatOnlyStandsInOtherPagesIsNoPageItself(t *testing.T) {
	dir := folderOf(t, map[string]string{
		".git/HEAD": "", "a.md": "# A\n\n--8<-- \"parts/p.md\"\n--8<-- \"b.md\"\n", "b.md": "# B\n\nText.", "parts/p.md": "Part.", "parts/own.md": "# Own\n\nNobody includes it.",
	})
	index := &memory{}
	pages := func(framework string) (paths []string) {
		t.Helper()
		if _, err := Run(context.Background(), index, Source{Name: "s", Dir: dir, Framework: framework}, testConfig(), Options{}); err != nil {
			t.Fatal(err)
		}
		return slices.Sorted(maps.Keys(index.pages))
	}
	if diff := cmp.Diff([]string{"a.md", "parts/own.md"}, pages("plain")); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("# A\n\nNothing."), 0o644); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.md", "b.md", "parts/own.md", "parts/p.md"}, pages("plain")); diff != "" {
		t.Errorf("after the include went: %s", diff)
	}
}

func FuzzIncludes(f *testing.F) {
	for _, seed := range []string{"--8<-- \"p.md:1:2\"", "{!p.md!} {!p.md!}", "{{#include p.md:a}}\n\\{{#include p.md}}", "<<< ./p.md#a{1}", "<!--@include: ./p.md{1,2}-->", "```{include} p.md\n:lines: 1\n```", "{% include p.md a=\"b\" %}", "--8<--\np.md\n--8<--\n", "import P from './p.md'\n\n- <P\n a='b' />\n", "  <P>\nx</P> y"} {
		f.Add(seed, "A\n<!-- #region a -->\nB {{#include p.md}}\n<!-- #endregion a -->")
	}
	f.Fuzz(func(t *testing.T, text, part string) {
		files := fstest.MapFS{"p.md": {Data: []byte(part)}, "_includes/p.md": {Data: []byte(part)}}
		for _, framework := range []string{"mkdocs", "mdbook", "vitepress", "sphinx", "jekyll", "hugo", "gitbook", "docusaurus", "plain"} {
			s := &source{path: "a.mdx", text: []byte(text)}
			newIncluder(files, ".", []string{"."}, 1<<12).expand(newDialect(site.Syntax{Framework: framework}), s)
			if len(s.lines) > 0 {
				checkLines(t, []byte(text), s.text, s.lines[0])
			}
		}
	})
}
