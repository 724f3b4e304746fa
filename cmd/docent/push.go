package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/ingest"
	"docent/ingest/push"
	"docent/server"
)

// pushFlags say where pages are brought to that are parsed here.
type pushFlags struct {
	to      string // the server's address; "" is the index here
	key     string
	preview string
	wait    bool
}

// pushKeyVariable holds the key to push with. It is no setting: the server that
// is pushed to is another one than that of config.yaml.
const pushKeyVariable = "DOCENT_PUSH_KEY"

func (f *pushFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.to, "push", "", "address of a server whose index is to have the pages, instead of the one here")
	c.Flags().StringVar(&f.key, "key", "", "API key of scope ingest for --push (better in "+pushKeyVariable+")")
	c.Flags().StringVar(&f.preview, "preview", "", "build a preview of that name, such as pr-12, beside what readers see; it is asked by --index, or \"index\" in requests")
	c.Flags().BoolVar(&f.wait, "wait", false, "with --push: wait until the server has published")
}

// serverFlags adds the flags that name a server whose index is meant.
func serverFlags(c *cobra.Command) *indexElsewhere { return &indexElsewhere{remoteFlags(c, "ingest")} }

// indexElsewhere is a server whose index is meant.
type indexElsewhere struct{ *remote }

// elsewhere makes the client of the server that serverFlags name; nil where the
// index here is meant.
func (f *indexElsewhere) elsewhere(c *cobra.Command) (*push.Client, error) {
	address, key, err := f.resolve(c)
	if err != nil || address == "" {
		return nil, err
	}
	return (&pushFlags{to: address, key: key}).client()
}

func (f *pushFlags) check(verify bool) error {
	switch {
	case f.to != "" && verify:
		return usageErrorf("--verify-links changes nothing: leave out --push")
	case f.to == "" && (f.key != "" || f.wait):
		return usageErrorf("--key and --wait need --push")
	}
	return nil
}

// client makes the client of the server.
func (f *pushFlags) client() (*push.Client, error) {
	key, err := f.readKey()
	if err != nil {
		return nil, err
	}
	client, err := push.NewClient(f.to, key)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return client, nil
}

// readKey gives the key, from the flag, the variable or the file.
func (f *pushFlags) readKey() (string, error) {
	vars, err := environment()
	if err != nil {
		return "", err
	}
	if key := cmp.Or(f.key, vars[pushKeyVariable]); key != "" {
		return strings.TrimSpace(key), nil
	}
	file := vars[pushKeyVariable+"_FILE"]
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usageErrorf("%s_FILE: %w", pushKeyVariable, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// pushed is one unit on its way to a server, as --json prints it.
type pushed struct {
	docent.Push
	Plan    *docent.PushPlan `json:"plan,omitempty"` // of --dry-run and --max-cost
	Skipped []ingest.Skip    `json:"skipped"`        // never nil
}

// pushSources brings the sources to a server. Each version in each language is
// published by itself: one that fails does not keep the others out.
func (f *ingestFlags) pushSources(c *cobra.Command, s *settings, sources []ingest.Source) error {
	if f.maxCost < 0 {
		return usageErrorf("--max-cost is %v: must be 0 or more", f.maxCost)
	}
	client, err := f.push.client()
	if err != nil {
		return err
	}
	ctx := c.Context()
	terms, err := client.Terms(ctx, f.push.preview)
	if err != nil {
		return err
	}
	all, failures := f.send(c, s, client, terms, sources)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.dryRun || f.maxCost > 0 {
		if err := f.planned(c, client, all); err != nil {
			return errors.Join(append(failures, err)...)
		}
	}
	if !f.dryRun {
		failures = append(failures, f.publish(c, client, all)...)
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: %d KB sent\n", (client.Sent()+1023)/1024)
	if f.asJSON {
		if err := printJSON(c, all); err != nil {
			return err
		}
	}
	if len(failures) > 0 {
		return errors.Join(failures...)
	}
	skipped := 0
	for _, p := range all {
		skipped += len(p.Skipped)
	}
	return partlyDone(skipped, "the server keeps what it has of them")
}

// send parses the sources and uploads what the server lacks.
func (f *ingestFlags) send(c *cobra.Command, s *settings, client *push.Client, terms docent.PushTerms, sources []ingest.Source) (all []pushed, failures []error) {
	all = []pushed{}
	site, _, _ := strings.Cut(terms.Site, "@")
	for _, src := range sources {
		if src.Site != "" && src.Site != site {
			failures = append(failures, fmt.Errorf("source %s is of the site %s, and the key is of %s", src.Name, src.Site, site))
			continue
		}
		sent, err := f.sendSource(c, s, client, terms, src)
		all = append(all, sent...)
		if err != nil {
			failures = append(failures, fmt.Errorf("source %s: %w", src.Name, err))
		}
	}
	return all, failures
}

func (f *ingestFlags) sendSource(c *cobra.Command, s *settings, client *push.Client, terms docent.PushTerms, src ingest.Source) (all []pushed, err error) {
	bar := newProgress(c.ErrOrStderr(), src.Name)
	pages, warnings, err := server.Parse(c.Context(), s.Config, src, terms.Site, bar.update)
	if err != nil {
		return nil, err
	}
	report := ingest.Report{Warnings: warnings}
	var failures []error
	for i, unit := range pages.Units() {
		sent, err := client.Send(c.Context(), pages, i, terms, f.push.preview, func(done, total int) {
			fmt.Fprintf(c.ErrOrStderr(), "docent: %s: %d of %d pages uploaded\n", describe(unit), done, total)
		})
		report.Warnings = append(report.Warnings, sent.Left.Warnings...)
		report.Skipped = append(report.Skipped, sent.Left.Skipped...)
		report.Copies = append(report.Copies, sent.Left.Copies...)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		all = append(all, pushed{Push: sent.Push, Skipped: append([]ingest.Skip{}, sent.Left.Skipped...)})
	}
	report.BrokenLinks = pages.BrokenLinks()
	bar.finish()
	if !f.asJSON {
		f.reportPushed(c, src, report)
	}
	return all, errors.Join(failures...)
}

// planned asks what each push would change. With --max-cost it is an error where
// all of them together cost more.
func (f *ingestFlags) planned(c *cobra.Command, client *push.Client, all []pushed) error {
	total, priced := ingest.Cost{}, true
	for i := range all {
		if all[i].State.Committed() && all[i].State != docent.PushFailed {
			continue // by another run of the same; it is paid for
		}
		plan, err := client.Plan(c.Context(), all[i].ID)
		if err != nil {
			return fmt.Errorf("%s: %w", describe(all[i].Unit), err)
		}
		all[i].Plan, all[i].Missing = &plan, nil
		cost := ingest.Cost{Texts: plan.Embedding.Texts, Tokens: plan.Embedding.Tokens, USD: plan.Embedding.USD}
		if f.dryRun && !f.asJSON {
			fmt.Fprintf(c.OutOrStdout(), "%s: %s; nothing was published\n", describe(all[i].Unit), planText(plan, cost))
		}
		total.Join(cost)
		priced = priced && plan.Embedding.Priced
	}
	switch {
	case f.maxCost == 0:
		return nil
	case !priced:
		return &exitError{exitUsage, errors.New("--max-cost needs embedding.price_per_million_tokens in the server's configuration; nothing was embedded")}
	case total.USD > f.maxCost:
		return fmt.Errorf("%s, more than --max-cost %g; nothing was embedded", costText("would cost about", total), f.maxCost)
	}
	return nil
}

func planText(p docent.PushPlan, cost ingest.Cost) string {
	return fmt.Sprintf("pages: %d to add, %d to change, %d to remove, %d unchanged; chunks: %d to add, %d to remove; %s",
		p.Pages.Added, p.Pages.Changed, p.Pages.Removed, p.Pages.Unchanged, p.Chunks.Added, p.Chunks.Removed, costText("to embed, about", cost))
}

// publish commits every push, and with --wait follows each to its end.
func (f *ingestFlags) publish(c *cobra.Command, client *push.Client, all []pushed) (failures []error) {
	var committed []*docent.Push
	for i := range all {
		p, err := client.Commit(c.Context(), all[i].ID)
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", describe(all[i].Unit), err))
			continue
		}
		all[i].Push = p
		committed = append(committed, &all[i].Push)
	}
	for _, p := range committed {
		if !f.push.wait && !p.State.Ended() {
			fmt.Fprintf(c.ErrOrStderr(), "docent: %s: the server goes on by itself; follow it by the same command with --wait, or with GET %s\n",
				describe(p.Unit), client.URL(p.ID))
			continue
		}
		if err := follow(c.Context(), c.ErrOrStderr(), client, p); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", describe(p.Unit), err))
		}
	}
	return failures
}

// follow waits for the end of a push, and tells each state once. Another end than
// to be published is an error.
func follow(ctx context.Context, out io.Writer, client *push.Client, p *docent.Push) error {
	name, last := describe(p.Unit), ""
	end, err := client.Follow(ctx, p.ID, func(now docent.Push) {
		line := fmt.Sprintf("docent: %s: %s", name, now.State)
		if now.Reason != "" {
			line += ", " + now.Reason
		}
		if !now.State.Ended() && line != last {
			fmt.Fprintln(out, line)
			last = line
		}
	})
	if err != nil {
		return err
	}
	*p = end
	switch {
	case end.State != docent.PushPublished:
		return fmt.Errorf("%s: %s", end.State, end.Reason)
	case end.Unchanged:
		fmt.Fprintf(out, "docent: %s: nothing changed, release %d stays (%s)\n", name, end.Release.Number, plural(end.Release.Pages, "page", "pages"))
	default:
		g := end.Changes.Pages
		fmt.Fprintf(out, "docent: %s: release %d published: %s, %s (%d added, %d changed, %d removed, %d unchanged)\n", name, end.Release.Number,
			plural(end.Release.Pages, "page", "pages"), plural(end.Release.Chunks, "chunk", "chunks"), g.Added, g.Changed, g.Removed, g.Unchanged)
	}
	printRetired(out, end.Retired)
	return nil
}

// reportPushed tells of what was parsed, as an ingest does.
func (f *ingestFlags) reportPushed(c *cobra.Command, src ingest.Source, r ingest.Report) {
	if f.format == formatGitHub {
		located(src, r.Warnings, r.BrokenLinks, r.Skipped)
	}
	printReport(c, r, f.format)
}
