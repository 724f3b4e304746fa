package mcp

import (
	"errors"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
)

// page is one of three sections, the second of two chunks.
func page() []docent.Chunk {
	at := func(section, tokens int, anchor, text string, headings ...string) docent.Chunk {
		return docent.Chunk{Unit: docent.Unit{Source: "manual", Version: "2", Lang: "en"}, Title: "Install", Section: section, Tokens: tokens, Anchor: anchor, Text: text, Headings: headings, URL: "/docs/install#" + anchor}
	}
	return []docent.Chunk{at(0, 100, "", "Begin."), at(1, 150, "linux", "First half.", "Linux"), at(1, 150, "linux", "Second half.", "Linux"), at(2, 10, "mac", "Copy it.", "macOS")}
}

func TestAPageIsReadAsFarAsThereIsRoom(t *testing.T) {
	d := &fakeDocs{page: docent.Page{Title: "Install", URL: "/docs/install", Path: "install.md"}, chunks: page()}
	c := connected(t, d, Caller{Base: "https://x.example"}, nil)
	for _, tt := range []struct {
		tokens int
		shown  string
		left   string
	}{{5000, "Begin. First half. Second half. Copy it.", ""}, {400, "Begin. First half. Second half.", "macOS #mac"}, {300, "Begin.", "Linux #linux; macOS #mac"}} {
		text, data, failed := callTool(t, c, "read_page", map[string]any{"path": "install.md", "max_tokens": tt.tokens})
		for _, part := range []string{"Begin.", "First half.", "Second half.", "Copy it."} {
			if strings.Contains(text, part) != strings.Contains(tt.shown, part) {
				t.Errorf("%d tokens show %q: %q", tt.tokens, part, text)
			}
		}
		if failed || data["cut"] != (tt.left != "") || !strings.Contains(text, tt.left) || len(data["sections"].([]any)) != 3 || data["url"] != "https://x.example/docs/install" {
			t.Errorf("%d tokens: %v\n%s", tt.tokens, data, text)
		}
	}
	d.chunks = page()[1:3]
	text, data, _ := callTool(t, c, "read_page", map[string]any{"path": "install.md", "section": "linux", "max_tokens": 200})
	if strings.Contains(text, "Second half.") || data["cut"] != true || data["url"] != "https://x.example/docs/install#linux" {
		t.Errorf("a section that is too long: %v\n%s", data, text)
	}
}

func TestAPageIsFoundByEachOfItsNames(t *testing.T) {
	d := &fakeDocs{page: docent.Page{Title: "Install"}, chunks: page()}
	c := connected(t, d, Caller{Base: "https://x.example/ask"}, nil)
	for given, want := range map[string]string{
		"https://x.example/ask/docs/manual/i#l": "/docs/manual/i#l",
		"https://docs.example.com/i":            "https://docs.example.com/i",
		"docent://manual/guides/a%20b.md#l":     "guides/a b.md l",
	} {
		if _, _, failed := callTool(t, c, "read_page", map[string]any{"url": given}); failed || d.at != want {
			t.Errorf("%s is read at %q, want %q", given, d.at, want)
		}
	}
	read, err := c.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "docent://manual/i.md?lang=de&version=1"})
	if err != nil || d.filters != (docent.Filters{Source: "manual", Version: "1", Lang: "de"}) || !strings.Contains(read.Contents[0].Text, "Copy it.") {
		t.Errorf("%+v %v", d.filters, err)
	}
	for _, none := range []error{docent.Errorf(docent.CodeNotFound, "no"), docent.Errorf(docent.CodeInvalid, "no")} {
		d.err = none
		if _, err := c.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "docent://x/y"}); err == nil || !strings.Contains(err.Error(), "not found") {
			t.Errorf("a page that is not there: %v", err)
		}
	}
	d.err = errors.New("secret")
	if _, err := c.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "docent://x/y"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a fault: %v", err)
	}
}

func TestTenThousandPagesAreListedInParts(t *testing.T) {
	d := &fakeDocs{shelves: append(many(10000), Shelf{docent.Unit{Source: "api"}, []docent.Page{{Path: "a.md"}}})}
	c := connected(t, d, Caller{}, nil)
	seen := map[string]bool{}
	for r, err := range c.Resources(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		seen[r.URI] = true
	}
	if len(seen) != 10001 || !seen["docent://manual/guides/09999.md?lang=en&version=2"] || !seen["docent://api/a.md"] {
		t.Errorf("%d resources", len(seen))
	}
	for _, bad := range []string{"x", "LTE", "!"} {
		if _, err := c.ListResources(t.Context(), &mcp.ListResourcesParams{Cursor: bad}); err == nil {
			t.Errorf("the cursor %q is taken", bad)
		}
	}
	if beyond, err := c.ListResources(t.Context(), &mcp.ListResourcesParams{Cursor: cursorAt(20000)}); err != nil || len(beyond.Resources) != 0 || beyond.NextCursor != "" {
		t.Errorf("beyond the end: %v %v", beyond, err)
	}
	n, cursor := 0, ""
	for {
		arguments := map[string]any{"limit": 999}
		if cursor != "" {
			arguments["cursor"] = cursor
		}
		_, data, _ := callTool(t, c, "list_pages", arguments)
		n += len(data["pages"].([]any))
		if cursor, _ = data["next_cursor"].(string); cursor == "" {
			break
		}
	}
	if n != 10001 {
		t.Errorf("list_pages lists %d", n)
	}
}

func TestArgumentsOfTheTemplateAreCompleted(t *testing.T) {
	c := connected(t, &fakeDocs{shelves: many(300)}, Caller{}, nil)
	for _, tt := range []struct {
		argument, value string
		first           string
		n               int
	}{{"source", "MAN", "manual", 1}, {"version", "", "2", 2}, {"lang", "e", "en", 1}, {"path", "0029", "guides/00290.md", 11}, {"path", "", "guides/00000.md", 100}, {"other", "", "", 0}} {
		got, err := c.Complete(t.Context(), &mcp.CompleteParams{
			Ref: &mcp.CompleteReference{Type: "ref/resource", URI: pageTemplate.URITemplate}, Argument: mcp.CompleteParamsArgument{Name: tt.argument, Value: tt.value},
		})
		if err != nil || len(got.Completion.Values) != tt.n || tt.n > 0 && got.Completion.Values[0] != tt.first && tt.argument != "path" {
			t.Errorf("%s %q: %v %v", tt.argument, tt.value, got, err)
		}
	}
}

func FuzzNamesOfPagesComeBack(f *testing.F) {
	f.Add("manual", "guides/a b.md", "2.0", "en")
	f.Add("", "a", "", "")
	f.Add("a/b?c#d%", "ü/..//%2f?x=#y", "&=", "#")
	f.Fuzz(func(t *testing.T, source, path, version, lang string) {
		if path == "" {
			return
		}
		text := nameOf(docent.Unit{Source: source, Version: version, Lang: lang}, path)
		if got, is := parseName(text); !is || got != (name{source, path, version, lang, ""}) {
			t.Errorf("%q comes back as %+v, %v", text, got, is)
		}
		parseName(scheme + source + path)
	})
}
