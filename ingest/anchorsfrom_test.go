package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestHeadingsOfABuiltPageHaveTheIDsThatLinksKnow(t *testing.T) {
	for text, want := range map[string][]builtHeading{
		`<h2 id="a">Set <code>up</code> <a class="headerlink" href="#a">¶</a></h2>`:                 {{"setup", "a"}},
		`<section id="a"><span id="b"></span><h2>A &amp; B</h2></section><p id="c">x</p><h3>C</h3>`: {{"ab", "a"}, {"c", ""}},
		`<a name="a"></a><h2>A</h2><h3><a id="b"></a>B</h3>`:                                        {{"a", "a"}, {"b", "b"}},
		`<h2 id="a">A</h3><h2>B`: nil,
	} {
		if diff := cmp.Diff(want, builtHeadings([]byte(text)), cmp.AllowUnexported(builtHeading{})); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

// builtSource is a folder of pages beside the site that was built of it.
func builtSource(t *testing.T, built map[string]string) Source {
	t.Helper()
	dir, site := t.TempDir(), t.TempDir()
	writeAll(t, dir, map[string]string{"guide.md": "# Guide\n\nx\n\n## Set \"up\"\n\na\n\n## Again\n\nb\n\n## Again\n\nc\n", "gone.md": "# Gone\n\nx\n"})
	writeAll(t, site, built)
	return Source{Name: "s", Dir: dir, BaseURL: "https://docs.example.com/v1/", AnchorsFrom: site}
}

func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnchorsAreTakenFromTheBuiltSite(t *testing.T) {
	src := builtSource(t, map[string]string{"guide.html": `<h1 id="top">Guide</h1><h2 id="setting-up">Set “up”</h2><h2 id="again-1">Again</h2>`})
	plan, err := DryRun(t.Context(), nil, src, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got, warnings []string
	for _, p := range plan.Pages {
		for _, s := range p.Sections {
			got = append(got, s.URL)
		}
		for _, w := range p.Warnings {
			warnings = append(warnings, w.Message)
		}
	}
	want := []string{"https://docs.example.com/v1/gone#gone", "https://docs.example.com/v1/guide#top", "https://docs.example.com/v1/guide#setting-up",
		"https://docs.example.com/v1/guide#again-1", "https://docs.example.com/v1/guide#again-1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if all := strings.Join(warnings, "\n"); len(warnings) != 2 || !strings.Contains(all, `no page https://docs.example.com/v1/gone`) || !strings.Contains(all, `no heading "Again"`) {
		t.Errorf("warnings are %q", warnings)
	}
}

func TestANewlyBuiltSiteIsIngestedAnew(t *testing.T) {
	src := builtSource(t, map[string]string{"guide.html": `<h2 id="a">Set up</h2>`, "gone/index.html": `<h1 id="g">Gone</h1>`})
	index := &memory{}
	for built, want := range map[string]Plan{`<h2 id="b">Set up</h2><p>x</p>`: {Changed: 1, Unchanged: 1}} {
		if _, err := Run(t.Context(), index, src, testConfig(), Options{}); err != nil {
			t.Fatal(err)
		}
		writeAll(t, src.AnchorsFrom, map[string]string{"guide.html": built})
		report, err := Run(t.Context(), index, src, testConfig(), Options{})
		if err != nil || report.Plan != want {
			t.Errorf("%s: %+v, %v", built, report.Plan, err)
		}
	}
}

func TestAMissingBuiltSiteIsAnError(t *testing.T) {
	src := builtSource(t, nil)
	src.AnchorsFrom += "/none"
	if _, err := DryRun(t.Context(), nil, src, testConfig(), Options{}); docent.CodeOf(err) != docent.CodeInvalid {
		t.Error(err)
	}
}

func FuzzBuiltHeadings(f *testing.F) {
	f.Add(`<section id="a"><h2 id=b>x</h2>`)
	f.Add(`<h1><h2></h1><a name=`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range builtHeadings([]byte(text)) {
			if h.words != lettersOf(h.words) {
				t.Errorf("%q: %+v", text, h)
			}
		}
	})
}
