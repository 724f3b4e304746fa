package eval

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func TestAQuestionFileIsReadLineByLine(t *testing.T) {
	file := "\uFEFF// about ports\n" +
		`{"question": "port?", "relevant": [{"path": "a.md", "anchor": "x"}, {"path": "b.md"}], "answerable": true, "tags": ["howto"]}` + "\r\n\n" +
		`{"question": "and then?", "history": [{"role": "user", "content": "port?"}], "relevant": [], "answerable": false}` + "\n" +
		`{"question": "host?", "relevant": [{"path": "a.md", "anchor": ""}]}`
	got, err := Read(strings.NewReader(file), "q.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want := []Question{
		{Question: "port?", Relevant: []Target{to("a.md", "x"), to("b.md", "*")}, Answerable: true, Tags: []string{"howto"}, Line: 2},
		{Question: "and then?", History: []docent.ModelMessage{{Role: "user", Text: "port?"}}, Relevant: []Target{}, Line: 4},
		{Question: "host?", Relevant: []Target{to("a.md", "")}, Answerable: true, Line: 5},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsWrongWithALineIsToldByFileAndLine(t *testing.T) {
	for line, want := range map[string]string{
		`{"question": "a"`:                      "not JSON: the line ends too soon",
		`["a"]`:                                 "the line must be an object",
		`{"question": 3}`:                       "question must be a string, not of JSON's type number",
		`{"question": "a", "relevant": "a.md"}`: "relevant must be a list",
		`{"question": "a", "relevent": []}`:     `unknown field "relevent"`,
		`{"question": " ", "relevant": []}`:     "question is empty",
		`{"question": "a", "answerable": true}`: "answerable is true, but relevant names nothing",
		`{"question": "a", "relevant": [{}]}`:   "relevant[0] has no path",
		`{"question": "a"} {"question": "b"}`:   "each question is a line of its own",
		`{"question": "a", "history": [{"role": "system", "content": "x"}]}`:                        `history[0].role is "system"`,
		`{"question": "a", "relevant": [{"path": "a.md", "anchor": "#x"}]}`:                         "begins with #",
		`{"question": "a", "relevant": [{"path": "a.md"}], "answerable": false}`:                    "relevant names something",
		`{"question": "a", "relevant": [{"path": "a.md", "ancor": "x"}], "answerable": true}`:       `unknown field "ancor"`,
		`{"question": "a", "filters": {"version": 2}, "relevant": [{"path": "a"}]}`:                 "filters.version must be a string",
		`{"question": "` + strings.Repeat("a", maxLine) + `", "relevant": [], "answerable": false}`: "at most 1048576",
	} {
		_, err := Read(strings.NewReader("\n"+line+"\n"), "q.jsonl")
		if err == nil || !strings.HasPrefix(err.Error(), "q.jsonl:2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want q.jsonl:2: ... %s", line, err, want)
		}
	}
	if _, err := Read(strings.NewReader("\n"), "q.jsonl"); err == nil || err.Error() != "q.jsonl: there is no question in it" {
		t.Errorf("an empty file: %v", err)
	}
}

func TestEveryWrongLineAndTargetIsTold(t *testing.T) {
	_, err := Read(strings.NewReader("{\n3\n"), "q.jsonl")
	if err == nil || !strings.Contains(err.Error(), "q.jsonl:1: ") || !strings.Contains(err.Error(), "q.jsonl:2: ") {
		t.Errorf("two wrong lines: %v", err)
	}
	questions := []Question{{Line: 7, Relevant: []Target{to("a.md", "x"), to("gone.md", "*")}}}
	err = Check(questions, "q.jsonl", func(_ Question, at Target) error {
		if at.Path == "gone.md" {
			return errors.New("there is no page")
		}
		return at.In([]docent.Chunk{{Anchor: "y"}})
	})
	want := "q.jsonl:7: relevant[0]: a.md has no section #x with text\nq.jsonl:7: relevant[1]: there is no page"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"question": "a", "relevant": [{"path": "a.md", "anchor": null}], "answerable": true}`))
	f.Add([]byte("{\"question\": \"\xff\", \"relevant\": []}\n[[\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		questions, err := Read(strings.NewReader(string(file)), "q")
		if err == nil && len(questions) == 0 {
			t.Error("neither a question nor an error")
		}
		for _, q := range questions {
			if q.check() != nil || q.Line == 0 {
				t.Errorf("taken: %+v", q)
			}
		}
	})
}
