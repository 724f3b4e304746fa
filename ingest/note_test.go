package ingest

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// noted parses a folder with notes, and gives those of now and the paths that
// were parsed.
func noted(t *testing.T, dir string, before map[string]Note) (now map[string]Note, read []string) {
	t.Helper()
	p, err := Parse(t.Context(), Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	now = map[string]Note{}
	left, err := p.Pages(t.Context(), 0, before, func(n Note, page Parsed) error {
		now[n.Path] = n
		if page.Page.Path != "" {
			read = append(read, n.Path)
		}
		return nil
	})
	if err != nil || len(left.Skipped) > 0 {
		t.Fatalf("%+v, %v", left, err)
	}
	return now, read
}

// TestNotesLeaveWhatChangedToBeParsed compares pages made with notes and
// without, after changes that reach other pages, too.
func TestNotesLeaveWhatChangedToBeParsed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.md", "# A\n\nAbout herons.\n")
	write(t, dir, "b.md", "# B\n\nSee [the long legs](a.md).\n")
	write(t, dir, "c.md", "# C\n\nSee [the first page](a.md).\n")
	notes, read := noted(t, dir, nil)
	if diff := cmp.Diff([]string{"a.md", "b.md", "c.md"}, read); diff != "" {
		t.Fatal(diff)
	}
	for _, step := range []struct {
		what, path, text string
		want             []string
	}{
		{"nothing", "c.md", "# C\n\nSee [the first page](a.md).\n", nil},
		{"a page", "a.md", "# A\n\nAbout storks.\n", []string{"a.md"}},
		{"what a page calls another", "b.md", "# B\n\nSee [the patient fisher](a.md).\n", []string{"a.md", "b.md"}},
		{"the list of files", "d.md", "# D\n\nNew.\n", []string{"a.md", "b.md", "c.md", "d.md"}},
	} {
		write(t, dir, step.path, step.text)
		now, read := noted(t, dir, notes)
		if diff := cmp.Diff(step.want, read); diff != "" {
			t.Errorf("%s changed (-want +parsed):\n%s", step.what, diff)
		}
		all, _ := noted(t, dir, nil)
		if diff := cmp.Diff(all, now); diff != "" {
			t.Errorf("%s changed (-all parsed +with notes):\n%s", step.what, diff)
		}
		notes = now
	}
	if paths := slices.Sorted(maps.Keys(notes)); len(paths) != 4 {
		t.Errorf("%q", paths)
	}
}
