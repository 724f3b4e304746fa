package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"docent"
	"docent/ingest"
	"docent/server"
)

// progress shows how far an ingest is: a bar on a terminal, and elsewhere a
// plain line every few seconds, so that a CI log shows that it moves.
type progress struct {
	out  io.Writer
	name string
	bar  *progressbar.ProgressBar // nil where out is no terminal
	told time.Time
}

// plainEvery is the time between two plain lines.
const plainEvery = 5 * time.Second

func newProgress(out io.Writer, name string) *progress {
	p := &progress{out: out, name: name, told: time.Now()}
	if f, is := out.(*os.File); is && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(name),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
	}
	return p
}

// update tells that done of total pages are through.
func (p *progress) update(done, total int, _ string) {
	if p.bar != nil {
		p.bar.ChangeMax(total)
		_ = p.bar.Set(done) // a bar that can't be drawn stops nothing
		return
	}
	if time.Since(p.told) >= plainEvery {
		p.told = time.Now()
		fmt.Fprintf(p.out, "docent: %s: %d of %d pages\n", p.name, done, total)
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// maxWarnings is how many warnings a report prints: a page of them hides the
// rest.
const maxWarnings = 20

// printReport tells what an ingest did, what it skipped and what a writer
// should look at.
func printReport(c *cobra.Command, r ingest.Report, format string) {
	out := c.ErrOrStderr()
	remarks := remarks{out, format, "docent: "}
	for _, s := range r.Skipped {
		remarks.skipped(s)
	}
	room := maxWarnings
	if format == formatGitHub {
		room = len(r.Warnings) + len(r.BrokenLinks)
	}
	for _, w := range r.Warnings[:min(len(r.Warnings), room)] {
		remarks.warn("", w)
	}
	room -= min(len(r.Warnings), room)
	for _, l := range r.BrokenLinks[:min(len(r.BrokenLinks), room)] {
		remarks.broken(l)
	}
	if more := len(r.Warnings) + len(r.BrokenLinks) - maxWarnings; more > 0 && format != formatGitHub {
		fmt.Fprintf(out, "docent: and %s; 'docent ingest --dry-run' lists them all\n", plural(more, "more warning", "more warnings"))
	}
	if len(r.Copies) > 0 {
		fmt.Fprintf(out, "docent: %s left out, since another page has the same text; 'docent ingest --dry-run' lists them\n", plural(len(r.Copies), "page is", "pages are"))
	}
	for _, u := range r.Units {
		printUnit(out, u)
	}
	printRetired(out, r.Retired)
}

// printRetired names units that the source no longer has.
func printRetired(out io.Writer, units []docent.Unit) {
	for _, u := range units {
		fmt.Fprintf(out, "docent: %s: retired, since the source no longer has it; 'docent index activate' brings it back until 'docent index gc'\n", describe(u))
	}
}

// printUnit tells what became of one version in one language.
func printUnit(out io.Writer, u ingest.UnitReport) {
	name := describe(u.Release.Unit)
	if !u.Published {
		fmt.Fprintf(out, "docent: %s: nothing changed, release %d stays (%s, %d ms)\n",
			name, u.Release.Number, plural(u.Release.Pages, "page", "pages"), u.Duration.Milliseconds())
		return
	}
	fmt.Fprintf(out, "docent: %s: release %d published: %s, %s (%d added, %d changed, %d removed, %d unchanged; %d ms)\n",
		name, u.Release.Number, plural(u.Release.Pages, "page", "pages"), plural(u.Release.Chunks, "chunk", "chunks"),
		u.Plan.Added, u.Plan.Changed, u.Plan.Removed, u.Plan.Unchanged, u.Duration.Milliseconds())
}

// printPlan tells what an ingest would do; embeds says that chunks get vectors.
func printPlan(c *cobra.Command, p ingest.Preview, embeds bool, format string) error {
	out := c.OutOrStdout()
	remarks := remarks{out, format, ""}
	for _, page := range p.Pages {
		fmt.Fprintf(out, "%s  %s  %s\n", page.Path, page.URL, page.Title)
		for _, w := range page.Warnings {
			remarks.warn("  ", w)
		}
	}
	for _, l := range p.BrokenLinks {
		remarks.broken(l)
	}
	for _, w := range p.Warnings {
		remarks.warn("", w)
	}
	for _, s := range p.Skipped {
		remarks.skipped(s)
	}
	for _, copied := range p.Copies {
		fmt.Fprintf(out, "left out %s: the same text as %s\n", copied.Path, copied.Of)
	}
	if p.Embedding != (ingest.Cost{}) || embeds {
		fmt.Fprintln(out, costText("to embed, about", p.Embedding))
	}
	for _, u := range p.Retire {
		fmt.Fprintf(out, "%s: to be retired, since the source no longer has it\n", describe(u))
	}
	_, err := fmt.Fprintf(out, "%s; %d to add, %d to change, %d to remove, %d unchanged; nothing was written\n",
		plural(len(p.Pages), "page", "pages"), p.Plan.Added, p.Plan.Changed, p.Plan.Removed, p.Plan.Unchanged)
	return err
}

// costText tells what vectors take.
func costText(verb string, c ingest.Cost) string {
	text := fmt.Sprintf("%s %s %d tokens", plural(c.Texts, "text", "texts"), verb, c.Tokens)
	if c.USD > 0 {
		text += fmt.Sprintf(", %.6f dollars", c.USD)
	}
	return text
}

func warningText(w docent.Warning) string {
	if w.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", w.Path, w.Line, w.Message)
	}
	return w.Path + ": " + w.Message
}

// describe names a unit: its source, with version and language where it has
// them.
func describe(u docent.Unit) string {
	return server.DescribeUnit(u)
}
