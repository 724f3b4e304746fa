package site

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestConfigurationsAreFoundNearestFirst(t *testing.T) {
	repo := fstest.MapFS{}
	for _, name := range []string{
		"conf", "a/b/conf", "a/b/c/d/conf", "a/b/c/.hidden/conf", "a/site/conf", "a/site/deeper/conf", "website/conf",
		"a/b/node_modules/x/conf", "a/b/examples/conf", "a/b/1/2/3/4/conf", "a/b/1/2/3/4/5/conf", ".vp/conf",
	} {
		repo[name] = &fstest.MapFile{}
	}
	want := []string{"a/b/conf", "a/site/conf", "conf", "website/conf", "a/b/c/d/conf", "a/b/1/2/3/4/conf"}
	tree := newTree(repo, "a/b")
	if diff := cmp.Diff(want, tree.find("conf")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{".vp/conf", "a/b/c/.hidden/conf"}, tree.find(".vp/conf", ".hidden/conf")); diff != "" {
		t.Error(diff)
	}
	for i := 1; i < len(want); i++ {
		if tree.distance(want[i-1]) > tree.distance(want[i]) {
			t.Errorf("%s is not nearer than %s", want[i-1], want[i])
		}
	}
}

func TestAHugeRepositoryIsNotSearchedToItsEnd(t *testing.T) {
	repo := fstest.MapFS{}
	for i := range maxDirs + 500 {
		repo[fmt.Sprintf("d%05d/conf", i)] = &fstest.MapFile{}
	}
	if n := len(newTree(repo, ".").find("conf")); n != maxDirs-1 {
		t.Errorf("%d folders were searched", n)
	}
}

func TestTheNearestConfigurationDecides(t *testing.T) {
	files := map[string]string{
		"mkdocs.yml":                "site_name: x\n",
		"docs/a.md":                 "# A",
		"docs/.vitepress/config.ts": "export default {}",
	}
	made(t, "vitepress", repoOf("docs", files))
	made(t, "mkdocs", repoOf(".", files))
	s := repoOf(".", files)
	r, err := New("vitepress", s)
	if err != nil || r.About().Framework != "vitepress" || r.About().Config != "docs/.vitepress/config.ts" {
		t.Errorf("a framework that was asked for: %v, %v", r, err)
	}
}

func TestAFrameworkThatIsAskedForNeedsNoConfiguration(t *testing.T) {
	for framework, want := range map[string]string{
		"docusaurus": "/docs/m/docs/a/b", "vitepress": "/docs/m/a/b.html", "starlight": "/docs/m/a/b/", "nextra": "/docs/m/a/b", "gitbook": "/docs/m/a/b",
	} {
		r, err := New(framework, repoOf(".", map[string]string{"a/b.md": "# B"}))
		if err != nil {
			t.Errorf("%s: %v", framework, err)
			continue
		}
		if got := r.Page(File{Path: "a/b.md"}); got.URL != want || got.Hidden != "" {
			t.Errorf("%s: %+v", framework, got)
		}
	}
}

func TestAFingerprintFollowsTheConfiguration(t *testing.T) {
	for framework, files := range map[string]map[string]string{
		"docusaurus": {"docusaurus.config.js": "module.exports = {presets: [['classic', {docs: {sidebarPath: './s.js'}}]]}", "s.js": "module.exports = {a: ['x']}", "docs/x.md": ""},
		"vitepress":  {".vitepress/config.js": "export {default} from './s.js'", ".vitepress/s.js": "export default {}", "x.md": ""},
		"starlight":  {"astro.config.mjs": "import s from '@astrojs/starlight'; import sidebar from './s'; export default {integrations: [s({sidebar})]}", "s.js": "export default []", "src/content/docs/x.md": ""},
		"nextra":     {"next.config.js": "module.exports = require('nextra')({})({})", "content/_meta.js": "export default {}", "content/x.md": ""},
		"gitbook":    {".gitbook.yaml": "root: .", "SUMMARY.md": "* [X](x.md)", "x.md": ""},
	} {
		before := made(t, framework, repoOf(".", files)).Fingerprint()
		if again := made(t, framework, repoOf(".", files)).Fingerprint(); again != before {
			t.Errorf("%s: %q, then %q", framework, before, again)
		}
		for _, changed := range []string{"s.js", ".vitepress/s.js", "content/_meta.js", "SUMMARY.md"} {
			if text, there := files[changed]; there {
				files[changed] = text + " "
				if made(t, framework, repoOf(".", files)).Fingerprint() == before {
					t.Errorf("%s: a change of %s is not seen", framework, changed)
				}
			}
		}
	}
}

func TestASiteThatHasNoneOfTheFilesIsNotTaken(t *testing.T) {
	s := repoOf(".", map[string]string{"packages/x/docs/.vitepress/config.ts": "export default {}", "docs/a.md": "# A"})
	if got := made(t, "plain", s).Page(File{Path: "docs/a.md"}).URL; got != "/docs/m/docs/a" {
		t.Error(got)
	}
}
