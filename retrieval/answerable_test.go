package retrieval

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/embedding"
)

// TestFewAreRefusedWronglyAndFewerAnsweredSo counts both errors over questions
// that were not written with the passages in sight. The bounds are what no
// change may fall below; a small manual makes more of the first kind, since
// readers' words are often not in it.
func TestFewAreRefusedWronglyAndFewerAnsweredSo(t *testing.T) {
	text, err := os.ReadFile("testdata/refusals.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := New(ingested(t, "../docs-sample"), standard(), WithEmbed(embedding.Builtin().Query), WithBuiltin())
	asked, wrong := map[string]int{}, map[string][]string{}
	for line := range strings.Lines(string(text)) {
		kind, question, _ := strings.Cut(strings.TrimSpace(line), " ")
		if kind == "#" {
			continue
		}
		asked[kind]++
		if found := search(t, s, docent.Query{Text: question}); found.Refuse == (kind == "+") {
			wrong[kind] = append(wrong[kind], question)
		}
	}
	t.Logf("refused wrongly %d of %d, answered wrongly %d of %d", len(wrong["+"]), asked["+"], len(wrong["-"]), asked["-"])
	if len(wrong["+"])*12 > asked["+"] || len(wrong["-"])*3 > asked["-"] {
		t.Errorf("refused wrongly:\n%s\nanswered wrongly:\n%s", strings.Join(wrong["+"], "\n"), strings.Join(wrong["-"], "\n"))
	}
}

func TestANameThatThePassageLacksCountsAgainstIt(t *testing.T) {
	unit := docent.Unit{Site: docent.DefaultSite, Source: "docs", Lang: "en"}
	page := func(path, title, text string) docent.Chunk {
		return docent.Chunk{ID: path, Path: path, Title: title, Text: text}
	}
	chunks := []docent.Chunk{
		page("users.md", "Delete users", "Delete a user with the red button. The user is gone at once."),
		page("trackers.md", "Issue trackers", "Alerts reach issue trackers such as Jira by a webhook."),
	}
	for i := range 300 { // rare words are rare among many
		path := "other" + strings.Repeat("x", i)
		chunks = append(chunks, page(path, "Other", "Nothing of interest stands on page "+path+"."))
	}
	s := New(published(map[docent.Unit][]docent.Chunk{unit: chunks}), standard())
	estimate := func(question string) float64 { return search(t, s, docent.Query{Text: question}).Answerable }
	plain, elsewhere, nowhere := estimate("How do I delete a user?"), estimate("How do I delete a user in Jira?"), estimate("How do I delete a user in Okta?")
	if plain < 0.9 || elsewhere >= plain || nowhere >= elsewhere {
		t.Errorf("without a name %.2f, with one that another page has %.2f, with one that none has %.2f", plain, elsewhere, nowhere)
	}
}

func TestNames(t *testing.T) {
	tests := []struct {
		question, lang string
		want           []string
	}{
		{"How do I delete a user in Jira?", "en", []string{"jira"}},
		{"Does it support GraphQL or iOS? Really.", "en", []string{"graphql", "ios"}},
		{"set chunk_tokens, or the API key", "en", []string{"chunk_tokens", "api"}},
		{"Where am I? And why? I'm lost", "en", nil},
		{"WHERE IS THE BUTTON", "en", nil},
		{"Wo steht der Knopf in Grafana?", "de", nil},
		{"", "", nil},
	}
	for _, tt := range tests {
		got := namesIn(tt.question, tt.lang)
		want := map[string]bool{}
		for _, w := range tt.want {
			want[w] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.question, diff)
		}
	}
}
