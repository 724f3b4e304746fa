package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docent"
	"docent/analysis"
)

func publishingMakesVisible(t *testing.T, o opener) {
	s := o.index(t)
	r := publish(t, s, guide, corpus{"a.md": {"apples grow", "pears grow"}, "b.md": {"plums fall"}})
	want := docent.Release{Unit: guide, Number: 1, Pages: 2, Chunks: 3, Active: true}
	if diff := cmp.Diff(want, r, cmpopts.IgnoreFields(r, "CreatedAt")); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
	if r.CreatedAt.IsZero() {
		t.Error("a release says when it was made")
	}
	releases, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	if diff := cmp.Diff([]docent.Release{r}, releases); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
	if got := found(t, s, in(r), "plum"); !cmp.Equal(got, []string{"plums fall"}) {
		t.Errorf("candidates %q", got)
	}
	_, _, err = s.Page(t.Context(), r, "c.md")
	code(t, err, docent.CodeNotFound)
	_, err = s.Stats(t.Context(), docent.Release{Unit: guide, Number: 2})
	code(t, err, docent.CodeNotFound)
}

func everythingComesBack(t *testing.T, o opener) {
	s := o.index(t)
	text := "Use `--log.level`:\n\n```sh\nserve --log.level <debug>\n```\n\nßtraße 東京 \u2028"
	c := indexed(docent.Chunk{
		Unit: guide, Path: "ref/ünïcode page.md", Title: "Flags & \"quotes\"", Headings: []string{"Options", "Logging"},
		Anchor: "logging", URL: "https://docs.example.com/ref/#logging", Text: text,
		Blocks: []docent.Block{
			{Kind: docent.BlockParagraph, Start: 0, End: 18, Line: 3, EndLine: 3},
			{Kind: docent.BlockCode, Start: 20, End: 55, Line: 5, EndLine: 7, Lang: "sh"},
		},
		Links: []docent.Link{{Text: "all", URL: "/all#x", Path: "all.md", Anchor: "x", Line: 3}},
		Line:  3, EndLine: 9, Ordinal: 0, Section: 2, Tokens: 31,
		Called: []string{"verbosity", "how much is told"}, About: "all flags\nref ünïcode page",
	})
	lead := indexed(docent.Chunk{Unit: guide, Path: c.Path, Title: c.Title, Text: "words", URL: "/", Ordinal: 1})
	page := docent.Page{Path: c.Path, Title: c.Title, URL: "https://docs.example.com/ref/", Description: "all flags",
		Breadcrumbs: []string{"Home", "Reference"}, Order: 12, Hash: "h+1", Chunks: 2,
		Links: []docent.PageLink{{Path: "all.md", Anchor: "x", Text: "all \"flags\""}, {Path: "index.md", Text: "start"}}}

	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	_, _, stats := b.Base()
	must(t, stats.Add(c.Terms))
	must(t, stats.Add(lead.Terms))
	must(t, b.Put(t.Context(), page, []docent.IndexedChunk{c, lead}, nil))
	r, err := b.Publish(t.Context(), stats)
	must(t, err)
	must(t, b.Close())

	if byURL, _, err := s.Page(t.Context(), r, page.URL); err != nil || byURL.Path != c.Path {
		t.Errorf("by its URL: %+v, %v", byURL, err)
	}
	gotPage, chunks, err := s.Page(t.Context(), r, c.Path)
	must(t, err)
	if diff := cmp.Diff(page, gotPage); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]docent.Chunk{c.Chunk, lead.Chunk}, chunks, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("chunks (-want +got):\n%s", diff)
	}
	for section, want := range map[int][]docent.Chunk{c.Section: {c.Chunk}, lead.Section: {lead.Chunk}, 99: nil} {
		got, err := s.Section(t.Context(), r, c.Path, section)
		must(t, err)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("section %d (-want +got):\n%s", section, diff)
		}
	}
	got, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: []docent.Release{r}, Terms: []string{"--log.level"}, Limit: 5})
	must(t, err)
	want := docent.Candidate{ID: c.ID, Unit: guide, Path: c.Path, Ordinal: c.Ordinal, Section: c.Section, Terms: c.Terms, Lexical: 1}
	if diff := cmp.Diff([]docent.Candidate{want}, got, cmpopts.IgnoreFields(want, "Key")); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	bodies, err := s.Bodies(t.Context(), got)
	must(t, err)
	if diff := cmp.Diff(map[string]docent.Chunk{c.ID: c.Chunk}, bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
	b, err = s.Begin(t.Context(), guide)
	must(t, err)
	defer b.Close()
	base, pages, again := b.Base()
	if diff := cmp.Diff(map[string]docent.Page{page.Path: page}, pages); diff != "" || base.Number != 1 {
		t.Errorf("base %d, pages (-want +got):\n%s", base.Number, diff)
	}
	if diff := cmp.Diff(stats, again); diff != "" {
		t.Errorf("statistics (-want +got):\n%s", diff)
	}
	refs, err := b.Chunks(t.Context(), c.Path)
	must(t, err)
	if diff := cmp.Diff([]docent.ChunkRef{{ID: c.ID, Terms: c.Terms}, {ID: lead.ID, Terms: lead.Terms}}, refs); diff != "" {
		t.Errorf("chunk references (-want +got):\n%s", diff)
	}
}

// large is more than a store gathers before it writes.
func large(word string) corpus {
	docs := corpus{}
	for i := range 120 {
		for j := range 8 {
			docs[fmt.Sprintf("p%d.md", i)] = append(docs[fmt.Sprintf("p%d.md", i)], fmt.Sprintf("%s number %d of page %d", word, j, i))
		}
	}
	return docs
}

func closingUndoes(t *testing.T, o opener) {
	s := o.index(t)
	first := publish(t, s, guide, large("apple"))
	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	for path, texts := range large("plum") {
		refs, err := b.Chunks(t.Context(), path)
		must(t, err)
		var retire []string
		for _, ref := range refs {
			retire = append(retire, ref.ID)
		}
		must(t, b.Put(t.Context(), pageOf(path, texts), chunksOf(guide, path, texts), retire))
	}
	must(t, b.Close())
	must(t, b.Close())

	releases, err := s.AllReleases(t.Context(), guide.Site)
	must(t, err)
	if diff := cmp.Diff([]docent.Release{first}, releases); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
	if n := len(found(t, s, docent.CandidateQuery{Releases: releases, Limit: 2000}, "apple")); n != first.Chunks {
		t.Errorf("%d chunks are left, want %d", n, first.Chunks)
	}
	docs := large("apple")
	docs["new.md"] = []string{"cherry"}
	if r := publish(t, s, guide, docs); r.Number != 2 || r.Chunks != first.Chunks+1 {
		t.Errorf("the next build became release %d with %d chunks", r.Number, r.Chunks)
	}
}

func wrongCountIsRefused(t *testing.T, o opener) {
	s := o.index(t)
	publish(t, s, guide, corpus{"a.md": {"apple"}})
	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	defer b.Close()
	must(t, b.Put(t.Context(), pageOf("b.md", []string{"plum"}), chunksOf(guide, "b.md", []string{"plum"}), nil))
	_, _, stats := b.Base()
	if _, err := b.Publish(t.Context(), stats); err == nil {
		t.Fatal("a release of two chunks was published with the statistics of one")
	}
	must(t, b.Close())
	releases, err := s.Releases(t.Context(), guide.Site)
	must(t, err)
	if len(releases) != 1 || releases[0].Number != 1 {
		t.Errorf("releases %v", releases)
	}
	if got := found(t, s, in(releases[0]), "plum apple"); !cmp.Equal(got, []string{"apple"}) {
		t.Errorf("candidates %q", got)
	}
}

func oneBuildAtATime(t *testing.T, o opener) {
	s, elsewhere := o.index(t), o.index(t)
	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	for _, store := range []IndexStore{s, elsewhere} {
		_, err = store.Begin(t.Context(), guide)
		code(t, err, docent.CodeConflict)
	}
	publish(t, elsewhere, docent.Unit{Site: guide.Site, Source: "other"}, corpus{"a.md": {"apple"}})
	must(t, b.Close())
	publish(t, elsewhere, guide, corpus{"a.md": {"apple"}})
	publish(t, s, guide, corpus{"a.md": {"apple", "plum"}})

	b, err = s.Begin(t.Context(), guide)
	must(t, err)
	_, _, stats := b.Base()
	_, err = b.Publish(t.Context(), stats)
	must(t, err)
	code(t, b.Put(t.Context(), docent.Page{Path: "late.md"}, nil, nil), docent.CodeConflict)
	_, err = b.Publish(t.Context(), stats)
	code(t, err, docent.CodeConflict)
	must(t, b.Close())
}

func lastChangeCounts(t *testing.T, o opener) {
	s := o.index(t)
	publish(t, s, guide, corpus{"a.md": {"apple", "pear"}, "b.md": {"plum"}})
	b, err := s.Begin(t.Context(), guide)
	must(t, err)
	defer b.Close()
	put := func(path string, texts []string, retire []string) {
		must(t, b.Put(t.Context(), pageOf(path, texts), chunksOf(guide, path, texts), retire))
	}
	refs, err := b.Chunks(t.Context(), "a.md")
	must(t, err)
	put("a.md", []string{"first try"}, []string{refs[0].ID, refs[1].ID})
	put("a.md", []string{"second try"}, []string{refs[0].ID})
	must(t, b.Remove(t.Context(), "b.md"))
	put("b.md", []string{"cherry"}, nil)
	must(t, b.Remove(t.Context(), "not there.md"))
	stats := &analysis.Stats{Chunks: 4} // only the count is held against the release
	r, err := b.Publish(t.Context(), stats)
	must(t, err)
	for path, want := range map[string][]string{"a.md": {"second try", "pear"}, "b.md": {"plum", "cherry"}} {
		_, chunks, err := s.Page(t.Context(), r, path)
		must(t, err)
		var got []string
		for _, c := range chunks {
			got = append(got, c.Text)
		}
		if diff := cmp.Diff(want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}
