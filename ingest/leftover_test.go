package ingest

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"docent"
	"docent/ingest/site"
)

var (
	corpusDir = flag.String("corpus", "", "a folder whose leftover markup is counted, too")
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
	if *corpusDir == "" {
		t.Skip("SKIPPED: no folder was given with -corpus")
	}
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
