package fetch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

func curatedFrom(t *testing.T, at string) Result {
	t.Helper()
	got, err := Fetch(t.Context(), Source{Answers: at}, Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// textsIn gives the files of a fetch.
func textsIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			raw, err := os.ReadFile(name)
			rel, _ := filepath.Rel(dir, name)
			all[filepath.ToSlash(rel)] = string(raw)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const someAnswers = `- question: How do I descale the *kettle*?
  answer: |
    With vinegar.

    ## Then

    Rinse it.
  links:
    - title: Care
      url: https://docs.example.com/care#descale
    - https://docs.example.com/parts
- questions:
    - Is it dishwasher safe?
    - May it go into the dishwasher?
  answer: No.
`

func TestEachCuratedAnswerIsAPage(t *testing.T) {
	dir := folderOf(t, map[string]string{"faq.yaml": someAnswers})
	got := curatedFrom(t, filepath.Join(dir, "faq.yaml"))
	want := map[string]string{
		"faq/how-do-i-descale-the-kettle.md": "---\nurl: https://docs.example.com/care\ntitle: How do I descale the *kettle*?\nshared: true\n---\n\n" +
			"# How do I descale the \\*kettle\\*? {#descale}\n\nWith vinegar.\n\n**Then**\n\nRinse it.\n\n" +
			"See also: [Care](<https://docs.example.com/care#descale>), [https://docs.example.com/parts](<https://docs.example.com/parts>)\n",
		"faq/is-it-dishwasher-safe.md": "---\ntitle: Is it dishwasher safe?\n---\n\n## May it go into the dishwasher?\n\n### Is it dishwasher safe?\n\nNo.\n\n",
	}
	if diff := cmp.Diff(want, textsIn(t, got.Dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(got.Warnings)+len(got.Skipped) > 0 {
		t.Errorf("warnings %v, skipped %v", got.Warnings, got.Skipped)
	}
}

func TestAFolderOfAnswersHasEveryForm(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"a.json":     `{"answers": [{"question": "One?", "answer": "1"}]}`,
		"sub/two.md": "---\nlinks: https://docs.example.com/two\n---\n\n# Two?\n\n2\n",
		"three.md":   "---\nquestions:\n  - Three?\n---\n3\n",
		"notes.txt":  "x", ".hidden.yaml": "x",
	})
	var files []string
	for name := range textsIn(t, curatedFrom(t, dir).Dir) {
		files = append(files, name)
	}
	if want := 3; len(files) != want {
		t.Errorf("files are %q", files)
	}
}

func TestWhatIsWrongWithAnAnswerIsToldWithItsLine(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"bad.yaml": "- question: One?\n  answer: 1\n- answer: 2\n- question: Three?\n- x\n- question: one?\n  answer: 1\n  link: x\n- question: Six?\n  answer: 6\n  links: [care.md, 'javascript:x']\n",
		"no.yaml":  "a: [",
		"n.md":     "No question.\n",
	})
	got := curatedFrom(t, dir)
	want := []docent.Warning{
		{Path: "bad.yaml", Line: 3, Message: "the entry has no question: it is left out"},
		{Path: "bad.yaml", Line: 4, Message: "the entry has no answer: it is left out"},
		{Path: "bad.yaml", Line: 5, Message: "the entry is no table with question and answer: it is left out"},
		{Path: "bad.yaml", Line: 8, Message: `"link" is no field of an entry: it has question, questions, answer and links`},
		{Path: "bad.yaml", Line: 11, Message: `the link "care.md" is no address of a page, which begins with https://: it is left out`},
		{Path: "bad.yaml", Line: 11, Message: `the link "javascript:x" is no address of a page, which begins with https://: it is left out`},
		{Path: "bad.yaml", Line: 6, Message: `the question "one?" is answered already, in bad.yaml:1: this entry is left out`},
		{Path: "n.md", Line: 1, Message: "the entry has no question: it is left out"},
	}
	if diff := cmp.Diff(want, got.Warnings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(got.Skipped) != 1 || got.Skipped[0].Path != "no" || !strings.Contains(got.Skipped[0].Reason, "line 1") {
		t.Errorf("skipped %v", got.Skipped)
	}
}

func TestAnswersThatCantBeReadLeaveWhatWasThere(t *testing.T) {
	file := filepath.Join(folderOf(t, map[string]string{"faq.yaml": someAnswers}), "faq.yaml")
	shelf := t.TempDir()
	first, err := Fetch(t.Context(), Source{Answers: file}, Config{Dir: shelf})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "- x: [", "- answer: x\n", "answers: no"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Fetch(t.Context(), Source{Answers: file}, Config{Dir: shelf}); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	if len(textsIn(t, first.Dir)) != 2 {
		t.Error("the pages of before are gone")
	}
	for _, at := range []string{filepath.Join(shelf, "none.yaml"), folderOf(t, map[string]string{"faq.toml": ""}) + "/faq.toml"} {
		if _, err := Fetch(t.Context(), Source{Answers: at}, Config{Dir: t.TempDir()}); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add("a.yaml", someAnswers)
	f.Add("a.md", "---\nquestions: &a [x, *a]\n---\ny")
	f.Add("a.json", `[{"question": ["a", null, {}], "answer": [1], "links": {"url": {}}}]`)
	f.Add("a.yaml", "a: &a\n- *a\nanswers: *a")
	f.Fuzz(func(t *testing.T, name, text string) {
		parse := answersForm(name)
		if parse == nil {
			return
		}
		answers, _ := parse([]byte(text), func(int, string, ...any) {})
		for _, a := range answers {
			if _, err := a.page().file(); err != nil || len(a.questions) == 0 || a.text == "" {
				t.Errorf("%q: %+v, %v", text, a, err)
			}
		}
	})
}
