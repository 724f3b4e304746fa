package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"docent/ingest"
	"docent/ingest/site"
)

// initFlags are what init is asked to do.
type initFlags struct {
	docs          string
	dryRun, force bool
}

func newInit() *cobra.Command {
	c := &cobra.Command{
		Use:   "init",
		Short: "Set Docent up in a documentation repository",
		Long: `Finds the documentation in the current folder and the framework that builds it,
reads the site's address from its configuration, and writes config.yaml and a
workflow for GitHub Actions. Then it prints the script tag that puts the widget on
the site. What is there already is not overwritten.

--config names another file than config.yaml, which some frameworks have for
themselves.`,
		Example: `  docent init
  docent init --docs packages/cli/docs
  docent init --dry-run`,
		Args: args(cobra.NoArgs),
	}
	var f initFlags
	c.Flags().StringVar(&f.docs, "docs", "", "folder of the documentation (default: found from configurations in the current folder)")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the files, and write nothing")
	c.Flags().BoolVar(&f.force, "force", false, "overwrite files that are there")
	c.RunE = func(c *cobra.Command, _ []string) error {
		d, err := f.documentation(c.Context())
		if err != nil {
			return err
		}
		d.ConfigFile, _ = configFile(c)
		files, err := d.files()
		if err != nil {
			return err
		}
		if !f.dryRun {
			err = writeAll(files, f.force)
		}
		if err != nil {
			return err
		}
		return d.print(c, files, f.dryRun)
	}
	return c
}

// documentation is what init found, for its templates.
type documentation struct {
	Name       string // of the source
	Dir        string // of its files
	Framework  string // to be set; "" where ingest finds it out by itself
	About      site.About
	ConfigFile string // Docent's
	Branch     string // of the repository
}

// documentation finds the documentation: in the folder that was named, or where
// the one site of the current folder has its files.
func (f *initFlags) documentation(ctx context.Context) (documentation, error) {
	d := documentation{Dir: path.Clean(filepath.ToSlash(f.docs)), Branch: branch(".")}
	var built string
	if f.docs == "" {
		sites, err := ingest.FindSites(ctx, ".")
		switch {
		case err != nil:
			return d, &exitError{exitUsage, err}
		case len(sites) > 1:
			return d, severalSites(sites)
		case len(sites) == 1:
			d.Dir, built = sites[0].Dir, sites[0].Framework
		default:
			d.Dir = plainDocs()
		}
	}
	src, err := ingest.Source{Name: projectName(d.Dir), Dir: filepath.FromSlash(d.Dir)}.Normalised()
	if err == nil {
		d.About, err = ingest.Look(ctx, src)
	}
	if err == nil && built != "" && d.About.Framework != built {
		src.Framework, d.Framework = built, built
		d.About, err = ingest.Look(ctx, src)
	}
	if err != nil {
		return d, &exitError{exitUsage, err}
	}
	d.Name = src.Name
	return d, nil
}

// projectName is the current folder's name where that of the documentation's
// folder says nothing; "" where it does.
func projectName(dir string) string {
	switch path.Base(dir) {
	case ".", "src", "content", "website", "site", "www":
		name, _ := ingest.Source{Dir: "."}.Normalised()
		return name.Name
	}
	return ""
}

// severalSites lists the sites among which a person has to choose.
func severalSites(sites []site.Found) error {
	var list strings.Builder
	for _, s := range sites {
		fmt.Fprintf(&list, "\n  --docs %s  (%s, %s, %s)", s.Dir, s.Framework, s.Config, plural(s.Pages, "page", "pages"))
	}
	return usageErrorf("there are %d documentation sites here; choose one:%s", len(sites), list.String())
}

// plainDocs is where documentation without a framework is mostly.
func plainDocs() string {
	for _, dir := range []string{"docs", "doc", "documentation"} {
		if sites, err := os.ReadDir(dir); err == nil && len(sites) > 0 {
			return dir
		}
	}
	return "."
}

// branch is the branch of the repository at dir; main where that can't be read.
func branch(dir string) string {
	head, err := os.ReadFile(filepath.Join(dir, ".git", "HEAD"))
	if name, ok := strings.CutPrefix(strings.TrimSpace(string(head)), "ref: refs/heads/"); err == nil && ok {
		return name
	}
	return "main"
}

// Address is the site's own; "" where its configuration doesn't say it.
func (d documentation) Address() string {
	if strings.HasPrefix(d.About.Base, "/") {
		return ""
	}
	return d.About.Base
}

// Origin is of the pages that carry the widget.
func (d documentation) Origin() string {
	u, err := url.Parse(d.Address())
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Builder names what builds the site, for a comment.
func (d documentation) Builder() string {
	if d.About.Framework == "plain" {
		return "a folder of Markdown without a docs framework"
	}
	if d.About.Config == "" {
		return "built by " + d.About.Framework
	}
	return "built by " + d.About.Framework + ", as " + path.Base(d.About.Config) + " says"
}

// Below is the pattern of the documentation's files, for the workflow.
func (d documentation) Below() string {
	if d.Dir == "." {
		return "**"
	}
	return d.Dir + "/**"
}

// OwnConfig is the configuration's file where it is not config.yaml.
func (d documentation) OwnConfig() string {
	if d.ConfigFile == "config.yaml" {
		return ""
	}
	return d.ConfigFile
}

// initFile is a file that init writes.
type initFile struct{ name, text string }

// writeAll writes all files, or none where one is there that must not be
// overwritten.
func writeAll(files []initFile, force bool) error {
	for _, f := range files {
		if _, err := os.Lstat(f.name); force || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return usageErrorf("%s is there already; nothing was written (--force overwrites it, --config FILE chooses another configuration file)", f.name)
	}
	for _, f := range files {
		err := os.MkdirAll(filepath.Dir(f.name), 0o755)
		if err == nil {
			err = os.WriteFile(f.name, []byte(f.text), 0o644)
		}
		if err != nil {
			return fmt.Errorf("%s can't be written: %w", f.name, err)
		}
	}
	return nil
}

// print tells what was found and written, and what is left to do.
func (d documentation) print(c *cobra.Command, files []initFile, dryRun bool) error {
	out := c.OutOrStdout()
	fmt.Fprintf(out, "%s: %s; the site is at %s\n", d.Dir, d.Builder(), cmp.Or(d.Address(), "an address that nothing here names"))
	for _, f := range files {
		if dryRun {
			fmt.Fprintf(out, "\n--- %s\n%s", f.name, f.text)
		} else {
			fmt.Fprintf(out, "wrote %s\n", f.name)
		}
	}
	_, err := fmt.Fprintf(out, "\nThe widget, with your server's address in place of %s:\n%s\n", exampleServer, embeddingOf(d.About.Framework))
	return err
}
