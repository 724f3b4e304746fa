package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"docent"
	"docent/ingest/indexfile"
	"docent/retrieval"
	"docent/server"
)

func newIndexExport() *cobra.Command {
	c := &cobra.Command{
		Use:   "export FILE",
		Short: "Write the active releases into one file, or as Markdown for programs that read",
		Long: `Writes the releases that questions are answered from into one file, with all that
another Docent needs to answer from them: 'docent serve --index' serves the file as it
is, 'docent index import' puts it into an index. What is written is whole or not at all,
and holds its own checksum.

Without flags all sources are in it, in all versions and languages.

With --llms it writes into a folder, the build of the site that shows the pages, what
coding agents look for there: llms.txt, llms-full.txt, and each page as Markdown. Of a
page at /guide/install/ that is guide/install/index.md, of one at /guide/install it is
guide/install.md. Without flags these are the default versions.`,
		Example: `  docent index export docs.docent
  docent index export docs.docent --source guide --version v2
  docent index export --llms build
  docent index export --llms site --site-url https://example.com/project/`,
		Args: args(cobra.MaximumNArgs(1)),
	}
	only := exportFlags(c)
	llms := c.Flags().String("llms", "", "folder of a built site to write llms.txt, llms-full.txt and the pages' Markdown into")
	siteURL := c.Flags().String("site-url", "", "address at which the folder of --llms is served, where that is not its host's root")
	c.RunE = func(c *cobra.Command, words []string) error {
		if (len(words) == 0) == (*llms == "") {
			return usageErrorf("name either a FILE or a folder with --llms")
		}
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		index, err := server.OpenIndex(c.Context(), s.Config)
		if err != nil {
			return err
		}
		defer index.Close()
		if *llms != "" {
			return only.llms(c, index, s.Server.PublicURL, *llms, *siteURL)
		}
		releases, err := only.releases(c.Context(), index)
		if err != nil {
			return err
		}
		size, err := exportIndex(c.Context(), index, releases, words[0])
		if err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "docent: %s written, %s: %s\n", words[0], fileSize(size), counted(releases))
		return nil
	}
	return c
}

// selection says which active releases are meant; what is "" means all.
type selection struct{ docent.Unit }

func exportFlags(c *cobra.Command) *selection {
	only := &selection{}
	c.Flags().StringVar(&only.Site, "site", docent.DefaultSite, siteUsage)
	c.Flags().StringVar(&only.Source, "source", "", "only this source")
	c.Flags().StringVar(&only.Version, "version", "", "only this version")
	c.Flags().StringVar(&only.Lang, "lang", "", "only this language")
	return only
}

func (s *selection) releases(ctx context.Context, index server.Index) ([]docent.Release, error) {
	all, err := index.Releases(ctx, s.Site)
	if err != nil {
		return nil, err
	}
	means := func(wanted, has string) bool { return wanted == "" || wanted == has }
	var chosen []docent.Release
	for _, r := range all {
		if means(s.Source, r.Unit.Source) && means(s.Version, r.Unit.Version) && means(s.Lang, r.Unit.Lang) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		return nil, &docent.Error{Code: docent.CodeNotFound, Message: "there is no active release of " + describe(s.Unit),
			Hint: "'docent index list' shows what there is"}
	}
	return chosen, nil
}

// llms writes the Markdown of the default versions of what is meant.
func (s *selection) llms(c *cobra.Command, index server.Index, base, dir, siteURL string) error {
	releases, err := s.releases(c.Context(), index)
	if err != nil {
		return err
	}
	if releases, _, err = retrieval.Choose(releases, docent.Filters{}); err != nil {
		return err
	}
	pages, err := exportLLMs(c.Context(), index, releases, base, dir, siteURL)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: llms.txt, llms-full.txt and %s written into %s\n", plural(pages, "page", "pages"), dir)
	return nil
}

// exportIndex writes a file beside where it is to be and then puts it there, so that
// who reads it meanwhile has the old one or the new one.
func exportIndex(ctx context.Context, index server.Index, releases []docent.Release, path string) (size int64, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".docent-*")
	if err != nil {
		return 0, cantWrite(path, err)
	}
	defer os.Remove(file.Name()) // it is gone where all went well
	err = indexfile.Write(ctx, file, index, indexfile.Header{Stamp: index.Stamp, Releases: releases})
	info, statErr := file.Stat()
	if err = errors.Join(err, statErr, file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return 0, err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return 0, cantWrite(path, err)
	}
	return info.Size(), nil
}

// fileSize is a number of bytes for people.
func fileSize(bytes int64) string {
	if bytes < 1e6 {
		return fmt.Sprintf("%d KB", (bytes+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

func cantWrite(path string, err error) error {
	return &docent.Error{Code: docent.CodeInternal, Message: path + " can't be written", Hint: "choose a folder that is there and can be written", Err: err}
}

func newIndexImport() *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Put the releases of a file into the index, and answer from them",
		Long: `Checks a file that 'docent index export' wrote and publishes each release in it as the
next one of its source, version and language, in the data folder or in Qdrant; others
stay. Where all is there already nothing changes. A release can be rolled back like any.`,
		Example: `  docent index import docs.docent
  QDRANT_URL=qdrant:6334 docent index import docs.docent`,
		Args: args(cobra.ExactArgs(1)),
	}
	c.RunE = func(c *cobra.Command, words []string) error {
		s, _, err := prepare(c)
		if err != nil {
			return err
		}
		releases, err := server.ImportIndex(c.Context(), s.Config, words[0])
		for _, r := range releases {
			fmt.Fprintf(c.ErrOrStderr(), "docent: %s: release %d is active, %s\n", describe(r.Unit), r.Number, plural(r.Pages, "page", "pages"))
		}
		return err
	}
	return c
}

// counted says how much releases hold.
func counted(releases []docent.Release) string {
	pages := 0
	for _, r := range releases {
		pages += r.Pages
	}
	return plural(len(releases), "release", "releases") + " with " + plural(pages, "page", "pages")
}
