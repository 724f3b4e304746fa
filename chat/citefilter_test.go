package chat

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// passed is what comes out of a filter.
type passed struct {
	Deltas []string
	Cites  []string // "n@start"
}

func (p passed) text() string { return strings.Join(p.Deltas, "") }

// filterDeltas runs deltas through a filter that knows 1 to 5.
func filterDeltas(t testing.TB, deltas ...string) passed {
	t.Helper()
	var p passed
	f := newCiteFilter(
		func(n int) bool { return 1 <= n && n <= 5 },
		func(text string) error { p.Deltas = append(p.Deltas, text); return nil },
		func(n, start int) error {
			if all := utf16.Encode([]rune(p.text())); !strings.HasPrefix(string(utf16.Decode(all[start:])), CiteMarker(n)) {
				t.Errorf("citation %d is reported at %d, where %q does not have it", n, start, p.text())
			}
			p.Cites = append(p.Cites, fmt.Sprintf("%d@%d", n, start))
			return nil
		})
	for _, d := range deltas {
		if err := f.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

var citeTests = []struct {
	rule, in, want, cites string
}{
	{"a known number passes and is reported", "Use it [1].", "Use it [1].", "1@7"},
	{"a number is reported once", "A [2]. B [2].", "A [2]. B [2].", "2@2"},
	{"offsets count UTF-16 units", "Grüße 🙂 [1]", "Grüße 🙂 [1]", "1@9"},
	{"neighbours", "It is so [1][3].", "It is so [1][3].", "1@9 3@12"},
	{"a list becomes neighbours", "So [1, 3]; or [2,4].", "So [1][3]; or [2][4].", "1@3 3@6 2@14 4@17"},
	{"a range becomes neighbours", "So [2-4] and [1–2].", "So [2][3][4] and [1][2].", "2@3 3@6 4@9 1@17"},
	{"a range reaches as far as the numbers are known", "So [4-6].", "So [4][5].", "4@3 5@6"},
	{"a long range is something else", "Any [10-20] will do, or [0-9].", "Any [10-20] will do, or [0-9].", ""},
	{"lenticular brackets", "So【2】 and 【1†source】.", "So [2] and [1].", "2@3 1@11"},
	{"another system's lenticular numbers are dropped", "So it is【4:0†manual.md】.", "So it is.", ""},
	{"lenticular words are words", "【注意】重启 [1]。", "【注意】重启 [1]。", "1@7"},
	{"footnotes", "So it is[^1]. Or [^9].", "So it is [1]. Or.", "1@9"},
	{"a footnote's text passes", "[^1]: See the guide.", "[^1]: See the guide.", ""},
	{"scripts without blanks", "默认端口是8000。端口[1]。", "默认端口是8000。端口[1]。", "1@12"},

	{"unknown before a full stop", "It is so [9].", "It is so.", ""},
	{"unknown between words", "It is [9] so.", "It is so.", ""},
	{"unknown after a sentence", "It is.[9] So.", "It is. So.", ""},
	{"unknown at the end", "It is so [9]", "It is so", ""},
	{"unknown before known", "It is so [9][1].", "It is so [1].", "1@9"},
	{"known before unknown", "It is so [1][9].", "It is so [1].", "1@9"},
	{"unknown at the end of a series", "It is so [1], [9].", "It is so [1].", "1@9"},
	{"unknown at the start of a series", "It is so [9], [1].", "It is so [1].", "1@9"},
	{"unknown before a clause", "When set [9], it runs.", "When set, it runs.", ""},
	{"unknown in parentheses", "It is so ([9]).", "It is so.", ""},
	{"unknown series in parentheses", "It is so ([8], [9]).", "It is so.", ""},
	{"one unknown in parentheses", "It is so ([9], [2]).", "It is so ([2]).", "2@10"},
	{"unknown with words in parentheses", "So (see [9]) it (after [9] this) is ([9] too).", "So (see) it (after this) is (too).", ""},
	{"unknown before closing emphasis", "**It is so [9]**.", "**It is so**.", ""},
	{"unknown at a line's start", "[9] It is so.\n- [9] that", "It is so.\n- that", ""},
	{"unknown in a list", "So [7, 1, 8].", "So [1].", "1@3"},
	{"an absurd number", "So [99999999999999999999].", "So.", ""},

	{"a word's index", "arr[1] and word[9] and x_[2] stay.", "arr[1] and word[9] and x_[2] stay.", ""},
	{"an index of an index", "m[0][1] stays.", "m[0][1] stays.", ""},
	{"escaped brackets", `No \[9] and [1\].`, `No \[9] and [1\].`, ""},
	{"a link's words", "See [1](https://example.com/a_[9]) and [9](x).", "See [1](https://example.com/a_[9]) and [9](x).", ""},
	{"a link's address and title", "[a](b(c)[9] \"[8]\") so [1].", "[a](b(c)[9] \"[8]\") so [1].", "1@22"},
	{"a number within a link's words", "See [the guide [9], too](https://example.com) so.", "See [the guide [9], too](https://example.com) so.", ""},
	{"a number in brackets", "See [[1]] and [as in [9] here].", "See [[1]] and [as in here].", "1@5"},
	{"a link's label", "See [the guide][9].", "See [the guide][9].", ""},
	{"parentheses that are no address", "See [a](b c [1]) so.", "See [a](b c [1]) so.", "1@12"},
	{"a definition", "[9]: https://example.com\n[1]: <a>\n", "[9]: https://example.com\n[1]: <a>\n", ""},
	{"a line that only looks like a definition", "[1]: Guide\n[9]: Other", "[1]: Guide\n: Other", "1@0"},
	{"a task", "- [ ] do\n- [x] done [1]", "- [ ] do\n- [x] done [1]", "1@20"},

	{"a code span", "Write `a [9]` so [1].", "Write `a [9]` so [1].", "1@17"},
	{"a span of two", "Write `` a ` [9] `` so [9].", "Write `` a ` [9] `` so.", ""},
	{"after a span", "Write `a`[1].", "Write `a`[1].", "1@9"},
	{"a span over two lines", "Write `a\n[9]` so.", "Write `a\n[9]` so.", ""},
	{"a lone backtick ends with its paragraph", "A ` [9] so\n\nIt is [9].", "A ` [9] so\n\nIt is.", ""},
	{"a lone backtick ends with its item", "- A ` [9] so\n- It is [9].", "- A ` [9] so\n- It is.", ""},
	{"an escaped backtick", "A \\` so [9].", "A \\` so.", ""},
	{"a fence", "So:\n```go\nx := a [9]\n```\nYes [9].", "So:\n```go\nx := a [9]\n```\nYes.", ""},
	{"a fence of tildes with an info string", "~~~ sh title=\"[9]\"\n[9] ```\n~~~\n[9]", "~~~ sh title=\"[9]\"\n[9] ```\n~~~\n", ""},
	{"a longer fence", "````\n```\n[9]\n```\n````\nso [9]", "````\n```\n[9]\n```\n````\nso", ""},
	{"an indented fence", "   ```\n [9]\n  ```  \nso [9]", "   ```\n [9]\n  ```  \nso", ""},
	{"four blanks make no fence", "    ```\nso [9]", "    ```\nso", ""},
	{"a fence's end has no info string", "```\n[9]\n``` a\n[9]\n```\n[9] b", "```\n[9]\n``` a\n[9]\n```\nb", ""},
	{"a fence in a list", "1. Run\n\n    ```\n    [9]\n    ```\n2. so [9]", "1. Run\n\n    ```\n    [9]\n    ```\n2. so", ""},
	{"a fence after a list's marker", "- ```\n  [9]\n  ```\n- so [9]", "- ```\n  [9]\n  ```\n- so", ""},
	{"a fence in a quote", "> ```\n> [9]\n> ```\n> so [9]", "> ```\n> [9]\n> ```\n> so", ""},
	{"a quote's end ends its fence", "> ```\n> [9]\nso [9]", "> ```\n> [9]\nso", ""},
	{"a span that looks like a fence", "```a [9]``` so [9].", "```a [9]``` so.", ""},
	{"an open fence", "```\n[9]", "```\n[9]", ""},

	{"code by its indentation", "So:\n\n    a [9]\n\n    [9] b\nso [9]", "So:\n\n    a [9]\n\n    [9] b\nso", ""},
	{"code by a tab", "So:\n\n\ta [9]\n", "So:\n\n\ta [9]\n", ""},
	{"indented text goes on with its paragraph", "So\n    it is [9].", "So\n    it is.", ""},
	{"indented text goes on with its item", "1. So\n\n    it is [9].\n\n    - so [9]", "1. So\n\n    it is.\n\n    - so", ""},
	{"code by its indentation in an item", "- So:\n\n      a [9]\n\n  so [9]", "- So:\n\n      a [9]\n\n  so", ""},
	{"code in HTML", "Write <code>a [9]</code>[1] or <CODE class=\"x\">[9] `</code> so [9].", "Write <code>a [9]</code>[1] or <CODE class=\"x\">[9] `</code> so.", "1@24"},
	{"open code in HTML ends with its paragraph", "Write <code>[9]\n\nIt is [9].", "Write <code>[9]\n\nIt is.", ""},
	{"preformatted HTML", "<pre>\n[9]\n\n```\n[9]\n</pre>\nso [9]", "<pre>\n[9]\n\n```\n[9]\n</pre>\nso", ""},
	{"other HTML", "<b>It</b> [9] is < 3 [9] <kind [9]", "<b>It</b> is < 3 <kind", ""},

	{"an unfinished citation passes", "It is so [1", "It is so [1", ""},
	{"an unfinished list passes", "It is so ([1, ", "It is so ([1, ", ""},
	{"invalid bytes", "a\xff [1] \xe2\x82", "a\ufffd [1] \ufffd\ufffd", "1@3"},
	{"nothing", "", "", ""},
}

func TestCitations(t *testing.T) {
	for _, tt := range citeTests {
		t.Run(tt.rule, func(t *testing.T) {
			got := filterDeltas(t, tt.in)
			if diff := cmp.Diff(tt.want, got.text()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if cites := strings.Join(got.Cites, " "); cites != tt.cites {
				t.Errorf("citations: %q, want %q", cites, tt.cites)
			}
		})
	}
}

func TestCitationsDoNotDependOnDeltas(t *testing.T) {
	for _, tt := range citeTests {
		whole := filterDeltas(t, tt.in)
		for size := 1; size <= 5; size++ {
			got := filterDeltas(t, cutEvery(tt.in, size)...)
			if got.text() != whole.text() || !cmp.Equal(got.Cites, whole.Cites) {
				t.Errorf("%s, in deltas of %d bytes: %q %v, want %q %v", tt.rule, size, got.text(), got.Cites, whole.text(), whole.Cites)
			}
		}
	}
}

func cutEvery(s string, size int) (parts []string) {
	for len(s) > size {
		parts, s = append(parts, s[:size]), s[size:]
	}
	return append(parts, s)
}

func TestTextIsNotHeldLongerThanNeeded(t *testing.T) {
	steps := []struct{ delta, emitted string }{
		{"Hello", "Hello"},
		{" world", " world"},
		{" and ", " and"},
		{"`code` ", " `code`"},
		{"[see", " [see"},
		{"](x) ", "](x)"},
		{"[", ""},
		{"1", ""},
		{"]", ""},
		{".", " [1]."},
		{" (", ""},
		{"so", " (so"},
		{"\n```", "\n```"},
		{"\na [", "\na ["},
	}
	var emitted string
	f := newCiteFilter(func(int) bool { return true },
		func(text string) error { emitted += text; return nil },
		func(int, int) error { return nil })
	for _, s := range steps {
		emitted = ""
		if err := f.Write(s.delta); err != nil {
			t.Fatal(err)
		}
		if emitted != s.emitted {
			t.Errorf("after %q came %q, want %q", s.delta, emitted, s.emitted)
		}
	}
}

func TestHeldTextIsBounded(t *testing.T) {
	var emitted int
	f := newCiteFilter(func(int) bool { return true },
		func(text string) error { emitted += len(text); return nil },
		func(int, int) error { return nil })
	in := " [" + strings.Repeat("1, ", 200) + "[[[ [1] " + strings.Repeat("word ", 100)
	for i := range in {
		if err := f.Write(in[i : i+1]); err != nil {
			t.Fatal(err)
		}
		if held := i + 1 - emitted; held > maxHeld+4 {
			t.Fatalf("%d bytes held after %q", held, in[:i+1])
		}
	}
}

func TestErrorsStopTheFilter(t *testing.T) {
	gone := errors.New("reader gone")
	fail := func() error { return gone }
	f := newCiteFilter(func(int) bool { return true }, func(string) error { return fail() }, func(int, int) error { return nil })
	if err := f.Write("text"); !errors.Is(err, gone) {
		t.Errorf("emit's error: got %v", err)
	}
	f = newCiteFilter(func(int) bool { return true }, func(string) error { return nil }, func(int, int) error { return fail() })
	if err := f.Write("text [1]."); !errors.Is(err, gone) {
		t.Errorf("cite's error: got %v", err)
	}
}

func FuzzCiteFilter(f *testing.F) {
	for i, tt := range citeTests {
		f.Add(tt.in, uint64(i*2654435761))
	}
	f.Fuzz(func(t *testing.T, in string, cuts uint64) {
		whole := filterDeltas(t, in)
		var deltas []string
		for rest := in; rest != ""; cuts = cuts*6364136223846793005 + 1442695040888963407 {
			n := min(len(rest), int(cuts>>60))
			deltas, rest = append(deltas, rest[:n]), rest[n:]
		}
		got := filterDeltas(t, deltas...)
		if got.text() != whole.text() || !cmp.Equal(got.Cites, whole.Cites) {
			t.Errorf("cut into %q: %q %v, want %q %v", deltas, got.text(), got.Cites, whole.text(), whole.Cites)
		}
		if !utf8.ValidString(got.text()) {
			t.Errorf("not UTF-8: %q", got.text())
		}
		for _, d := range got.Deltas {
			if d == "" {
				t.Error("an empty delta")
			}
		}
		if !strings.ContainsAny(in, "[【") && utf8.ValidString(in) && got.text() != in {
			t.Errorf("text without brackets changed: %q, want %q", got.text(), in)
		}
	})
}
