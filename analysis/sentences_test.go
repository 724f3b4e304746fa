package analysis

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSentences(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"ends":              {"One here. Two? Three! Four", []string{"One here.", "Two?", "Three!", "Four"}},
		"abbreviations":     {"Set it, e.g. The port, i.e. A number. Dr. No vs. Bond.", []string{"Set it, e.g. The port, i.e. A number.", "Dr. No vs. Bond."}},
		"etc. may end":      {"Logs, etc. Then stop. Logs, etc. are kept.", []string{"Logs, etc.", "Then stop.", "Logs, etc. are kept."}},
		"initials":          {"After J. Smith. Then B.", []string{"After J. Smith.", "Then B."}},
		"names and numbers": {"Use v1.2. Node.js 3.14 is new. See config.yaml now.", []string{"Use v1.2.", "Node.js 3.14 is new.", "See config.yaml now."}},
		"code spans":        {"Run `a. B` now. Then ``x `. Y`` too.", []string{"Run `a. B` now.", "Then ``x `. Y`` too."}},
		"an open code span": {"A ` tick. Then.", []string{"A ` tick.", "Then."}},
		"links":             {"See [the. Docs](http://a.b/c. D) first. Then [x. Y][z. Q].", []string{"See [the. Docs](http://a.b/c. D) first.", "Then [x. Y][z. Q]."}},
		"brackets":          {"An [aside. Here] ends.", []string{"An [aside.", "Here] ends."}},
		"quotes close":      {"He said \"stop.\" Then (really.) it went. **Bold.** Done.", []string{"He said \"stop.\"", "Then (really.) it went.", "**Bold.**", "Done."}},
		"ellipsis":          {"Wait... then go. Wait... Go.", []string{"Wait... then go.", "Wait...", "Go."}},
		"soft wraps":        {"One\nline. Two\nlines.", []string{"One\nline.", "Two\nlines."}},
		"paragraphs":        {"No stop\n\nNext", []string{"No stop", "Next"}},
		"list items":        {"Do:\n- first. And\n  more\n* second\n1. third\n2) fourth\n- [ ] task", []string{"Do:", "first.", "And\n  more", "second", "third", "fourth", "task"}},
		"headings":          {"# Title. Two\ntext", []string{"Title.", "Two", "text"}},
		"tables":            {"| a. B | c |\n|---|:-:|\n| d | e. F |", []string{"| a. B | c |", "| d | e. F |"}},
		"code blocks":       {"Run:\n```sh\nfoo. Bar\n```\nDone.", []string{"Run:", "Done."}},
		"longer fences":     {"````\n```\nA. B\n````\nDone.", []string{"Done."}},
		"quotes":            {"> Quoted. Twice\n\nEnd", []string{"Quoted.", "Twice", "End"}},
		"rules":             {"One\n\n---\n\nTwo\n===\nThree", []string{"One", "Two", "Three"}},
		"no blanks needed":  {"日本語です。次の文！終わり", []string{"日本語です。", "次の文！", "終わり"}},
		"German":            {"Das geht z.B. So, bzw. Anders. Ende.", []string{"Das geht z.B. So, bzw. Anders.", "Ende."}},
		"nothing":           {" \n\n ", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range Sentences(tt.text) {
				got = append(got, tt.text[s.Start:s.End])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlainWords(t *testing.T) {
	tests := map[string]struct{ markdown, want string }{
		"emphasis":        {"**bold** *it* _it_ ***both*** ~~gone~~ __x__", "bold it it both gone x"},
		"not emphasis":    {"snake_case 2 * 3 a ~ b *", "snake_case 2 * 3 a ~ b *"},
		"code":            {"run `a_b *c*` and ``x ` y``", "run a_b *c* and x ` y"},
		"links":           {"see [the *guide*](/a_(b)) and [ref][1]", "see the guide and ref"},
		"nested brackets": {"[a [b] c](u)", "a [b] c"},
		"images":          {"![a logo](x.png) here", "a logo here"},
		"autolinks":       {"<https://a.b/c_d> <b>tag</b><br/> a < b", "https://a.b/c_d tag a < b"},
		"entities":        {"a &amp; b &lt;c&gt; AT&T;", "a & b <c> AT&T;"},
		"escapes":         {`\*not\* \[a\] C:\dir`, `*not* [a] C:\dir`},
		"blocks":          {"# Head\n\n> quote\n- item\n1. one\n\n***\n\nend", "Head quote item one end"},
		"tables":          {"| a | b |\n|---|---|\n| `c` | d\\|e |", "a, b c, d|e"},
		"code blocks":     {"Run\n\n```sh\n  x_y *z*\n```\n", "Run x_y *z*"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(PlainWords(tt.markdown), " "); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// FuzzSentences holds that spans are in order, apart, trimmed and cut at
// characters' borders, and that plain text is one line.
func FuzzSentences(f *testing.F) {
	for _, s := range []string{
		"One. Two `a. B` [x](y", "- a\n> | b |\n```\nc", "`` ` ``` [[[((", "\\", "é. É。\xff. X", "> > # a\n: b\n[ ] c", "<a", "&;", "~~~\n~~~~\n~~~", "***a***__", "[a][b](c)[", strings.Repeat("[", 5000),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, s := range Sentences(text) {
			if s.Start < last || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("%v after %d in %q", s, last, text)
			}
			got := text[s.Start:s.End]
			if strings.TrimSpace(got) != got || utf8.ValidString(text) && !utf8.ValidString(got) {
				t.Fatalf("%q in %q", got, text)
			}
			last = s.End
		}
		if plain := strings.Join(PlainWords(text), " "); strings.ContainsAny(plain, "\n\t") || !utf8.ValidString(plain) {
			t.Fatalf("%q of %q", plain, text)
		}
		if n := Tokens(text); n < 0 || n > len(text) || UTF16Len(text) > len(text) {
			t.Fatalf("%d tokens of %q", n, text)
		}
	})
}
