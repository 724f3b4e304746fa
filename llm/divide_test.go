package llm

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"docent/analysis"
)

func TestTextsAreDividedAtTheBestBorder(t *testing.T) {
	words := "one two three four five six seven eight"
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"short":       {"one two", []string{"one two"}},
		"blank lines": {words + "\n\n" + words + "\n" + words, []string{words, words + "\n" + words}},
		"lines":       {words + "\n" + words + ". " + words, []string{words, words + ". " + words}},
		"sentences":   {"One e.g. two three. Four five six seven eight. Nine", []string{"One e.g. two three.", "Four five six seven eight. Nine"}},
		"words":       {words, []string{"one two three four", "five six seven eight"}},
		"characters":  {strings.Repeat("東", 12), []string{strings.Repeat("東", 6), strings.Repeat("東", 6)}},
		"blank":       {" \n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			limit := max(1, analysis.Tokens(tc.text)-1)
			if name == "short" {
				limit++
			}
			if diff := cmp.Diff(tc.want, divide(tc.text, limit)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzDivide(f *testing.F) {
	f.Add("one two\n\nthree. Four", 2)
	f.Add("0\xba", 1)
	f.Add("東京 🙂🙂🙂\xff\xfe", 1)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if len(text) > 5000 {
			return
		}
		limit = max(limit, 1)
		squeezed := func(s string) string { return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), "") }
		pieces := divide(text, limit)
		for _, p := range pieces {
			if analysis.Tokens(p) > limit && utf8.RuneCountInString(p) > 1 {
				t.Errorf("%q has %d tokens, above %d", p, analysis.Tokens(p), limit)
			}
			if strings.TrimSpace(p) == "" {
				t.Error("a blank piece")
			}
		}
		if got := strings.Join(pieces, ""); squeezed(got) != squeezed(text) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
