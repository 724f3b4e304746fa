package web

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func passage(id, path string, section int) docent.Passage {
	return docent.Passage{Score: 0.5, Snippet: "s", Chunk: docent.Chunk{
		ID: id, Unit: docent.Unit{Source: "manual", Version: "2", Lang: "en"}, Path: path, Title: "Environment",
		Headings: []string{"Server", "Port"}, URL: "/docs/manual/" + path + "#port", Section: section,
	}}
}

func TestSearchGivesEachSectionOnce(t *testing.T) {
	r := newRig(t, nil)
	r.search.found = docent.Found{
		Passages:   []docent.Passage{passage("c1", "env.md", 3), passage("c2", "env.md", 3), passage("c3", "other.md", 3)},
		Answerable: 0.75, Note: "version 9 is unknown",
		Releases: []docent.Release{{Unit: docent.Unit{Source: "manual", Version: "2", Lang: "en"}, Number: 3}, {Unit: docent.Unit{Source: "blog"}, Number: 1}},
	}
	w := r.do("GET", "/api/v1/search?q=the+port&limit=5&source=manual&version=9&lang=en&path_prefix=e", "")
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if took, ok := got["took_ms"].(float64); !ok || took < 0 {
		t.Errorf("took_ms is %v", got["took_ms"])
	}
	delete(got, "took_ms")
	row := func(id, path string) map[string]any {
		return map[string]any{
			"id": id, "title": "Environment", "heading": "Port", "url": "/docs/manual/" + path + "#port", "path": path,
			"snippet": "s", "score": 0.5, "source": "manual", "version": "2", "lang": "en",
		}
	}
	want := map[string]any{
		"query": "the port", "results": []any{row("c1", "env.md"), row("c3", "other.md")},
		"index": "manual/2/en@3, blog@1", "answerable": 0.75, "note": "version 9 is unknown",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	asked := docent.Query{Site: "default", Text: "the port", Limit: 5, Filters: docent.Filters{Source: "manual", Version: "9", Lang: "en", PathPrefix: "e"}}
	if diff := cmp.Diff(asked, r.search.asked); diff != "" {
		t.Error(diff)
	}
}

func TestSearchWithoutResultsHasAnEmptyList(t *testing.T) {
	if w := newRig(t, nil).do("GET", "/api/v1/search?q=x", ""); !strings.Contains(w.Body.String(), `"results":[]`) {
		t.Errorf("%s", w.Body)
	}
}

func TestSearchSaysWhatDoesNotFit(t *testing.T) {
	r := newRig(t, nil)
	for _, query := range []string{"", "q=", "q=%20", "q=x&limit=51", "q=x&limit=0", "q=" + strings.Repeat("x", 2001), "q=x&source=" + strings.Repeat("x", 1001)} {
		wantProblem(t, r.do("GET", "/api/v1/search?"+query, ""), 422, docent.CodeInvalid)
	}
	r.search.err = &docent.Error{Code: docent.CodeNoIndex, Message: "nothing was ingested yet", Hint: "run docent ingest DIR"}
	wantProblem(t, r.do("GET", "/api/v1/search?q=x", ""), 503, docent.CodeNoIndex, "docent ingest DIR")
}
