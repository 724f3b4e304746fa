package ingest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
	"docent/ingest/site"
)

// calledAt gives what the chunks of a page are called, by their headings.
func calledAt(m *memory, path string) map[string][]string {
	called := map[string][]string{}
	for _, c := range m.chunks[path] {
		if len(c.Called) > 0 {
			called[c.Heading()] = c.Called
		}
	}
	return called
}

func TestSectionsHaveTheNamesThatOtherPagesCallThemBy(t *testing.T) {
	m := &memory{}
	ran(t, m, folderOf(t, map[string]string{
		"guide.md": "# The guide\n\nwords, and [itself](#set-up)\n\n## Set up\n\nhow\n\n## Parts\n\n### First part\n\nmore\n\n<h3>In HTML</h3>\n\nmore",
		"a.md":     "# A\n\n[Getting started](guide.md), [here](guide.md), [SET UP](guide.md#set-up), [`preparing` it](guide.md#set-up), [all parts](guide.md#parts)",
		"b.md":     "# B\n\n[Preparing it](guide.md#set-up) and again [preparing it](guide.md#set-up); [boot](guide.md#set-up), https://x.example/guide",
		"c.md":     "# C\n\n[no such section](guide.md#gone), [](guide.md), [the top](guide.md#top), [" + strings.Repeat("long ", 40) + "](guide.md)",
		"draft.md": "---\ndraft: true\n---\n# D\n\n[secret](guide.md)",
	}))
	want := map[string][]string{
		"The guide":  {"Getting started", "the top"},
		"Set up":     {"preparing it", "boot"},
		"First part": {"all parts"},
	}
	if diff := cmp.Diff(want, calledAt(m, "guide.md")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheFirstChunkSaysWhatElseIsSaidOfAPage(t *testing.T) {
	m := &memory{}
	ran(t, m, folderOf(t, map[string]string{
		"how-to/set_up.md": "---\ntitle: Preparing\ndescription: Before you begin.\nkeywords: [boot, first start]\ntags: [{label: basics}]\n" +
			"redirect_from: /old/first-steps/\naliases: [\"https://x.example/begin.html\"]\n---\nwords\n\n## More\n\nwords",
	}))
	chunks := m.chunks["how-to/set_up.md"]
	want := []string{"Before you begin.", "how to", "boot", "first start", "basics", "old first steps", "begin", "how to set up"}
	for _, line := range want {
		if !strings.Contains("\n"+strings.ToLower(chunks[0].About)+"\n", "\n"+strings.ToLower(line)+"\n") {
			t.Errorf("%q is not in %q", line, chunks[0].About)
		}
	}
	if chunks[1].About != "" {
		t.Errorf("the second chunk says %q", chunks[1].About)
	}
	long := about("a.md", site.Page{Description: strings.Repeat("x", maxAbout-2), Breadcrumbs: []string{"y", "z"}}, nil)
	if len(long) > maxAbout || !strings.HasSuffix(long, "\na") {
		t.Errorf("%d bytes, ending with %q", len(long), long[len(long)-5:])
	}
}

func TestAChangedLinkHasOnlyItsTargetsReadAgain(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"a.md": "# A\n\n[one](b.md) [two](c.md)", "b.md": "# B\n\nwords", "c.md": "# C\n\nwords", "d.md": "# D\n\n[three](c.md)",
	})
	m := &memory{}
	ran(t, m, dir)
	m.puts = nil
	write(t, dir, "a.md", "# A\n\n[another](b.md) [two](c.md)")
	r := ran(t, m, dir)
	if diff := cmp.Diff([]string{"a.md", "b.md"}, m.puts); diff != "" {
		t.Errorf("wrote (-want +got):\n%s", diff)
	}
	if want := (Plan{Changed: 1, Unchanged: 3}); r.Plan != want {
		t.Errorf("%+v, want %+v: readers see one page that changed", r.Plan, want)
	}
	if diff := cmp.Diff(map[string][]string{"B": {"another"}}, calledAt(m, "b.md")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// linkedPage makes a page whose words, headings and links are random.
func linkedPage(r *rand.Rand, pages int) string {
	var b strings.Builder
	switch r.IntN(24) {
	case 0:
		b.WriteString("---\ndraft: true\n---\n")
	case 1:
		return "# Not text \xff"
	}
	b.WriteString("# Title\n\n")
	for s := range r.IntN(4) {
		fmt.Fprintf(&b, "## Part %d\n\n", s)
		for range r.IntN(4) {
			fmt.Fprintf(&b, "See [name %d](p%d.md%s).\n", r.IntN(3), r.IntN(pages), []string{"", "#title", "#part-0", "#part-1", "#none"}[r.IntN(5)])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestRunsStepByStepGiveWhatOneRunGives edits pages at random, and compares what
// is there after each run with what a first run makes of the same folder.
func TestRunsStepByStepGiveWhatOneRunGives(t *testing.T) {
	const pages = 8
	r := rand.New(rand.NewPCG(1, 2))
	files := map[string]string{}
	for i := range pages {
		files[fmt.Sprintf("p%d.md", i)] = fmt.Sprintf("# Title\n\n[first](p%d.md)", (i+1)%pages)
	}
	dir := folderOf(t, files)
	m := &memory{}
	compared := 0
	for step := range 80 {
		for range r.IntN(3) {
			write(t, dir, fmt.Sprintf("p%d.md", r.IntN(pages)), linkedPage(r, pages))
		}
		if step%10 == 9 {
			write(t, dir, fmt.Sprintf("new%d.md", step), linkedPage(r, pages))
		}
		if len(ran(t, m, dir).Skipped) > 0 {
			continue // what can't be read stays as it was, which a first run can't know
		}
		whole := &memory{}
		ran(t, whole, dir)
		compared++
		for _, diff := range []string{cmp.Diff(whole.pages, m.pages), cmp.Diff(whole.chunks, m.chunks), cmp.Diff(whole.stats, m.stats)} {
			if diff != "" {
				t.Fatalf("step %d (-whole +step by step):\n%s", step, diff)
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d states were compared", compared)
	}
}

func TestMorePagesThanAreKeptAreReadTwice(t *testing.T) {
	files := map[string]string{"a.md": "# A\n\n[named](z.md)", "z.md": "# Z\n\nwords"}
	for i := range 1 + maxKept>>20 {
		files[fmt.Sprintf("m%d.md", i)] = "# M\n\n<!--" + strings.Repeat("x", 1<<20-20) + "-->"
	}
	m := &memory{}
	ran(t, m, folderOf(t, files))
	if diff := cmp.Diff(map[string][]string{"Z": {"named"}}, calledAt(m, "z.md")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := m.pages["a.md"].Links; !cmp.Equal(got, []docent.PageLink{{Path: "z.md", Text: "named"}}) {
		t.Errorf("links %+v", got)
	}
}

// TestPagesForAnIndexElsewhereKnowWhatTheyAreCalled holds that pages that are
// pushed are what a run here makes, and that those which are asked for again are
// the same.
func TestPagesForAnIndexElsewhereKnowWhatTheyAreCalled(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.md": "# A\n\n[another name](b.md)", "b.md": "# B\n\nwords"})
	here := &memory{}
	ran(t, here, dir)
	p, err := Parse(t.Context(), Source{Name: "s", Dir: dir}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]Parsed{}
	left, err := p.Pages(t.Context(), 0, nil, func(_ Note, page Parsed) error { pages[page.Page.Path] = page; return nil })
	if err != nil || len(left.Skipped) > 0 {
		t.Fatalf("%+v, %v", left, err)
	}
	for path, page := range pages {
		var want []docent.Chunk
		for _, c := range here.chunks[path] {
			want = append(want, c.Chunk)
		}
		if diff := cmp.Diff(want, page.Chunks); diff != "" {
			t.Errorf("%s (-here +pushed):\n%s", path, diff)
		}
	}
	err = p.Again(t.Context(), 0, []string{"b.md"}, func(page Parsed) error {
		if diff := cmp.Diff(pages["b.md"], page); diff != "" || page.Chunks[0].Called == nil {
			t.Errorf("again (-first +again):\n%s", diff)
		}
		return page.Check(p.Units()[0])
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPushedPagesHaveNoMoreNamesThanThoseMadeHere(t *testing.T) {
	unit := docent.Unit{Site: "s", Source: "docs"}
	named := func(change func(*docent.Chunk)) Parsed {
		c := docent.Chunk{Unit: unit, Path: "a.md", URL: "/a", Text: "words", Tokens: analysis.Tokens("words"), Line: 1, EndLine: 1}
		change(&c)
		c.ID = chunkID(&c)
		p := Parsed{Page: docent.Page{Path: "a.md", URL: "/a", Chunks: 1}, Chunks: []docent.Chunk{c}}
		p.Page.Hash = p.name()
		return p
	}
	good := named(func(c *docent.Chunk) { c.Called, c.About = []string{"name"}, "more" })
	if err := good.Check(unit); err != nil {
		t.Fatal(err)
	}
	linked := good
	linked.Page.Links = []docent.PageLink{{Path: "b.md", Text: "name"}}
	for what, bad := range map[string]Parsed{
		"too many names":    named(func(c *docent.Chunk) { c.Called = make([]string, maxCalled+1) }),
		"too long a name":   named(func(c *docent.Chunk) { c.Called = []string{strings.Repeat("x", maxCalledText+1)} }),
		"too much about it": named(func(c *docent.Chunk) { c.About = strings.Repeat("x", maxAbout+1) }),
		"what is no text":   named(func(c *docent.Chunk) { c.About = "\xff" }),
		"links of its own":  linked,
	} {
		if err := bad.Check(unit); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}
