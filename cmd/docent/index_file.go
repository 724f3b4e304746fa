package main

import (
	"errors"
	"fmt"
	"io"
	"math"
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
guide/install.md. Without flags these are the default versions.

With --server the file is made of the index of a server elsewhere.`,
		Example: `  docent index export docs.docent
  docent index export docs.docent --source guide --version v2
  docent index export docs.docent --server https://docs-bot.example.com
  docent index export --llms build
  docent index export --llms site --site-url https://example.com/project/`,
		Args: args(cobra.MaximumNArgs(1)),
	}
	only := exportFlags(c)
	llms := c.Flags().String("llms", "", "folder of a built site to write llms.txt, llms-full.txt and the pages' Markdown into")
	siteURL := c.Flags().String("site-url", "", "address at which the folder of --llms is served, where that is not its host's root")
	there := serverFlags(c)
	c.RunE = func(c *cobra.Command, words []string) error {
		if (len(words) == 0) == (*llms == "") {
			return usageErrorf("name either a FILE or a folder with --llms")
		}
		client, err := there.elsewhere(c)
		if err != nil {
			return err
		}
		if client != nil && *llms != "" {
			return usageErrorf("--llms writes the pages of the index here: leave out --server")
		}
		if client != nil {
			return exportIndex(c, words[0], func(to io.Writer) error { return client.Export(c.Context(), only.Unit, to) })
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
		releases, err := index.Active(c.Context(), only.Unit)
		if err != nil {
			return err
		}
		return exportIndex(c, words[0], func(to io.Writer) error { return index.Export(c.Context(), to, releases) })
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

// llms writes the Markdown of the default versions of what is meant.
func (s *selection) llms(c *cobra.Command, index server.Index, base, dir, siteURL string) error {
	releases, err := index.Active(c.Context(), s.Unit)
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

// exportIndex has a file written beside where it is to be, checks it and then puts it
// there, so that who reads it meanwhile has the old one or the new one.
func exportIndex(c *cobra.Command, path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".docent-*")
	if err != nil {
		return cantWrite(path, err)
	}
	defer os.Remove(file.Name()) // it is gone where all went well
	err = write(file)
	info, statErr := file.Stat()
	if err = errors.Join(err, statErr, file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return err
	}
	written, err := indexfile.Open(file.Name(), math.MaxInt64)
	if err == nil {
		err = written.Close()
	}
	if err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return cantWrite(path, err)
	}
	fmt.Fprintf(c.ErrOrStderr(), "docent: %s written, %s: %s\n", path, fileSize(info.Size()), counted(written.Releases))
	return nil
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
