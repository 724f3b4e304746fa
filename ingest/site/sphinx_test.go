package site

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSphinxFollowsToctrees(t *testing.T) {
	s := repoOf("docs/source", map[string]string{
		"docs/source/conf.py": "extensions = ['myst_parser']\nhtml_baseurl = 'https://docs.example.org/en/stable/'\nexclude_patterns = ['_build', 'drafts/*', '**/skip.md']\n" +
			"rediraffe_redirects = {'old.md': 'guide/index.md'}\n",
		"docs/source/index.md": "# Welcome\n\n```{toctree}\n:caption: Guides\n:maxdepth: 2\n\nguide/index\nNicer <install.md>\nhttps://example.com/\nself\n```\n\n" +
			":::{toctree}\n:glob:\n:hidden:\n\napi/*\n:::\n",
		"docs/source/guide/index.md": "# Guide\n\n```{toctree}\n:reversed:\none\n/guide/two\n```\n",
		"docs/source/guide/one.md":   "# One", "docs/source/guide/two.md": "# Two", "docs/source/install.md": "# Install",
		"docs/source/api/b.md": "# B", "docs/source/api/a.md": "# A\n\n```{toctree}\nrest\n```", "docs/source/api/rest.rst": "Rest of it\n==========\n\n.. toctree::\n   :titlesonly:\n\n   under\n\nText\n",
		"docs/source/api/under.md": "# Under", "docs/source/lone.md": "---\norphan: true\nmyst: {html_meta: {description: d}}\n---\n# Lone", "docs/source/drafts/x.md": "# X", "docs/source/api/skip.md": "# S",
		"docs/source/quiet.md": "---\nnosearch: true\n---\n# Q",
	})
	r := made(t, "sphinx", s)
	diffShown(t, map[string]string{
		"index.md": "https://docs.example.org/en/stable/index.html 0 Welcome [en stable]", "guide/index.md": "https://docs.example.org/en/stable/guide/index.html 1 Guides > Guide [en stable]",
		"guide/two.md": "https://docs.example.org/en/stable/guide/two.html 2 Guides > Guide > Two [en stable]", "guide/one.md": "https://docs.example.org/en/stable/guide/one.html 3 Guides > Guide > One [en stable]",
		"install.md": "https://docs.example.org/en/stable/install.html 4 Guides > Install (Nicer) [en stable]", "api/a.md": "https://docs.example.org/en/stable/api/a.html 5 A [en stable]",
		"api/under.md": "https://docs.example.org/en/stable/api/under.html 7 A > Rest of it > Under [en stable]", "api/b.md": "https://docs.example.org/en/stable/api/b.html 8 B [en stable]",
		"lone.md": "https://docs.example.org/en/stable/lone.html 0 Lone [en stable]", "drafts/x.md": "hidden: exclude_patterns in docs/source/conf.py", "api/skip.md": "hidden: exclude_patterns in docs/source/conf.py",
		"quiet.md": "hidden: nosearch",
	}, r, s)
	if diff := cmp.Diff(map[string]string{"https://docs.example.org/en/stable/old.html": "https://docs.example.org/en/stable/guide/index.html"}, r.About().Redirects); diff != "" {
		t.Error(diff)
	}
}

func TestSphinxsURLsFollowBuilderAndSuffix(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  [2]string
	}{
		"html":      {nil, [2]string{"/docs/m/index.html", "/docs/m/a/b.html"}},
		"dirhtml":   {map[string]string{".readthedocs.yaml": "sphinx:\n  builder: dirhtml\n"}, [2]string{"/docs/m/", "/docs/m/a/b/"}},
		"workflow":  {map[string]string{".github/workflows/x.yml": "run: sphinx-build -b dirhtml . out"}, [2]string{"/docs/m/", "/docs/m/a/b/"}},
		"no suffix": {map[string]string{"conf.py": "extensions=[]\nhtml_link_suffix = ''"}, [2]string{"/docs/m/index", "/docs/m/a/b"}},
	} {
		files := map[string]string{"conf.py": "extensions=[]", "index.md": "# I", "a/b.md": "# B"}
		for file, text := range c.files {
			files[file] = text
		}
		s := repoOf(".", files)
		all := urls(made(t, "sphinx", s), s)
		if got := [2]string{all["index.md"], all["a/b.md"]}; got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestASphinxSectionHasSeveralIDs(t *testing.T) {
	a := (&mystMarkdown{headings: 2, quotes: true}).anchors()
	for _, c := range []struct {
		heading Heading
		want    Anchor
	}{
		{headingOf("Don't `x.y`"), Anchor{ID: "dont-x-y", Also: []string{"dont-xy"}, Words: "Don't x.y"}},
		{Heading{Level: 2, Parts: []Part{{PartText, "Set up"}}, Labels: []string{"My_Id", "Other"}}, Anchor{ID: "my-id", Also: []string{"other", "set-up"}, Words: "Set up"}},
		{headingOf("Set up"), Anchor{ID: "set-up-1", Also: []string{"id1"}, Words: "Set up"}},
		{Heading{Level: 3, Parts: []Part{{PartText, "Set up"}}}, Anchor{ID: "id2", Words: "Set up"}},
		{headingOf("日本語"), Anchor{ID: "日本語", Also: []string{"id3"}, Words: "日本語"}},
	} {
		got := a.Anchor(c.heading)
		if len(got.Also) == 0 {
			got.Also = nil
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
	for fn, want := range map[string]string{"gitlab": "anchor-12", "docutils": ""} {
		if got := (&mystMarkdown{headings: 1, slugFunc: fn}).slugOf("12"); got != want {
			t.Errorf("%s: %q, want %q", fn, got, want)
		}
	}
}

func TestLabelsLeadToTheirPages(t *testing.T) {
	s := repoOf("docs", map[string]string{
		"docs/conf.py": "extensions = []\nlanguage = detect()\nmyst_heading_slug_func = 'own.slug'",
		"docs/a.md":    "(My_Label)=\n# A\n\n```{figure} x.png\n:name: fig-one\n```\n\n[text]{#a-span .b}\n",
	})
	r := made(t, "sphinx", s)
	want := map[string]string{"my_label": "a.md#my-label", "fig-one": "a.md#fig-one", "a-span": "a.md#a-span"}
	if diff := cmp.Diff(want, r.About().Names); diff != "" {
		t.Error(diff)
	}
	var messages []string
	for _, w := range r.About().Warnings {
		messages = append(messages, w.Path+" "+w.Message)
	}
	if got := strings.Join(messages, "\n"); len(messages) != 2 || !strings.Contains(got, "language is computed") || !strings.Contains(got, "own.slug is not known") {
		t.Errorf("warnings: %v", got)
	}
}

func TestABookOfJupytersIsSphinxs(t *testing.T) {
	s := repoOf(".", map[string]string{
		"book/_config.yml": "title: B\nhtml: {baseurl: https://b.example.org/}\nexclude_patterns: ['draft*']\nsphinx: {config: {language: de, myst_heading_anchors: 2}}\n",
		"book/_toc.yml":    "format: jb-book\nroot: intro\nparts:\n  - caption: First\n    chapters:\n      - file: a\n        sections: [{file: sub/b.md, title: Nicer}, {glob: 'more/*'}, {url: 'https://x.org', title: Out}]\n",
		"book/intro.md":    "# Hello", "book/a.md": "# A", "book/sub/b.md": "# B", "book/more/c.md": "# C", "book/draft.md": "# D",
	})
	diffShown(t, map[string]string{
		"book/intro.md": "https://b.example.org/intro.html 1 Hello [de ]", "book/a.md": "https://b.example.org/a.html 2 First > A [de ]", "book/sub/b.md": "https://b.example.org/sub/b.html 3 First > A > B (Nicer) [de ]",
		"book/more/c.md": "https://b.example.org/more/c.html 4 First > A > C [de ]", "book/draft.md": "hidden: exclude_patterns in book/_config.yml",
	}, made(t, "sphinx", s), s)
}
