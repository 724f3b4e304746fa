package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHugoTurnsContentIntoURLsAndSections(t *testing.T) {
	s := repoOf(".", map[string]string{
		"hugo.toml":                        "baseURL = 'https://x.org/s/'\ntitle = 'Site'\nlanguageCode = 'en-us'\n[permalinks]\nnews = '/:year/:month/:slug/'\n",
		"README.md":                        "# R",
		"content/_index.md":                "text",
		"content/docs/_index.md":           "---\ntitle: Documentation\nlinkTitle: Docs\n---\n",
		"content/docs/Set Up.md":           "---\ntitle: Setting up\nweight: 2\n---\n",
		"content/docs/first.md":            "---\ntitle: First\nweight: 1\naliases: [/old, ../older/]\n---\n",
		"content/docs/late.md":             "---\ntitle: Late\n---\n",
		"content/docs/sub/_index.md":       "---\ntitle: Sub\nweight: 3\n---\n",
		"content/docs/sub/deep.md":         "---\ntitle: Deep\nslug: Very Deep\n---\n",
		"content/docs/nosection/in.md":     "---\ntitle: In\n---\n",
		"content/docs/bundle/index.md":     "---\ntitle: Bundle\nlinkTitle: B\nweight: 4\n---\n",
		"content/docs/bundle/part.md":      "# Part",
		"content/docs/moved.md":            "---\ntitle: Moved\nurl: /elsewhere/x.html\n---\n",
		"content/docs/tokens.md":           "---\ntitle: Tokens\nurl: /:sections/t-:filename\n---\n",
		"content/news/a.md":                "---\ntitle: \"What's New?\"\ndate: 2024-03-05\n---\n",
		"content/news/b.md":                "---\ntitle: B\ndate: 2023-03-05\nslug: bee\n---\n",
		"content/plain.md":                 "# Heading only",
		"content/docs/C++ & Co (draft).md": "---\ntitle: C\ndraft: true\n---\n",
		"content/docs/C++ & Co.md":         "---\ntitle: C\nweight: 9\n---\n",
		"content/docs/old.md":              "---\ntitle: O\nexpiryDate: 2001-01-01\n---\n",
		"content/docs/new.md":              "---\ntitle: N\npublishDate: 2999-01-01\n---\n",
		"content/docs/never.md":            "---\ntitle: N\nbuild: {render: never}\n---\n",
		"content/docs/unlisted.md":         "---\ntitle: N\n_build: {list: false}\n---\n",
		"content/docs/searched.md":         "---\ntitle: N\nexclude_search: true\n---\n",
		"content/docs/headless/index.md":   "---\ntitle: N\nheadless: true\n---\n",
	})
	r := made(t, "hugo", s)
	diffShown(t, map[string]string{
		"README.md":                        "hidden: outside of the site's content",
		"content/_index.md":                "https://x.org/s/ 1 Site [en-us ]",
		"content/docs/_index.md":           "https://x.org/s/docs/ 4 Documentation (Docs) [en-us ]",
		"content/docs/first.md":            "https://x.org/s/docs/first/ 5 Docs > First [en-us ]",
		"content/docs/Set Up.md":           "https://x.org/s/docs/set-up/ 6 Docs > Setting up [en-us ]",
		"content/docs/sub/_index.md":       "https://x.org/s/docs/sub/ 7 Docs > Sub [en-us ]",
		"content/docs/sub/deep.md":         "https://x.org/s/docs/sub/very-deep/ 8 Docs > Sub > Deep [en-us ]",
		"content/docs/bundle/index.md":     "https://x.org/s/docs/bundle/ 9 Docs > Bundle (B) [en-us ]",
		"content/docs/C++ & Co.md":         "https://x.org/s/docs/c++--co/ 10 Docs > C [en-us ]",
		"content/docs/nosection/in.md":     "https://x.org/s/docs/nosection/in/ 11 Docs > In [en-us ]",
		"content/docs/late.md":             "https://x.org/s/docs/late/ 12 Docs > Late [en-us ]",
		"content/docs/moved.md":            "https://x.org/s/elsewhere/x.html 13 Docs > Moved [en-us ]",
		"content/docs/tokens.md":           "https://x.org/s/docs/t-tokens/ 14 Docs > Tokens [en-us ]",
		"content/plain.md":                 "https://x.org/s/plain/ 15 Heading only [en-us ]",
		"content/news/a.md":                "https://x.org/s/2024/03/whats-new/ 2 News > What's New? [en-us ]",
		"content/news/b.md":                "https://x.org/s/2023/03/bee/ 3 News > B [en-us ]",
		"content/docs/bundle/part.md":      "hidden: it belongs to the page docs/bundle",
		"content/docs/C++ & Co (draft).md": "hidden: draft: true",
		"content/docs/old.md":              "hidden: expiryDate is past",
		"content/docs/new.md":              "hidden: publishDate is to come",
		"content/docs/never.md":            "hidden: build.render: never",
		"content/docs/unlisted.md":         "hidden: build.list: false",
		"content/docs/searched.md":         "hidden: exclude_search: true",
		"content/docs/headless/index.md":   "hidden: headless: true",
	}, r, s)
	if !r.Page(File{Path: "content/docs/bundle/part.md"}).Partial {
		t.Error("a bundle's part is no partial")
	}
	want := []string{"https://x.org/s/old", "https://x.org/s/older"}
	if diff := cmp.Diff(want, r.Page(File{Path: "content/docs/first.md"}).Aliases); diff != "" {
		t.Error(diff)
	}
}

func TestHugoHasLanguagesByFolderAndBySuffix(t *testing.T) {
	s := repoOf(".", map[string]string{
		"config/_default/hugo.yaml":      "baseURL: https://x.org/\ndefaultContentLanguage: en\n",
		"config/_default/languages.yaml": "en: {weight: 1, contentDir: content/en}\nPT-br: {weight: 3, contentDir: content/pt}\nfr: {weight: 2, contentDir: content/en}\nit: {disabled: true}",
		"config/production/hugo.toml":    "baseURL = 'https://prod.org/'",
		"content/en/docs/a.md":           "---\ntitle: A\nurl: /rooted/\n---\n",
		"content/en/docs/a.fr.md":        "---\ntitle: Ah\nurl: own/\n---\n",
		"content/pt/docs/b.md":           "---\ntitle: Bê\n---\n",
		"content/pt/docs/_index.md":      "---\ntitle: Documentação\n---\n",
	})
	r := made(t, "hugo", s)
	diffShown(t, map[string]string{
		"content/en/docs/a.md": "https://prod.org/rooted/ 1 Docs > A [en ]", "content/en/docs/a.fr.md": "https://prod.org/fr/own/ 1 Docs > Ah [fr ]",
		"content/pt/docs/b.md": "https://prod.org/pt-br/docs/b/ 2 Documentação > Bê [pt-br ]", "content/pt/docs/_index.md": "https://prod.org/pt-br/docs/ 1 Documentação [pt-br ]",
	}, r, s)
	if diff := cmp.Diff([]string{"en", "fr", "pt-br"}, r.About().Langs); diff != "" {
		t.Error(diff)
	}
	s.Lang = "pt-br"
	if got := made(t, "hugo", s).Page(File{Path: "content/en/docs/a.md"}).Hidden; got == "" {
		t.Error("another language than the one asked for is not hidden")
	}
	s.Lang = "de"
	if _, err := New("", s); err == nil {
		t.Error("a language that the site does not have is no error")
	}
}

func TestHugosConfigurationMovesPages(t *testing.T) {
	files := map[string]string{
		"content/docs/Big File.md": "---\ntitle: B\n---\n", "content/docs/sub/index.md": "---\ntitle: S\n---\n", "content/docs/_index.md": "---\ntitle: D\n---\n",
		"content/blog/2024-03-05-hi.md": "---\ntitle: H\n---\n", "more/x.md": "---\ntitle: X\n---\n",
	}
	for config, want := range map[string]map[string]string{
		"uglyURLs: true": {
			"content/docs/Big File.md": "https://x.org/docs/big-file.html", "content/docs/sub/index.md": "https://x.org/docs/sub.html", "content/docs/_index.md": "https://x.org/docs/",
			"content/blog/2024-03-05-hi.md": "https://x.org/blog/2024-03-05-hi.html",
		},
		"disablePathToLower: true\nuglyURLs: {blog: true}": {
			"content/docs/Big File.md": "https://x.org/docs/Big-File/", "content/docs/sub/index.md": "https://x.org/docs/sub/", "content/docs/_index.md": "https://x.org/docs/",
			"content/blog/2024-03-05-hi.md": "https://x.org/blog/2024-03-05-hi.html",
		},
		"frontmatter: {date: [':filename']}\npermalinks: {page: {blog: '/:year/:yearday/:slug/', docs: '/d/:sections[1:]/:contentbasename/'}, section: {docs: /handbook/}}": {
			"content/docs/Big File.md": "https://x.org/d/big-file/", "content/docs/sub/index.md": "https://x.org/d/sub/", "content/docs/_index.md": "https://x.org/handbook/",
			"content/blog/2024-03-05-hi.md": "https://x.org/2024/65/hi/",
		},
		"module: {mounts: [{source: content, target: content}, {source: more, target: content/docs/extra}]}": {
			"content/docs/Big File.md": "https://x.org/docs/big-file/", "content/docs/sub/index.md": "https://x.org/docs/sub/", "content/docs/_index.md": "https://x.org/docs/",
			"content/blog/2024-03-05-hi.md": "https://x.org/blog/2024-03-05-hi/", "more/x.md": "https://x.org/docs/extra/x/",
		},
	} {
		files["hugo.yaml"] = "baseURL: https://x.org\n" + config
		s := repoOf(".", files)
		if diff := cmp.Diff(want, urls(made(t, "hugo", s), s)); diff != "" {
			t.Errorf("%s:\n%s", config, diff)
		}
	}
}

func TestHugoCascadesHandFrontMatterDown(t *testing.T) {
	s := repoOf(".", map[string]string{
		"hugo.toml":             "baseURL = 'https://x.org'\n[[cascade]]\n[cascade.params]\na = 1\n[cascade.target]\npath = '/none/**'\n",
		"content/a/_index.md":   "---\ntitle: A\ncascade:\n  - {draft: true, target: {path: '/a/hidden/**'}}\n  - {_target: {kind: section}, exclude_search: true}\n---\n",
		"content/a/x.md":        "---\ntitle: X\n---\n",
		"content/a/hidden/y.md": "---\ntitle: Y\n---\n",
		"content/a/hidden/z.md": "---\ntitle: Z\ndraft: false\n---\n",
		"content/b/_index.md":   "---\ntitle: B\ncascade: {exclude_search: true}\n---\n",
		"content/b/c/_index.md": "---\ntitle: C\ncascade: {exclude_search: false}\n---\n",
		"content/b/c/d.md":      "---\ntitle: D\n---\n",
		"content/b/e.md":        "---\ntitle: E\n---\n",
	})
	want := map[string]string{"content/a/x.md": "https://x.org/a/x/", "content/a/hidden/z.md": "https://x.org/a/hidden/z/", "content/b/c/d.md": "https://x.org/b/c/d/", "content/b/c/_index.md": "https://x.org/b/c/"}
	if diff := cmp.Diff(want, urls(made(t, "hugo", s), s)); diff != "" {
		t.Error(diff)
	}
}

func TestDocsysVersionsAreSitesOrFolders(t *testing.T) {
	s := repoOf(".", map[string]string{
		"hugo.yaml":             "baseURL: https://x.org\nparams:\n  latest_stable_version: v2\n  versions:\n    - {version: v3, url: /docs/v3/}\n    - {version: v2, url: /docs/v2/}\n",
		"content/docs/v3/a.md":  "---\ntitle: A\n---\n",
		"content/docs/v2/a.md":  "---\ntitle: A\n---\n",
		"content/docs/other.md": "---\ntitle: O\n---\n",
		"static/_redirects":     "# moved\n/docs/latest/* /docs/v2/:splat\n/old  /docs/v2/a/ 301!\n/out https://y.org/\n",
	})
	r := made(t, "hugo", s)
	for file, want := range map[string]string{"content/docs/v3/a.md": "v3", "content/docs/v2/a.md": "v2", "content/docs/other.md": ""} {
		if got := r.Page(File{Path: file}).Version; got != want {
			t.Errorf("%s: version %q, want %q", file, got, want)
		}
	}
	s.Version = "v3"
	narrow := made(t, "hugo", s)
	for file, want := range map[string]string{"content/docs/v3/a.md": "", "content/docs/v2/a.md": "of another version than v3", "content/docs/other.md": ""} {
		if got := narrow.Page(File{Path: file}).Hidden; got != want {
			t.Errorf("with a version, %s: hidden %q, want %q", file, got, want)
		}
	}
	if diff := cmp.Diff([]Version{{Name: "v2", Default: true}, {Name: "v3"}}, r.About().Versions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"https://x.org/old": "https://x.org/docs/v2/a/", "https://x.org/out": "https://y.org/"}, r.About().Redirects); diff != "" {
		t.Error(diff)
	}
}

func TestHugoTakesTheFirstPieceOfAnEmphasisForAnAnchor(t *testing.T) {
	for raw, want := range map[string]string{
		"**What's new** here": "what-here", "[The `foo` command](x)": "the", "**Bold `code` text** rest": "bold--rest", "![alt text](x.png) image": "alt-text-image",
		"![](x.png)": "", "Tom &amp; Jerry &#39;q&#39; &copy;": "tom--jerry-39q39-", "a---b --c ----d": "ab-c--d", "http://example.com/x auto": "auto",
		"Setext *two\nlines*": "", "Foo {name}": "foo-name", "~~struck~~ out": "struck-out", `x<br>y`: "xy",
	} {
		if got := newHugoMarkdown("github", false, false, true, nil).anchors().Anchor(Heading{Level: 2, Raw: raw}).ID; got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
	kept := newHugoMarkdown("github", false, false, true, map[string]any{"endash": "--"})
	if got := kept.anchors().Anchor(Heading{Raw: "a--b"}).ID; got != "a--b" {
		t.Errorf("with a substitution of its own: %q", got)
	}
}

func TestTermsTakePartInTheNumbering(t *testing.T) {
	m := newHugoMarkdown("github", false, false, true, nil)
	m.terms = true
	for name, a := range map[string]Anchors{"hugo": m.anchors(), "mdbook": mdBookAnchors{ids{}, true}} {
		term := a.(Terms).Term(headingOf("Options"))
		heading := a.Anchor(headingOf("Options")).ID
		if term != "options" || heading != "options-1" {
			t.Errorf("%s: term %q, heading %q", name, term, heading)
		}
	}
}
