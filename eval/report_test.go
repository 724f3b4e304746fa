package eval

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata with what is written now")

// golden holds what is written against a file.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("differs from %s; review it and run with -update (-want +got):\n%s", file, diff)
	}
}

func TestAReportReadsAsMarkdown(t *testing.T) {
	r := NewReport("q.jsonl", results())
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.md", b.Bytes())
}

func TestAReportOfNothingSaysSo(t *testing.T) {
	r := NewReport("q.jsonl", nil)
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil || !strings.Contains(b.String(), "0 questions") || strings.Contains(b.String(), "NaN") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestAReportIsReadAsItWasWritten(t *testing.T) {
	r := NewReport("q.jsonl", results())
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadReport(&b, "base.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wrong := range []string{"", "{}", "[]", `{"results": [{"answerable": true}]}`} {
		if _, err := ReadReport(strings.NewReader(wrong), "base.json"); err == nil || !strings.HasPrefix(err.Error(), "base.json is no report") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestJUnitHasACaseForEachQuestionAndEachDrop(t *testing.T) {
	r := NewReport("q.jsonl", results())
	r.Results[2].Question = "soup \x01 <now>?" // XML holds no control characters
	var b bytes.Buffer
	if err := r.JUnit(&b, &Comparison{Worse: []Change{{"page hit@5", 0.9, 0.8}}}); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/junit.xml", b.Bytes())
	if err := xml.Unmarshal(b.Bytes(), new(struct{})); err != nil {
		t.Errorf("it is not well-formed: %v", err)
	}
}

func TestGoldenTextLeavesOutWhatMovesByItself(t *testing.T) {
	a, b := NewReport("q", results()), NewReport("q", results())
	b.Results[0].TookMS, b.Results[0].Probability = 99, 0.95
	if diff := cmp.Diff(a.Golden(), b.Golden()); diff != "" {
		t.Errorf("times or estimates are in it:\n%s", diff)
	}
	if got := a.Golden(); !strings.Contains(got, "refused!   prot?\n    page 2, section 0, top a.md#x") {
		t.Errorf("a refused question is not told:\n%s", got)
	}
}
