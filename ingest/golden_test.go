package ingest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// goldenTokens is small, so that short fixtures have long blocks.
const goldenTokens = 80

func testConfig() Config { return Config{ChunkTokens: goldenTokens, MaxFileBytes: 1 << 20, Workers: 2} }

func TestPagesAndChunksAreAsReviewed(t *testing.T) {
	m, err := prepare(context.Background(), Source{Name: "kettle", Dir: "testdata/pages", Lang: "en"}, testConfig(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range m.folder.files {
		t.Run(path, func(t *testing.T) {
			one := m.split(m.read(path, true), nil, true)
			if one.page == nil {
				t.Fatalf("skipped: %s", one.skip)
			}
			golden := filepath.Join("testdata", "golden", strings.ReplaceAll(path, "/", "_")+".txt")
			got := describe(one)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("run with -update and review the difference:\n%s", diff)
			}
		})
	}
}

// describe writes a page and its chunks for reading.
func describe(one made) string {
	var b strings.Builder
	p := one.page
	fmt.Fprintf(&b, "page %s\n  title %q, description %q\n  url %s, below %q\n", p.Path, p.Title, p.Description, p.URL, p.Breadcrumbs)
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "  warning, line %d: %s\n", w.Line, w.Message)
	}
	for i, s := range p.Sections {
		fmt.Fprintf(&b, "section %d, line %d: level %d %q %q\n  %s\n", i, s.Line, s.Level, s.Heading, s.Headings, s.URL)
	}
	for _, c := range one.chunks {
		fmt.Fprintf(&b, "\n======== chunk %d of section %d, lines %d-%d, %d tokens\n", c.Ordinal, c.Section, c.Line, c.EndLine, c.Tokens)
		for _, block := range c.Blocks {
			fmt.Fprintf(&b, "block %d:%d %s %s lines %d-%d\n", block.Start, block.End, block.Kind, block.Lang, block.Line, block.EndLine)
		}
		for _, l := range c.Links {
			fmt.Fprintf(&b, "link line %d %q to %s (%s # %s)\n", l.Line, l.Text, l.URL, l.Path, l.Anchor)
		}
		fmt.Fprintf(&b, "--------\n%s\n", c.Text)
	}
	return b.String()
}
