package retrieval

import (
	"strings"
	"testing"
	"time"

	"docent"
)

// previewed is an index of a site with two sources and a preview of the first,
// which has a translation more.
func previewed() *memory {
	at := func(site, source, lang string) docent.Unit {
		return docent.Unit{Site: site, Source: source, Lang: lang}
	}
	there := docent.PreviewSite(docent.DefaultSite, "pr-1")
	m := published(map[docent.Unit][]docent.Chunk{
		at(docent.DefaultSite, "docs", ""):   page("a.md", "Apples", "", "An apple as it was."),
		at(docent.DefaultSite, "blog", "en"): page("news.md", "News", "", "An apple in the news."),
		at(there, "docs", "en"):              page("a.md", "Apples", "", "An apple as it will be."),
		at(there, "docs", "de"):              page("a.md", "Apfel", "", "Ein apple."),
	})
	for i := range m.releases {
		m.releases[i].CreatedAt = time.Now()
		if m.releases[i].Unit.Source == "docs" {
			m.releases[i].Covers, m.releases[i].Main = "*/*", m.releases[i].Unit.Lang == "en"
		}
	}
	return m
}

func texts(found docent.Found) string {
	var all []string
	for _, p := range found.Passages {
		all = append(all, p.Text)
	}
	return strings.Join(all, " ")
}

func TestAPreviewStandsInThePlaceOfWhatItReplaces(t *testing.T) {
	s := New(previewed(), standard())
	for index, want := range map[string][]string{"": {"as it was", "in the news"}, "pr-1": {"as it will be", "in the news"}} {
		found := search(t, s, docent.Query{Text: "apple", Filters: docent.Filters{Index: index}})
		got := texts(found)
		for _, w := range want {
			if !strings.Contains(got, w) || len(found.Passages) != len(want) {
				t.Errorf("index %q finds %q", index, got)
			}
		}
		_, chunks, err := s.Page(t.Context(), docent.DefaultSite, docent.Filters{Source: "docs", Index: index}, "a.md")
		if err != nil || !strings.Contains(chunks[0].Text, want[0]) {
			t.Errorf("index %q has the page %v, %v", index, chunks, err)
		}
	}
}

func TestAPreviewThatIsNotThereIsRefused(t *testing.T) {
	index := previewed()
	for i := range index.releases {
		index.releases[i].CreatedAt = time.Now().Add(-48 * time.Hour)
	}
	ask := func(name string, life time.Duration) error {
		_, err := New(index, standard(), WithPreviews(life)).Search(t.Context(),
			docent.Query{Site: docent.DefaultSite, Text: "apple", Filters: docent.Filters{Index: name}})
		return err
	}
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"unknown":    {ask("pr-2", 0), `there is no preview "pr-2"`},
		"expired":    {ask("pr-1", 47*time.Hour), `the preview "pr-1" expired on`},
		"not so old": {ask("pr-1", 49*time.Hour), ""},
		"for ever":   {ask("pr-1", 0), ""},
	} {
		if c.says == "" && c.err == nil {
			continue
		}
		e, told := c.err.(*docent.Error)
		if !told || e.Code != docent.CodeInvalid || !strings.Contains(e.Message, c.says) || c.says == "" || e.Fields[0].Field != "index" {
			t.Errorf("%s: %#v", name, c.err)
		}
	}
}
