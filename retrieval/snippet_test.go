package retrieval

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func evenly(string) float64 { return 1 }

func TestSnippet(t *testing.T) {
	filler := strings.Repeat("Nothing of interest stands in this sentence at all. ", 10)
	tests := map[string]struct{ text, question, want string }{
		"short texts are whole":   {"Set the **port** with `--port`.", "port", "Set the port with --port."},
		"around the words":        {filler + "The gateway listens on a socket. " + filler, "gateway socket", "…The gateway listens on a socket. Nothing"},
		"nothing found":           {filler, "gateway", "Nothing of interest"},
		"the end of a text":       {filler + "The gateway listens.", "gateway", "…The gateway listens."},
		"no text":                 {"", "gateway", ""},
		"one word that is long":   {strings.Repeat("x", 500), "gateway", "xxx"},
		"words are found by stem": {filler + "Installing the gateways. " + filler, "install gateway", "…Installing the gateways."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := snippet(tt.text, "en", ask(tt.question, "en"), evenly)
			if !strings.HasPrefix(got, tt.want) || (tt.want == "") != (got == "") {
				t.Errorf("got %q, want it to begin with %q", got, tt.want)
			}
			if n := utf8.RuneCountInString(got); n > snippetRunes {
				t.Errorf("%d characters", n)
			}
		})
	}
}

func TestSnippetEndsAtWords(t *testing.T) {
	text := strings.Repeat("alphabet ", 100)
	got := snippet(text, "en", ask("alphabet", "en"), evenly)
	for _, w := range strings.Fields(strings.ReplaceAll(got, ellipsis, " ")) {
		if w != "alphabet" {
			t.Errorf("a word is cut: %q in %q", w, got)
		}
	}
	if !strings.HasSuffix(got, " "+ellipsis) {
		t.Errorf("no sign that something is left out: %q", got)
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("Some **text** of words.", "text")
	f.Add(strings.Repeat("字", 400), "字")
	f.Add("a\xff b …", "b")
	f.Fuzz(func(t *testing.T, text, question string) {
		if got := snippet(text, "en", ask(question, "en"), evenly); utf8.RuneCountInString(got) > snippetRunes {
			t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
		}
	})
}
