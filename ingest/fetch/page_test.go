package fetch

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/ingest"
)

var pageAddress = &url.URL{Scheme: "https", Host: "docs.example.com", Path: "/guide/start/"}

// ingested gives the sections of a page as ingest reads them.
func ingested(t *testing.T, p *page) ingest.PreviewPage {
	t.Helper()
	content, err := p.file()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"a.md", ".git/HEAD"} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700)
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := ingest.DryRun(t.Context(), nil, ingest.Source{Dir: dir, Framework: "fetched"}, ingest.Config{ChunkTokens: 400, MaxFileBytes: 1 << 20}, ingest.Options{})
	if err != nil || len(plan.Pages) != 1 {
		t.Fatalf("%v, %+v\n%s", err, plan, content)
	}
	return plan.Pages[0]
}

func pageFrom(t *testing.T, body string) *page {
	t.Helper()
	p, err := readPage([]byte(body), "text/html; charset=utf-8", pageAddress, "")
	if err != nil {
		t.Fatal(err)
	}
	p.URL = pageAddress.String()
	return p
}

func TestSectionsHaveTheIDsOfTheirHeadings(t *testing.T) {
	p := pageFrom(t, `<html lang="pt_BR"><head><title>Start | Manual</title><meta name="description" content=" How to  start. "></head><body>
<nav aria-label="Breadcrumbs"><ul><li>Home</li><li>Guide</li><li>Start here</li></ul></nav>
<main><article><h1 id="start-here">Start here<a class="hash-link" href="#start-here">#</a></h1>
<h2 id="__init__">The <code>__init__</code> method <a class="headerlink" href="#__init__">¶</a></h2><p>One.</p>
<section id="in-a-section"><h2>In a section</h2><p>Two.</p></section>
<a id="before"></a><h2>Marked before</h2><p>Three.</p>
<h2><a name="inside"></a>Marked inside</h2><p>Four.</p>
<h3 id="a.b:c*d*~e~">List&lt;T&gt; &amp;amp; [x] {braces}</h3><p>Five.</p>
<h2 class="anchored" id="ünïcode-é"><a href="#ünïcode-é">Linked to itself</a></h2><p>Six.</p>
<h2>Without</h2><p>Seven.</p><h2 id="it has spaces">Spaces</h2><p>Eight.</p>
<h2 id="two-lines">Two<br>lines</h2><p>Nine.</p></article></main></body></html>`)
	got := ingested(t, p)
	type section struct{ Heading, URL string }
	var sections []section
	for _, s := range got.Sections {
		sections = append(sections, section{s.Heading, strings.TrimPrefix(s.URL, pageAddress.String())})
	}
	want := []section{
		{"Start here", "#start-here"}, {"The __init__ method", "#__init__"}, {"In a section", "#in-a-section"}, {"Marked before", "#before"},
		{"Marked inside", "#inside"}, {"List<T> &amp; [x] {braces}", "#a.b:c*d*~e~"}, {"Linked to itself", "#ünïcode-é"}, {"Without", ""}, {"Spaces", ""},
		{"Two lines", "#two-lines"},
	}
	if got.Sections[0].Level == 0 {
		sections = sections[1:]
	}
	if diff := cmp.Diff(want, sections); diff != "" {
		t.Errorf("%s\n%s", diff, p.Text)
	}
	if got.Title != "Start here" || got.Lang != "pt-br" || p.Description != "How to start." {
		t.Errorf("title %q, language %q, description %q", got.Title, got.Lang, p.Description)
	}
	if diff := cmp.Diff([]string{"Home", "Guide"}, got.Breadcrumbs); diff != "" {
		t.Error(diff)
	}
}

// TestHTMLBecomesMarkdown has what generators make of their notations.
func TestHTMLBecomesMarkdown(t *testing.T) {
	for name, c := range map[string]struct{ html, want string }{
		"links":            {`<p>See <a href="../other/#x">this</a> and <a href="#y">that</a>.</p>`, "See [this](https://docs.example.com/guide/other/#x) and [that](https://docs.example.com/guide/start/#y)."},
		"pictures":         {`<p><img src="a.png" alt="A plan"><img src="b.png"></p>`, "![A plan](https://docs.example.com/guide/start/a.png)"},
		"furniture":        {`<p>Words.</p><button>Copy</button><div class="theme-edit-this-page">Edit</div><nav>Next</nav><script>x()</script><!-- hidden -->`, "Words."},
		"notation":         {`<p>{{&lt; x &gt;}} &amp;lt;b&amp;gt; a_b *c* [d] # e</p>`, `{{&lt; x &gt;}} &amp;lt;b&amp;gt; a\_b \*c* \[d] # e`},
		"code":             {`<div class="language-go highlight"><pre><code><span>a := 1</span><br><span>b := 2</span></code></pre></div>`, "```go\na := 1\nb := 2\n```"},
		"lines as blocks":  {`<pre data-language="js"><code><div class="ec-line"><div class="code">a()</div></div><div class="ec-line"><div class="code">b()</div></div></code></pre>`, "```js\na()\nb()\n```"},
		"numbered lines":   {`<div class="highlight-python"><table class="highlighttable"><tr><td class="linenos"><pre>1</pre></td><td class="code"><pre>x = 1</pre></td></tr></table></div>`, "```python\nx = 1\n```"},
		"fences in code":   {"<pre><code>```\nx\n```</code></pre>", "````\n```\nx\n```\n````"},
		"a table":          {`<table><thead><tr><th>Key</th><th>Value</th></tr></thead><tbody><tr><td><code>a|b</code></td><td>one<br>two|<b>three</b></td></tr></tbody></table>`, "| Key | Value |\n|---|---|\n| `a\\|b` | one two\\|**three** |"},
		"code in a table":  {`<table><tr><th>A</th></tr><tr><td><pre>x<br>y|z</pre></td></tr></table>`, "| A |\n|---|\n| `x` `y\\|z` |"},
		"a warning":        {`<div class="admonition warning"><p class="admonition-title">Warning</p><p>Hot.</p></div>`, "**Warning**\n\nHot."},
		"tabs":             {`<div class="tabs-container"><ul role="tablist"><li role="tab">npm</li><li role="tab">Yarn</li></ul><div><div role="tabpanel"><p>npm i</p></div><div role="tabpanel" hidden><p>yarn add</p></div></div></div>`, "**npm**\n\nnpm i\n\n**Yarn**\n\nyarn add"},
		"tabs of buttons":  {`<div><div role="tablist"><button role="tab">One</button></div><div role="tabpanel"><p>first</p></div></div>`, "**One**\n\nfirst"},
		"terms":            {`<dl><dt>Word</dt><dd>Meaning</dd></dl>`, "**Word**\n\nMeaning"},
		"terms with ids":   {`<h2 id="api">API</h2><dl class="py"><dt id="mod.open"><code>open</code>(path)<a class="headerlink" href="#mod.open">¶</a></dt><dd><p>Opens.</p><dl><dt id="mod.open.mode">mode</dt><dd>How.</dd></dl></dd></dl>`, "## API {#api}\n\n### `open`(path) {#mod.open}\n\nOpens.\n\n#### mode {#mod.open.mode}\n\nHow."},
		"details":          {`<details><summary>More</summary><p>Hidden at first.</p></details>`, "Hidden at first."},
		"generator's part": {`<aside>Menu</aside><div class="vp-doc"><p>Only this.</p></div>`, "Only this."},
	} {
		p := pageFrom(t, `<html><body><main>`+c.html+`</main></body></html>`)
		got := strings.TrimSpace(string(p.Text))
		if name == "details" {
			if !strings.Contains(got, c.want) {
				t.Errorf("%s: %q", name, got)
			}
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAPageInAnOldEncodingIsRead(t *testing.T) {
	p, err := readPage([]byte("<html><head><meta charset=\"iso-8859-1\"></head><body><p>caf\xe9</p></body></html>"), "text/html", pageAddress, "")
	if err != nil || strings.TrimSpace(string(p.Text)) != "café" {
		t.Errorf("%v, %v", p, err)
	}
}

func FuzzReadPage(f *testing.F) {
	for _, s := range []string{
		"", "<h1 id=a>b", "<dl><dt id=x>y<dd><dl><dt id=z>", "<pre><table class=lntable><td><pre>x</table></pre>", "<table><td><pre>a\n|b", "<ul role=tablist><li role=tab>a</ul><div role=tabpanel>",
		"<base href='%zz'><a href=':x'>y</a>", "<h2><a><h2><a id=b>", "<link rel=canonical href='//[::1'>", "<svg><h1>x</svg>", "<template><h1 id=x>y", "<frameset>", "\x00<p>&#0;&amp;#x41;", "<a name=x><button>y",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := readPage([]byte(s), "text/html", pageAddress, "")
		if err != nil {
			return
		}
		if _, err := p.file(); err != nil {
			t.Error(err)
		}
	})
}
