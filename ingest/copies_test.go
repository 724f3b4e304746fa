package ingest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// longText is text that is no stub's.
var longText = strings.Repeat("The kettle boils water for tea. ", 10) + "\n"

func TestTheSameTextIsIndexedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  []Copy
	}{
		"the one nearer to the root stays": {
			map[string]string{"a/b/tea.md": "# Tea\n\n" + longText, "z.md": "---\ntags: [x]\n---\n\n# Tea\n\n\n" + longText}, []Copy{{"a/b/tea.md", "z.md"}}},
		"another title":   {map[string]string{"a.md": "---\ntitle: A\n---\n" + longText, "b.md": "---\ntitle: B\n---\n" + longText}, nil},
		"stubs":           {map[string]string{"a.md": "# Tea\n\nSoon.\n", "b.md": "# Tea\n\nSoon.\n"}, nil},
		"evaluated pages": {map[string]string{"a.md": "# Tea\n\n{{ x }}" + longText, "b.md": "# Tea\n\n{{ x }}" + longText}, nil},
		"hidden pages":    {map[string]string{"a.md": "---\ndraft: true\n---\n# Tea\n\n" + longText, "b.md": "# Tea\n\n" + longText}, nil},
		"a site that moved its pages": {
			map[string]string{
				"hugo.toml": "baseURL = 'https://x.example/'\n", "content/tea.md": "+++\ntitle = 'Tea'\n+++\n" + longText,
				"content/docs/drinks/tea.md": "+++\ntitle = 'Tea'\naliases = ['/tea/']\n+++\n" + longText,
			}, []Copy{{"content/tea.md", "content/docs/drinks/tea.md"}}},
		"versions answer alone": {
			map[string]string{
				"docusaurus.config.js": "module.exports = {url: 'https://x.example', baseUrl: '/', presets: [['classic', {docs: {}}]]}", "versions.json": `["1.0"]`,
				"docs/tea.md": "# Tea\n\n" + longText, "versioned_docs/version-1.0/tea.md": "# Tea\n\n" + longText,
			}, nil},
	} {
		dir := t.TempDir()
		writeAll(t, dir, c.files)
		plan, err := DryRun(t.Context(), nil, Source{Name: "s", Dir: dir}, testConfig(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, plan.Copies, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if len(plan.BrokenLinks) > 0 {
			t.Errorf("%s: broken links %v", name, plan.BrokenLinks)
		}
	}
}

// TestStepsFindTheCopiesThatOneRunFinds changes a folder and holds that an index
// built step by step has the pages of one that is built at once.
func TestStepsFindTheCopiesThatOneRunFinds(t *testing.T) {
	dir, text := t.TempDir(), "# Tea\n\n"+longText
	steps := &memory{}
	for i, change := range []func(){
		func() { writeAll(t, dir, map[string]string{"a/tea.md": text, "b.md": "# B\n\n[Tea](a/tea.md)\n"}) },
		func() { writeAll(t, dir, map[string]string{"tea.md": text}) },
		func() { writeAll(t, dir, map[string]string{"b.md": "# B\n\n[Tea](a/tea.md), and more\n"}) },
		func() { writeAll(t, dir, map[string]string{"tea.md": text + "\nMore.\n"}) },
		func() { writeAll(t, dir, map[string]string{"tea.md": text}) },
		func() { os.Remove(filepath.Join(dir, "tea.md")) },
	} {
		change()
		report, err := Run(t.Context(), steps, Source{Name: "s", Dir: dir}, testConfig(), Options{})
		if err != nil || len(report.BrokenLinks) > 0 {
			t.Fatalf("step %d: %v, broken links %v", i, err, report.BrokenLinks)
		}
		whole := &memory{}
		once, err := Run(t.Context(), whole, Source{Name: "s", Dir: dir}, testConfig(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(once.Copies, report.Copies); diff != "" || !slices.Equal(keysOf(whole.pages), keysOf(steps.pages)) {
			t.Errorf("step %d: %s\nat once %v, by steps %v", i, diff, keysOf(whole.pages), keysOf(steps.pages))
		}
	}
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
