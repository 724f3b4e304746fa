package retrieval

import (
	"slices"
	"testing"

	"docent"
)

// workshop has a page on installing with many sections, and one on the log.
func workshop() *memory {
	chunks := page("install.md", "Install Kiln", "Install Kiln on Linux", "Install Kiln with the package manager.")
	for _, on := range []string{"Windows", "macOS", "FreeBSD", "Solaris", "Plan 9"} {
		chunks = append(chunks, page("install-"+on+".md", "Install Kiln", "Install Kiln on "+on, "Install Kiln by unpacking it on "+on+".")...)
	}
	chunks = append(chunks, page("log.md", "Logging", "Where the log is", "The log stands in a folder of its own.")...)
	chunks = append(chunks, page("fire.md", "Firing", "Fire a bowl", "Bowls are fired for ten hours.")...)
	return published(map[docent.Unit][]docent.Chunk{unit: chunks})
}

// paths gives the files of what was found, in order.
func paths(found docent.Found) []string {
	var out []string
	for _, p := range found.Passages {
		out = append(out, p.Path)
	}
	return out
}

func TestEachOfSeveralQuestionsFindsItsPassages(t *testing.T) {
	s := New(workshop(), standard())
	found := search(t, s, docent.Query{Text: "How do I install Kiln and where is the log?"})
	first := paths(found)[:3]
	if !slices.Contains(first, "log.md") || !slices.ContainsFunc(first, func(p string) bool { return p != "log.md" && p != "fire.md" }) {
		t.Errorf("found %q", paths(found))
	}
	got := paths(found)
	slices.Sort(got)
	if n := len(got); n != len(slices.Compact(got)) {
		t.Errorf("found %q: something stands twice", paths(found))
	}
}

func TestAQuestionWithinAnotherRefersToTheFirst(t *testing.T) {
	s := New(workshop(), standard())
	found := search(t, s, docent.Query{Text: "Where is the log and how do I change it?"})
	if got := paths(found); len(got) == 0 || got[0] != "log.md" {
		t.Errorf("found %q", got)
	}
	if q := questionsOf(docent.Query{Text: "Where is the log and how do I fire bowls?"}); len(q) != 2 || q[1].History != nil {
		t.Errorf("%+v: the second stands on its own", q)
	}
}

func TestWhatIsThereOfSeveralQuestionsIsNotRefusedForTheOthers(t *testing.T) {
	c := standard()
	s := New(workshop(), c)
	both := search(t, s, docent.Query{Text: "Where is the log and how are bowls fired?"})
	half := search(t, s, docent.Query{Text: "Where is the log and what is the capital of Mongolia?"})
	none := search(t, s, docent.Query{Text: "Who painted Guernica and what is the capital of Mongolia?"})
	if !(both.Answerable > half.Answerable && half.Answerable > none.Answerable) {
		t.Errorf("estimates are %.2f of both, %.2f of one, %.2f of neither", both.Answerable, half.Answerable, none.Answerable)
	}
	if both.Refuse || half.Refuse || !none.Refuse {
		t.Errorf("refused: both %v, one %v, neither %v", both.Refuse, half.Refuse, none.Refuse)
	}
}
