package retrieval

import (
	"context"
	"strings"
	"testing"

	"docent"
	"docent/embedding"
	"docent/eval"
)

// TestThePageThatTheReaderIsOnHelpsWhereItAnswersAndHardlyHurtsElsewhere asks the
// manual's questions on a page that answers them, and on another one.
func TestThePageThatTheReaderIsOnHelpsWhereItAnswersAndHardlyHurtsElsewhere(t *testing.T) {
	s := New(ingested(t, "../docs-sample"), standard(), WithEmbed(embedding.Builtin().Query), WithBuiltin())
	questions := readQuestions(t)
	asked := func(page func(i int) string) eval.Summary {
		results, err := eval.Run(t.Context(), questions, func(ctx context.Context, q eval.Question, limit int) (docent.Found, error) {
			on := page(q.Line - 1)
			if on != "" {
				on = "https://docs.example.com/docs/docs/en/" + strings.TrimSuffix(on, ".md") + "/?from=search#top"
			}
			return s.Search(ctx, docent.Query{Site: docent.DefaultSite, Text: q.Question, History: q.History, Limit: limit, Filters: q.Filters, Page: on})
		})
		if err != nil {
			t.Fatal(err)
		}
		return eval.NewReport("", results).Summary
	}
	relevant := func(i int) string {
		if len(questions[i].Relevant) == 0 {
			return ""
		}
		return questions[i].Relevant[0].Path
	}
	nowhere := asked(func(int) string { return "" })
	there := asked(relevant)
	elsewhere := asked(func(i int) string { return relevant((i + 50) % len(questions)) })
	if there.Page.MRR < nowhere.Page.MRR+.02 || elsewhere.Page.MRR < nowhere.Page.MRR-.01 {
		t.Errorf("MRR@10 of pages: %.3f nowhere, %.3f there, %.3f elsewhere", nowhere.Page.MRR, there.Page.MRR, elsewhere.Page.MRR)
	}
}

// versions is an index of two versions in two languages, each of one page that
// says which it is of, beside a source without versions.
func versions() *Searcher {
	units := map[docent.Unit][]docent.Chunk{
		{Site: docent.DefaultSite, Source: "api", Lang: "en"}: page("/api", "Requests", "timeout", "The timeout of a request."),
	}
	for _, version := range []string{"1", "2"} {
		for _, lang := range []string{"en", "fr"} {
			at := "/" + version + "/" + lang
			units[docent.Unit{Site: docent.DefaultSite, Source: "docs", Version: version, Lang: lang}] = page(at, "Server", "timeout", "The timeout of the server.")
		}
	}
	return New(published(units), standard())
}

func TestThePagesVersionAndLanguageCountWhereTheFiltersSayNothing(t *testing.T) {
	s := versions()
	for _, tt := range []struct {
		page    string
		filters docent.Filters
		want    string // the page of docs that is found
	}{
		{"", docent.Filters{}, "/2/en"},
		{"https://x.example/1/en/?q=1#timeout", docent.Filters{}, "/1/en"},
		{"/1/fr", docent.Filters{}, "/1/fr"},
		{"/1/fr", docent.Filters{Lang: "en"}, "/1/en"},
		{"/1/fr", docent.Filters{Version: "2"}, "/2/fr"},
		{"/1/fr", docent.Filters{Version: "2", Lang: "en"}, "/2/en"},
		{"/1/fr.html", docent.Filters{}, "/1/fr"},
		{"https://x.example/unknown", docent.Filters{}, "/2/en"},
		{"::not an address", docent.Filters{}, "/2/en"},
	} {
		for range 2 { // the second time from memory
			found := search(t, s, docent.Query{Text: "timeout", Page: tt.page, Filters: tt.filters})
			got := ""
			for _, p := range found.Passages {
				if p.Unit.Source == "docs" {
					got = p.Path
				}
			}
			if got != tt.want || len(found.Passages) != 2 || found.Note != "" {
				t.Errorf("%s with %+v: found %q of %d, noted %q; want %q", tt.page, tt.filters, got, len(found.Passages), found.Note, tt.want)
			}
		}
	}
	if found := search(t, s, docent.Query{Text: "timeout", Page: "/1/fr", Filters: docent.Filters{Source: "api"}}); len(found.Passages) != 1 {
		t.Errorf("a source was asked for: %v", anchors(found))
	}
}

func TestAQuestionLeansOnWhatIsMarkedWhereItSaysSo(t *testing.T) {
	marked := "the glaze " + strings.Repeat("melts ", 500)
	for question, want := range map[string]string{
		"what does this mean?": "the glaze melts",
		"why?":                 "the glaze melts",
		"and on Windows?":      "the glaze melts",
		"How do I change the kiln's fan speed limit?": "",
	} {
		got := leansOn(docent.Query{Text: question, Selection: marked, History: talk("Where is the log?")})
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("%s leans on %+v", question, got)
		case want != "" && (len(got) != 1 || !strings.HasPrefix(got[0].text, want) || len(strings.Fields(got[0].text)) > selectedWords):
			t.Errorf("%s leans on %+v", question, got)
		}
	}
	if got := leansOn(docent.Query{Text: "what does this mean?", Selection: " \n", History: talk("Where is the log?")}); len(got) != 1 || got[0].text != "Where is the log?" {
		t.Errorf("with nothing marked it leans on %+v", got)
	}
}
