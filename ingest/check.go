package ingest

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"docent"
	"docent/ingest/site"
)

// checker finds links within the source that lead nowhere, once all pages are
// known.
type checker struct {
	maker   *maker
	anchors map[string]map[string]bool // by path, of the pages that were read
	refs    map[string][]ref           // by path
	gone    map[string]bool            // files that are no pages of the release: hidden ones
	urls    map[string]string          // the page that has each
}

func newChecker(m *maker) *checker {
	return &checker{maker: m, anchors: map[string]map[string]bool{}, refs: map[string][]ref{}, gone: map[string]bool{}, urls: map[string]string{}}
}

// claim warns of a page whose URL another one has: a.md beside a.mdx. Both are
// kept, since no word of them should be lost, but a site can show only one.
func (c *checker) claim(path, url string) []docent.Warning {
	other, taken := c.urls[url]
	if taken && (other == path || c.maker.rules.Page(site.File{Path: path}).Shared) {
		return nil
	}
	if taken {
		return []docent.Warning{{Path: path, Message: fmt.Sprintf("has the URL of %s, %s: leave one of them out", other, url)}}
	}
	c.urls[url] = path
	return nil
}

func (c *checker) add(p *page) {
	if p.hidden != "" && !p.shown {
		c.gone[p.Path] = true
		return
	}
	c.anchors[p.Path] = p.anchors
	if len(p.refs) > 0 && p.hidden == "" {
		c.refs[p.Path] = p.refs
	}
}

// broken lists the broken links, by path and line; never nil.
func (c *checker) broken() []BrokenLink {
	out := []BrokenLink{}
	for from, refs := range c.refs {
		for _, r := range refs {
			if !c.leads(r) {
				out = append(out, BrokenLink{Path: from, Line: r.line, Target: r.target})
			}
		}
	}
	slices.SortFunc(out, func(a, b BrokenLink) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Target, b.Target))
	})
	return slices.Compact(out)
}

func (c *checker) leads(r ref) bool {
	switch {
	case c.gone[r.path]:
		return false
	case !c.maker.resolve.files[r.path]:
		// No page, but perhaps an image, a folder, or a file left out on purpose.
		return c.maker.folder.has(path.Clean(r.path))
	case r.anchor == "":
		return true
	}
	anchors, read := c.anchors[r.path]
	if !read {
		anchors = c.read(r.path)
	}
	return anchors == nil || r.leads(anchors)
}

// read finds the anchors of a page that had not changed; nil where it can't
// be read, which is reported elsewhere.
func (c *checker) read(path string) map[string]bool {
	if one := c.maker.read(path, true); one.page != nil {
		c.anchors[path] = one.page.anchors
	} else {
		c.anchors[path] = nil
	}
	return c.anchors[path]
}
