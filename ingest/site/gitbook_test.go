package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGitBooksPagesAreThoseOfItsTableOfContents(t *testing.T) {
	s := repoOf(".", map[string]string{
		".gitbook.yaml": "root: ./manual/\nstructure:\n  readme: start.md\n  summary: toc.md\nredirects:\n  old/page: guide/a.md\n  gone: ../x.md\n",
		"README.md":     "# Of the repository",
		"manual/toc.md": `# Table of contents

* [Welcome](start.md)

## Guides <a href="#g" id="g"></a>

* [All guides](guide/README.md)
  * [First & best](guide/a.md "A")
  * [Elsewhere](https://x.example)
* [Lone](lone%20page.md)
`,
		"manual/start.md":        "# Start here",
		"manual/guide/README.md": "---\ndescription: What there is\n---\n# Guides",
		"manual/guide/a.md":      "# A page",
		"manual/guide/b.md":      "# Not listed",
		"manual/lone page.md":    "no heading",
		"manual/hidden.md":       "---\nhidden: true\n---\n# Hidden",
	})
	r := made(t, "gitbook", s)
	diffShown(t, map[string]string{
		"README.md":              "hidden: not part of the site",
		"manual/toc.md":          "hidden: it is the table of contents",
		"manual/start.md":        "/docs/m/ 1 Start here (Welcome)",
		"manual/guide/README.md": "/docs/m/guide 2 Guides > Guides (All guides)",
		"manual/guide/a.md":      "/docs/m/guide/a 3 Guides > All guides > A page (First & best)",
		"manual/guide/b.md":      "hidden: not in toc.md",
		"manual/lone page.md":    "/docs/m/lone%20page 4 Guides > Lone",
		"manual/hidden.md":       "hidden: not in toc.md",
	}, r, s)
	if got := r.Page(File{Path: "manual/guide/README.md"}).Description; got != "What there is" {
		t.Error(got)
	}
	if diff := cmp.Diff(map[string]string{"/docs/m/old/page": "/docs/m/guide/a"}, r.About().Redirects); diff != "" {
		t.Error(diff)
	}
}

func TestGitBookSitesHaveSectionsLanguagesAndVersions(t *testing.T) {
	s := repoOf(".", map[string]string{
		"docs.yaml": `
site:
  structure:
    - {type: section, title: Docs, path: docs, default: true, children: [
        {type: space, path: en, default: true, content: {directory: ./en, language: en}},
        {type: space, path: fr, content: {directory: ./fr, language: fr}},
        {type: space, path: ja, content: {directory: null, language: ja}}]}
    - type: section-group
      children:
        - {type: section, title: API, path: api, children: [
            {type: space, path: v2, title: Second, default: true, content: {directory: ./api2}},
            {type: space, path: v1, title: First, content: {directory: ./api1}}]}
        - {type: section, title: Later, path: later, draft: true, children: [{type: space, path: x, content: {directory: ./later}}]}
`,
		"en/SUMMARY.md": "# T\n\n* [Intro](intro.md)\n* [Quiet](quiet.md)\n", "en/intro.md": "# Intro", "en/quiet.md": "---\nnoIndex: true\n---\n# Q",
		"fr/README.md": "# Accueil", "fr/a.md": "# A", "api2/a.md": "# A2", "api1/a.md": "# A1", "later/a.md": "# L",
	})
	r := made(t, "gitbook", s)
	diffShown(t, map[string]string{
		"en/SUMMARY.md": "hidden: it is the table of contents",
		"en/intro.md":   "/docs/m/intro 1 Docs > Intro [en ]",
		"en/quiet.md":   "hidden: noIndex: true",
		"fr/README.md":  "/docs/m/docs/fr/ 0 Docs > Accueil [fr ]",
		"fr/a.md":       "/docs/m/docs/fr/a 0 Docs > A [fr ]",
		"api2/a.md":     "/docs/m/api/a 0 API > A2 [ v2]",
		"api1/a.md":     "/docs/m/api/v1/a 0 API > A1 [ v1]",
		"later/a.md":    "hidden: draft: true",
	}, r, s)
	about := r.About()
	if diff := cmp.Diff([]Version{{Name: "v2", Aliases: []string{"Second"}, Default: true}, {Name: "v1", Aliases: []string{"First"}}}, about.Versions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/docs/m/"}, r.Page(File{Path: "en/intro.md"}).Aliases); diff != "" {
		t.Errorf("the first page is the site's own:\n%s", diff)
	}
}

func TestATableOfContentsAloneIsGitBooksUnlessAnotherHasIt(t *testing.T) {
	toc := map[string]string{"docs/SUMMARY.md": "# S\n\n- [A](a.md)\n", "docs/a.md": "# A"}
	s := repoOf(".", toc)
	made(t, "gitbook", s)
	toc["book.toml"] = "[book]\nsrc = 'docs'\n"
	made(t, "mdbook", repoOf(".", toc))
	made(t, "mdbook", repoOf("docs", toc))
	left := repoOf(".", map[string]string{".gitbook.yaml": "", "docs/a.md": "", "website/docusaurus.config.ts": docusaurusConfig, "website/sidebars.js": "module.exports = {}"})
	made(t, "docusaurus", left)
}

func TestGitBooksAnchors(t *testing.T) {
	anchors := gitBookAnchors{newSlugger()}
	text := func(s string, more ...Part) Heading {
		return Heading{Level: 2, Parts: append([]Part{{PartText, s}}, more...)}
	}
	for _, c := range []struct {
		heading Heading
		want    Anchor
	}{
		{text("Old title ", Part{PartHTML, `<a href="#pinned" id="pinned">`}, Part{PartHTML, "</a>"}), Anchor{ID: "pinned", Words: "Old title"}},
		{text("1. Create it (optional)"), Anchor{ID: "id-1.-create-it-optional", Words: "1. Create it (optional)"}},
		{text("What's new & next?"), Anchor{ID: "whats-new-and-next", Words: "What's new & next?"}},
		{text("A"), Anchor{ID: "a", Words: "A"}},
		{text("a"), Anchor{ID: "a-1", Words: "a"}},
	} {
		if diff := cmp.Diff(c.want, anchors.Anchor(c.heading)); diff != "" {
			t.Error(diff)
		}
	}
}
