package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJekyllsPermalinks(t *testing.T) {
	files := map[string]string{
		"Gemfile": "gem 'jekyll'", "index.md": "---\ntitle: Home\n---\n", "about.md": "---\ntitle: About\nredirect_from: [/info, /b/]\n---\n", "sub/index.md": "---\ntitle: Sub\n---\n",
		"sub/Own Page.md": "---\ntitle: Own\npermalink: /mine/:basename\n---\n", "bare.md": "# No front matter", "_docs/set/up.md": "---\ntitle: Up\n---\n", "_docs/slug.md": "---\nslug: A Slug\ntitle: x\n---\n",
		"_notes/a.md": "---\ntitle: N\n---\n", "_posts/2024-03-05-Hello World.md": "---\ntitle: Hi\ncategories: [One, two]\n---\n", "news/_posts/2023-1-2-x.md": "---\ntitle: X\ndate: 2023-01-03\n---\n",
		"_drafts/d.md": "---\ntitle: D\n---\n", "gone.md": "---\npublished: false\n---\n", "vendor/bundle/x.md": "---\nx: 1\n---\n", "skip/x.md": "---\nx: 1\n---\n", "_private/x.md": "---\nx: 1\n---\n",
	}
	for config, want := range map[string]map[string]string{
		"": {
			"index.md": "https://x.org/b/", "about.md": "https://x.org/b/about.html", "sub/index.md": "https://x.org/b/sub/", "sub/Own Page.md": "https://x.org/b/mine/Own%20Page",
			"_docs/set/up.md": "https://x.org/b/docs/set/up.html", "_docs/slug.md": "https://x.org/b/docs/slug.html", "_posts/2024-03-05-Hello World.md": "https://x.org/b/one/two/2024/03/05/Hello-World.html",
			"news/_posts/2023-1-2-x.md": "https://x.org/b/news/2023/01/03/x.html",
		},
		"permalink: pretty": {
			"index.md": "https://x.org/b/", "about.md": "https://x.org/b/about/", "sub/index.md": "https://x.org/b/sub/", "sub/Own Page.md": "https://x.org/b/mine/Own%20Page",
			"_docs/set/up.md": "https://x.org/b/docs/set/up/", "_docs/slug.md": "https://x.org/b/docs/slug/", "_posts/2024-03-05-Hello World.md": "https://x.org/b/one/two/2024/03/05/Hello-World/",
			"news/_posts/2023-1-2-x.md": "https://x.org/b/news/2023/01/03/x/",
		},
		"permalink: /:categories/:title/\ndefaults: [{scope: {path: sub}, values: {permalink: /s/:basename:output_ext}}]": {
			"index.md": "https://x.org/b/", "about.md": "https://x.org/b/about/", "sub/index.md": "https://x.org/b/s/index.html", "sub/Own Page.md": "https://x.org/b/mine/Own%20Page",
			"_docs/set/up.md": "https://x.org/b/docs/set/up/", "_docs/slug.md": "https://x.org/b/docs/slug/", "_posts/2024-03-05-Hello World.md": "https://x.org/b/one/two/Hello-World/",
			"news/_posts/2023-1-2-x.md": "https://x.org/b/news/x/",
		},
	} {
		files["_config.yml"] = "url: https://x.org\nbaseurl: /b\nexclude: [skip/]\ncollections: {docs: {output: true}, notes: {}}\n" + config
		s := repoOf(".", files)
		r := made(t, "jekyll", s)
		if diff := cmp.Diff(want, urls(r, s)); diff != "" {
			t.Errorf("%s:\n%s", config, diff)
		}
		if diff := cmp.Diff([]string{"https://x.org/b/info", "https://x.org/b/b/"}, r.Page(File{Path: "about.md"}).Aliases); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCollectionsHaveTemplatesAndDefaults(t *testing.T) {
	s := repoOf("docs", map[string]string{
		"docs/_config.yml": "timezone: America/New_York\ncollections_dir: cols\ncollections:\n  guides: {output: true, permalink: /g/:path/:slug/}\n  posts: {permalink: '/:year/:y_day/:slug/'}\n" +
			"defaults:\n  - {scope: {path: '', type: guides}, values: {published: true, title: From type}}\n  - {scope: {path: cols/_guides/old}, values: {published: false}}\n",
		"docs/CNAME":                       "docs.example.org\n",
		"docs/cols/_guides/Set Up.md":      "---\nx: 1\n---\n",
		"docs/cols/_guides/old/a.md":       "---\nx: 1\n---\n",
		"docs/cols/_posts/2024-03-05-X.md": "---\ntitle: P\ndate: 2024-03-05 02:00:00 +0000\n---\n",
		"docs/README.md":                   "# Read me first",
		"docs/no-front-matter.md":          "text",
	})
	diffShown(t, map[string]string{
		"cols/_guides/Set Up.md": "https://docs.example.org/g/Set%20Up/set-up/ 0 From type", "cols/_guides/old/a.md": "hidden: published: false",
		"cols/_posts/2024-03-05-X.md": "https://docs.example.org/2024/064/x/ 0 P", "README.md": "https://docs.example.org/ 0 Read me first", "no-front-matter.md": "https://docs.example.org/no-front-matter.html 0 No front matter",
	}, made(t, "jekyll", s), s)
}

func TestJustTheDocsAndDataFilesNavigate(t *testing.T) {
	s := repoOf(".", map[string]string{
		"_config.yml": "url: https://x.org", "a.md": "---\ntitle: A\nnav_order: 2\n---\n", "b.md": "---\ntitle: B\nnav_order: 1\nhas_children: true\n---\n", "c.md": "---\ntitle: C\nparent: B\n---\n",
		"d.md": "---\ntitle: D\nparent: C\ngrand_parent: B\n---\n", "e.md": "---\ntitle: E\nnav_exclude: true\n---\n", "f.md": "---\ntitle: F\nsearch_exclude: true\n---\n", "g.md": "---\ntitle: G\nnav_order: ab\n---\n",
	})
	diffShown(t, map[string]string{
		"b.md": "https://x.org/b.html 1 B", "c.md": "https://x.org/c.html 2 B > C", "d.md": "https://x.org/d.html 3 B > C > D", "a.md": "https://x.org/a.html 4 A", "g.md": "https://x.org/g.html 5 G",
		"e.md": "https://x.org/e.html 0 E", "f.md": "hidden: search_exclude: true",
	}, made(t, "jekyll", s), s)
	s = repoOf(".", map[string]string{
		"_config.yml": "url: https://x.org\npermalink: pretty", "docs/a.md": "---\ntitle: A\n---\n", "docs/b.md": "---\ntitle: B\n---\n", "c.md": "---\ntitle: C\n---\n",
		"_data/navigation.yml": "main:\n  - {title: See, url: /c/}\ndocs:\n  - title: Group\n    children:\n      - {title: The b, url: '/docs/b/'}\n      - {title: Out, url: 'https://y.org'}\n  - title: Short\n    docs: [a]\n",
	})
	diffShown(t, map[string]string{"docs/b.md": "https://x.org/docs/b/ 1 Group > B (The b)", "docs/a.md": "https://x.org/docs/a/ 2 Short > A", "c.md": "https://x.org/c/ 3 C (See)"}, made(t, "jekyll", s), s)
}

func TestJekyllsAnchorsFollowItsConfiguration(t *testing.T) {
	for config, want := range map[string]string{
		"": "1-étape--x",
		"markdown: kramdown\nkramdown: {input: kramdown}":              "tape----x",
		"kramdown: {input: kramdown, transliterated_header_ids: true}": "etape----x",
		"kramdown: {auto_id_prefix: id-}":                              "id-1-étape--x",
		"kramdown: {auto_ids: false}":                                  "",
		"kramdown: {gfm_quirks: [no_auto_typographic]}":                "1-étape----x",
		"markdown: GFM": "tape----codexcode",
	} {
		s := repoOf(".", map[string]string{"_config.yml": config, "a.md": "# A"})
		if got := made(t, "jekyll", s).Anchors().Anchor(headingOf("1. Étape -- `x`")).ID; got != want {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
	a := kramdown{}.anchors()
	for i, c := range []struct {
		heading Heading
		want    string
	}{
		{headingOf("Run {#Own}"), "Own"}, {headingOf("Run {: #Own}"), "run--own"}, {Heading{Level: 2, Parts: []Part{{PartText, "Run"}}, Labels: []string{"beside"}}, "beside"},
		{headingOf("Run"), "run"}, {headingOf("Run"), "run-1"}, {headingOf("Run 1"), "run-1"}, {headingOf("ΟΔΟΣ"), "οδοσ"},
	} {
		if got := a.Anchor(c.heading).ID; got != c.want {
			t.Errorf("heading %d: %q, want %q", i, got, c.want)
		}
	}
}
