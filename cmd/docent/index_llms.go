package main

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"docent"
	"docent/server"
	"docent/web"
)

// exportLLMs writes llms.txt, llms-full.txt and each page's Markdown into a folder:
// the build of the site that shows the pages. It gives the number of pages.
func exportLLMs(ctx context.Context, index server.Index, releases []docent.Release, base, dir, siteURL string) (int, error) {
	root, err := newSiteBuild(dir, siteURL)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	full, err := root.Create("llms-full.txt")
	if err != nil {
		return 0, cantWrite(dir, err)
	}
	defer full.Close()
	text := web.LLMs{Link: func(_ docent.Unit, p docent.Page) string { return web.TwinPath(whole(p.URL, base)) }}
	e := llmsExport{index: index, root: root, full: full, base: base}
	for _, r := range releases {
		pages, err := e.release(ctx, r)
		if err != nil {
			return e.pages, err
		}
		text.Shelves = append(text.Shelves, web.Shelf{Release: r, Pages: pages})
	}
	var b bytes.Buffer
	if err := text.Write(&b); err != nil {
		return e.pages, err
	}
	if err := errors.Join(root.WriteFile("llms.txt", b.Bytes(), 0o644), full.Close()); err != nil {
		return e.pages, cantWrite(dir, err)
	}
	return e.pages, nil
}

// llmsExport writes pages.
type llmsExport struct {
	index server.Index
	root  siteBuild
	full  *os.File // all of them
	base  string
	pages int // that were written
}

// release writes the pages of a release, and gives them as they are listed.
func (e *llmsExport) release(ctx context.Context, r docent.Release) ([]docent.Page, error) {
	pages, err := e.index.Pages(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, p := range web.InOrder(pages) {
		page, chunks, err := e.index.Page(ctx, r, p.Path)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := web.Markdown(&b, page, chunks, e.base); err != nil {
			return nil, err
		}
		if err := e.root.write(page.URL, b.Bytes()); err != nil {
			return nil, err
		}
		between := ""
		if e.pages > 0 {
			between = web.PageRule
		}
		if _, err := e.full.WriteString(between + b.String()); err != nil {
			return nil, cantWrite(e.full.Name(), err)
		}
		e.pages++
	}
	return pages, nil
}

// whole puts base before an address that begins at the host's root.
func whole(address, base string) string {
	if strings.HasPrefix(address, "/") {
		return base + address
	}
	return address
}

// siteBuild is a folder that a site is built into: nothing is written outside of it.
type siteBuild struct {
	*os.Root
	below string // the path of the address at which the folder is served: "/" or "/project/"
}

func newSiteBuild(dir, siteURL string) (siteBuild, error) {
	at, err := url.Parse(siteURL)
	if err != nil {
		return siteBuild{}, usageErrorf("--site-url is %q: must be an address such as https://example.com/project/", siteURL)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return siteBuild{}, cantWrite(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return siteBuild{}, cantWrite(dir, err)
	}
	return siteBuild{root, strings.TrimRight(at.Path, "/") + "/"}, nil
}

// write writes a page's Markdown where the site's host finds it: by the path of the
// page's address.
func (s siteBuild) write(address string, text []byte) error {
	u, err := url.Parse(web.TwinPath(address))
	if err != nil {
		return cantWrite(address, err)
	}
	name, below := strings.CutPrefix(u.Path, s.below)
	if !below || !filepath.IsLocal(filepath.FromSlash(name)) {
		return &docent.Error{Code: docent.CodeInvalid, Message: "the page " + address + " is not below " + s.below,
			Hint: "say with --site-url at which address the folder is served"}
	}
	name = filepath.FromSlash(name)
	err = s.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = s.WriteFile(name, text, 0o644)
	}
	if err != nil {
		return cantWrite(filepath.Join(s.Name(), name), err)
	}
	return nil
}
