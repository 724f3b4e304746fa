package eval

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func chunk(path, title, anchor string, headings []string, links ...docent.Link) docent.Chunk {
	return docent.Chunk{Path: path, Title: title, Anchor: anchor, Headings: headings, Links: links}
}

// book is an index of two pages that link to each other.
var book = []docent.Chunk{
	chunk("a.md", "Install", "", nil, docent.Link{Text: "choose the port", Path: "b.md", Anchor: "port"}, docent.Link{Text: "Change the port", Path: "b.md", Anchor: "port"}),
	chunk("a.md", "Install", "linux", []string{"On Linux"}, docent.Link{Text: "all settings", Path: "b.md"}, docent.Link{Text: "a lost page", Path: "gone.md"}),
	chunk("a.md", "Install", "more", []string{"More"}),
	chunk("b.md", "Settings", "port", []string{"Change the port"}, docent.Link{Text: "choose the port", Path: "a.md", Anchor: "linux"}, docent.Link{Text: "within the page", Path: "b.md", Anchor: "more"}),
	chunk("b.md", "Settings", "more", []string{"More"}),
	chunk("b.md", "Settings", "more", []string{"More"}),
}

func proposed(text, tag, source string, relevant ...Target) Question {
	return Question{Question: text, Relevant: relevant, Answerable: len(relevant) > 0, Tags: []string{tag}, Source: source}
}

func TestQuestionsAreProposedOfEachKindInTurn(t *testing.T) {
	asked := []Asked{{"where is the log?", "refused", []Target{}}, {"Change the port", "rated-up", []Target{to("b.md", "port")}}}
	want := []Question{
		proposed("where is the log?", "refused", "conversations", []Target{}...),
		proposed("choose the port", "link", "a.md", to("b.md", "port"), to("a.md", "linux")),
		proposed("On Linux", "heading", "a.md", to("a.md", "linux")),
		proposed("Change the port", "rated-up", "conversations", to("b.md", "port")),
		proposed("all settings", "link", "a.md", to("b.md", "*")),
		proposed("More (Install)", "heading", "a.md", to("a.md", "more")),
		proposed("More (Settings)", "heading", "b.md", to("b.md", "more")),
	}
	want[0].Relevant = []Target{}
	if diff := cmp.Diff(want, Generate(book, asked, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:3], Generate(book, asked, 3)); diff != "" {
		t.Errorf("of three (-want +got):\n%s", diff)
	}
}

func TestNothingIsProposedOfNothing(t *testing.T) {
	if got := Generate(nil, nil, 5); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
