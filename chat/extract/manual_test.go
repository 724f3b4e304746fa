package extract

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
	"docent/chat"
	"docent/retrieval"
)

var update = flag.Bool("update", false, "rewrite testdata/answers.golden with what is answered now")

// Bounds of an answer's length in words, headings, code and citations counted.
const (
	wordsEver   = 220
	wordsMedian = 90
)

// TestAnswersFromTheManualReadWell asks all that the manual's search is measured
// by, and holds every answer to what can be measured of one.
func TestAnswersFromTheManualReadWell(t *testing.T) {
	s := manual(t)
	file, err := os.ReadFile("../../retrieval/testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var lengths []int
	for line := range strings.Lines(string(file)) {
		var q struct{ Question string }
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		text, passages := answered(t, s, q.Question)
		if text == "" {
			continue
		}
		checkExtract(t, q.Question, text, passages)
		checkReads(t, q.Question, text)
		lengths = append(lengths, len(strings.Fields(text)))
	}
	slices.Sort(lengths)
	if n := len(lengths); n < 100 || lengths[n/2] >= wordsMedian {
		t.Errorf("%d answers, of which half have more than %d words", n, lengths[n/2])
	}
}

// TestAnswersAreAsTheyWereRead holds the answers to questions of each kind: a
// change shows in the file and is read there.
func TestAnswersAreAsTheyWereRead(t *testing.T) {
	s := manual(t)
	questions, err := os.ReadFile("testdata/questions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for question := range strings.Lines(string(questions)) {
		question = strings.TrimSpace(question)
		text, passages := answered(t, s, question)
		if text != "" {
			checkExtract(t, question, text, passages)
			checkReads(t, question, text)
		}
		fmt.Fprintf(&got, "=== %s\n\n%s\n\n", question, placed(text, passages))
	}
	if *update {
		if err := os.WriteFile("testdata/answers.golden", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/answers.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("answers differ; read them, and run with -update (-want +got):\n%s", diff)
	}
}

// answered gives the answer to a question from the manual, "" where it is refused.
func answered(t *testing.T, s *retrieval.Searcher, question string) (string, []docent.Passage) {
	t.Helper()
	found, err := s.Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: question})
	if err != nil {
		t.Fatal(err)
	}
	if found.Refuse {
		return "", nil
	}
	passages := number(found.Passages)
	text, _ := Answer(found.Asked, "en", passages)
	return text, passages
}

// placed gives a text with the pages that it cites in the place of their numbers,
// which change with the search.
func placed(text string, passages []docent.Passage) string {
	for _, p := range passages {
		text = strings.ReplaceAll(text, chat.CiteMarker(p.N), "["+p.Path+"]")
	}
	return text
}

var (
	cited    = regexp.MustCompile(` ?\[\d+\]$`)
	numbered = regexp.MustCompile(`(?m)^(\d+)[.)] `)
)

// checkReads holds what can be measured of an answer that reads well.
func checkReads(t *testing.T, question, text string) {
	t.Helper()
	if n := len(strings.Fields(text)); n > wordsEver {
		t.Errorf("%q: the answer has %d words", question, n)
	}
	step := 0
	blocks, bare := blocksOf(text), ""
	for i, b := range blocks {
		code, last := isCode(b), i+1 == len(blocks)
		bare = cited.ReplaceAllString(b, "")
		if code && strings.Count("\n"+b, "\n```") != 2 {
			t.Errorf("%q: code is left open:\n%s", question, b)
		}
		if strings.HasPrefix(b, "|") && !strings.Contains(b, "\n| ---") {
			t.Errorf("%q: a table without its header:\n%s", question, b)
		}
		if !code && strings.HasSuffix(bare, ":") && (last || strings.HasPrefix(blocks[i+1], "**") && !strings.Contains(blocks[i+1], ":")) {
			t.Errorf("%q: announces what is not there:\n%s", question, b)
		}
		if !code && bare == b && !strings.HasPrefix(b, "|") && !strings.HasPrefix(b, "**") && (last || isProse(blocks[i+1]) && !strings.HasSuffix(b, ":")) {
			t.Errorf("%q: not cited:\n%s", question, b)
		}
		if code {
			continue
		}
		for _, m := range numbered.FindAllStringSubmatch(b, -1) {
			n, _ := strconv.Atoi(m[1])
			if n != 1 && n != step+1 {
				t.Errorf("%q: step %d follows %d:\n%s", question, n, step, text)
			}
			step = n
		}
	}
	checkSaidOnce(t, question, blocks)
	if first, _, _ := strings.Cut(blocks[0], ". "); leans(first) || strings.HasPrefix(first, "See ") {
		t.Errorf("%q: begins with what stands for nothing alone:\n%s", question, blocks[0])
	}
}

func checkSaidOnce(t *testing.T, question string, blocks []string) {
	t.Helper()
	said := map[string]bool{}
	for _, b := range blocks {
		if isCode(b) || strings.HasPrefix(b, "|") {
			continue
		}
		for _, s := range analysis.Sentences(b) {
			sentence := cited.ReplaceAllString(b[s.Start:s.End], "")
			if said[sentence] && len(sentence) > 20 {
				t.Errorf("%q: says twice: %s", question, sentence)
			}
			said[sentence] = true
		}
	}
}

func isCode(block string) bool { return strings.HasPrefix(block, "```") }

// isProse reports whether a block is none of code, a table and a list.
func isProse(block string) bool {
	return !isCode(block) && !strings.HasPrefix(block, "|") && !beginsItem(block)
}

// blocksOf divides an answer at its empty lines, but for those in code.
func blocksOf(text string) []string {
	var blocks []string
	open := false
	for _, part := range strings.Split(text, "\n\n") {
		if open {
			blocks[len(blocks)-1] += "\n\n" + part
		} else {
			blocks = append(blocks, part)
		}
		open = strings.Count("\n"+blocks[len(blocks)-1], "\n```")%2 == 1
	}
	return blocks
}
