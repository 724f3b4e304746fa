package ingest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/ingest/site"
)

var (
	corpusDir = flag.String("corpus", "../docs-sample", "a folder whose leftover markup is counted")
	dialekt   = flag.String("framework", "", "the framework of -corpus; \"\" finds it out")
	show      = flag.Int("show", 0, "how many places of leftover markup are printed")
)

// leftovers are what no reader of a site sees outside of code.
var leftovers = regexp.MustCompile(`\{\{[<%]|(?m:^(?:import|export) (?:default|const|\{|\*|[\w$]+ from ).*$)|:::|</?(?:[A-Z]\w*\.)?(?:Tabs?|TabItem|TabPanel|Cards?|CardGrid|LinkCard|LinkButton|Aside|Steps?|Callout|Admonition|Badge|Code|CodeBlock|CodeGroup|FileTree|Icon|Fragment|Details|Accordion)[\s/>]|\{#|\{%|^!!! |\?\?\?\+? \w|-8<-|\{\{#|\{\{ *[\w.$]+ *\}\}|^=== "|\{:|<!--|\x02|\x03|\{/\*`)

// codeSpan is code within a line.
var codeSpan = regexp.MustCompile("(?s)(`+)[^`].*?[^`]?(`+)")

// outsideCode is the text of a chunk without its code.
func outsideCode(c docent.Chunk) string {
	var kept []string
	fence := ""
	for _, line := range strings.Split(c.Text, "\n") {
		if m := fenceLine.FindStringSubmatch(line); fence == "" && m != nil {
			fence = m[2]
			continue
		}
		if fence != "" {
			if strings.TrimLeft(line, " >") == fence {
				fence = ""
			}
			continue
		}
		kept = append(kept, line)
	}
	return codeSpan.ReplaceAllString(strings.Join(kept, "\n"), "``")
}

// unbalanced reports whether a code fence of the chunk has no end.
func unbalanced(text string) bool {
	fence := ""
	for _, line := range strings.Split(text, "\n") {
		m := fenceLine.FindStringSubmatch(line)
		switch {
		case fence == "" && m != nil:
			fence = m[2]
		case fence != "" && strings.TrimLeft(line, " >") == fence:
			fence = ""
		}
	}
	return fence != ""
}

// leftIn lists what is left of markup in a chunk, and says so of a fence.
func leftIn(c docent.Chunk) []string {
	found := leftovers.FindAllString(outsideCode(c), -1)
	if unbalanced(c.Text) {
		found = append(found, "a fence without its end")
	}
	return found
}

func TestLittleMarkupIsLeftInACorpus(t *testing.T) {
	src := Source{Name: "corpus", Dir: *corpusDir}
	if *dialekt != "" {
		src.Framework = "plain"
	}
	m, err := prepare(context.Background(), src, Config{ChunkTokens: 400, MaxFileBytes: 10 << 20}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if *dialekt != "" {
		m.dialect = newDialect(site.Syntax{Framework: *dialekt, Roots: []string{".", ".."}})
	}
	chunks, dirty, pages, kinds, warnings := 0, 0, 0, map[string]int{}, map[string]int{}
	shownOf := map[string]int{}
	err = m.each(context.Background(), true, func(one made) error {
		if one.page == nil {
			fmt.Println("skipped", one.path, one.skip)
			return nil
		}
		if pages++; one.page.hidden != "" {
			warnings["hidden: "+one.page.hidden]++
			return nil
		}
		for _, w := range one.page.Warnings {
			warnings[regexp.MustCompile(`[\w./-]*[/.][\w./-]+|\d+`).ReplaceAllString(w.Message, "*")]++
		}
		for _, c := range one.chunks {
			chunks++
			found := leftIn(c.Chunk)
			if len(found) > 0 {
				dirty++
			}
			for _, f := range found {
				kinds[f]++
				if shownOf[f]++; shownOf[f] <= *show {
					text := outsideCode(c.Chunk)
					at := max(0, strings.Index(text, f))
					fmt.Printf("%s:%d-%d %q: %q\n", one.path, c.Line, c.EndLine, f, text[max(0, at-80):min(len(text), at+120)])
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s as %s: %d pages, %d chunks, %d with leftover markup (%.3f %%) %v\n", *corpusDir, m.dialect.Framework, pages, chunks, dirty, 100*float64(dirty)/float64(max(chunks, 1)), kinds)
	for w, n := range warnings {
		if n > 5 || len(warnings) < 30 {
			fmt.Printf("%6d warnings: %s\n", n, w)
		}
	}
	if dirty*1000 > chunks {
		t.Errorf("markup is left in %d of %d chunks", dirty, chunks)
	}
}

// fixtureFrameworks are those of testdata/syntax.
func fixtureFrameworks(t *testing.T) (all []string) {
	t.Helper()
	entries, err := os.ReadDir("testdata/syntax")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// fixtures makes the pages of one framework's fixture, which is found out.
func fixtures(t *testing.T, framework string) (all []made) {
	t.Helper()
	m, err := prepare(context.Background(), Source{Name: "kettle", Dir: "testdata/syntax/" + framework}, Config{ChunkTokens: 400, MaxFileBytes: 1 << 20}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.dialect.Framework; got != framework {
		t.Errorf("%s was taken for %s", framework, got)
	}
	for _, path := range m.folder.files {
		one := m.split(m.read(path, true), nil, true)
		if one.page == nil {
			t.Fatalf("%s/%s was skipped: %s", framework, path, one.skip)
		}
		all = append(all, one)
	}
	return all
}

func TestNoMarkupIsLeftInTheFixtures(t *testing.T) {
	for _, framework := range fixtureFrameworks(t) {
		for _, one := range fixtures(t, framework) {
			for _, c := range one.chunks {
				if found := leftIn(c.Chunk); len(found) > 0 {
					t.Errorf("%s/%s, lines %d-%d: left is %q of:\n%s", framework, one.path, c.Line, c.EndLine, found, c.Text)
				}
			}
		}
	}
}

func TestEachFrameworksNotationsAreAsReviewed(t *testing.T) {
	for _, framework := range fixtureFrameworks(t) {
		t.Run(framework, func(t *testing.T) {
			var got strings.Builder
			for _, one := range fixtures(t, framework) {
				if one.page.hidden != "" {
					fmt.Fprintf(&got, "page %s is hidden: %s\n\n", one.path, one.page.hidden)
					continue
				}
				got.WriteString(describe(one))
			}
			golden := filepath.Join("testdata", "golden", "syntax_"+framework+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("run with -update and review the difference:\n%s", diff)
			}
		})
	}
}
