package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFrontMatterIsReadInThreeForms(t *testing.T) {
	want := map[string]any{"title": "T", "draft": true}
	for name, text := range map[string]string{
		"yaml":           "---\n# c\ntitle: T # c\ndraft: true\n---\nBody",
		"yaml with dots": "---  \ntitle: T\ndraft: true\n...\nBody",
		"toml":           "+++\n# c\ntitle = 'T'\ndraft = true\n+++\nBody",
		"json":           "{\n  \"title\": \"T\",\n  \"draft\": true\n}\nBody",
	} {
		meta, body, lines, warn := frontMatter([]byte(text))
		if diff := cmp.Diff(want, meta); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if string(body) != "Body" || warn != nil || lines != strings.Count(text, "\n") {
			t.Errorf("%s: body %q, %d lines, warning %v", name, body, lines, warn)
		}
	}
}

func TestBrokenFrontMatterIsLeftOutWithItsLineAndCause(t *testing.T) {
	for text, want := range map[string]struct {
		body string
		line int
		says string
	}{
		"---\na: 1\ntitle: a: b\n---\nBody": {"Body", 3, "mapping values"},
		"---\ntitle: [x\n---\nBody":         {"Body", 2, "did not find"},
		"---\na: 1\na: 2\n---\nBody":        {"Body", 3, "already defined"},
		"+++\na = 1\nb =\n+++\nBody":        {"Body", 3, "value"},
		"{\n\"a\": 1,\n\"b\" 2\n}\nBody":    {"Body", 3, "invalid character"},
		"---\ntitle: x\n\nBody":             {"---\ntitle: x\n\nBody", 1, "no line with ---"},
		"+++\ntitle = 'x'\n\nBody":          {"+++\ntitle = 'x'\n\nBody", 1, "no line with +++"},
		"{\"a\":\n\nBody":                   {"{\"a\":\n\nBody", 1, "invalid character"},
	} {
		meta, body, _, warn := frontMatter([]byte(text))
		if meta != nil || string(body) != want.body {
			t.Errorf("%q: meta %v, body %q", text, meta, body)
		}
		if warn == nil || warn.Line != want.line || !strings.Contains(warn.Message, want.says) {
			t.Errorf("%q: warning %v, want line %d with %q", text, warn, want.line, want.says)
		}
	}
}

func TestAValueThatYAMLReservesIsItsText(t *testing.T) {
	for text, want := range map[string]struct {
		meta map[string]any
		line int
	}{
		"---\nlast: 1\ntitle: @kettle/lid  \n---\nBody":            {map[string]any{"last": 1, "title": "@kettle/lid"}, 3},
		"---\ntitle: `boil` isn't heat\nby: %me%\n---\nBody":       {map[string]any{"title": "`boil` isn't heat", "by": "%me%"}, 2},
		"---\ntitle: @a\ntags: [b,\n c]\ntext: |\n  @d\n---\nBody": {map[string]any{"title": "@a", "tags": []any{"b", "c"}, "text": "@d\n"}, 2},
	} {
		meta, body, lines, warn := frontMatter([]byte(text))
		if diff := cmp.Diff(want.meta, meta); diff != "" || string(body) != "Body" || lines != strings.Count(text, "\n") {
			t.Errorf("%q: body %q after %d lines\n%s", text, body, lines, diff)
		}
		if warn == nil || warn.Line != want.line || !strings.Contains(warn.Message, "quotes") {
			t.Errorf("%q: warning %v, want one of line %d", text, warn, want.line)
		}
	}
	if meta, _, _, warn := frontMatter([]byte("---\ntitle: @a\nb: [\n---\n")); meta != nil || warn == nil {
		t.Errorf("what is broken beyond that gives %v and the warning %v", meta, warn)
	}
}

func TestWhatOnlyLooksLikeFrontMatterIsText(t *testing.T) {
	for _, text := range []string{
		"", "---", "---\n", "Text\n---\n", "---\nJust a line.\n---\nMore", "---\n\tprose\n[x\n---\nMore", "--- \n\nText", "{{< note >}}", "{% include x %}", "{ braces }", " ---\na: 1\n---\n",
	} {
		meta, body, lines, warn := frontMatter([]byte(text))
		if meta != nil || string(body) != text || lines != 0 || warn != nil {
			t.Errorf("%q: meta %v, body %q, %d lines, warning %v", text, meta, body, lines, warn)
		}
	}
}

func TestEmptyFrontMatterIsNoWarning(t *testing.T) {
	for _, text := range []string{"---\n---\nBody", "---\n# only a comment\n---\nBody", "+++\n+++\nBody", "{}\nBody"} {
		_, body, _, warn := frontMatter([]byte(text))
		if string(body) != "Body" || warn != nil {
			t.Errorf("%q: body %q, warning %v", text, body, warn)
		}
	}
}

func TestMultiMarkdownsFrontMatterEndsWhereTextBegins(t *testing.T) {
	for text, want := range map[string]struct {
		meta map[string]any
		body string
	}{
		"Title: A b\nAuthors: One\n    Two\nSummary:\tx\n\n# H\n": {map[string]any{"title": "A b", "authors": "One Two", "summary": "x"}, "\n# H\n"},
		"   a-b: 1\nA-B: 2\nText: is: here\nmore":                 {map[string]any{"a-b": "1 2", "text": "is: here"}, "more"},
		"# H\nTitle: A\n": {nil, "# H\nTitle: A\n"},
		"    Title: A\n":  {nil, "    Title: A\n"},
		"\nTitle: A\n":    {nil, "\nTitle: A\n"},
		"http://x.org/\n": {map[string]any{"http": "//x.org/"}, ""},
	} {
		meta, body, lines := multiMarkdown([]byte(text))
		if diff := cmp.Diff(want.meta, meta); diff != "" || string(body) != want.body {
			t.Errorf("%q: body %q, want %q\n%s", text, body, want.body, diff)
		}
		if got := strings.Count(text[:len(text)-len(body)], "\n"); lines != got {
			t.Errorf("%q: %d lines, want %d", text, lines, got)
		}
	}
}
