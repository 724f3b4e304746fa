package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// ran ingests dir and wants no error.
func ran(t *testing.T, m *memory, dir string) Report {
	t.Helper()
	r, err := Run(context.Background(), m, Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReleasesFollowTheFolder(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\none\n\n## B\n\ntwo", "b/c.md": "# C\n\nthree"})
	m := &memory{}
	steps := []struct {
		name   string
		change func()
		want   Plan
		number int
		puts   []string
	}{
		{"first", func() {}, Plan{Added: 2}, 1, []string{"a.md", "b/c.md"}},
		{"nothing", func() {}, Plan{Unchanged: 2}, 1, nil},
		{"edit", func() { write(t, dir, "a.md", "# A\n\none\n\n## B\n\ntwo and more") }, Plan{Changed: 1, Unchanged: 1}, 2, []string{"a.md"}},
		{"add", func() { write(t, dir, "d.md", "# D\n\nfour") }, Plan{Added: 1, Unchanged: 2}, 3, []string{"a.md", "b/c.md", "d.md"}},
		{"nothing again", func() {}, Plan{Unchanged: 3}, 3, nil},
		{"remove", func() { os.RemoveAll(filepath.Join(dir, "b")) }, Plan{Removed: 1, Unchanged: 2}, 4, []string{"a.md", "d.md"}},
		{"draft", func() { write(t, dir, "d.md", "---\ndraft: true\n---\n# D\n\nfour") }, Plan{Removed: 1, Unchanged: 1}, 5, nil},
		{"still a draft", func() {}, Plan{Unchanged: 1}, 5, nil},
	}
	for _, s := range steps {
		s.change()
		m.puts = nil
		r := ran(t, m, dir)
		if r.Plan != s.want || r.Release.Number != s.number {
			t.Errorf("%s: %+v in release %d, want %+v in %d", s.name, r.Plan, r.Release.Number, s.want, s.number)
		}
		if diff := cmp.Diff(s.puts, m.puts); diff != "" {
			t.Errorf("%s wrote:\n%s", s.name, diff)
		}
		if r.Published != (s.puts != nil || s.want.Removed > 0) || r.Chunks != m.stats.Chunks {
			t.Errorf("%s: published %v, %d chunks", s.name, r.Published, r.Chunks)
		}
	}
}

func TestOnlyChunksThatDifferAreWritten(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\none\n\n## B\n\ntwo"})
	m := &memory{}
	ran(t, m, dir)
	before := m.chunks["a.md"][0].ID
	write(t, dir, "a.md", "# A\n\none\n\n## B\n\nthree")
	ran(t, m, dir)
	if after := m.chunks["a.md"]; after[0].ID != before || after[1].Text != "three" {
		t.Errorf("%+v", after)
	}
}

func TestEverySettingThatChangesPagesHasThemReadAgain(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\n" + strings.Repeat("Many words are here. ", 20)})
	m := &memory{}
	ran(t, m, dir)
	small := testConfig()
	small.ChunkTokens = MinChunkTokens
	r, err := Run(context.Background(), m, Source{Name: "s", Dir: dir}, small, Options{})
	if err != nil || r.Plan.Changed != 1 {
		t.Errorf("another budget: %+v, %v", r.Plan, err)
	}
	r, err = Run(context.Background(), m, Source{Name: "s", Dir: dir, BaseURL: "https://x.example/"}, small, Options{})
	if err != nil || r.Plan.Changed != 1 || m.pages["a.md"].URL != "https://x.example/a" {
		t.Errorf("another base URL: %+v, %v", r.Plan, err)
	}
}

func TestBadFilesAreReportedAndTheRestGoesIn(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"good.md": "# Good\n\ntext", "invalid.md": "# Bad \xff", "utf16.md": "\xff\xfea\x00", "front.md": "---\ntitle: [x\n---\n# From the heading\n\ntext",
		"big.md": strings.Repeat("0123456789abcde\n", 20<<20/16),
	})
	link(t, "nowhere", filepath.Join(dir, "dangling.md"))
	m := &memory{}
	r := ran(t, m, dir)
	got := map[string]string{}
	for _, s := range r.Skipped {
		got[s.Path] = s.Reason
	}
	for path, want := range map[string]string{
		"invalid.md": "line 1 is not valid UTF-8", "utf16.md": "UTF-16", "big.md": "20971520 bytes are more than ingest.max_file_bytes (1048576)", "dangling.md": "leads nowhere",
	} {
		if !strings.Contains(got[path], want) || strings.Contains(got[path], dir) {
			t.Errorf("%s: %q, want %q", path, got[path], want)
		}
	}
	if len(got) != 4 || r.Plan.Added != 2 || m.pages["front.md"].Title != "From the heading" {
		t.Errorf("%+v; %+v; pages %v", r.Skipped, r.Plan, m.pages)
	}
	if len(r.Warnings) != 1 || r.Warnings[0].Path != "front.md" || r.Warnings[0].Line != 2 {
		t.Errorf("warnings %+v", r.Warnings)
	}
}

func TestTwoPagesWithOneURLAreKeptWithAWarning(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\none", "a.mdx": "# A\n\ntwo"})
	m := &memory{}
	for _, run := range []string{"first", "unchanged"} {
		r := ran(t, m, dir)
		if len(m.pages) != 2 || len(r.Warnings) != 1 || r.Warnings[0].Path != "a.mdx" || !strings.Contains(r.Warnings[0].Message, "a.md,") {
			t.Errorf("%s: %d pages, %+v", run, len(m.pages), r.Warnings)
		}
	}
	p, err := DryRun(context.Background(), nil, Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil || len(p.Pages[1].Warnings) != 1 {
		t.Errorf("a dry run: %+v, %v", p.Pages, err)
	}
}

func TestAnUnreadableFileKeepsItsPage(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\none", "b/c.md": "# C\n\ntwo"})
	m := &memory{}
	ran(t, m, dir)
	write(t, dir, "a.md", "# A\n\n\xff")
	if r := ran(t, m, dir); r.Published || len(r.Skipped) != 1 || !r.Skipped[0].Kept {
		t.Errorf("invalid now: %+v", r)
	}
	os.RemoveAll(filepath.Join(dir, "b"))
	link(t, "nowhere", filepath.Join(dir, "b.md"))
	r := ran(t, m, dir)
	if r.Plan.Removed != 1 || m.pages["a.md"].Title != "A" || r.Skipped[0].Path != "b.md" || r.Skipped[0].Kept {
		t.Errorf("%+v, pages %v", r, m.pages)
	}
}

func TestASkippedFolderKeepsWhatIsBelowIt(t *testing.T) {
	r := run{writer: &writer{before: map[string]docent.Page{"b/c.md": {}, "bc.md": {}, "b": {}}, live: map[string]bool{}}}
	r.skip("b", "permission denied")
	if diff := cmp.Diff(map[string]bool{"b": true, "b/c.md": true}, r.live); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsPublishedAfterAnError(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\none", "b.md": "# B\n\ntwo"})
	m := &memory{}
	ran(t, m, dir)
	write(t, dir, "a.md", "# A\n\nother")

	ctx, cancel := context.WithCancel(context.Background())
	opts := Options{Progress: func(done, total int, path string) { cancel() }}
	_, err := Run(ctx, m, Source{Name: "s", Dir: dir}, testConfig(), opts)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	m.fail = errors.New("disk full")
	if r, err := Run(context.Background(), m, Source{Name: "s", Dir: dir}, testConfig(), Options{}); !errors.Is(err, m.fail) || r.Published {
		t.Errorf("a failing store: %v", err)
	}
	if m.open || m.release.Number != 1 || m.chunks["a.md"][0].Text != "one" {
		t.Errorf("open %v, release %+v", m.open, m.release)
	}
	m.fail = nil
	if r := ran(t, m, dir); r.Release.Number != 2 || m.chunks["a.md"][0].Text != "other" {
		t.Errorf("the next run: %+v", r)
	}
}

func TestAReleaseWithoutPagesIsRefused(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "\xff"})
	r, err := Run(context.Background(), &memory{}, Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if docent.CodeOf(err) != docent.CodeInvalid || len(r.Skipped) != 1 {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestASecondIngestOfAUnitIsRefused(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "x"})
	if _, err := Run(context.Background(), &memory{open: true}, Source{Name: "s", Dir: dir}, testConfig(), Options{}); docent.CodeOf(err) != docent.CodeConflict {
		t.Error(err)
	}
}

func TestProgressCountsEveryFileInOrder(t *testing.T) {
	files := map[string]string{}
	for i := range 50 {
		files[fmt.Sprintf("%02d.md", i)] = strings.Repeat("# H\n\ntext\n\n", 50-i)
	}
	next := 0
	_, err := Run(context.Background(), &memory{}, Source{Dir: folderOf(t, files), Name: "s"}, testConfig(), Options{Progress: func(done, total int, path string) {
		if want := fmt.Sprintf("%02d.md", next); path != want || done != next+1 || total != 50 {
			t.Errorf("%d of %d: %s, want %s", done, total, path, want)
		}
		next++
	}})
	if err != nil || next != 50 {
		t.Errorf("%d calls, %v", next, err)
	}
}

func TestBadConfigurationIsNamed(t *testing.T) {
	for want, cfg := range map[string]Config{
		"chunk_tokens": {ChunkTokens: 8, MaxFileBytes: 1}, "max_file_bytes": {ChunkTokens: 400}, "workers": {ChunkTokens: 400, MaxFileBytes: 1, Workers: -1},
	} {
		if _, err := Run(context.Background(), &memory{}, Source{Dir: "."}, cfg, Options{}); !errors.As(err, new(*docent.SettingError)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestADryRunTellsWhatARunWouldDo(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\none [x](gone.md)", "b.md": "# B\n\ntwo", "c.md": "# C\n\nthree"})
	m, src := &memory{}, Source{Name: "s", Dir: dir, Version: "2", Lang: "EN"}
	first, err := DryRun(context.Background(), nil, src, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(first)
	const want = `{"pages":[` +
		`{"source":"s","path":"a.md","url":"/docs/s/2/en/a","title":"A","breadcrumbs":[],"lang":"en","version":"2","sections":[{"heading":"A","level":1,"anchor":"a","url":"/docs/s/2/en/a#a","tokens":2}],"warnings":[]},` +
		`{"source":"s","path":"b.md","url":"/docs/s/2/en/b","title":"B","breadcrumbs":[],"lang":"en","version":"2","sections":[{"heading":"B","level":1,"anchor":"b","url":"/docs/s/2/en/b#b","tokens":1}],"warnings":[]},` +
		`{"source":"s","path":"c.md","url":"/docs/s/2/en/c","title":"C","breadcrumbs":[],"lang":"en","version":"2","sections":[{"heading":"C","level":1,"anchor":"c","url":"/docs/s/2/en/c#c","tokens":2}],"warnings":[]}],` +
		`"broken_links":[{"path":"a.md","line":3,"target":"gone.md"}],"plan":{"added":3,"changed":0,"removed":0,"unchanged":0},"skipped":[],"copies":[],"warnings":[],"retire":[],"embedding":{"texts":0,"tokens":0,"usd":0}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if _, err := Run(context.Background(), m, src, testConfig(), Options{}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a.md", "# A\n\nother")
	write(t, dir, "d.md", "# D\n\nnew")
	os.Remove(filepath.Join(dir, "c.md"))
	second, err := DryRun(context.Background(), m, src, testConfig(), Options{})
	if err != nil || m.open || m.release.Number != 1 {
		t.Fatalf("%v; open %v, release %d", err, m.open, m.release.Number)
	}
	if want := (Plan{Added: 1, Changed: 1, Removed: 1, Unchanged: 1}); second.Plan != want {
		t.Errorf("%+v, want %+v", second.Plan, want)
	}
	r, err := Run(context.Background(), m, src, testConfig(), Options{})
	if err != nil || r.Plan != second.Plan {
		t.Errorf("the run itself: %+v, %v", r.Plan, err)
	}
}
