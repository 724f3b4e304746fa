package main

import (
	"fmt"
	"io"
	"strings"

	"docent"
)

// printComparisons writes comparisons as Markdown.
func printComparisons(out io.Writer, all []docent.Comparison) error {
	var b strings.Builder
	for i := range all {
		if i > 0 {
			b.WriteString("\n")
		}
		printComparison(&b, &all[i])
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func printComparison(b *strings.Builder, d *docent.Comparison) {
	fmt.Fprintf(b, "## %s → %s\n\n", releaseText(d.From), releaseText(d.To))
	count := map[string]int{}
	for _, p := range d.Pages {
		count[p.Change]++
	}
	fmt.Fprintf(b, "Pages: %d added, %d changed, %d removed.\n", count[docent.ChangeAdded], count[docent.ChangeChanged], count[docent.ChangeRemoved])
	if len(d.Pages) > 0 {
		b.WriteString("\n| page | section | change |\n|---|---|---|\n")
	}
	for _, p := range d.Pages {
		if p.Change != docent.ChangeChanged {
			fmt.Fprintf(b, "| %s | %s | %s |\n", cell(p.Path), plural(len(p.Sections), "section", "sections"), p.Change)
			continue
		}
		for _, s := range p.Sections {
			fmt.Fprintf(b, "| %s | %s | %s |\n", cell(p.Path+"#"+s.Anchor), cell(s.Heading), s.Change)
		}
	}
	if d.Asked > 0 {
		fmt.Fprintf(b, "\nQuestions: %d of %d find another section first.\n", len(d.Questions), d.Asked)
	}
	if len(d.Questions) > 0 {
		b.WriteString("\n| question | before | now |\n|---|---|---|\n")
	}
	for _, q := range d.Questions {
		fmt.Fprintf(b, "| %s | %s | %s |\n", cell(q.Question), cell(dash(q.From)), cell(dash(q.To)))
	}
}

// releaseText names a release for people.
func releaseText(r docent.Release) string {
	if r.Number == 0 {
		return describe(r.Unit) + ", not published"
	}
	name := fmt.Sprintf("%s, release %d", describe(r.Unit), r.Number)
	if _, preview, is := strings.Cut(r.Unit.Site, "@"); is {
		name += " of the preview " + preview
	}
	return name
}

// cell is a text as it can stand in a table of Markdown.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(s)
}
