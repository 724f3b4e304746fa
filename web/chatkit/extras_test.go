package chatkit

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

func TestBase64IsDecodedAsTheReferenceDoes(t *testing.T) {
	for sent, want := range map[string]string{
		"": "", "YQ==": "a", "YWI=": "ab", "YWJj": "abc", "YWJjZA==": "abcd",
		"Y W\nJ\tj": "abc", "Y-W_J*j": "abc", "YQ=\n=": "a", "YQ==YWJj": "a", "=YWJj": "abc", "YW=Jj": "abc",
		"\xffYQ==": "a", "ÿYQ==": "a",
	} {
		if got, whole := lenientBase64(sent); !whole || string(got) != want {
			t.Errorf("%q: %q, %v, want %q", sent, got, whole, want)
		}
	}
	for _, sent := range []string{"Y", "YQ", "YQ=", "YWI", "YWJjZ", "YWJjZA"} {
		if got, whole := lenientBase64(sent); whole {
			t.Errorf("%q is taken as %q", sent, got)
		}
	}
}

func FuzzBase64(f *testing.F) {
	f.Add([]byte("sound"), "\n")
	f.Fuzz(func(t *testing.T, data []byte, between string) {
		between = strings.Map(func(r rune) rune {
			if r == '=' || strings.ContainsRune(base64Digits, r) {
				return -1
			}
			return r
		}, between)
		sent := base64.StdEncoding.EncodeToString(data)
		half := len(sent) / 2
		got, whole := lenientBase64(sent[:half] + between + sent[half:])
		if !whole || !bytes.Equal(got, data) {
			t.Errorf("%q with %q between comes back as %q, %v", data, between, got, whole)
		}
	})
}

// FuzzSourcesAreLinksOfTheirText: whatever a page is called and wherever it is, the
// card has one link, with that text.
func FuzzSourcesAreLinksOfTheirText(f *testing.F) {
	f.Add("Use `docent serve`", "https://docs.example.com/a_(b)#c")
	f.Add("[x](javascript:alert(1)) <img src=x> **b** &amp; $x$", "https://x.example/ \n)![](y)")
	f.Add("# 1. - > ~~~", "")
	f.Add("0", "\t0")
	f.Fuzz(func(t *testing.T, title, url string) {
		title = strings.ToValidUTF8(strings.ReplaceAll(title, "\x00", ""), "")
		url = "https://docs.example.com/" + strings.ToValidUTF8(strings.ReplaceAll(url, "\x00", ""), "")
		want := strings.Join(strings.Fields(title), " ")
		if want == "" {
			return
		}
		card := sourcesCard("Sources", []numbered{{7, urlSource{Type: "url", Title: title, URL: url}}})
		source := []byte(card.Widget.Children[1].Value)
		var links, others int
		var said strings.Builder
		_ = ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			switch n := n.(type) {
			case *ast.Link:
				if entering {
					links++
				}
			case *ast.Text:
				if _, within := n.Parent().(*ast.Link); entering && within {
					said.Write(n.Segment.Value(source))
				}
			case *ast.Image, *ast.Emphasis, *ast.CodeSpan, *ast.RawHTML, *ast.HTMLBlock, *ast.AutoLink, *ast.Heading, *ast.CodeBlock, *ast.FencedCodeBlock:
				others++
			}
			return ast.WalkContinue, nil
		})
		if got := unescaped(said.String()); links != 1 || others != 0 || got != want {
			t.Errorf("%q at %q is %d links with %q, and %d others:\n%s", title, url, links, got, others, source)
		}
	})
}

// unescaped takes the backslashes out that plainMarkdown put in.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// FuzzForms: whatever a form is made of and answered with, it comes back as an
// object with the submission's state, or not at all.
func FuzzForms(f *testing.F) {
	f.Add(`{"status":"pending","inputs":[{"id":"a","question":"?","type":"multiple_choice","multiple":false}]}`, "a", "x")
	f.Add(`{"inputs":[7,null,{"id":7,"type":[]}]}`, "", "")
	f.Add(`[]`, "a", "x")
	f.Add(`null`, "a", "x")
	f.Fuzz(func(t *testing.T, form, id, value string) {
		sent := submission{status: formAnswered, answers: map[string]formAnswer{id: {Values: []string{value, value}}}}
		body, note, err := submitted([]byte(form), sent)
		if err != nil {
			return
		}
		var got struct{ Status string }
		if err := json.Unmarshal(body, &got); err != nil || got.Status != formAnswered {
			t.Errorf("%s becomes %s", form, body)
		}
		if len(note) > maxFormNote+maxFormLine+100 {
			t.Errorf("the model is told %d bytes", len(note))
		}
		if _, _, err := submitted(body, sent); err == nil {
			t.Errorf("%s is answered twice", body)
		}
	})
}

func TestWordsAreThereInEveryLanguage(t *testing.T) {
	for lang, w := range allWords {
		for _, s := range []string{w.searching, w.searched, w.sources, w.nearest, w.followups} {
			if strings.TrimSpace(s) == "" {
				t.Errorf("%s: a word is missing in %+v", lang, w)
			}
		}
	}
	for lang, want := range map[string]string{"de-AT": "Quellen", "DE": "Quellen", "": "Sources", "xx": "Sources", "zh-Hant-TW": "来源"} {
		if got := wordsIn(lang).sources; got != want {
			t.Errorf("%q: %q, want %q", lang, got, want)
		}
	}
}
