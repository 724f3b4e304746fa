package site

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// inlineMarkup is what the headings of the fixture are marked up with.
var inlineMarkup = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile("`([^`]*)`"), "$1"},
	{regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`), "$1"},
	{regexp.MustCompile(`\*+([^*]+)\*+`), "$1"},
	{regexp.MustCompile(`\\(.)`), "$1"},
	{regexp.MustCompile(` #+$`), ""},
}

func TestAnchorsOfADocumentAreThoseOfGitHub(t *testing.T) {
	raw, err := os.ReadFile("testdata/github-anchors.tsv")
	if err != nil {
		t.Fatal(err)
	}
	anchors, rows := Anchors(plainAnchors{slugger: newSlugger(), literal: true}), 0
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		text := cols[1]
		for _, m := range inlineMarkup {
			text = m.pattern.ReplaceAllString(text, m.with)
		}
		got := anchors.Anchor(Heading{Level: 2, Parts: []Part{{PartText, text}}}).ID
		if got != cols[2] {
			t.Errorf("heading %q: anchor %q, want %q", cols[1], got, cols[2])
		}
		rows++
	}
	if rows != 42 {
		t.Errorf("%d rows were read, want 42", rows)
	}
}

func TestAnchorsLowerCaseAsUnicodeSays(t *testing.T) {
	s := newSlugger()
	for text, want := range map[string]string{
		"ΟΔΟΣ":          "οδος",
		"İstanbul":      "i̇stanbul",
		"हिन्दी शीर्षक": "हिन्दी-शीर्षक",
		"Ⅷ und ①":       "ⅷ-und-",
		"a\u200db":      "ab", // with a zero width joiner
	} {
		if got := s.slug(text); got != want {
			t.Errorf("slug(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestImagesAndTagsAddNothingToAnAnchor(t *testing.T) {
	h := Heading{Level: 1, Parts: []Part{{PartImage, "logo"}, {PartText, " The "}, {PartHTML, "<b>"}, {PartCode, "x.y"}, {PartHTML, "</b>"}}}
	want := Anchor{ID: "-the-xy", Words: "logo The x.y"}
	if diff := cmp.Diff(want, plainAnchors{slugger: newSlugger()}.Anchor(h)); diff != "" {
		t.Error(diff)
	}
}

func TestAnIDThatAWriterChoseIsTheAnchor(t *testing.T) {
	text := func(s string) Heading { return Heading{Level: 2, Parts: []Part{{PartText, s}}} }
	for _, c := range []struct {
		heading Heading
		want    Anchor
	}{
		{text("Run it {#My-run}"), Anchor{ID: "My-run", Words: "Run it"}},
		{text("Run it {: #run }"), Anchor{ID: "run", Words: "Run it"}},
		{text("Run it { .wide #run data-x=\"1\" } "), Anchor{ID: "run", Words: "Run it"}},
		{text("Run it {.wide}"), Anchor{ID: "run-it", Words: "Run it"}},
		{text("Run {#x} it"), Anchor{ID: "run-x-it", Words: "Run {#x} it"}},
		{text("Use {name}"), Anchor{ID: "use-name", Words: "Use {name}"}},
		{text("Use {{#each}}"), Anchor{ID: "use-each", Words: "Use {{#each}}"}},
		{Heading{Parts: []Part{{PartCode, "go run"}, {PartText, " {#a"}, {PartText, "_b"}, {PartText, "}"}}}, Anchor{ID: "a_b", Words: "go run"}},
		{Heading{Parts: []Part{{PartText, "Use "}, {PartCode, "{#id}"}}}, Anchor{ID: "use-id", Words: "Use {#id}"}},
		{Heading{Parts: []Part{{PartHTML, `<a id="old">`}, {PartHTML, "</a>"}, {PartText, "Run it"}}}, Anchor{ID: "old", Words: "Run it", Also: []string{"run-it"}}},
		{Heading{Parts: []Part{{PartText, "Run it "}, {PartHTML, `<a href="#r" name='r'>`}, {PartHTML, "</a>"}}}, Anchor{ID: "r", Words: "Run it", Also: []string{"run-it-"}}},
		{Heading{Parts: []Part{{PartHTML, "<a href=x?id=y>"}, {PartText, "Run it"}}}, Anchor{ID: "run-it", Words: "Run it"}},
		{Heading{Parts: []Part{{PartText, "Run it "}, {PartHTML, `<a id="old">`}, {PartHTML, "</a>"}, {PartText, " {#run}"}}}, Anchor{ID: "run", Words: "Run it", Also: []string{"old"}}},
		{Heading{HTML: true, Parts: []Part{{PartHTML, "<h2 class=a id=b>"}, {PartText, "Run it"}}}, Anchor{ID: "b", Words: "Run it", Also: []string{"run-it"}}},
	} {
		if diff := cmp.Diff(c.want, plainAnchors{slugger: newSlugger()}.Anchor(c.heading)); diff != "" {
			t.Errorf("%v:\n%s", c.heading.Parts, diff)
		}
	}
}

func TestInARepositorysWebViewAChosenIDIsWords(t *testing.T) {
	r := rules(t, Settings{Source: "m", BaseURL: "https://github.com/o/r/blob/main/"})
	got := r.Anchors().Anchor(Heading{Parts: []Part{{PartHTML, `<a id="x">`}, {PartText, "Run it {#run}"}}})
	if diff := cmp.Diff(Anchor{ID: "run-it-run", Words: "Run it {#run}"}, got); diff != "" {
		t.Error(diff)
	}
}

func rules(t *testing.T, s Settings) Rules {
	t.Helper()
	r, err := New("", s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFilesGetTheirURLs(t *testing.T) {
	files := []string{"README.md", "a b.md", "guide/README.md", "guide/index.md", "guide/start.mdx", "v1.0/new.markdown", "日本/見出し.md"}
	own := rules(t, Settings{Source: "manual", Files: files})
	based := rules(t, Settings{Source: "manual", BaseURL: "https://docs.example.com/x", Files: files})
	blob := rules(t, Settings{Source: "manual", BaseURL: "https://github.com/o/r/blob/main/docs/", Files: files})
	for _, c := range []struct {
		rules Rules
		path  string
		want  string
	}{
		{own, "README.md", "/docs/manual/"},
		{own, "a b.md", "/docs/manual/a%20b"},
		{own, "guide/index.md", "/docs/manual/guide/"},
		{own, "guide/README.md", "/docs/manual/guide/README"},
		{own, "guide/start.mdx", "/docs/manual/guide/start"},
		{own, "guide/logo.png", "/docs/manual/guide/logo.png"},
		{own, "日本/見出し.md", "/docs/manual/日本/見出し"},
		{based, "v1.0/new.markdown", "https://docs.example.com/x/v1.0/new"},
		{based, "guide/index.md", "https://docs.example.com/x/guide/"},
		{blob, "guide/index.md", "https://github.com/o/r/blob/main/docs/guide/index.md"},
	} {
		if got := c.rules.Page(File{Path: c.path}).URL; got != c.want {
			t.Errorf("%s: URL %q, want %q", c.path, got, c.want)
		}
	}
}

func TestTitlesComeFromFrontMatterThenHeadingThenFileName(t *testing.T) {
	r := rules(t, Settings{Source: "my-manual", Files: []string{"README.md", "guide/README.md", "guide/getting_started-now.md"}})
	file := File{Path: "guide/getting_started-now.md", Heading: "Begin", Meta: map[string]any{"title": "Start here"}}
	want := Page{URL: "/docs/my-manual/guide/getting_started-now", Title: "Start here", Breadcrumbs: []string{"Guide"}}
	if diff := cmp.Diff(want, r.Page(file)); diff != "" {
		t.Error(diff)
	}
	file.Meta = map[string]any{"title": ""}
	if got := r.Page(file).Title; got != "Begin" {
		t.Errorf("with a heading: %q", got)
	}
	file.Heading = ""
	if got := r.Page(file).Title; got != "Getting started now" {
		t.Errorf("with neither: %q", got)
	}
	if got := r.Page(File{Path: "guide/README.md"}); got.Title != "Guide" || len(got.Breadcrumbs) != 0 {
		t.Errorf("a folder's own page: %+v", got)
	}
	if got := r.Page(File{Path: "README.md"}).Title; got != "My manual" {
		t.Errorf("the root's own page: %q", got)
	}
	if got := r.Page(File{Path: "a.md", Meta: map[string]any{"title": 2024}}).Title; got != "2024" {
		t.Errorf("a number as title: %q", got)
	}
}

func TestTitlesAreOneCleanLine(t *testing.T) {
	r := rules(t, Settings{Source: "m"})
	for _, c := range []struct {
		title any
		want  string
	}{
		{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), "2024-01-01"},
		{time.Date(2024, 1, 1, 9, 30, 0, 0, time.UTC), "2024-01-01T09:30:00Z"},
		{"a\x00b\x1b[1m\u0085c\td", "ab[1m c d"},
		{1.5, "1.5"},
		{true, "true"},
		{[]any{"a"}, "File"},
		{"\x00", "File"},
	} {
		if got := r.Page(File{Path: "file.md", Meta: map[string]any{"title": c.title}}).Title; got != c.want {
			t.Errorf("%#v became %q, want %q", c.title, got, c.want)
		}
	}
	h := Heading{Level: 1, Parts: []Part{{PartText, "a\x1bb\tc"}}}
	if got := h.Words(); got != "ab c" {
		t.Errorf("a heading: %q", got)
	}
}

func TestDraftsAreHidden(t *testing.T) {
	r := rules(t, Settings{Source: "m"})
	for _, c := range []struct {
		meta map[string]any
		want string
	}{
		{nil, ""},
		{map[string]any{"draft": false, "published": true}, ""},
		{map[string]any{"draft": true}, "draft: true"},
		{map[string]any{"published": false}, "published: false"},
	} {
		if got := r.Page(File{Path: "a.md", Meta: c.meta}).Hidden; got != c.want {
			t.Errorf("%v: hidden %q, want %q", c.meta, got, c.want)
		}
	}
}

func TestBadSettingsAreRefusedWithAHint(t *testing.T) {
	for _, s := range []struct{ framework, base string }{
		{"hexo", ""}, {"", "docs.example.com"}, {"", "//x/y"}, {"plain", "ftp://x/"}, {"", "https://x/?a=b"}, {"", "http://[::1"},
	} {
		_, err := New(s.framework, Settings{Source: "m", BaseURL: s.base})
		var e *docent.Error
		if !errors.As(err, &e) || e.Code != docent.CodeInvalid || e.Hint == "" {
			t.Errorf("%v: %v", s, err)
		}
	}
}
