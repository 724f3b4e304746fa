package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// kindsOf gives the blocks of a page as kind and text.
func kindsOf(p *page) []string {
	var all []string
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			all = append(all, string(b.Kind)+": "+b.Text)
		}
	}
	return all
}

func TestDirectivesBecomeLabelledBlocksWithoutTheirColons(t *testing.T) {
	for text, want := range map[string][]string{
		":::note\nText `a`.\n:::\nafter":                          {"admonition: Note: Text `a`.", "paragraph: after"},
		":::note[A *title*]{.x}\nText.\n:::":                      {"admonition: Note: A *title*.\n\nText."},
		"::: caution Stop!\n- a\n:::":                             {"admonition: Caution: Stop!\n\n- a"},
		":::{tip}\n- a\n:::":                                      {"admonition: Tip:\n\n- a"},
		":::note\nA\n\n```js\n:::\n```\nB\n:::":                   {"admonition: Note: A", "code: ```js\n:::\n```", "paragraph: B"},
		"::::warning\nA\n:::tip\nB\n:::\nC\n::::\nD":              {"admonition: Warning: A\n\nTip: B\n\nC", "paragraph: D"},
		":::danger\nA\n:::tip\nB\n:::\nC\n:::\nD":                 {"admonition: Danger: A\n\nTip: B\n\nC", "paragraph: D"},
		"::: code-group\n```sh [npm]\na\n```\n```sh\nb\n```\n:::": {"paragraph: npm:", "code: ```sh\na\n```", "code: ```sh\nb\n```"},
		"::: details Show\nx\n:::":                                {"paragraph: **Show**", "paragraph: x"},
		"- a\n  :::note\n  x\n  :::\n- b":                         {"list: - a\n\n  Note: x\n\n- b"},
		"- a\n\n  ::: code-group\n  ```\n  x\n  ```\n  :::":       {"list: - a", "code: ```\nx\n```"},
		"> :::note\n> x\n> :::\n\ny":                              {"quote: > Note: x", "paragraph: y"},
		"::: pkg.mod.Class\n\ntext":                               {"paragraph: pkg.mod.Class", "paragraph: text"},
		"::: no directive\ntext":                                  {"paragraph: no directive", "paragraph: text"},
		"text\n:::\nmore":                                         {"paragraph: text", "paragraph: more"},
		":::note\n:::":                                            {"admonition: Note:"},
	} {
		if diff := cmp.Diff(want, kindsOf(pageOfText(t, "a.md", text))); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestADirectiveKeepsItsLinesAndLinks(t *testing.T) {
	s := pageOfText(t, "a.md", "# H\n\n:::tip Use [it](b.md)\nText\n[too](b.md).\n:::\n", "b.md").Sections[0]
	if b := s.Blocks[0]; b.Line != 3 || b.EndLine != 5 || b.Kind != docent.BlockAdmonition || len(s.Links) != 2 || s.Links[0].Line != 3 || s.Links[1].Line != 5 {
		t.Errorf("%+v", s)
	}
}
