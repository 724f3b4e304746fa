package ingest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestLinksAreResolvedAgainstTheirFile(t *testing.T) {
	files := []string{"README.md", "guide/index.md", "guide/b.md", "guide/c d.md", "api/x.mdx"}
	for target, want := range map[string]docent.Link{
		"b.md":                         {URL: "/docs/s/guide/b", Path: "guide/b.md"},
		"./b.md?x=1#Über":              {URL: "/docs/s/guide/b#Über", Path: "guide/b.md", Anchor: "Über"},
		"b":                            {URL: "/docs/s/guide/b", Path: "guide/b.md"},
		"b.html":                       {URL: "/docs/s/guide/b", Path: "guide/b.md"},
		"c%20d.md":                     {URL: "/docs/s/guide/c%20d", Path: "guide/c d.md"},
		"../guide/":                    {URL: "/docs/s/guide/", Path: "guide/index.md"},
		"..":                           {URL: "/docs/s/", Path: "README.md"},
		"/api/x.mdx":                   {URL: "/docs/s/api/x", Path: "api/x.mdx"},
		"/elsewhere/":                  {URL: "/elsewhere/"},
		"../../LICENSE":                {URL: "/docs/LICENSE"},
		"img/a.png":                    {URL: "/docs/s/guide/img/a.png"},
		"gone.md":                      {URL: "/docs/s/guide/gone"},
		"#a%20b":                       {URL: "/docs/s/guide/a#a%20b", Path: "guide/a.md", Anchor: "a b"},
		"//cdn.example.com/":           {URL: "https://cdn.example.com/"},
		"https://x.example/?a=b&amp;c": {URL: "https://x.example/?a=b&c"},
	} {
		p := pageOfText(t, "guide/a.md", "[w](<"+target+">)", files...)
		if len(p.Sections[0].Links) != 1 {
			t.Errorf("%s: links %v", target, p.Sections[0].Links)
			continue
		}
		want.Text, want.Line = "w", 1
		if diff := cmp.Diff(want, p.Sections[0].Links[0]); diff != "" {
			t.Errorf("%s:\n%s", target, diff)
		}
	}
}

func TestLinksOfAllFormsAreFound(t *testing.T) {
	p := pageOfText(t, "a.md", `# See [one](b.md#1)
[two][r] <https://example.com/3> https://example.com/4. <a href="b.md#5">fi<b>ve</b></a> [![six](x.png)](b.md#6)

| [seven](b.md#7) |
|---|

<p><a href="b.md#8">eight</a></p>

x[^1] [no](javascript:alert) [no]()

[r]: b.md#2
[^1]: [nine](b.md#9)
`, "b.md")
	var got []string
	for _, s := range p.Sections {
		for _, l := range s.Links {
			got = append(got, l.Text+" "+l.URL)
		}
	}
	want := []string{
		"one /docs/s/b#1", "two /docs/s/b#2", "https://example.com/3 https://example.com/3", "https://example.com/4 https://example.com/4",
		"five /docs/s/b#5", "six /docs/s/b#6", "seven /docs/s/b#7", "eight /docs/s/b#8", "nine /docs/s/b#9",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenLinksAreNamedWithFileAndLine(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"a.md":      "# A\n[x](b.md#here) [x](b.md#gone)\n[x](c.md)\n[x](pic.png) [x](nopic.png) [x](sub/)\n[x](hidden.md) [x](#a) [x](#é)\n",
		"b.md":      "## Here\n<a id=\"old\"></a>\n\n[x](a.md#nope) [x](#old) [x](/rooted/elsewhere) [x](../above.md)",
		"hidden.md": "---\ndraft: true\n---\n# H\n[x](nowhere.md)",
		"pic.png":   "",
		"sub/d.md":  "[x](../b.md#here)",
	})
	want := []BrokenLink{
		{"a.md", 2, "b.md#gone"}, {"a.md", 3, "c.md"}, {"a.md", 4, "nopic.png"}, {"a.md", 5, "#é"}, {"a.md", 5, "hidden.md"}, {"b.md", 4, "a.md#nope"},
	}
	got, err := DryRun(context.Background(), nil, Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.BrokenLinks); diff != "" {
		t.Error(diff)
	}
}

func TestLinksToChosenIDsLead(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"b.md": "[1](a.md#one)",
		"a.md": "[1](#one) [2](#two) [3](#three) [4](#four) [auto](#fourth) [5](#five) [6](#six) [no](#first)\n" +
			"# First {#one}\nx\n## *Second* \\{#two}\nx\n## Third <a name=\"three\"></a>\nx\n\n<a id=\"four\"></a>\n\n## Fourth\nx\n\n<h2 id=\"five\">Fifth</h2>\n\nSixth {#six}\n---\nx\n",
	})
	got, err := DryRun(context.Background(), nil, Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]BrokenLink{{"a.md", 1, "#first"}}, got.BrokenLinks); diff != "" {
		t.Error(diff)
	}
	var headings []string
	for _, s := range got.Pages[0].Sections {
		headings = append(headings, s.Heading+" "+s.URL)
	}
	want := []string{" /docs/s/a", "First /docs/s/a#one", "Second /docs/s/a#two", "Third /docs/s/a#three", "Fourth /docs/s/a#four", "Fifth /docs/s/a#five", "Sixth /docs/s/a#six"}
	if diff := cmp.Diff(want, headings); diff != "" {
		t.Error(diff)
	}
}
