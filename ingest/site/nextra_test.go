package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNextraTurnsFilesIntoItsURLs(t *testing.T) {
	s := repoOf(".", map[string]string{
		"web/next.config.mjs": `
import nextra from 'nextra'
import analyze from '@next/bundle-analyzer'
const withNextra = nextra({ contentDirBasePath: '/docs' })
export default analyze({})(withNextra({
  basePath: '/b', trailingSlash: true,
  redirects: async () => [{ source: '/old', destination: '/docs/start', permanent: true }, { source: '/was/:slug(x|start)', destination: '/docs/:slug', permanent: true }],
}))`,
		"web/app/layout.tsx":             "export const metadata = {\n  metadataBase: new URL('https://x.example')\n}\n",
		"web/app/(group)/about/page.mdx": "# About us",
		"web/app/_private/page.mdx":      "# Private",
		"web/app/[...slug]/page.mdx":     "# Any",
		"web/app/parts/note.mdx":         "A note",
		"web/app/page.mdx":               "# Front",
		"web/content/index.mdx":          "# Docs",
		"web/content/start.mdx":          "---\ntitle: Start\nsidebarTitle: Begin\n---\n",
		"web/content/guide.mdx":          "---\nasIndexPage: true\ntitle: The guide\n---\n",
		"web/content/guide/the-big-x.md": "",
		"web/content/guide/quiet.mdx":    "---\nsearchable: false\n---\n",
		"web/content/_meta.js":           "export default { index: 'Home', guide: { title: 'Guide menu' }, '---': { type: 'separator', title: 'S' }, start: '' }",
		"web/content/guide/_meta.ts":     "export default { '*': {}, quiet: { display: 'hidden' }, 'the-big-x': { title: <b>X</b> } }",
		"README.md":                      "# Of the repository",
	})
	r := made(t, "nextra", s)
	diffShown(t, map[string]string{
		"README.md":                      "hidden: not part of the site",
		"web/app/(group)/about/page.mdx": "https://x.example/b/about/ 2 About us",
		"web/app/_private/page.mdx":      "hidden: a partial: other pages include it",
		"web/app/[...slug]/page.mdx":     "hidden: a partial: other pages include it",
		"web/app/parts/note.mdx":         "hidden: a partial: other pages include it",
		"web/app/page.mdx":               "https://x.example/b/ 1 Front",
		"web/content/index.mdx":          "https://x.example/b/docs/ 3 Docs (Home)",
		"web/content/start.mdx":          "https://x.example/b/docs/start/ 6 Docs > Start (Begin)",
		"web/content/guide.mdx":          "https://x.example/b/docs/guide/ 4 Docs > The guide (Guide menu)",
		"web/content/guide/the-big-x.md": "https://x.example/b/docs/guide/the-big-x/ 5 Docs > Guide menu > The Big X",
		"web/content/guide/quiet.mdx":    "hidden: searchable: false",
	}, r, s)
	want := map[string]string{"https://x.example/b/old/": "https://x.example/b/docs/start/", "https://x.example/b/was/start/": "https://x.example/b/docs/start/"}
	if diff := cmp.Diff(want, r.About().Redirects); diff != "" {
		t.Error(diff)
	}
}

func TestNextraHasLanguagesInFoldersOrInNames(t *testing.T) {
	config := "import nextra from 'nextra'\nexport default nextra({})({ i18n: { locales: ['en', 'de-CH'], defaultLocale: 'en' } })"
	s := repoOf(".", map[string]string{
		"next.config.ts": config, "content/en/_meta.js": "export default { a: 'First' }", "content/en/a.mdx": "# A", "content/de-CH/a.mdx": "# A de", "content/de-CH/index.mdx": "# Start",
	})
	r := made(t, "nextra", s)
	diffShown(t, map[string]string{
		"content/en/a.mdx":        "/docs/m/en/a 3 A (First) [en ]",
		"content/de-CH/a.mdx":     "/docs/m/de-CH/a 2 A de [de-ch ]",
		"content/de-CH/index.mdx": "/docs/m/de-CH 1 Start [de-ch ]",
	}, r, s)
	if diff := cmp.Diff([]string{"en", "de-ch"}, r.About().Langs); diff != "" {
		t.Error(diff)
	}
	s = repoOf(".", map[string]string{ // Nextra 2 and 3
		"next.config.js": "const withNextra = require('nextra')({ theme: 'nextra-theme-docs' })\nmodule.exports = withNextra({ i18n: { locales: ['en', 'de-CH'], defaultLocale: 'en' } })",
		"pages/_app.mdx": "", "pages/index.en.mdx": "# Start", "pages/index.de-CH.mdx": "# Los", "pages/a/b.en.md": "# B", "pages/_meta.en.json": "{}", "pages/a/_meta.json": `{"b": "Bee"}`,
	})
	s.Lang = "de-ch"
	diffShown(t, map[string]string{
		"pages/_app.mdx":        "hidden: a partial: other pages include it",
		"pages/index.en.mdx":    "hidden: in language en",
		"pages/index.de-CH.mdx": "/docs/m/de-ch/de-CH 1 Los [de-ch ]",
		"pages/a/b.en.md":       "hidden: in language en",
	}, made(t, "nextra", s), s)
}

func TestNextraIsToldFromNextJS(t *testing.T) {
	plainNext := repoOf(".", map[string]string{"next.config.js": "module.exports = {}", "package.json": `{"dependencies": {"next": "15"}}`, "content/a.md": ""})
	made(t, "plain", plainNext)
	hidden := repoOf(".", map[string]string{"next.config.js": "module.exports = require('@scope/config')(__dirname)", "package.json": `{"dependencies": {"nextra": "4"}}`, "content/a.md": "# A"})
	r := made(t, "nextra", hidden)
	if got := r.Page(File{Path: "content/a.md"}).URL; got != "/docs/m/a" || len(r.About().Warnings) != 1 {
		t.Errorf("%q, %v", got, r.About().Warnings)
	}
}

func TestNextrasAnchorsSlugChosenIDs(t *testing.T) {
	anchors := nextraAnchors{newSlugger()}
	for _, c := range []struct {
		heading Heading
		want    Anchor
	}{
		{Heading{Level: 1, Parts: []Part{{PartText, "Title"}}}, Anchor{Words: "Title"}},
		{Heading{Level: 2, Parts: []Part{{PartText, "Title"}}}, Anchor{ID: "title", Words: "Title"}},
		{Heading{Level: 2, Parts: []Part{{PartText, "Own [#My Id]"}}}, Anchor{ID: "my-id", Words: "Own"}},
		{Heading{Level: 3, Parts: []Part{{PartText, "My id"}}}, Anchor{ID: "my-id-1", Words: "My id"}},
	} {
		if diff := cmp.Diff(c.want, anchors.Anchor(c.heading)); diff != "" {
			t.Error(diff)
		}
	}
}
