package ingest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// headingsOf ingests one page in a repository with the given configuration, and
// gives its headings with their anchors, and the links of the page that lead
// nowhere.
func headingsOf(t *testing.T, config, text, page string) (headings, broken []string) {
	t.Helper()
	dir := folderOf(t, map[string]string{config: text, "docs/a.md": page})
	got, err := DryRun(context.Background(), nil, Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got.Pages[0].Sections {
		if s.Level > 0 {
			headings = append(headings, s.Heading+" #"+s.Anchor)
		}
	}
	for _, b := range got.BrokenLinks {
		broken = append(broken, b.Target)
	}
	return headings, broken
}

func TestNamesBesideHeadingsAreTheirAnchors(t *testing.T) {
	for name, c := range map[string]struct {
		config, text, page string
		headings, broken   []string
	}{
		"kramdown": {"_config.yml", "exclude: []", "---\nx: 1\n---\n## One\n{: #first .x}\n\n{:.note #second }\n## Two\ntext\n{: #text }\n\n{: #nothing}\n\n## Three\n\n```\n## No\n{: #code}\n```\n\nSet\n---\n{: id=\"set-it\"}\n\n" +
			"[1](#first) [2](#second) [3](#text) [4](#code) [5](#one)",
			[]string{"One #first", "Two #second", "Three #three", "Set #set-it"}, []string{"#code", "#one"}},
		"MyST": {"docs/conf.py", "extensions = ['myst_parser']\nmyst_enable_extensions = ['attrs_block']", "(My_Label)=\n(other)=\n\n# One\n\n{#chosen .x}\n## Two\n\n(para)=\ntext [](#my_label) [x](para) [y](#one) [z](#chosen) [n](#none)\n\n```{note}\n:name: noted\n```\n[q](#noted)\n",
			[]string{"One #my-label", "Two #chosen"}, []string{"#none"}},
		"MkDocs": {"mkdocs.yml", "markdown_extensions: [attr_list]", "# One\n\n[](){#empty} text *a*{: #em } `{#code}`\n\ntext\n{: .x #block }\n\n[1](#empty) [2](#em) [3](#block) [4](#none)\n", []string{"One #one"}, []string{"#none"}},
	} {
		t.Run(name, func(t *testing.T) {
			headings, broken := headingsOf(t, c.config, c.text, c.page)
			if diff := cmp.Diff(c.headings, headings); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.broken, broken); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinesThatOnlyNameAreNoText(t *testing.T) {
	dir := folderOf(t, map[string]string{"docs/conf.py": "extensions = []", "docs/a.md": "(label)=\n# One\n\n(x)=\nSome text\n(y)=\nmore\n"})
	src := Source{Name: "s", Dir: dir}
	m, err := prepare(context.Background(), src, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.split(m.read("docs/a.md", true), nil, true).chunks {
		if strings.Contains(c.Text, ")=") {
			t.Errorf("a label is left in %q", c.Text)
		}
	}
}

func TestOnlyAnIDIsOne(t *testing.T) {
	for list, want := range map[string]string{
		" .a #b": "b", `style="color: #4DB6AC"`: "", "id=x": "x", `id="x y" .z`: "x y", "#a #b": "b", ".note": "", `data-x='#y' #z`: "z",
	} {
		if got := idOf(list); got != want {
			t.Errorf("%s: %q, want %q", list, got, want)
		}
	}
}
