package site

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown gives for each file its page in a line: the URL, its place with its
// title, what the navigation calls it, and why it is hidden.
func shown(r Rules, s Settings) map[string]string {
	all := map[string]string{}
	for _, file := range s.Files {
		p := r.Page(File{Path: file})
		line := fmt.Sprintf("%s %d %s", p.URL, p.Order, strings.Join(append(p.Breadcrumbs, p.Title), " > "))
		if p.Label != "" {
			line += " (" + p.Label + ")"
		}
		if p.Lang != "" || p.Version != "" {
			line += " [" + p.Lang + " " + p.Version + "]"
		}
		if p.Hidden != "" {
			line = "hidden: " + p.Hidden
		}
		all[file] = line
	}
	return all
}

func diffShown(t *testing.T, want map[string]string, r Rules, s Settings) {
	t.Helper()
	if diff := cmp.Diff(want, shown(r, s)); diff != "" {
		t.Error(diff)
	}
}

func TestMkDocsPlacesPagesAsItsNavigationSays(t *testing.T) {
	s := repoOf(".", map[string]string{
		"mkdocs.yml": `
site_name: Manual
site_url: https://docs.example.com/m/
theme: {name: material, features: [navigation.indexes], language: en}
extra:
  key: !ENV [KEY, none]
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
exclude_docs: |
  *.txt.md
  /drafts/
  !keep.txt.md
nav:
  - index.md
  - Start here: install.md
  - Guide:
      - guide/index.md
      - guide/a b.md
      - Deep:
          - guide/deep.md
  - Elsewhere: https://example.com/
`,
		"README.md":             "# Not the site's",
		"docs/index.md":         "# Welcome",
		"docs/install.md":       "# Installing it",
		"docs/guide/index.md":   "no heading",
		"docs/guide/README.md":  "# Shadowed",
		"docs/guide/a b.md":     "---\ntitle: From front matter\ndescription: d\n---\n# Other",
		"docs/guide/deep.md":    "# Deep one",
		"docs/left_out-Here.md": "text",
		"docs/a.txt.md":         "# A",
		"docs/keep.txt.md":      "# Keep",
		"docs/drafts/x.md":      "# X",
		"docs/hidden.md":        "---\nsearch:\n  exclude: true\n---\n# H",
	})
	r := made(t, "mkdocs", s)
	diffShown(t, map[string]string{
		"README.md":             "hidden: outside of docs, where the site's pages are",
		"docs/index.md":         "https://docs.example.com/m/ 1 Welcome [en ]",
		"docs/install.md":       "https://docs.example.com/m/install/ 2 Start here [en ]",
		"docs/guide/index.md":   "https://docs.example.com/m/guide/ 3 Guide [en ]",
		"docs/guide/README.md":  "hidden: index.md stands for the folder",
		"docs/guide/a b.md":     "https://docs.example.com/m/guide/a%20b/ 4 Guide > From front matter [en ]",
		"docs/guide/deep.md":    "https://docs.example.com/m/guide/deep/ 5 Guide > Deep > Deep one [en ]",
		"docs/left_out-Here.md": "https://docs.example.com/m/left_out-Here/ 0 left out Here [en ]",
		"docs/a.txt.md":         "hidden: exclude_docs in mkdocs.yml",
		"docs/keep.txt.md":      "https://docs.example.com/m/keep.txt/ 0 Keep [en ]",
		"docs/drafts/x.md":      "hidden: exclude_docs in mkdocs.yml",
		"docs/hidden.md":        "hidden: search.exclude: true",
	}, r, s)
	if w := r.About().Warnings; len(w) != 0 {
		t.Errorf("warnings: %v", w)
	}
}

func TestMkDocsIsFoundAboveItsPages(t *testing.T) {
	s := repoOf("docs/guide", map[string]string{
		"mkdocs.yml":        "use_directory_urls: false\nnav: [{Guide: [guide/a.md]}]",
		"docs/guide/a.md":   "# A",
		"docs/guide/b.md":   "# B",
		"docs/elsewhere.md": "# C",
	})
	s.BaseURL = "https://x.org/base"
	diffShown(t, map[string]string{
		"a.md": "https://x.org/base/guide/a.html 1 Guide > A",
		"b.md": "https://x.org/base/guide/b.html 0 B",
	}, made(t, "mkdocs", s), s)
}

func TestMkDocsWithoutNavigationListsFolders(t *testing.T) {
	s := repoOf(".", map[string]string{
		"base.yml":            "site_url: https://x.org/\nplugins: [search]",
		"mkdocs.yml":          "INHERIT: base.yml\ndocs_dir: pages",
		"pages/zoo.md":        "# Zoo",
		"pages/index.md":      "text",
		"pages/a-b/one.md":    "# One",
		"pages/a-b/c/two.md":  "# Two",
		"pages/a-b/README.md": "# Read me",
	})
	diffShown(t, map[string]string{
		"pages/index.md":      "https://x.org/ 1 Home",
		"pages/zoo.md":        "https://x.org/zoo/ 2 Zoo",
		"pages/a-b/README.md": "https://x.org/a-b/ 3 A b > Read me",
		"pages/a-b/one.md":    "https://x.org/a-b/one/ 4 A b > One",
		"pages/a-b/c/two.md":  "https://x.org/a-b/c/two/ 5 A b > C > Two",
	}, made(t, "mkdocs", s), s)
}

func TestMkDocsPluginsOrderPages(t *testing.T) {
	files := map[string]string{
		"docs/index.md": "# Home", "docs/a.md": "# A", "docs/b.md": "# B", "docs/sub/x.md": "# X", "docs/sub/y.md": "# Y", "docs/off/z.md": "# Z",
	}
	for name, c := range map[string]struct {
		config string
		files  map[string]string
	}{
		"awesome-pages": {"plugins: [awesome-pages]", map[string]string{
			"docs/.pages":     "nav:\n  - index.md\n  - sub\n  - ...\n  - Last: a.md\n",
			"docs/sub/.pages": "title: The sub\narrange: [y.md]\n",
			"docs/off/.pages": "hide: true",
		}},
		"awesome-nav": {"plugins:\n  awesome-nav: {}", map[string]string{
			"docs/.nav.yml":     "nav:\n  - index.md\n  - sub\n  - \"[b-z]*.md\"\n  - Last: a.md\n  - glob: \"*/\"\n",
			"docs/sub/.nav.yml": "title: The sub\nnav: [y.md]\nappend_unmatched: true\n",
			"docs/off/.nav.yml": "hide: true",
		}},
		"literate-nav": {"plugins: [{literate-nav: {nav_file: NAV.md}}]", map[string]string{
			"docs/NAV.md":     "# Nav\n\n- [Home](index.md)\n- [The sub](sub/)\n- *.md\n- [Last](a.md)\n- [Site](https://x.org)\n",
			"docs/sub/NAV.md": "* [Y](y.md)\n* [X](x.md)\n",
		}},
	} {
		all := map[string]string{"mkdocs.yml": "site_url: https://x.org/\n" + c.config}
		for _, more := range []map[string]string{files, c.files} {
			for file, text := range more {
				all[file] = text
			}
		}
		s := repoOf(".", all)
		want := map[string]string{
			"docs/index.md": "https://x.org/ 1 Home", "docs/sub/y.md": "https://x.org/sub/y/ 2 The sub > Y", "docs/sub/x.md": "https://x.org/sub/x/ 3 The sub > X",
			"docs/b.md": "https://x.org/b/ 4 B", "docs/a.md": "https://x.org/a/ 5 Last", "docs/off/z.md": "https://x.org/off/z/ 0 Z",
		}
		if name == "literate-nav" {
			want["docs/NAV.md"], want["docs/sub/NAV.md"] = "hidden: it is the navigation", "hidden: it is the navigation"
		}
		t.Run(name, func(t *testing.T) { diffShown(t, want, made(t, "mkdocs", s), s) })
	}
}

func TestMikePutsTheVersionIntoURLs(t *testing.T) {
	files := map[string]string{
		"mkdocs.yml":               "site_url: https://x.org/\nextra: {version: {provider: mike}}",
		".github/workflows/ci.yml": "run: mike deploy --push -b gh-pages $VERSION latest --update-aliases\nx: mike deploy dev\n",
		"docs/a.md":                "# A",
	}
	for _, c := range []struct{ config, set, base, want string }{
		{"", "", "", "https://x.org/latest/a/"},
		{"", "2.1", "", "https://x.org/2.1/a/"},
		{"", "", "https://y.org/stable/", "https://y.org/stable/a/"},
		{"", "2.1", "https://y.org/", "https://y.org/2.1/a/"},
		{"\nplugins: [{mike: {canonical_version: stable}}]", "", "", "https://x.org/stable/a/"},
	} {
		config := files["mkdocs.yml"]
		files["mkdocs.yml"] += c.config
		s := repoOf(".", files)
		files["mkdocs.yml"] = config
		s.Version, s.BaseURL = c.set, c.base
		r := made(t, "mkdocs", s)
		if got := r.Page(File{Path: "docs/a.md"}); got.URL != c.want {
			t.Errorf("%+v: URL %s", c, got.URL)
		}
		if len(r.About().Warnings) > 0 || r.About().Versions[0].Default != (c.set == "") {
			t.Errorf("%+v: %+v", c, r.About())
		}
	}
	s := repoOf(".", map[string]string{"mkdocs.yml": "plugins: [mike]", "docs/a.md": "# A"})
	if w := made(t, "mkdocs", s).About().Warnings; len(w) != 1 {
		t.Errorf("a version that nothing names: %v", w)
	}
}

func TestMkDocsTranslationsHaveTheirLanguage(t *testing.T) {
	plugin := "site_url: https://x.org/\nnav: [{Go: a.md}]\nplugins:\n  - i18n:\n      docs_structure: %s\n      languages:\n        - {locale: en, default: true}\n        - {locale: pt-BR}\n"
	s := repoOf(".", map[string]string{"mkdocs.yml": fmt.Sprintf(plugin, "suffix"), "docs/a.md": "# A", "docs/a.pt-BR.md": "# B", "docs/index.en.md": "# H", "docs/v1.2.md": "# V"})
	r := made(t, "mkdocs", s)
	diffShown(t, map[string]string{
		"docs/a.md": "https://x.org/a/ 1 Go [en ]", "docs/a.pt-BR.md": "https://x.org/pt-BR/a/ 1 Go [pt-br ]",
		"docs/index.en.md": "https://x.org/ 0 H [en ]", "docs/v1.2.md": "https://x.org/v1.2/ 0 V [en ]",
	}, r, s)
	if diff := cmp.Diff([]string{"en", "pt-br"}, r.About().Langs); diff != "" {
		t.Error(diff)
	}
	s.Lang = "pt-br"
	if got := urls(made(t, "mkdocs", s), s); len(got) != 1 || got["docs/a.pt-BR.md"] == "" {
		t.Errorf("with a language: %v", got)
	}
	s = repoOf(".", map[string]string{"mkdocs.yml": fmt.Sprintf(plugin, "folder"), "docs/en/a.md": "# A", "docs/pt-BR/a.md": "# B"})
	diffShown(t, map[string]string{"docs/en/a.md": "https://x.org/a/ 1 Go [en ]", "docs/pt-BR/a.md": "https://x.org/pt-BR/a/ 1 Go [pt-br ]"}, made(t, "mkdocs", s), s)
}

func TestMaterialsPluginsMovePostsAndHandDownFrontMatter(t *testing.T) {
	s := repoOf(".", map[string]string{
		"mkdocs.yml":                "site_url: https://x.org/\nplugins: [blog, meta, {redirects: {redirect_maps: {old.md: 'new/a.md#x', gone.md: 'https://y.org/'}}}]",
		"docs/blog/posts/first.md":  "---\ndate: 2024-03-05\n---\n# A First, Post!",
		"docs/blog/posts/second.md": "---\ndate: {created: 2024-03-06}\nslug: two\ndraft: false\n---\n# S",
		"docs/blog/posts/third.md":  "---\ndate: 2024-03-07\ndraft: true\n---\n# S",
		"docs/secret/.meta.yml":     "search: {exclude: true}",
		"docs/secret/in/a.md":       "# A",
		"docs/secret/in/b.md":       "---\nsearch: {exclude: false}\n---\n# B",
		"docs/bad/.meta.yml":        "search: [",
		"docs/bad/c.md":             "# C",
	})
	r := made(t, "mkdocs", s)
	diffShown(t, map[string]string{
		"docs/blog/posts/first.md": "https://x.org/blog/2024/03/05/a-first-post/ 0 A First, Post!", "docs/blog/posts/second.md": "https://x.org/blog/2024/03/06/two/ 0 S",
		"docs/blog/posts/third.md": "hidden: draft: true", "docs/secret/in/a.md": "hidden: search.exclude: true", "docs/secret/in/b.md": "https://x.org/secret/in/b/ 3 Secret > In > B",
		"docs/bad/c.md": "https://x.org/bad/c/ 1 Bad > C",
	}, r, s)
	want := map[string]string{"https://x.org/old/": "https://x.org/new/a/#x", "https://x.org/gone/": "https://y.org/"}
	if diff := cmp.Diff(want, r.About().Redirects); diff != "" {
		t.Error(diff)
	}
	if w := r.About().Warnings; len(w) != 1 || w[0].Path != "docs/bad/.meta.yml" || !strings.Contains(w[0].Message, "can't be read") {
		t.Errorf("warnings: %v", w)
	}
}

func TestMkDocsAnchorsFollowItsConfiguration(t *testing.T) {
	for config, want := range map[string]string{
		"":                                 "crème-brûlée {#x}: creme-brulee-x",
		"markdown_extensions: [attr_list]": "x",
		"markdown_extensions: [extra]":     "x",
		"markdown_extensions: {toc: {separator: _}}":                                                                                                            "creme_brulee_x",
		"markdown_extensions:\n  - toc:\n      slugify: !!python/name:pymdownx.slugs.uslugify\n":                                                                "crème-brûlée-x",
		"markdown_extensions: [{toc: {slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: none}}}}]":                                            "Crème-Brûlée-x",
		"markdown_extensions: [{markdown.extensions.toc: {slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {percent_encode: true, case: lower}}}}]": "cr%C3%A8me-br%C3%BBl%C3%A9e-x",
		"markdown_extensions:\n  - toc:\n      slugify: !!python/name:own.thing\n":                                                                              "creme-brulee-x",
	} {
		s := repoOf(".", map[string]string{"mkdocs.yml": config, "docs/a.md": "# A"})
		r := made(t, "mkdocs", s)
		h := headingOf("Crème Brûlée {#x}")
		if got := r.Anchors().Anchor(h).ID; !strings.HasSuffix(want, got) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
		if unknown := strings.Contains(config, "own.thing"); unknown != (len(r.About().Warnings) == 1) {
			t.Errorf("%s: warnings %v", config, r.About().Warnings)
		}
	}
}

func TestAnIDThatAWriterChoseIsNoOtherHeadings(t *testing.T) {
	page := "# T\n\n## Set up\n\n```\n# x {#other}\n```\n\n## Other\n\n## Last {: .x #set-up }\n"
	a := newPythonMarkdown(attrListOn, slugify{}, "-").anchors()
	a.(Reserving).Reserve([]byte(page))
	for heading, want := range map[string]string{"Set up": "set-up_1", "Other": "other", "Last {: .x #set-up }": "set-up"} {
		if got := a.Anchor(headingOf(heading)).ID; got != want {
			t.Errorf("%s: %q, want %q", heading, got, want)
		}
	}
}

func TestAConfigurationThatCantBeReadIsAWarning(t *testing.T) {
	for framework, files := range map[string]map[string]string{
		"mkdocs": {"mkdocs.yml": "nav: [", "docs/a.md": "# A"},
		"mdbook": {"book.toml": "[book", "src/a.md": "# A"},
		"hugo":   {"hugo.toml": "x = ", "content/a.md": "# A"},
		"jekyll": {"_config.yml": "a: [", "a.md": "---\nx: 1\n---\n# A"},
	} {
		s := repoOf(".", files)
		r := made(t, framework, s)
		w := r.About().Warnings
		if len(w) == 0 || !strings.Contains(w[0].Message, "can't be read") || files[w[0].Path] == "" {
			t.Errorf("%s: warnings %v", framework, w)
		}
		if p := r.Page(File{Path: s.Files[0]}); p.Title != "A" || p.Hidden != "" {
			t.Errorf("%s: page %+v", framework, p)
		}
	}
}
