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
	"docent/server"
)

func newIndexExport() *cobra.Command {
	c := &cobra.Command{
		Use:   "export FILE",
		Short: "Write the active releases into one file",
		Long: `Writes the releases that questions are answered from into one file, with all that
another Docent needs to answer from them: 'docent serve --index' serves the file as it
is, 'docent index import' puts it into an index. What is written is whole or not at all,
and holds its own checksum.

Without flags all sources are in it, in all versions and languages.`,
		Example: `  docent index export docs.docent
  docent index export docs.docent --source guide --version v2`,
		Args: args(cobra.ExactArgs(1)),
	}
	only := exportFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		index, err := openIndex(c)
		if err != nil {
			return err
		}
		defer index.Close()
		releases, err := only.releases(c.Context(), index)
		if err != nil {
			return err
		}
		size, err := exportIndex(c.Context(), index, releases, words[0])
		if err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "docent: %s written, %.1f MB: %s\n", words[0], float64(size)/1e6, counted(releases))
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
