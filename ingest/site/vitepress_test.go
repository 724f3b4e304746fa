package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVitePressTurnsFilesIntoItsURLs(t *testing.T) {
	files := map[string]string{
		"docs/.vitepress/config.mts": `
import { defineConfig } from 'vitepress'
export default defineConfig({
  srcDir: 'src', base: '/b/', lang: 'en-US', sitemap: { hostname: 'https://x.example' },
  srcExclude: ['**/README.md', 'drafts/*.md'],
  rewrites: { 'packages/:pkg/docs/:rest*': ':pkg/:rest*', 'old.md': 'new/name.md', '^bad(': 'x' },
  locales: { root: { label: 'English' }, fr: { label: 'Français', lang: 'fr-CA' }, 'https://zh.example': { label: 'zh' } },
})`,
		"README.md":                            "# Of the repository",
		"docs/src/index.md":                    "---\nlayout: home\nhero: {name: Tool, text: does things}\n---\n",
		"docs/src/guide/index.md":              "# Guide",
		"docs/src/guide/a b.md":                "# A b",
		"docs/src/guide/README.md":             "# Read me",
		"docs/src/drafts/x.md":                 "# Draft",
		"docs/src/old.md":                      "# Old",
		"docs/src/packages/core/docs/x/y.md":   "# Y",
		"docs/src/packages/core/docs/index.md": "# Core",
		"docs/src/items/[id].md":               "# Item",
		"docs/src/quiet.md":                    "---\nsearch: false\n---\n",
		"docs/src/robots.md":                   "---\nhead: [[meta, {name: robots, content: 'noindex, nofollow'}]]\n---\n",
		"docs/src/part.mdx":                    "# Mdx",
		"docs/src/fr/guide/a b.md":             "---\ntitle: Titre\n---\n# A b",
	}
	s := repoOf(".", files)
	r := made(t, "vitepress", s)
	diffShown(t, map[string]string{
		"README.md":                            "hidden: not part of the site",
		"docs/src/index.md":                    "https://x.example/b/ 0 Tool does things [en-us ]",
		"docs/src/guide/index.md":              "https://x.example/b/guide/ 0 Guide [en-us ]",
		"docs/src/guide/a b.md":                "https://x.example/b/guide/a%20b.html 0 A b [en-us ]",
		"docs/src/guide/README.md":             "hidden: excluded by the configuration",
		"docs/src/drafts/x.md":                 "hidden: excluded by the configuration",
		"docs/src/old.md":                      "https://x.example/b/new/name.html 0 Old [en-us ]",
		"docs/src/packages/core/docs/x/y.md":   "https://x.example/b/core/x/y.html 0 Y [en-us ]",
		"docs/src/packages/core/docs/index.md": "https://x.example/b/core/ 0 Core [en-us ]",
		"docs/src/items/[id].md":               "hidden: made of data when the site is built",
		"docs/src/quiet.md":                    "hidden: search: false",
		"docs/src/robots.md":                   "hidden: robots: noindex",
		"docs/src/part.mdx":                    "hidden: not a page: VitePress takes files that end with .md",
		"docs/src/fr/guide/a b.md":             "https://x.example/b/fr/guide/a%20b.html 0 Titre [fr-ca ]",
	}, r, s)
	if diff := cmp.Diff([]string{"en-us", "fr-ca"}, r.About().Langs); diff != "" {
		t.Error(diff)
	}
	if p := r.Page(File{Path: "docs/src/quiet.md"}); !p.Shown {
		t.Error("a page that search leaves out is none that links can lead to")
	}
	if w := r.About().Warnings; len(w) != 1 {
		t.Errorf("of the rewrite that can't be read: %v", w)
	}
	s = repoOf("docs/src/fr", files)
	s.BaseURL = "/elsewhere/"
	if got := made(t, "vitepress", s).Page(File{Path: "guide/a b.md"}); got.URL != "/elsewhere/fr/guide/a%20b.html" || got.Lang != "fr-ca" {
		t.Errorf("from the folder of a language: %+v", got)
	}
}

func TestVitePressSidebarsBelongToPaths(t *testing.T) {
	s := repoOf("docs", map[string]string{
		"docs/.vitepress/config.ts": `
import { guide } from './sidebar'
export default {
  cleanUrls: true,
  themeConfig: { sidebar: {
    '/guide/': guide(),
    '/guide/deep/': [{ text: 'Deep down', items: [{ text: 'X', link: '/guide/deep/x.html' }] }],
    '/ref/': { base: '/ref/api-', items: [{ text: 'API', items: [{ text: '<b>Nav</b> bar', link: 'nav' }, { text: 'Away', link: 'https://x.example' }] }] },
    '/made/': build(),
  } },
  locales: { root: {}, de: { themeConfig: { sidebar: [{ text: 'Anleitung', link: '/de/guide/', items: [{ text: 'Los', link: '/de/guide/start' }] }] } } },
}`,
		"docs/.vitepress/sidebar.ts": `export function guide() { return [{ text: 'Guide', collapsed: true, items: [{ text: 'Begin', link: '/guide/start.md#top' }, { text: 'All', link: '/guide/' }, { items: [{ text: 'Bare', link: '/guide/bare' }] }] }] }`,
		"docs/es/config.ts":          `export default defineAdditionalConfig({ themeConfig: { sidebar: { '/es/guide/': [{ text: 'Guía', items: [{ text: 'Empezar', link: '/es/guide/start' }] }] } } })`,
		"docs/guide/start.md":        "# Start", "docs/guide/index.md": "# All", "docs/guide/bare.md": "# Bare", "docs/guide/deep/x.md": "# X", "docs/guide/deep/y.md": "# Y",
		"docs/ref/api-nav.md": "# Navigation", "docs/de/guide/start.md": "# Los", "docs/de/guide/index.md": "# Anleitung", "docs/es/guide/start.md": "# Inicio",
	})
	r := made(t, "vitepress", s)
	diffShown(t, map[string]string{
		"guide/start.md":    "/docs/m/guide/start 1 Guide > Start (Begin)",
		"guide/index.md":    "/docs/m/guide/ 2 Guide > All",
		"guide/bare.md":     "/docs/m/guide/bare 3 Guide > Bare",
		"guide/deep/x.md":   "/docs/m/guide/deep/x 4 Deep down > X",
		"guide/deep/y.md":   "/docs/m/guide/deep/y 0 Y",
		"ref/api-nav.md":    "/docs/m/ref/api-nav 5 API > Navigation (Nav bar)",
		"de/guide/index.md": "/docs/m/de/guide/ 1 Anleitung [de ]",
		"de/guide/start.md": "/docs/m/de/guide/start 2 Anleitung > Los [de ]",
		"es/guide/start.md": "/docs/m/es/guide/start 1 Guía > Inicio (Empezar)",
	}, r, s)
	if w := r.About().Warnings; len(w) != 1 || w[0].Path != ".vitepress/config.ts" || w[0].Line == 0 {
		t.Errorf("of the sidebar that is computed: %v", w)
	}
}

func TestVitePressAnchorsLeaveOutEmojiNamesAndKeepEntities(t *testing.T) {
	s := repoOf(".", map[string]string{".vitepress/config.js": "export default {}", "a.md": ""})
	r := made(t, "vitepress", s)
	anchors := r.Anchors()
	for _, c := range []struct {
		heading Heading
		want    Anchor
	}{
		{Heading{Raw: ":rocket: Go :+1:", Parts: []Part{{PartText, ":rocket"}, {PartText, ": Go :+1:"}}}, Anchor{ID: "go", Words: ":rocket: Go :+1:"}},
		{Heading{Raw: "a:b:c 1:2:3", Parts: []Part{{PartText, "a:b:c 1:2:3"}}}, Anchor{ID: "a-b-c-1-2-3", Words: "a:b:c 1:2:3"}},
		{Heading{Raw: "a &amp; &lt;b&gt;", Parts: []Part{{PartText, "a & <b>"}}}, Anchor{ID: "a-amp-lt-b-gt", Words: "a & <b>"}},
		{Heading{Raw: "a & b", Parts: []Part{{PartText, "a & b"}}}, Anchor{ID: "a-b", Words: "a & b"}},
		{Heading{Raw: "![x](y) `a b` {#Own .c}", Parts: []Part{{PartImage, "x"}, {PartText, " "}, {PartCode, "a b"}, {PartText, " {#Own .c}"}}}, Anchor{ID: "Own", Words: "x a b"}},
		{Heading{Raw: "Own", Parts: []Part{{PartText, "Own"}}}, Anchor{ID: "own", Words: "Own"}},
		{Heading{HTML: true, Parts: []Part{{PartHTML, "<h2 id=x>"}, {PartText, "X"}}}, Anchor{ID: "x", Words: "X"}},
		{Heading{HTML: true, Parts: []Part{{PartHTML, "<h2>"}, {PartText, "X"}}}, Anchor{Words: "X"}},
	} {
		if diff := cmp.Diff(c.want, anchors.Anchor(c.heading)); diff != "" {
			t.Errorf("%s:\n%s", c.heading.Raw, diff)
		}
	}
	if got := r.(LinkRewriter).LinkAnchor("What's New_2"); got != "what-s-new-2" {
		t.Errorf("a link's anchor becomes %q", got)
	}
}
