package web

import (
	"strings"
	"testing"

	"docent"
)

func TestWordsBecomeLinksAgain(t *testing.T) {
	for name, tc := range map[string]struct {
		text  string
		words []string
		want  string
	}{
		"the first whole word":        {"Reinstall: see install, or install.", []string{"install"}, "Reinstall: see [install](/1), or install."},
		"in their order":              {"Use it. See Use a model and Use.", []string{"Use a model", "Use"}, "Use it. See [Use a model](/1) and [Use](/2)."},
		"the same words twice":        {"here, here and here", []string{"here", "here"}, "[here](/1), [here](/2) and here"},
		"earlier where none is later": {"a then b", []string{"b", "a"}, "[a](/2) then [b](/1)"},
		"outside of code":             {"```\nport\n``` port", []string{"port"}, "```\nport\n``` [port](/1)"},
		"not in code alone":           {"`the port` and ``a ` port``", []string{"port"}, "`the port` and ``a ` port``"},
		"not in a block left open":    {"```\nport", []string{"port"}, "```\nport"},
		"a lone backtick is none":     {"a ` port", []string{"port"}, "a ` [port](/1)"},
		"code as a whole":             {"run `docent serve` now", []string{"docent serve"}, "run [`docent serve`](/1) now"},
		"with code between":           {"the `serve` command", []string{"the serve command"}, "[the `serve` command](/1)"},
		"never through emphasis":      {"**very** good", []string{"very good"}, "**very** good"},
		"within emphasis":             {"**see the guide**", []string{"guide"}, "**see the [guide](/1)**"},
		"in a table":                  {"| a | Build it |\n| b | c |", []string{"Build it"}, "| a | [Build it](/1) |\n| b | c |"},
		"not in an address":           {"https://x.example/docs docs", []string{"docs"}, "https://x.example/docs [docs](/1)"},
		"an address itself":           {"at https://x.example", []string{"https://x.example"}, "at [https://x.example](/1)"},
		"scripts without blanks":      {"参照設定方法。", []string{"設定"}, "参照[設定](/1)方法。"},
		"never over lines":            {"end\n\nof", []string{"end of"}, "end\n\nof"},
		"no words":                    {"a", []string{"", " "}, "a"},
		"words with brackets":         {"see [x] there", []string{"[x]"}, "see [x] there"},
	} {
		c := docent.Chunk{Text: tc.text}
		for i, w := range tc.words {
			c.Links = append(c.Links, docent.Link{Text: w, URL: "/" + string(rune('1'+i))})
		}
		if got := linked(&c, ""); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestLinksOfAHeadingStayOutOfTheText(t *testing.T) {
	c := docent.Chunk{Text: "Use ports.", Line: 7, Links: []docent.Link{{Text: "ports", URL: "/a", Line: 5}}}
	if got := linked(&c, ""); got != c.Text {
		t.Error(got)
	}
}

func TestAnAddressCantEndItsLink(t *testing.T) {
	c := docent.Chunk{Text: "| a | b |", Links: []docent.Link{{Text: "a", URL: "https://x.example/(|`\\\n <i>[é]_b"}}}
	if got, want := linked(&c, ""), "| [a](https://x.example/%28%7C%60%5C%0A%20%3Ci%3E%5Bé%5D_b) | b |"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzLinksLeaveTheTextAsItWas(f *testing.F) {
	f.Add("a `b` ```\nc", "a", "b")
	f.Add("**a b** https://x.example", "a b", "x")
	f.Add("語 [ ] \\* ~~", "語", "~~ ")
	f.Fuzz(func(t *testing.T, text, first, second string) {
		c := docent.Chunk{Text: text, Links: []docent.Link{{Text: first, URL: "\x01"}, {Text: second, URL: "\x01"}}}
		got := strings.ReplaceAll(linked(&c, ""), "](%01)", "")
		if strings.ReplaceAll(got, "[", "") != strings.ReplaceAll(strings.ReplaceAll(text, "](%01)", ""), "[", "") {
			t.Errorf("%q became %q", text, got)
		}
	})
}
