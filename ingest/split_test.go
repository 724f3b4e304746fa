package ingest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/analysis"
)

// chunksOf splits the text of one page.
func chunksOf(t testing.TB, text string, budget int) []docent.Chunk {
	t.Helper()
	return splitPage(pageOfText(t, "a.md", text), docent.Unit{Site: "default", Source: "s"}, budget)
}

func textsOf(chunks []docent.Chunk) []string {
	var all []string
	for _, c := range chunks {
		all = append(all, c.Text)
	}
	return all
}

func TestAShortSectionIsOneChunk(t *testing.T) {
	got := textsOf(chunksOf(t, "# T\n\na\n\n- b\n\n## Empty\n\n## S\n\nc", 100))
	if diff := cmp.Diff([]string{"a\n\n- b", "c"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestCodeIsWholeUnlessItAloneIsTooLong(t *testing.T) {
	code := "```\n" + strings.Repeat("line of code\n", 8) + "```"
	words := strings.TrimSpace(strings.Repeat("Some words here. ", 10))
	got := textsOf(chunksOf(t, words+"\n\n"+code+"\n\n"+words, 60))
	if diff := cmp.Diff([]string{words, code, words}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLongCodeIsCutBetweenLinesWithItsFence(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("line %d of the code", i))
	}
	chunks := chunksOf(t, "```go\n"+strings.Join(lines, "\n")+"\n```", 60)
	var back []string
	next := 2 // the line after the fence
	for _, c := range chunks {
		if c.Tokens > 60 || !strings.HasPrefix(c.Text, "```go\n") || !strings.HasSuffix(c.Text, "\n```") {
			t.Errorf("%d tokens:\n%s", c.Tokens, c.Text)
		}
		part := strings.Split(c.Text, "\n")
		back = append(back, part[1:len(part)-1]...)
		if c.Line != next || c.EndLine != next+len(part)-3 || c.Blocks[0].Lang != "go" {
			t.Errorf("lines %d-%d, want from %d; %+v", c.Line, c.EndLine, next, c.Blocks)
		}
		next = c.EndLine + 1
	}
	if diff := cmp.Diff(lines, back); diff != "" {
		t.Error(diff)
	}
}

func TestALongTableRepeatsItsHeader(t *testing.T) {
	text := "| Name | Value |\n| --- | --: |\n"
	for i := range 30 {
		text += fmt.Sprintf("| name %d | value %d |\n", i, i)
	}
	chunks := chunksOf(t, text, 60)
	rows := 0
	for _, c := range chunks {
		if c.Tokens > 60 || !strings.HasPrefix(c.Text, "| Name | Value |\n| --- | --: |\n| name") {
			t.Errorf("%d tokens:\n%s", c.Tokens, c.Text)
		}
		rows += strings.Count(c.Text, "\n") - 1
	}
	if len(chunks) < 4 || rows != 30 {
		t.Errorf("%d chunks with %d rows", len(chunks), rows)
	}
}

func TestALongListIsCutBetweenItems(t *testing.T) {
	item := "- An item with a few words.\n  - A sub item below it.\n"
	for _, text := range textsOf(chunksOf(t, strings.Repeat(item, 12), 50)) {
		if !strings.HasPrefix(text, "- An item") || !strings.HasSuffix(text, "below it.") {
			t.Errorf("cut within an item:\n%s", text)
		}
	}
}

func TestALongItemKeepsItsCodeFenced(t *testing.T) {
	text := "- An item\n  - Below:\n\n    ```sh\n" + strings.Repeat("    run --this --and --that\n", 20) + "    ```\n"
	chunks := chunksOf(t, text, 60)
	for _, text := range textsOf(chunks) {
		if strings.Count(text, "    ```sh") != 1 || strings.Count(text, "    ```") != 2 {
			t.Errorf("the fence is not balanced:\n%s", text)
		}
	}
	if len(chunks) < 2 {
		t.Error("nothing was cut")
	}
}

func TestALongParagraphIsCutBetweenSentences(t *testing.T) {
	for _, text := range textsOf(chunksOf(t, strings.Repeat("Version 1.2 is out, e.g. today. ", 20), 50)) {
		if !strings.HasPrefix(text, "Version") || !strings.HasSuffix(text, "today.") {
			t.Errorf("cut within a sentence: %s", text)
		}
	}
}

func TestWhatHasNoBordersIsCutBetweenWords(t *testing.T) {
	for name, text := range map[string]string{
		"words":    strings.TrimSpace(strings.Repeat("word ", 500)),
		"chinese":  strings.Repeat("茶水", 300),
		"quotes":   "> " + strings.TrimSpace(strings.Repeat("word ", 500)),
		"list":     "- " + strings.TrimSpace(strings.Repeat("word ", 500)),
		"alert":    "> [!NOTE]\n> " + strings.TrimSpace(strings.Repeat("word ", 500)),
		"html":     "<p>" + strings.Repeat("word ", 500) + "</p>",
		"long one": strings.Repeat("x ", 200000),
	} {
		chunks := chunksOf(t, text, 50)
		n := 0
		for _, c := range chunks {
			if c.Tokens > 50 {
				t.Errorf("%s: %d tokens: %s", name, c.Tokens, c.Text)
			}
			n += strings.Count(c.Text, "word") + strings.Count(c.Text, "茶水") + strings.Count(c.Text, "x")
		}
		if want := strings.Count(text, "word") + strings.Count(text, "茶水") + strings.Count(text, "x"); n != want {
			t.Errorf("%s: %d words, want %d", name, n, want)
		}
	}
}

func TestWordsThatIntroduceCodeStayWithIt(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("Words before it all. ", 8))
	code := "```\n" + strings.Repeat("line of code\n", 5) + "```"
	got := textsOf(chunksOf(t, words+"\n\nRun this:\n\n"+code, 65))
	if diff := cmp.Diff([]string{words, "Run this:\n\n" + code}, got); diff != "" {
		t.Error(diff)
	}
	long := "```\n" + strings.Repeat("line of code\n", 30) + "```"
	if got := textsOf(chunksOf(t, "Run this:\n\n"+long, 65)); !strings.HasPrefix(got[0], "Run this:\n\n```\nline") {
		t.Errorf("the first part stands alone: %q", got)
	}
}

func TestATinyTailIsFilledUp(t *testing.T) {
	p := strings.TrimSpace(strings.Repeat("Ten words or so. ", 6))
	chunks := chunksOf(t, strings.Repeat(p+"\n\n", 4)+"Tail.", 90)
	if last := chunks[len(chunks)-1]; len(chunks) != 2 || !strings.HasSuffix(last.Text, p+"\n\nTail.") {
		t.Errorf("%q", textsOf(chunks))
	}
}

func TestBlocksSayWhereTheyStand(t *testing.T) {
	for _, c := range chunksOf(t, "# T\n\n漢字 a\n\n```\nb\n```\n\n| c |\n|---|\n\n> d\n", 100) {
		end := -len(blockJoint)
		for _, b := range c.Blocks {
			if b.Start != end+len(blockJoint) || b.Text != "" {
				t.Errorf("%+v begins at %d, the one before ends at %d", b, b.Start, end)
			}
			end = b.End
		}
		if end != len(c.Text) {
			t.Errorf("blocks end at %d of %d", end, len(c.Text))
		}
	}
}

func TestAnIDNamesEverythingOfAChunk(t *testing.T) {
	one := chunksOf(t, "# T\n\nsame\n\n## A\n\nsame", 100)
	again := chunksOf(t, "# T\n\nsame\n\n## A\n\nsame", 100)
	if diff := cmp.Diff(one, again); diff != "" {
		t.Error(diff)
	}
	seen := map[string]bool{}
	for _, c := range append(one, chunksOf(t, "# T\n\n\nsame\n\n## A\n\nsame", 100)...) {
		if seen[c.ID] || len(c.ID) != 32 {
			t.Errorf("ID %q of %+v", c.ID, c)
		}
		seen[c.ID] = true
	}
}

func TestAPageWithoutTextIsFoundByItsHeadingsAndDescription(t *testing.T) {
	for text, want := range map[string]string{
		"# T\n\n## A\n\n## B":                        "- T\n- A\n- B",
		"---\ndescription: Says it all.\n---\n# T":   "Says it all.\n\n- T",
		"---\ndescription: Says it all.\n---\n":      "Says it all.",
		"---\ntitle: x\n---\n":                       "",
		"# T\n" + strings.Repeat("## Heading\n", 99): "- T" + strings.Repeat("\n- Heading", 7),
	} {
		chunks := chunksOf(t, text, 32)
		if len(chunks) > 1 || strings.Join(textsOf(chunks), "") != want {
			t.Errorf("%q became %q, want %q", text, textsOf(chunks), want)
		}
		for _, c := range chunks {
			quotable := ""
			for _, b := range c.Blocks {
				quotable += c.Text[b.Start:b.End]
			}
			if strings.Contains(quotable, "- ") || c.Tokens > 32 || c.Line < 1 || len(c.ID) != 32 {
				t.Errorf("%q can be quoted of %+v", quotable, c)
			}
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"# T\n\ntext\n\n```go\ncode\n```\n", "| a | b |\n|---|---|\n" + strings.Repeat("| c | `d` |\n", 40),
		strings.Repeat("- item one\n  - two\n\n    ```\n    x\n    ```\n", 12), "> [!NOTE]\n> " + strings.Repeat("words. ", 90),
		"```\n" + strings.Repeat("é ` x\n\n", 60) + "```", strings.Repeat("漢字。", 99), "T\n: " + strings.Repeat("d ", 200),
		"---\ntitle: x\n---\n<div><!--\n\n--></div>\n<h2>x</h2>[^1]\n\n[^1]: y", "````\n```\n````\n\n" + strings.Repeat("`a. b` ", 80),
		"1. a\n\n   > ```\n   > x\n   > ```\n   \n   b", "|" + strings.Repeat(" h |", 60) + "\n|" + strings.Repeat("---|", 60) + "\n| x |\n",
		"\\`\\`\\`\n" + strings.Repeat("x ", 100), "<pre>\n```\n" + strings.Repeat("x\n", 90) + "</pre>", "- - - x\n\n      y\n   z",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, why := decode(raw)
		if why != "" || len(text) > 1<<16 {
			return
		}
		p := pageOfText(t, "a.md", string(text), "b.md")
		const budget = 48
		chunks := splitPage(p, docent.Unit{}, budget)
		checkChunks(t, p, chunks, budget)
	})
}

// checkChunks holds what every page and its chunks must fulfil.
func checkChunks(t *testing.T, p *page, chunks []docent.Chunk, budget int) {
	var got strings.Builder
	for i, c := range chunks {
		if c.Ordinal != i || c.Tokens != analysis.Tokens(c.Text) || c.Line < 1 || c.EndLine < c.Line {
			t.Errorf("chunk %d: ordinal %d, %d tokens, lines %d-%d", i, c.Ordinal, c.Tokens, c.Line, c.EndLine)
		}
		for _, b := range c.Blocks {
			block := c.Text[b.Start:b.End]
			got.WriteString(block + "\n")
			if b.Kind == docent.BlockCode && !strings.HasSuffix(block, "\n"+fenceLine.FindStringSubmatch(strings.SplitN(block, "\n", 2)[0])[2]) {
				t.Errorf("code without its fence: %q", block)
			}
		}
		if c.Tokens > budget && divisible(c) {
			t.Errorf("%d tokens: %q", c.Tokens, c.Text)
		}
	}
	before, after := wordsOf(body(p)), wordsOf(got.String())
	for w, n := range before {
		if after[w] < n {
			t.Errorf("the word %q stood %d times, and now %d", w, n, after[w])
		}
	}
}

// wordsOf counts words. In scripts without spaces each character is one.
func wordsOf(text string) map[string]int {
	words := map[string]int{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !isWord(r) || unspaced(r) }) {
		words[w]++
	}
	for _, r := range text {
		if unspaced(r) && isWord(r) {
			words[string(r)]++
		}
	}
	return words
}

// divisible reports whether a chunk above the budget could have been cut.
func divisible(c docent.Chunk) bool {
	if len(c.Blocks) > 1 {
		return true
	}
	lines := strings.Split(c.Text, "\n")
	switch kind := c.Blocks[0].Kind; {
	case kind == docent.BlockCode:
		return len(lines) > 3
	case kind == docent.BlockTable:
		return len(lines) > 3
	case isRow(c.Text):
		return len(lines) > 3
	case len(lines) > 1:
		return !strings.Contains(c.Text, "```") && !strings.Contains(c.Text, "| ")
	}
	return len(strings.Fields(strings.TrimLeft(c.Text, "->0123456789.) "))) > 2
}

// fragments are what random pages are made of.
var fragments = []string{
	"# Head", "## Two `x`", "Text", "More text. And a sentence! ", "- item", "  - sub", "1. one", "   cont", "```", "````", "~~~", "    code", "| a | b |",
	"|---|---|", "| c \\| d | `e` |", "> quote", "> [!NOTE]", "> ```", ">> deep", "<div>", "</div>", "<!-- c", "-->", "<details>", "<pre>", "</pre>", "<h2>H",
	"</h2>", "[l](a.md)", "![i](j.png)", "*em", "**st**", "`code", "[^1]", "[^1]: note", "    [^2]: two [^1]", "Term", ": def", "", "", "", "---", "===", "\\`",
	"&lt;b&gt;", "漢字。", "[r]: b.md", "<script>", "</script>", "- [ ] task", "\ttab", "- - x", "***", "<table><tr><td>", "<a href=x>", "`` ` ``",
	strings.Repeat("word ", 60), strings.Repeat("long_code_line(); ", 12), "10) ten", "- ```sh", "  ```", "> | q |", "> |---|",
	":::note", ":::", "::: tip Title", "::::warning", "::::",
}

func TestRandomPagesLoseNothingAndKeepTheBudget(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var text strings.Builder
		for range 1 + rnd.IntN(30) {
			text.WriteString(strings.Repeat(" ", rnd.IntN(3)*rnd.IntN(3)) + fragments[rnd.IntN(len(fragments))] + "\n")
		}
		p := pageOfText(t, "a.md", text.String(), "b.md")
		checkChunks(t, p, splitPage(p, docent.Unit{}, 48), 48)
		if t.Failed() {
			t.Fatalf("of the page:\n%s", text.String())
		}
	}
}
