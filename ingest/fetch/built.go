package fetch

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
	"slices"
	"strings"

	"docent"
)

// IsBuilt reports whether a folder is a built website: it has an index.html, and
// no Markdown anywhere.
func IsBuilt(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		return false
	}
	errMarkdown := errors.New("it has Markdown")
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && isPage(name) {
			return errMarkdown
		}
		return err
	})
	return err == nil
}

// fetchBuilt reads a folder of built HTML. Where its pages stand is BaseURL with
// their path, or what they name as canonical.
func fetchBuilt(ctx context.Context, src Source, cfg Config, s *shelf) (out Result, err error) {
	s.forget("html " + src.HTML)
	root, err := os.OpenRoot(src.HTML)
	if err != nil {
		return out, failed("give the folder that holds index.html", err, "the folder of HTML can't be read")
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	base, err := baseAddress(src.BaseURL)
	if err != nil {
		return out, err
	}
	files, err := htmlFiles(root.FS())
	if err != nil {
		return out, err
	}
	if len(files) > cfg.Limits.Pages {
		out.Warnings = append(out.Warnings, docent.Warning{Message: fmt.Sprintf("the folder has %d pages; only the first %d are read", len(files), cfg.Limits.Pages)})
		files = files[:cfg.Limits.Pages]
	}
	d, err := s.begin(cfg.Limits.TotalBytes)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	b := &build{src: src, cfg: cfg, root: root, base: base, draft: d, names: names{}, taken: map[string]bool{}}
	st := state{Origin: "html " + src.HTML, Pages: map[string]*known{}}
	for i, file := range files {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		name, why, err := b.page(file)
		if err != nil {
			return out, err
		}
		st.Pages[file] = &known{File: name}
		if why != "" {
			if _, err := d.keep(name); err != nil {
				return out, err
			}
			out.Skipped = append(out.Skipped, Skip{Path: name, Reason: file + ": " + why})
		}
		if cfg.Progress != nil {
			cfg.Progress(i+1, len(files), file)
		}
	}
	out.Dir, err = d.publish(st)
	return out, err
}

// htmlFiles are the pages of a folder, in order.
func htmlFiles(folder fs.FS) (files []string, err error) {
	err = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.Type().IsRegular() && (path.Ext(name) == ".html" || path.Ext(name) == ".htm") && worthReading("/"+name):
			files = append(files, name)
		}
		return nil
	})
	slices.Sort(files)
	if err == nil && len(files) == 0 {
		err = failed("build the site first, and give the folder that holds index.html", nil, "the folder holds no HTML")
	}
	return files, err
}

// build is a folder of HTML that is being read.
type build struct {
	src   Source
	cfg   Config
	root  *os.Root
	base  *url.URL // nil where it is unknown
	draft *draft
	names names
	taken map[string]bool // addresses that have a page
}

// page writes one page. why says why it could not be read.
func (b *build) page(file string) (name, why string, err error) {
	at := addressOf(b.base, file)
	name = b.names.give((&url.URL{Path: "/" + file}).String())
	f, err := b.root.Open(filepath.FromSlash(file))
	if err != nil {
		return name, "it can't be opened", nil
	}
	raw, err := readAtMost(f, b.cfg.MaxFileBytes)
	if err := errors.Join(err, f.Close()); err != nil {
		return name, err.Error(), nil
	}
	p, err := readPage(raw, "", at, b.src.Generator)
	switch {
	case err != nil:
		return name, err.Error(), nil
	case p.Hidden != "":
		return name, "", nil
	}
	if p.URL = b.standing(p, at); p.URL != "" && b.taken[p.URL] {
		return name, "", nil
	}
	b.taken[p.URL] = true
	p.Lang = cmp.Or(b.src.Lang, p.Lang)
	content, err := p.file()
	if err != nil {
		return name, err.Error(), nil
	}
	return name, "", b.draft.write(name, content)
}

// standing is where a page stands; "" is unknown.
func (b *build) standing(p *page, at *url.URL) string {
	switch {
	case b.base != nil && (p.Canonical == nil || !strings.EqualFold(p.Canonical.Host, b.base.Host) || p.Canonical.Path == b.base.Path):
		return at.String()
	case p.Canonical != nil && p.Canonical.Host != "":
		return p.Canonical.String()
	}
	return ""
}

// addressOf is where a file stands below a base: an index stands for its folder.
func addressOf(base *url.URL, file string) *url.URL {
	if base == nil {
		base = &url.URL{Path: "/"}
	}
	dir, name := path.Split(file)
	if name == "index.html" || name == "index.htm" {
		file = dir
	}
	at := *base
	at.Path, at.RawPath = base.Path+file, ""
	return &at
}

// baseAddress reads where pages stand; nil is unknown.
func baseAddress(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u := plainURL(nil, text)
	if u == nil {
		return nil, failed("write it like https://docs.example.com/", nil, "the base_url %q is none", text)
	}
	return u.JoinPath("/"), nil
}
