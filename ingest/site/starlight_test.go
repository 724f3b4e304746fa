package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const starlightConfig = `
import { defineConfig } from 'astro/config'
import starlight from '@astrojs/starlight'
const locales = { root: { label: 'English', lang: 'en' }, 'pt-br': { label: 'Português', lang: 'pt-BR' } }
const preview = process.env.CONTEXT !== 'production' && process.env.PREVIEW
export default defineConfig({
  site: preview || 'https://x.example', base: '/b',
  redirects: { '/old/': '/guides/start/', '/gone': { status: 302, destination: '/' }, '/a/[...b]': '/c/[...b]' },
  integrations: [other(), starlight({
    title: 'T', locales,
    sidebar: [
      { label: 'Start', translations: { 'pt-BR': 'Começo' }, items: ['guides/start', { slug: 'index', label: 'Home page' }, { label: 'API', link: '/reference/api/#x' }] },
      { label: 'Reference', autogenerate: { directory: 'reference' } },
      ...extra,
    ],
  })],
})`

var starlightFiles = map[string]string{
	"docs/astro.config.mjs":                       starlightConfig,
	"docs/package.json":                           `{"dependencies": {"astro": "^5.2.0"}}`,
	"README.md":                                   "# Of the repository",
	"docs/src/content/docs/index.mdx":             "---\ntitle: Home\n---\n",
	"docs/src/content/docs/guides/start.md":       "---\ntitle: Getting started\n---\n",
	"docs/src/content/docs/Guides/v1.0 News.md":   "---\ntitle: News\n---\n",
	"docs/src/content/docs/reference/api.md":      "---\ntitle: The API\nsidebar: {order: 2, label: API short}\n---\n",
	"docs/src/content/docs/reference/zeta.md":     "---\ntitle: Zeta\nsidebar: {order: 1}\n---\n",
	"docs/src/content/docs/reference/sub/x.md":    "---\ntitle: X\n---\n",
	"docs/src/content/docs/reference/quiet.md":    "---\ntitle: Quiet\nsidebar: {hidden: true}\n---\n",
	"docs/src/content/docs/moved.md":              "---\ntitle: Moved\nslug: else/where\n---\n",
	"docs/src/content/docs/_part.mdx":             "text",
	"docs/src/content/docs/draft.md":              "---\ntitle: D\ndraft: true\n---\n",
	"docs/src/content/docs/quiet.md":              "---\ntitle: Q\npagefind: false\n---\n",
	"docs/src/content/docs/404.md":                "---\ntitle: Nothing\n---\n",
	"docs/src/content/docs/pt-br/guides/start.md": "---\ntitle: Começando\n---\n",
	"docs/src/content/docs/pt-br/index.md":        "---\ntitle: Início\n---\n",
}

func TestStarlightTurnsFilesIntoItsURLs(t *testing.T) {
	s := repoOf(".", starlightFiles)
	r := made(t, "starlight", s)
	diffShown(t, map[string]string{
		"README.md":                                   "hidden: not part of the site",
		"docs/src/content/docs/index.mdx":             "https://x.example/b/ 2 Start > Home (Home page) [en ]",
		"docs/src/content/docs/guides/start.md":       "https://x.example/b/guides/start/ 1 Start > Getting started [en ]",
		"docs/src/content/docs/Guides/v1.0 News.md":   "https://x.example/b/guides/v10-news/ 0 News [en ]",
		"docs/src/content/docs/reference/api.md":      "https://x.example/b/reference/api/ 3 Start > The API (API) [en ]",
		"docs/src/content/docs/reference/zeta.md":     "https://x.example/b/reference/zeta/ 4 Reference > Zeta [en ]",
		"docs/src/content/docs/reference/sub/x.md":    "https://x.example/b/reference/sub/x/ 5 Reference > sub > X [en ]",
		"docs/src/content/docs/reference/quiet.md":    "https://x.example/b/reference/quiet/ 0 Quiet [en ]",
		"docs/src/content/docs/moved.md":              "https://x.example/b/else/where/ 0 Moved [en ]",
		"docs/src/content/docs/_part.mdx":             "hidden: a partial: other pages include it",
		"docs/src/content/docs/draft.md":              "hidden: draft: true",
		"docs/src/content/docs/quiet.md":              "hidden: pagefind: false",
		"docs/src/content/docs/404.md":                "hidden: the page for addresses that are not there",
		"docs/src/content/docs/pt-br/guides/start.md": "https://x.example/b/pt-br/guides/start/ 1 Começo > Começando [pt-br ]",
		"docs/src/content/docs/pt-br/index.md":        "https://x.example/b/pt-br/ 2 Começo > Início (Home page) [pt-br ]",
	}, r, s)
	about := r.About()
	want := map[string]string{"https://x.example/b/old/": "https://x.example/b/guides/start/", "https://x.example/b/gone": "https://x.example/b/"}
	if diff := cmp.Diff(want, about.Redirects); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"en", "pt-br"}, about.Langs); diff != "" {
		t.Error(diff)
	}
	if len(about.Warnings) != 1 {
		t.Errorf("of what is spread into the sidebar: %v", about.Warnings)
	}
}

func TestStarlightsAddressesFollowItsSettings(t *testing.T) {
	for settings, want := range map[string]string{
		"trailingSlash: 'never'":                  "/docs/m/a/b",
		"trailingSlash: 'always'":                 "/docs/m/a/b/",
		"build: { format: 'file' }":               "/docs/m/a/b.html",
		"srcDir: './source'":                      "",
		"site: 'https://x.example'":               "https://x.example/a/b/",
		"site: 'https://x.example/', base: 'y/z'": "https://x.example/y/z/a/b/",
	} {
		s := repoOf(".", map[string]string{
			"astro.config.ts":            "import s from '@astrojs/starlight'; export default {" + settings + ", integrations: [s()]}",
			"src/content/docs/a/b.md":    "---\ntitle: B\n---\n",
			"source/content/docs/c.md":   "---\ntitle: C\n---\n",
			"src/content/docs/index.mdx": "---\ntitle: I\n---\n",
		})
		if got := urls(made(t, "starlight", s), s)["src/content/docs/a/b.md"]; got != want {
			t.Errorf("%s: %q, want %q", settings, got, want)
		}
	}
	s := repoOf(".", map[string]string{"astro.config.ts": "export default {integrations: [mdx()]}", "src/content/docs/a.md": ""})
	made(t, "plain", s) // Astro without Starlight
}

func TestStarlightsAnchorsDependOnAstrosVersion(t *testing.T) {
	for manifest, want := range map[string]string{
		`{"dependencies": {"astro": "^5.2.0"}}`:   "tabs",
		`{"devDependencies": {"astro": "6.0.1"}}`: "tabs-",
		`{"dependencies": {"astro": "latest"}}`:   "tabs-",
	} {
		s := repoOf(".", map[string]string{"astro.config.ts": "import s from '@astrojs/starlight'; export default {integrations: [s()]}", "package.json": manifest, "src/content/docs/a.md": ""})
		got := made(t, "starlight", s).Anchors().Anchor(Heading{Parts: []Part{{PartCode, "<Tabs />"}}})
		if got.ID != want {
			t.Errorf("%s: %q, want %q", manifest, got.ID, want)
		}
	}
	for settings, want := range map[string]string{
		"":                                "a--b-",
		"markdown: {smartypants: false},": "a----b---",
		"markdown: {processor: satteri({features: {smartPunctuation: {dashes: false}}})},": "a----b---",
	} {
		s := repoOf(".", map[string]string{"astro.config.ts": "import s from '@astrojs/starlight'; export default {" + settings + " integrations: [s()]}", "src/content/docs/a.md": ""})
		got := made(t, "starlight", s).Anchors().Anchor(Heading{Parts: []Part{{PartText, "a -- b --"}}})
		if got.ID != want {
			t.Errorf("%s: %q, want %q", settings, got.ID, want)
		}
	}
}
