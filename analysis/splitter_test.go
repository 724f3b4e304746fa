package analysis

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// splitterTexts are what sentences of Markdown look like in streams.
var splitterTexts = []string{
	"One here. Two? Three! Four",
	"Set it, e.g. The port. Then v1.2 of Node.js 3.14 runs. See https://a.example/b.html?x=1. Done!",
	"Run `a. B` now. See [the. Docs](http://a.b/c. D) first. Then go.",
	"It does. [1] It does not. [1][2]\nNor that [3]. End. [4]\n\nLast [5]",
	"Do:\n- first. And\n  more [1]\n* second\n1. third. Three\n2) fourth\n\nEnd. Fin",
	"| a. B | c |\n|---|:-:|\n| d | e. F |\n\nAfter. That",
	"Run:\n```sh\nfoo. Bar\n\n# A. B\n```\nDone. And `x`\n~~~\nopen. Code",
	"> Quoted. Twice\n\n# A head. Two\ntext\n---\nmore. Yes",
	"日本語です。次の文！終わり。[1] 次",
	"A ` tick. Then another. And [a bracket. Here] too. End",
	"",
}

func pieceTogether(text string, size int) []string {
	var s Splitter
	var got []string
	for at := 0; at < len(text); at += size {
		for _, span := range s.Write(text[at:min(at+size, len(text))]) {
			got = append(got, text[span.Start:span.End])
		}
	}
	for _, span := range s.Close() {
		got = append(got, text[span.Start:span.End])
	}
	return got
}

func TestAStreamHasTheSentencesOfTheWholeText(t *testing.T) {
	for _, text := range splitterTexts {
		var want []string
		for _, span := range Sentences(text) {
			want = append(want, text[span.Start:span.End])
		}
		for _, size := range []int{1, 2, 3, 7, 1000} {
			if diff := cmp.Diff(want, pieceTogether(text, size)); diff != "" {
				t.Errorf("%q in pieces of %d (-whole +pieces):\n%s", text, size, diff)
			}
		}
	}
}

func TestASentenceIsGivenWithTheFirstCharacterOfTheNext(t *testing.T) {
	var s Splitter
	for _, step := range []struct {
		piece string
		want  int
	}{{"It is so", 0}, {". ", 0}, {"[1]", 0}, {"[2] ", 0}, {"B", 1}, {"ut not v1.", 0}, {"2, e.g. Now.\n", 0}, {"\n", 1}, {"- one [1]\n", 0}, {"- t", 1}, {"wo\n\n", 1}} {
		if got := s.Write(step.piece); len(got) != step.want {
			t.Errorf("%q gives %d sentences, want %d", step.piece, len(got), step.want)
		}
	}
}

func TestASplitterKeepsNoMoreThanAParagraph(t *testing.T) {
	for _, text := range []string{"word ", "```\n", "A line. Another.\n", "- item\n", "`", "[x. "} {
		var s Splitter
		for range 20000 {
			s.Write(text)
			if len(s.paragraph) > maxParagraph+len(text) {
				t.Fatalf("%q: %d bytes are kept", text, len(s.paragraph))
			}
		}
	}
}

func FuzzSplitter(f *testing.F) {
	for _, text := range splitterTexts {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, size int) {
		var s Splitter
		last := 0
		for at, step := 0, 1+(size&15); at < len(text); at += step {
			for _, span := range s.Write(text[at:min(at+step, len(text))]) {
				if span.Start < last || span.End <= span.Start || span.End > len(text) {
					t.Fatalf("%v after %d of %q", span, last, text)
				}
				last = span.End
			}
			if s.Settled() < last || s.Settled() > len(text) {
				t.Fatalf("settled %d after %d", s.Settled(), last)
			}
		}
		for _, span := range s.Close() {
			if strings.TrimSpace(text[span.Start:span.End]) == "" || span.Start < last {
				t.Fatalf("%v after %d of %q", span, last, text)
			}
			last = span.End
		}
	})
}
