package push

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docent"
	"docent/ingest"
)

// unit is that of the pages of the tests.
var unit = docent.Unit{Site: docent.DefaultSite, Source: "s"}

// line is a page as it is sent.
func line(t testing.TB, text string) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	pages, err := ingest.Parse(t.Context(), ingest.Source{Name: "s", Dir: dir}, ingest.Config{ChunkTokens: 400, MaxFileBytes: 1 << 20}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	_, err = pages.Pages(t.Context(), 0, nil, func(_ ingest.Note, p ingest.Parsed) (err error) {
		raw, err = json.Marshal(p)
		return err
	})
	if err != nil || raw == nil {
		t.Fatalf("no page: %v", err)
	}
	return raw
}

func TestAPlaceInTheNavigationIsPartOfWhatAHashNames(t *testing.T) {
	for place, right := range map[string]bool{"": true, `"order":7,`: false, `"order":-7,`: false, `"order":9999999999,`: false} {
		raw := strings.Replace(string(line(t, "# A\n\nwords\n")), `"hash":`, place+`"hash":`, 1)
		if _, err := readPage([]byte(raw), unit); (err == nil) != right {
			t.Errorf("with %q: %v", place, err)
		}
	}
}

// FuzzAPageIsWhatItsHashNames reads lines as they may come from anywhere. What is
// taken holds what all that reads an index relies on.
func FuzzAPageIsWhatItsHashNames(f *testing.F) {
	for _, text := range []string{
		"# A\n\nwords\n", "---\ntitle: T\ndescription: d\n---\n\n## B {#b}\n\n- one\n- [two](https://x.example)\n\n```go\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
		"# Ä\n\n" + strings.Repeat("Viele Wörter, über zwei Teile. ", 300),
	} {
		f.Add(line(f, text))
	}
	f.Add([]byte(`{"page":{"path":"../x"},"chunks":[{}]}`))
	f.Add([]byte(`{"page":null,"chunks":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		page, err := readPage(raw, unit)
		if err != nil {
			if code := docent.CodeOf(err); code != docent.CodeInvalid && code != docent.CodeMalformed {
				t.Errorf("%v", err)
			}
			return
		}
		if !ingest.ValidPath(page.Page.Path) || page.Page.Chunks != len(page.Chunks) {
			t.Errorf("%+v", page.Page)
		}
		for _, c := range page.Chunks {
			if c.Unit != unit || c.Path != page.Page.Path || c.ID == "" {
				t.Errorf("%+v", c)
			}
			for _, b := range c.Blocks {
				_ = c.Text[b.Start:b.End]
			}
		}
		again, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readPage(again, unit); err != nil {
			t.Errorf("what was taken is refused the second time: %v", err)
		}
	})
}

func TestAPageThatTheDiskLostIsAskedForAgain(t *testing.T) {
	raw := line(t, "# A\n\nwords\n")
	page, err := readPage(raw, unit)
	if err != nil {
		t.Fatal(err)
	}
	named := docent.PushPage{Path: page.Page.Path, Hash: page.Page.Hash}
	s, err := create(filepath.Join(t.TempDir(), "push_1"), record{}, docent.PushManifest{}, []docent.PushPage{named})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.putPage(named.Hash, raw); err != nil {
		t.Fatal(err)
	}
	if got, err := s.page(unit, named); err != nil || got.Page.Hash != named.Hash {
		t.Errorf("%+v, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, pageFile(named.Hash)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.page(unit, named); docent.CodeOf(err) != docent.CodeStore {
		t.Errorf("an empty file: %v", err)
	}
	if missing, err := s.missing(); err != nil || len(missing) != 1 {
		t.Errorf("missing are %v, %v", missing, err)
	}
}

func TestLinesAreBounded(t *testing.T) {
	in := bufio.NewReaderSize(strings.NewReader("\n  one \n\n"+strings.Repeat("x", 100)+"\nlast"), 16)
	for _, want := range []string{"one", strings.Repeat("x", 100), "last"} {
		if got, err := readLine(in, 101); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	if _, err := readLine(in, 101); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := readLine(bufio.NewReader(strings.NewReader(strings.Repeat("x", 102))), 101); docent.CodeOf(err) != docent.CodeTooLarge {
		t.Errorf("a line that is too long: %v", err)
	}
}
