package ingest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/ingest/site"
)

// evaluatedAs parses a page whose framework's configuration knows variables.
func evaluatedAs(t testing.TB, framework, text string) *page {
	t.Helper()
	rules, err := site.New("plain", site.Settings{Source: "s", Files: []string{"a.md"}})
	if err != nil {
		t.Fatal(err)
	}
	p := newParsing(Source{Name: "s"}, rules, []string{"a.md"})
	p.dialect = newDialect(site.Syntax{Framework: framework, Vars: map[string]any{
		"site": map[string]any{"title": "Kettles", "show": true, "n": 3}, "params": map[string]any{"version": "1.2", "deep": map[string]any{"x": "y"}, "fas": "<i class=\"fa-$1 $2\"></i>", "said": "of $1 and $2"}, "name": "Tea", "version": "2.0",
	}})
	return p.page(openSource("a.md", []byte(text), false))
}

// warned gives the warnings of a page as lines and messages.
func warned(p *page) (all []string) {
	for _, w := range p.Warnings {
		all = append(all, fmt.Sprintf("%d %s", w.Line, strings.TrimSuffix(w.Message, " can't be evaluated here: it is on the built site alone")))
	}
	return all
}

func TestTemplatesAreEvaluatedAsFarAsIsKnown(t *testing.T) {
	for _, c := range []struct {
		framework, text, want string
		warned                []string
	}{
		{"jekyll", "---\ntitle: T\n---\n{{ site.title }} {{page.title}} {{- 'a' -}} {{ site.none }}|", "Kettles T a |", nil},
		{"jekyll", "{{ site.title | upcase | append: \"!\" }} {{ nothing | default: 'x' }} {{ \"/a\" | relative_url }}", "KETTLES! x /a", nil},
		{"jekyll", "a {{ thing.name }} b", "a name b", []string{"1 {{ thing.name }}"}},
		{"jekyll", "{% raw %}{{ x }}{% endraw %} `{% raw %}{% y %}{% endraw %}`", "{{ x }} `{% y %}`", nil},
		{"jekyll", "a\n{% comment %}\nno\n{% endcomment %}\nb", "a\n\nb", nil},
		{"jekyll", "{% if site.show %}yes{% else %}no{% endif %} {% unless site.show %}yes{% else %}no{% endunless %} {% if page.x == 'y' %}yes{% elsif site.n == 3 %}three{% endif %}", "yes no three", nil},
		{"jekyll", "{% if unknown_thing %}first{% else %}second{% endif %}", "first", nil},
		{"jekyll", "a\n\n{% for p in site.pages %}\n{{ p.title }}\n{% endfor %}\n\nb {% toc %}", "a\n\nb", []string{"3 {% for p in site.pages %}"}},
		{"jekyll", "{% assign x = site.title %}{{ x }} {% gadget a %}c", "Kettles c", []string{"1 {% gadget %}"}},
		{"jekyll", "a {%- -%} b {%-%} c {%- if site.show -%}\nyes\n{%- endif -%}", "a b c yes", nil},
		{"jekyll", "{% highlight go linenos %}\na {{ b }}\n{% endhighlight %}\nc", "```go\na {{ b }}\n```\n\nc", nil},
		{"jekyll", "[a]({% link b.md %}) ${{ secrets.X }}", "a ${{ secrets.X }}", nil},
		{"jekyll", "```yaml\na: ${{ b }}\nc: {{ site.title }}\nd: {{ e }}\n```", "```yaml\na: ${{ b }}\nc: Kettles\nd: {{ e }}\n```", nil},
		{"mkdocs", "{{ name }} {{ none }} {# no #}{% set a = \"b\" %}{{ a }} {{ make(1) }}.", "Tea none b .", []string{"1 {{ none }}", "1 {{ make(1) }}"}},
		{"vitepress", "---\nx: y\n---\n{{ $frontmatter.x }} {{ 'b' }} {{ a + b }}. `{{ c }}`\n\n```\n{{ d }}\n```", "y b . `{{ c }}`\n\n```\n{{ d }}\n```", []string{"4 {{ a + b }}"}},
		{"sphinx", "---\nmyst:\n  substitutions:\n    k: \"*v*\"\n---\n{{ k }} {{ version }} `{{ k }}`", "*v* 2.0 `*v*`", nil},
		{"mdbook", "{{#title X}}a {{#quiz q.toml}} \\{{#include x}} `{{#y}}`", "a {{#include x}} `{{#y}}`", []string{"1 {{#quiz}}"}},
		{"docusaurus", "{{ a }} {% b %} {{< c >}}", "{{ a }} {% b %} {{< c >}}", nil},
		{"gitbook", "{% hint style=\"warning\" %}\nMind it.\n{% endhint %}\n\n{% hint style=\"info\" %} One. {% endhint %}", "Warning: Mind it.\n\nInfo: One.", nil},
		{"gitbook", "{% tabs %}\n{% tab title=\"A\" %}\na\n{% endtab %}\n\n{% tab title=\"B\" %}\n```sh\nb\n```\n{% endtab %}\n{% endtabs %}", "A: a\n\nB:\n\n```sh\nb\n```", nil},
		{"gitbook", "{% code title=\"a.js\" %}\n```js\nx\n```\n{% endcode %}\n\n{% content-ref url=\"b.md\" %}\n[b.md](b.md)\n{% endcontent-ref %}", "File: a.js\n\n```js\nx\n```\n\nb.md", nil},
		{"gitbook", "{% embed url=\"https://a.example/b\" %}\n\n{% openapi src=\"x.yaml\" %}\n\n{% unknown %} `{% hint %}`", "https://a.example/b\n\n{% unknown %} `{% hint %}`", []string{"3 {% openapi x.yaml %}"}},
	} {
		p := evaluatedAs(t, c.framework, c.text)
		if diff := cmp.Diff(c.want, body(p)); diff != "" {
			t.Errorf("%s: %q:\n%s", c.framework, c.text, diff)
		}
		if diff := cmp.Diff(c.warned, warned(p)); diff != "" {
			t.Errorf("%s: %q warned:\n%s", c.framework, c.text, diff)
		}
	}
}

func TestANameAloneOnItsLineIsForAProgramToReplace(t *testing.T) {
	p := pageIn(t, "mkdocs", "a.md", "All {{ b }}:\n\n  {{ all_kettles }}\n\n```\n{{ c }}\n```")
	if got, want := body(p), "All b:\n\nall_kettles\n\n```\n{{ c }}\n```"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if diff := cmp.Diff([]string{"1 {{ b }}", "3 {{ all_kettles }}"}, warned(p)); diff != "" {
		t.Error(diff)
	}
	if got := body(pageIn(t, "mkdocs", "a.md", "Write {{ b }}.")); got != "Write {{ b }}." {
		t.Errorf("within a line alone it is text, and not %q", got)
	}
}

func TestShortcodesAreKeptAsWhatTheyShow(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   []string
		warned []string
	}{
		{"{{< alert title=\"Warning\" color=\"warning\" >}}\nMind *it*.\n{{< /alert >}}", []string{"admonition: Warning: Mind *it*."}, nil},
		{"{{% alert color=\"info\" title=\"First\" %}}A{{% /alert %}} B", []string{"admonition: Info: First.\n\nA", "paragraph: B"}, nil},
		{"{{< callout type=\"error\" >}}\n- a\n{{< /callout >}}\n{{< note >}}b{{< /note >}}", []string{"admonition: Error:\n\n- a", "admonition: Note: b"}, nil},
		{"{{< tabpane lang=\"go\" >}}\n{{< tab header=\"Go\" >}}\nx := 1\n{{< /tab >}}\n{{% tab header=\"Words\" lang=\"sh\" %}}\n*a*\n{{% /tab %}}\n{{< /tabpane >}}", []string{"paragraph: Go:", "code: ```go\nx := 1\n```", "paragraph: Words: *a*"}, nil},
		{"{{< tabs items=\"A,B\" >}}\n{{< tab >}}a{{< /tab >}}\n{{< tab name=\"C\" >}}\nb\n{{< /tab >}}\n{{< /tabs >}}", []string{"paragraph: A: a", "paragraph: C: b"}, nil},
		{"{{< details title=\"More\" >}}\na\n{{< /details >}}", []string{"paragraph: **More**", "paragraph: a"}, nil},
		{"1. a\n\n   {{< note >}}\n   b\n   {{< /note >}}\n2. c", []string{"list: 1. a\n\n   Note: b\n\n2. c"}, nil},
		{"{{< highlight go \"linenos=table\" >}}\na < b\n{{< /highlight >}}\nc", []string{"code: ```go\na < b\n```", "paragraph: c"}, nil},
		{"{{< mermaid >}}\na --> b\n{{< /mermaid >}}", []string{"code: ```mermaid\na --> b\n```"}, nil},
		{"{{< figure src=\"a.png\" alt=\"A cup\" caption=\"Full\" >}} {{< youtube abc >}}", []string{"paragraph: Full. A cup"}, nil},
		{"v{{< param version >}} {{< param \"deep.x\" >}} {{< param none >}} {{< latest >}}", []string{"paragraph: v1.2 y none latest"}, []string{"1 {{< param >}}", "1 {{< latest >}}"}},
		{"{{% _param FAS rocket \" mr-1\" %}}Up {{% _param version %}} {{% _param said tea %}}, {{% _param FAB none %}}x", []string{"paragraph: Up 1.2 of tea and , x"}, []string{"1 {{< _param >}}"}},
		{"`{{</* x a=\"b\" */>}}` {{</* y */>}} {{%/* z */%}}\n\n```\n{{</* x */>}}\n{{< param version >}}\n```", []string{"paragraph: `{{< x a=\"b\" >}}` {{< y >}} {{% z %}}", "code: ```\n{{< x >}}\n1.2\n```"}, nil},
		{"{{< comment >}}\nno\n{{< /comment >}}\na", []string{"paragraph: a"}, nil},
		{"{{< card link=\"b\" title=\"B\" subtitle=\"c\" icon=\"d\" >}}", []string{"paragraph: B: c"}, nil},
		{"{{< custom title=\"T\" >}}\nin\n{{< /custom >}}\n{{< own >}}*x*{{< /own >}}", []string{"paragraph: **T**", "paragraph: in", "paragraph: *x*"}, nil},
		{"a {{< glossary text=\"pod\" term_id=\"p\" >}} {{< data id=\"1\" >}} b", []string{"paragraph: a pod b"}, []string{"1 {{< data >}}"}},
		{"{{< not closed\n\nb }} {{ x }}", []string{"paragraph: {{< not closed", "paragraph: b }} {{ x }}"}, nil},
	} {
		p := evaluatedAs(t, "hugo", c.text)
		if diff := cmp.Diff(c.want, kindsOf(p)); diff != "" {
			t.Errorf("%q:\n%s", c.text, diff)
		}
		if diff := cmp.Diff(c.warned, warned(p)); diff != "" {
			t.Errorf("%q warned:\n%s", c.text, diff)
		}
	}
}

func TestAShortcodesLinkLeadsToItsPage(t *testing.T) {
	p := pageIn(t, "hugo", "a.md", "[b]({{< ref \"b.md#x\" >}}) [c]({{% relref c.md %}})", "b.md", "c.md")
	l := p.Sections[0].Links
	if len(l) != 2 || l[0].Path != "b.md" || l[0].Anchor != "x" || l[1].Path != "c.md" {
		t.Errorf("%+v", l)
	}
}

func FuzzTemplates(f *testing.F) {
	for _, seed := range []string{
		"{{ a | b: 'c' }} {% if x %}\ny{% else %}z\n{% endif %}", "{% raw %}\n{{\n{% endraw %}", "{% highlight a %}\nb\n{% endhighlight %}", "{% hint style=\"a\" %}\nb\n{% endhint %}", "{% tabs %}{% tab title=\"a\" %}b{% endtab %}{% endtabs %}",
		"{{< a b=\"c\" >}}\nd\n{{< /a >}}", "{{< tabpane >}}\n{{< tab header=\"x\" >}}\ny\n{{< /tab >}}\n{{< /tabpane >}}", "{{</* a */>}}", "- {{% note %}}\n  a\n  {{% /note %}} b", "{# a\nb #}", "{{#a}}", "```\n{{< a >}}\n```", "{% for a in b %}\n{{ c }}\n{% endfor %}",
		"{% assign a = 'b' %}{% case a %}{% when 'b' %}c{% endcase %}", "{{< highlight go >}}\na\n{{< /highlight >}}", "{{ a[\"b\"] }} ${{ c }}", "00{{%}}0", "{{<>}}", "{{<\na>}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, framework := range []string{"jekyll", "mkdocs", "vitepress", "sphinx", "mdbook", "gitbook", "hugo", "plain"} {
			d := newDialect(site.Syntax{Framework: framework, Vars: map[string]any{"a": "b\nc"}})
			s := &source{path: "a.md", text: []byte(text)}
			d.evaluated(s)
			d.shortcodes(s)
			if len(s.lines) == 1 {
				checkLines(t, []byte(text), s.text, s.lines[0])
			}
		}
	})
}
