package docs

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/tools"
)

// library answers with what it holds, and keeps what it was asked.
type library struct {
	found    docent.Found
	sections []docent.Passage
	listed   []Listed
	asked    docent.Query
	at       string
}

func (l *library) Search(_ context.Context, q docent.Query) (docent.Found, error) {
	l.asked = q
	return l.found, nil
}

func (l *library) Sections(_ context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Passage, error) {
	l.asked, l.at = docent.Query{Site: site, Filters: f}, at
	if l.sections == nil {
		return docent.Page{}, nil, docent.Errorf(docent.CodeNotFound, "there is no page %q", at)
	}
	return docent.Page{Title: "Install"}, l.sections, nil
}

func (l *library) Listing(_ context.Context, site string, f docent.Filters) ([]Listed, error) {
	l.asked = docent.Query{Site: site, Filters: f}
	return l.listed, nil
}

// call calls a tool as a model does, for a question that is narrowed.
func call(t *testing.T, l Library, name, arguments string, f docent.Filters) (docent.ToolResult, error) {
	t.Helper()
	made := Tools(l, []string{name})
	if len(made) != 1 || !made[0].Docs {
		t.Fatalf("%s: %+v", name, made)
	}
	checked, err := tools.Checked(made[0])
	if err != nil {
		t.Fatal(err)
	}
	return checked.Call(context.Background(), docent.ToolCall{Arguments: []byte(arguments), Who: docent.ToolCaller{Site: "s"}, Filters: f})
}

func TestAllToolsOfTheConfigurationAreMade(t *testing.T) {
	if made := Tools(&library{}, tools.DocsTools); len(made) != len(tools.DocsTools) {
		t.Errorf("%d tools", len(made))
	}
	if made := Tools(&library{}, nil); len(made) != 0 {
		t.Errorf("%d tools without a name", len(made))
	}
}

func TestASearchSeesWhatTheQuestionSees(t *testing.T) {
	l := &library{found: docent.Found{Passages: []docent.Passage{{Score: 1}}, Note: "version 2 was searched", Refuse: true}}
	got, err := call(t, l, "search_docs", `{"query":"the port","source":"other","version":"2","lang":"de","limit":3}`,
		docent.Filters{Source: "manual", Version: "1", PathPrefix: "guides/", Index: "pr-1"})
	want := docent.Query{Site: "s", Text: "the port", Limit: 3, Whole: true,
		Filters: docent.Filters{Source: "manual", Version: "2", Lang: "de", PathPrefix: "guides/", Index: "pr-1"}}
	if diff := cmp.Diff(want, l.asked); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	if len(got.Passages) != 1 || !strings.Contains(got.Text, "hardly") || !strings.Contains(got.Text, "version 2 was searched") || got.Summary != "the port: 1" {
		t.Errorf("%+v", got)
	}
	if _, err := call(t, l, "search_docs", `{"query":"x","source":"other"}`, docent.Filters{}); err != nil || l.asked.Filters.Source != "other" || l.asked.Limit != usualHits {
		t.Errorf("%+v, %v", l.asked, err)
	}
	if got, err := call(t, &library{}, "search_docs", `{"query":"x"}`, docent.Filters{}); err != nil || got.Text != "Nothing was found." {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{`{}`, `{"query":""}`, `{"query":"x","limit":11}`, `{"query":"x","path":"y"}`} {
		if _, err := call(t, l, "search_docs", bad, docent.Filters{}); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func section(anchor string, headings ...string) docent.Passage {
	return docent.Passage{Chunk: docent.Chunk{Title: "Install", Headings: headings, Anchor: anchor}}
}

func TestAPageIsReadWholeOrBySection(t *testing.T) {
	l := &library{sections: []docent.Passage{section(""), section("linux", "Linux"), section("arch", "Linux", "Arch"), section("mac", "macOS")}}
	for i := range l.sections {
		l.sections[i].Section = i
	}
	for arguments, want := range map[string]string{
		`{"path":"install.md"}`:                        "Install Linux Arch macOS",
		`{"path":"install.md","section":"linux"}`:      "Linux Arch",
		`{"url":"https://x/install#mac"}`:              "macOS",
		`{"url":"/docs/install","section":"#arch"}`:    "Arch",
		`{"path":"install.md","section":"no such"}`:    "",
		`{"path":"install.md#mac","section":"Arch"}`:   "Arch",
		`{"url":"/a","path":"/b","section":" MACOS "}`: "macOS",
	} {
		got, err := call(t, l, "read_page", arguments, docent.Filters{})
		var names []string
		for _, p := range got.Passages {
			names = append(names, p.Heading())
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s: %q", arguments, names)
		}
		if (err != nil) != (want == "") || strings.Contains(l.at, "#") {
			t.Errorf("%s: at %q, %v", arguments, l.at, err)
		}
		if want == "" && !strings.Contains(err.(*docent.Error).Told(), "Install; Linux; Arch; macOS") {
			t.Errorf("%s: %v", arguments, err)
		}
	}
	if _, err := call(t, &library{}, "read_page", `{"path":"gone.md"}`, docent.Filters{}); docent.CodeOf(err) != docent.CodeNotFound {
		t.Errorf("a page that is gone: %v", err)
	}
	if _, err := call(t, l, "read_page", `{}`, docent.Filters{}); docent.CodeOf(err) != docent.CodeInvalid {
		t.Errorf("no page: %v", err)
	}
}

func TestPagesAreListedInTheOrderOfTheNavigation(t *testing.T) {
	pages := []docent.Page{{Path: "guides/z.md", Title: "Z", Order: 2}, {Path: "a.md", Title: "A"}, {Path: "guides/b.md", Title: "B", Order: 3}, {Path: "index.md", Title: "Home", Order: 1}}
	l := &library{listed: []Listed{{docent.Unit{Source: "manual", Version: "2", Lang: "en"}, pages}, {docent.Unit{Source: "empty"}, nil}}}
	for arguments, want := range map[string]string{
		`{}`:                    "manual 2 en:\nindex.md: Home\nguides/z.md: Z\nguides/b.md: B\na.md: A\n",
		`{"prefix":"/guides/"}`: "manual 2 en:\nguides/z.md: Z\nguides/b.md: B\n",
		`{"prefix":"none"}`:     "There is no such page.",
	} {
		if got, err := call(t, l, "list_pages", arguments, docent.Filters{}); err != nil || got.Text != want {
			t.Errorf("%s: %q, %v", arguments, got.Text, err)
		}
	}
	if got, _ := call(t, l, "list_pages", `{}`, docent.Filters{PathPrefix: "guides/b"}); strings.Count(got.Text, "\n") != 2 {
		t.Errorf("beyond what the question is narrowed to: %q", got.Text)
	}
	l.listed[0].Pages = nil
	for i := range maxListed + 5 {
		l.listed[0].Pages = append(l.listed[0].Pages, docent.Page{Path: fmt.Sprintf("%03d.md", i)})
	}
	if got, _ := call(t, l, "list_pages", `{}`, docent.Filters{}); !strings.HasSuffix(got.Text, "5 more: choose by prefix.\n") || strings.Contains(got.Text, "202.md") {
		t.Errorf("%q", got.Text[len(got.Text)-60:])
	}
}

func TestTheChunksOfASectionStayTogether(t *testing.T) {
	part := func(section int, headings ...string) docent.Chunk {
		return docent.Chunk{Title: "Install", Headings: headings, Section: section}
	}
	page := []docent.Chunk{part(0), part(1, "Linux"), part(1, "Linux"), part(2, "Linux", "Arch"), part(3, "macOS")}
	itself := func(c *docent.Chunk) *docent.Chunk { return c }
	if got, err := Below(page, itself, "linux"); err != nil || len(got) != 3 || got[2].Section != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := Below(page, itself, "x"); docent.CodeOf(err) != docent.CodeNotFound || strings.Count(err.(*docent.Error).Told(), "Linux") != 1 {
		t.Errorf("%v", err)
	}
	if got, err := Below(page, itself, " "); err != nil || len(got) != len(page) {
		t.Errorf("all of it: %d, %v", len(got), err)
	}
}
