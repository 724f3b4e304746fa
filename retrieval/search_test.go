package retrieval

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// manual is a small documentation.
func manual() []docent.Chunk {
	return slices.Concat(
		page("install.md", "Installation", "", "Docent is one program.", "linux", "To install it on Linux, run the script. Then check the version.", "windows", "Unpack the archive."),
		page("port.md", "Listening", "port", "The server listens on port 8000. Set `--port` or `server.port` to change it.", "host", "It listens on loopback unless the host is set."),
		page("log.md", "Logging", "level", "The level of the log is set by `--log-level`.", "format", "One line of JSON for each request."),
		page("model.md", "Models", "key", "Put the API key of the model's server into the environment.", "timeout", "The first token has to come within 30 seconds. The server waits no longer."),
	)
}

func searcher(chunks []docent.Chunk) (*Searcher, *memory) {
	m := published(map[docent.Unit][]docent.Chunk{unit: chunks})
	return New(m, standard()), m
}

func TestSearchFindsSections(t *testing.T) {
	s, _ := searcher(manual())
	tests := map[string]string{
		"how do i install it":            "install.md#linux",
		"change the port":                "port.md#port",
		"--log-level":                    "log.md#level",
		"where does the API key go?":     "model.md#key",
		"waiting for tokens":             "model.md#timeout",
		"What does SERVER.PORT control?": "port.md#port",
	}
	for question, want := range tests {
		found := search(t, s, docent.Query{Text: question})
		if got := anchors(found); len(got) == 0 || got[0] != want {
			t.Errorf("%q: found %v, want %s first", question, got, want)
		}
	}
}

func TestQuestionsBesideTheSubjectAreRefused(t *testing.T) {
	s, _ := searcher(manual())
	for _, question := range []string{"How do I bake a sourdough bread?", "What is the capital of France?", "", "?!", "日本の首都"} {
		if found := search(t, s, docent.Query{Text: question}); !found.Refuse || found.Answerable >= 0.35 {
			t.Errorf("%q is not refused: %.2f %v", question, found.Answerable, anchors(found))
		}
	}
	for _, question := range []string{"how do i install it", "change the port", "log level"} {
		if found := search(t, s, docent.Query{Text: question}); found.Refuse {
			t.Errorf("%q is refused: %.2f", question, found.Answerable)
		}
	}
}

func TestNothingFoundIsRefusedWhateverTheThreshold(t *testing.T) {
	m := published(map[docent.Unit][]docent.Chunk{unit: manual()})
	c := standard()
	c.RefuseBelow = 0
	found := search(t, New(m, c), docent.Query{Text: "sourdough"})
	if !found.Refuse || found.Answerable != 0 || len(found.Passages) != 0 || len(m.asked) != 0 {
		t.Errorf("%+v, the store was asked %d times", found, len(m.asked))
	}
}

func TestScoresAreOrderedShares(t *testing.T) {
	s, _ := searcher(manual())
	last := 1.0
	for _, p := range search(t, s, docent.Query{Text: "set the server port and log level"}).Passages {
		if p.Score > last || p.Score <= 0 {
			t.Errorf("%s scores %v after %v", p.Anchor, p.Score, last)
		}
		last = p.Score
	}
}

func TestLimitAndConfiguredPassages(t *testing.T) {
	s, _ := searcher(manual())
	if n := len(search(t, s, docent.Query{Text: "server set run listens", Limit: 1}).Passages); n != 1 {
		t.Errorf("%d passages for a limit of 1", n)
	}
	s.config.Passages = 2
	if n := len(search(t, s, docent.Query{Text: "server set run listens"}).Passages); n != 2 {
		t.Errorf("%d passages where 2 are configured", n)
	}
}

func TestTheStoreIsAskedForWhatItHas(t *testing.T) {
	s, m := searcher(manual())
	search(t, s, docent.Query{Text: "install sourdough on Linux", Filters: docent.Filters{PathPrefix: "install"}})
	want := docent.CandidateQuery{Releases: m.releases, Terms: []string{"instal", "linux"}, PathPrefix: "install", Limit: 100}
	if diff := cmp.Diff([]docent.CandidateQuery{want}, m.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSeveralUnitsRankAsOne: however the pages are spread over sources, the
// ranking is that of one index.
func TestSeveralUnitsRankAsOne(t *testing.T) {
	chunks := manual()
	whole, _ := searcher(chunks)
	parts := map[docent.Unit][]docent.Chunk{}
	for _, c := range chunks {
		u := unit
		u.Source = "part-" + c.Path[:1]
		parts[u] = append(parts[u], c)
	}
	divided := New(published(parts), standard())
	for _, question := range []string{"change the port of the server", "how is the log level set", "run", "first token"} {
		one := search(t, whole, docent.Query{Text: question})
		many := search(t, divided, docent.Query{Text: question})
		if diff := cmp.Diff(anchors(one), anchors(many)); diff != "" {
			t.Errorf("%q (-one +many):\n%s", question, diff)
		}
		if one.Answerable != many.Answerable || len(many.Releases) != len(parts) {
			t.Errorf("%q: answerable %v and %v", question, one.Answerable, many.Answerable)
		}
	}
}

func TestRanksDoNotDependOnTheStoresOrder(t *testing.T) {
	chunks := manual()
	for i := range 6 { // equal scores
		chunks = append(chunks, page(fmt.Sprintf("same%d.md", i), "Same", fmt.Sprint("part", i), fmt.Sprintf("The server restarts on signal %d.", i))...)
	}
	want := anchors(search(t, New(published(map[docent.Unit][]docent.Chunk{unit: chunks}), standard()), docent.Query{Text: "server restarts"}))
	for seed := range uint64(10) {
		shuffled := slices.Clone(chunks)
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		s, _ := searcher(shuffled)
		if diff := cmp.Diff(want, anchors(search(t, s, docent.Query{Text: "server restarts"}))); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

func TestEachLanguageIsAskedInItsOwnTerms(t *testing.T) {
	german := docent.Unit{Site: docent.DefaultSite, Source: "handbuch", Lang: "de"}
	m := published(map[docent.Unit][]docent.Chunk{
		unit:   manual(),
		german: page("haus.md", "Häuser", "bau", "Die Häuser werden gebaut."),
	})
	found := search(t, New(m, standard()), docent.Query{Text: "install Häuser"})
	if got := anchors(found); !slices.Contains(got, "haus.md#bau") || !slices.Contains(got, "install.md#linux") {
		t.Errorf("found %v", got)
	}
}

func TestMergedStatisticsAreKeptUntilARelease(t *testing.T) {
	other := unit
	other.Source = "other"
	m := published(map[docent.Unit][]docent.Chunk{unit: manual(), other: page("x.md", "X", "x", "Another port.")})
	s := New(m, standard())
	for range 3 {
		search(t, s, docent.Query{Text: "port"})
	}
	if m.statsN != 2 {
		t.Errorf("statistics were read %d times, want once for each of 2 releases", m.statsN)
	}
	m.releases[0].Number++
	search(t, s, docent.Query{Text: "port"})
	if m.statsN != 4 {
		t.Errorf("after a release statistics were read %d times in all, want 4", m.statsN)
	}
	for i := range 3 * maxMerged {
		m.releases[0].Number = i
		search(t, s, docent.Query{Text: "port"})
	}
	if n := len(s.merged.kept); n != maxMerged {
		t.Errorf("%d merged statistics are kept, want %d", n, maxMerged)
	}
}

func TestErrorsOfTheIndexComeBack(t *testing.T) {
	s, m := searcher(manual())
	m.err = errors.New("disk")
	if _, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "port"}); !errors.Is(err, m.err) {
		t.Errorf("got %v", err)
	}
	m.err = nil
	m.terms = map[string][]byte{"docs||en|port.md#port": []byte("old")}
	if _, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "port"}); docent.CodeOf(err) != docent.CodeIndexStamp {
		t.Errorf("unreadable terms: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.terms = nil
	if _, err := s.Search(ctx, docent.Query{Site: docent.DefaultSite, Text: "port"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := s.Search(t.Context(), docent.Query{Site: "another", Text: "port"}); docent.CodeOf(err) != docent.CodeNoIndex {
		t.Errorf("another site: %v", err)
	}
}

func TestPublicURLStandsBeforeRootedOnes(t *testing.T) {
	chunks := page("a.md", "A", "x", "The port.")
	chunks[0].Links = []docent.Link{{Text: "b", URL: "/docs/b"}, {Text: "c", URL: "https://c.example/"}, {Text: "d", URL: "//d.example/"}}
	m := published(map[docent.Unit][]docent.Chunk{unit: chunks})
	c := standard()
	c.PublicURL = "https://docs.example.com/ask/"
	s := New(m, c)
	want := []string{"https://docs.example.com/ask/a.md#x", "https://docs.example.com/ask/docs/b", "https://c.example/", "//d.example/"}
	urls := func(c docent.Chunk) []string {
		out := []string{c.URL}
		for _, l := range c.Links {
			out = append(out, l.URL)
		}
		return out
	}
	for range 2 { // what the index gave is not changed
		if diff := cmp.Diff(want, urls(search(t, s, docent.Query{Text: "port"}).Passages[0].Chunk)); diff != "" {
			t.Errorf("passage (-want +got):\n%s", diff)
		}
		page, read, err := s.Page(t.Context(), docent.DefaultSite, docent.Filters{}, "a.md")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, urls(read[0])); diff != "" || page.URL != "https://docs.example.com/ask/a.md" {
			t.Errorf("page %s (-want +got):\n%s", page.URL, diff)
		}
	}
}

func TestPageIsOfTheChosenVersion(t *testing.T) {
	v1, v2, cli := unit, unit, docent.Unit{Site: docent.DefaultSite, Source: "zcli"}
	v1.Version, v2.Version = "1.0", "2.0"
	s := New(published(map[docent.Unit][]docent.Chunk{
		v1:  page("a.md", "One", "x", "old"),
		v2:  page("a.md", "Two", "x", "new"),
		cli: page("cli.md", "CLI", "x", "commands"),
	}), standard())
	for _, tt := range []struct {
		filters     docent.Filters
		path, title string
	}{
		{docent.Filters{}, "a.md", "Two"},
		{docent.Filters{Version: "1.0"}, "a.md", "One"},
		{docent.Filters{}, "cli.md", "CLI"},
		{docent.Filters{Source: "docs"}, "cli.md", ""},
		{docent.Filters{}, "gone.md", ""},
	} {
		page, _, err := s.Page(t.Context(), docent.DefaultSite, tt.filters, tt.path)
		if tt.title == "" && docent.CodeOf(err) != docent.CodeNotFound || tt.title != "" && err != nil || page.Title != tt.title {
			t.Errorf("%+v %s: %q and %v", tt.filters, tt.path, page.Title, err)
		}
	}
}

func TestTheNoteSaysWhatBecameOfTheFilters(t *testing.T) {
	v1 := unit
	v1.Version = "1.0"
	s := New(published(map[docent.Unit][]docent.Chunk{v1: manual()}), standard())
	found := search(t, s, docent.Query{Text: "port", Filters: docent.Filters{Version: "9"}})
	if !strings.Contains(found.Note, `"9"`) || len(found.Passages) == 0 {
		t.Errorf("note %q, %d passages", found.Note, len(found.Passages))
	}
}
