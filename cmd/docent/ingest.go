package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"docent"
	"docent/ingest"
	"docent/server"
)

// ingestFlags override what a source's folder or config.yaml says.
type ingestFlags struct {
	source         ingest.Source
	dryRun, asJSON bool
	format         string
	verify         string  // the built site to compare with; "" is none
	maxCost        float64 // in US dollars; 0 is no bound
	push           pushFlags
}

func newIngest() *cobra.Command {
	c := &cobra.Command{
		Use:   "ingest [DIR|URL|ARCHIVE...]",
		Short: "Turn documentation into an index release",
		Long: `Reads folders, repositories (git+https://host/project.git@ref#subdirectory=docs),
websites (https://docs.example.com/), archives (.zip, .tar or .tar.gz; - is standard
input) and OpenAPI documents (a .yaml or .json file or address), or else the sources
of config.yaml, splits their pages into sections and publishes the result as one new
release, at once. What did not change since the last release is not done again;
deleted pages leave the index. Until the release is published, and when ingest is
stopped midway, the old one is served.

With --push the index is that of a server elsewhere. The pages are parsed here, the
server is sent what it lacks, embeds it and publishes. No index is needed here. The
key is better given in DOCENT_PUSH_KEY, or in the file DOCENT_PUSH_KEY_FILE names.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some files were skipped and the
rest is in, 4 addresses that --verify-links did not find.`,
		Example: `  docent ingest docs
  docent ingest docs --source manual --base-url https://docs.example.com/
  docent ingest git+https://github.com/example/project.git@v2#subdirectory=docs
  docent ingest https://docs.example.com/
  docent ingest docs.zip
  git archive HEAD docs | docent ingest - --source manual
  docent ingest docs --dry-run --json
  docent ingest docs --dry-run --format github
  docent ingest docs --verify-links site
  docent ingest docs --anchors-from site
  docent ingest docs --preview pr-42
  docent ingest docs --push https://docs-bot.example.com --wait`,
	}
	var f ingestFlags
	c.Flags().StringVar(&f.source.Name, "source", "", "name of the source (default: the folder's name)")
	c.Flags().StringVar(&f.source.Site, "site", "", "site whose documentation it is (default: the entry's, or default)")
	c.Flags().StringVar(&f.source.Framework, "framework", "", "docs framework that builds the site, such as docusaurus (default: found from its configuration)")
	c.Flags().StringVar(&f.source.BaseURL, "base-url", "", "address of the site that shows the pages, with its base path")
	c.Flags().StringVar(&f.source.Version, "version", "", "version of the documentation")
	c.Flags().StringVar(&f.source.Lang, "lang", "", "language of the documentation, such as en or pt-br")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would be done, and change nothing")
	c.Flags().StringVar(&f.verify, "verify-links", "", "compare every address that would be cited with the built site: its folder, search_index.json, objects.inv or address; change nothing")
	c.Flags().StringVar(&f.source.AnchorsFrom, "anchors-from", "", "take the sections' anchors from the built site in this folder")
	c.Flags().Float64Var(&f.maxCost, "max-cost", 0, "stop before anything is embedded that would cost more, in US dollars (0: no bound)")
	c.Flags().StringVar(&f.format, "format", formatText, "how warnings, broken links and errors are told: text, or github for annotations of a workflow")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON to stdout")
	f.push.add(c)
	c.RunE = func(c *cobra.Command, dirs []string) (err error) {
		if f.format != formatText && f.format != formatGitHub || f.asJSON && f.format != formatText {
			return usageErrorf("--format is %q: must be text or github, and text with --json", f.format)
		}
		defer func() { f.annotate(c, err) }()
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		dirs, remove, err := spooled(c.InOrStdin(), dirs, s.Ingest.Fetch.TotalBytes)
		if err != nil {
			return err
		}
		defer remove()
		sources, err := f.sources(s, dirs)
		if err != nil {
			return err
		}
		if err := f.push.check(f.verify != ""); err != nil {
			return err
		}
		if f.push.to != "" {
			return f.pushSources(c, s, sources)
		}
		if f.verify != "" {
			return f.verifyLinks(c, s, sources)
		}
		if f.dryRun {
			return f.dryRunAll(c, s, sources)
		}
		if err := f.affordable(c, s, sources); err != nil {
			return err
		}
		return ingestSources(c.Context(), c, s, sources, f.asJSON, f.format)
	}
	return c
}

// affordable checks that the embedding keeps within --max-cost.
func (f *ingestFlags) affordable(c *cobra.Command, s *settings, sources []ingest.Source) error {
	switch {
	case f.maxCost < 0:
		return usageErrorf("--max-cost is %v: must be 0 or more", f.maxCost)
	case f.maxCost == 0 || !s.Embedding.Remote():
		return nil
	case s.Embedding.PricePerMillionTokens == 0:
		return usageErrorf("--max-cost needs embedding.price_per_million_tokens")
	}
	plan, err := f.preview(c, s, sources)
	if err != nil {
		return err
	}
	if plan.Embedding.USD > f.maxCost {
		return fmt.Errorf("%s, more than --max-cost %g; nothing was embedded", costText("would cost about", plan.Embedding), f.maxCost)
	}
	return nil
}

// sources gives what to ingest: the folders, or else config.yaml's sources,
// named, checked, and each once.
func (f *ingestFlags) sources(s *settings, dirs []string) ([]ingest.Source, error) {
	var sources []ingest.Source
	for _, place := range dirs {
		sources = append(sources, sourceAt(place))
	}
	if len(dirs) == 0 {
		sources = append(sources, s.Sources...)
	}
	if len(sources) == 0 {
		return nil, &exitError{exitUsage, errNothingToIngest}
	}
	if f.source.Name != "" && len(sources) > 1 {
		return nil, usageErrorf("--source names one source, but there are %d", len(sources))
	}
	folders := map[docent.Unit]string{}
	for i := range sources {
		src, err := overridden(sources[i], f.source).Normalised()
		if err != nil {
			return nil, &exitError{exitUsage, err}
		}
		unit := docent.Unit{Site: src.Site, Source: src.Name, Version: src.Version, Lang: src.Lang}
		if other, taken := folders[unit]; taken {
			return nil, usageErrorf("%s and %s would both be the source %s, and one would replace the other; give them names, or --source", other, src.Place(), describe(unit))
		}
		folders[unit], sources[i] = src.Place(), src
	}
	return f.previewed(sources)
}

// previewed makes of the sources those of the preview that is asked for, if any.
func (f *ingestFlags) previewed(sources []ingest.Source) ([]ingest.Source, error) {
	if strings.Contains(f.source.Site, "@") {
		return nil, usageErrorf("--site is %q: no site has @ in its name; --preview makes a preview", f.source.Site)
	}
	if f.push.preview == "" || f.push.to != "" {
		return sources, nil
	}
	if err := server.CheckPreviewName(f.push.preview); err != nil {
		return nil, &exitError{exitUsage, err}
	}
	for i := range sources {
		sources[i] = server.PreviewOf(sources[i], f.push.preview)
	}
	return sources, nil
}

// overridden is src with every field that by sets.
func overridden(src, by ingest.Source) ingest.Source {
	for _, field := range []struct{ to, from *string }{
		{&src.Name, &by.Name}, {&src.Site, &by.Site}, {&src.Framework, &by.Framework}, {&src.BaseURL, &by.BaseURL},
		{&src.Version, &by.Version}, {&src.Lang, &by.Lang}, {&src.AnchorsFrom, &by.AnchorsFrom},
	} {
		if *field.from != "" {
			*field.to = *field.from
		}
	}
	return src
}

// ingestSources ingests one source after the other. A source that fails does
// not keep the others out.
func ingestSources(ctx context.Context, c *cobra.Command, s *settings, sources []ingest.Source, asJSON bool, format string) (err error) {
	in, err := server.OpenIngester(ctx, s.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	var reports []ingest.Report
	var failures []error
	skipped := 0
	for _, src := range sources {
		bar := newProgress(c.ErrOrStderr(), src.Name)
		report, err := in.Run(ctx, src, bar.update)
		bar.finish()
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			if len(sources) > 1 {
				err = fmt.Errorf("source %s: %w", src.Name, err)
			}
			failures = append(failures, err)
			continue
		}
		skipped += len(report.Skipped)
		reports = append(reports, report)
		if !asJSON {
			if format == formatGitHub {
				located(src, report.Warnings, report.BrokenLinks, report.Skipped)
			}
			printReport(c, report, format)
		}
	}
	if asJSON {
		if err := printJSON(c, reports); err != nil {
			return err
		}
	}
	if len(failures) > 0 {
		return errors.Join(failures...)
	}
	return partlyDone(skipped, "the rest is in the index")
}

// annotate tells GitHub why a run failed. Files that were skipped were told of
// one by one.
func (f *ingestFlags) annotate(c *cobra.Command, err error) {
	var exit *exitError
	if err != nil && f.format == formatGitHub && !(errors.As(err, &exit) && exit.code == exitPartly) {
		remarks{c.ErrOrStderr(), f.format, ""}.command("error", "", 0, err.Error())
	}
}

// dryRunAll prints what an ingest of all sources would do.
func (f *ingestFlags) dryRunAll(c *cobra.Command, s *settings, sources []ingest.Source) error {
	all, err := f.preview(c, s, sources)
	if err != nil {
		return err
	}
	if f.asJSON {
		err = printJSON(c, all)
	} else {
		err = printPlan(c, all, s.Embedding.Remote(), f.format)
	}
	return errors.Join(err, partlyDone(len(all.Skipped), "nothing was written"))
}

// preview tells what an ingest of all sources would do.
func (f *ingestFlags) preview(c *cobra.Command, s *settings, sources []ingest.Source) (all ingest.Preview, err error) {
	in, err := server.OpenIngester(c.Context(), s.Config)
	if err != nil {
		return all, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for i, src := range sources {
		plan, err := in.DryRun(c.Context(), src)
		if err != nil {
			return all, fmt.Errorf("source %s: %w", src.Name, err)
		}
		if f.format == formatGitHub {
			locatedPlan(src, &plan)
		}
		if i == 0 {
			all = plan
		} else {
			all.Join(plan)
		}
	}
	return all, nil
}

// partlyDone is the error of a run that had to leave files out; nil for none.
func partlyDone(skipped int, rest string) error {
	if skipped == 0 {
		return nil
	}
	return &exitError{exitPartly, fmt.Errorf("%s skipped; %s", plural(skipped, "file was", "files were"), rest)}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
