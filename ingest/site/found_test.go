package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSitesAreFoundWithTheFoldersOfTheirPages(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"one": {map[string]string{"mkdocs.yml": "site_name: x", "docs/a.md": "", "docs/b/c.md": "", "README.md": ""}, []string{"docs mkdocs"}},
		"a site that takes pages from beside it": {
			map[string]string{
				"website/docusaurus.config.js": "module.exports = {url: 'https://x.example', presets: [['classic', {docs: {path: '../docs'}}]]}", "docs/a.md": "", "website/blog/b.md": "",
			}, []string{". docusaurus"}},
		"what a theme left at the top":  {map[string]string{"_config.yml": "theme: x", "README.md": "", "manual/book.toml": "", "manual/src/SUMMARY.md": "- [A](a.md)", "manual/src/a.md": ""}, []string{"manual/src mdbook"}},
		"several":                       {map[string]string{"a/mkdocs.yml": "site_name: x", "a/docs/a.md": "", "b/mkdocs.yml": "site_name: x", "b/docs/b.md": ""}, []string{"a/docs mkdocs", "b/docs mkdocs"}},
		"none":                          {map[string]string{"docs/a.md": "", "examples/mkdocs.yml": "site_name: x"}, nil},
		"a configuration without pages": {map[string]string{"docs/a.md": "", "web/mkdocs.yml": "site_name: x"}, nil},
	} {
		var got []string
		for _, f := range Find(repoOf(".", c.files)) {
			got = append(got, f.Dir+" "+f.Framework)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestALeftoverOfAThemeIsNoSiteBesideAnother(t *testing.T) {
	files := map[string]string{"_config.yml": "theme: x", "README.md": "# x", "docs/mkdocs.yml": "site_name: x", "docs/docs/a.md": "# A"}
	made(t, "mkdocs", repoOf(".", files))
	files["_layouts/default.html"] = ""
	made(t, "jekyll", repoOf(".", files))
	made(t, "jekyll", repoOf(".", map[string]string{"_config.yml": "theme: x", "README.md": "# x"}))
}
