package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"docent"
)

// formVersion names how HTML becomes Markdown: pages of another one are fetched
// again, although they did not change.
const formVersion = "1"

// fetchWebsite brings the pages of a website that it lists itself. robots.txt
// is honoured, and pages are asked for only if they changed.
func fetchWebsite(ctx context.Context, src Source, cfg Config, s *shelf) (out Result, err error) {
	origin := fmt.Sprintf("website %s %s %q %q", formVersion, src.URL, src.Generator, src.Lang)
	s.forget(origin)
	w := &website{src: src, cfg: cfg, ask: newAsker(src, cfg, nil)}
	pages, err := w.list(ctx)
	if err != nil {
		return out, err
	}
	if len(pages) == 0 {
		return out, failed("check the address, and what robots.txt forbids", nil, "%s names no page below %s that may be read", src.URL, w.root)
	}
	if len(pages) > cfg.Limits.Pages {
		w.warn = append(w.warn, docent.Warning{Message: fmt.Sprintf("the site has %d pages; only the first %d are read", len(pages), cfg.Limits.Pages)})
		pages = pages[:cfg.Limits.Pages]
	}
	d, err := s.begin(cfg.Limits.TotalBytes)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	t := &tour{website: w, draft: d, visits: visitsOf(pages, s.state.Pages)}
	t.ask = newAsker(src, cfg, t.mayFollow)
	t.ask.interval = w.ask.interval
	if err := t.run(ctx); err != nil {
		return out, err
	}
	if err := t.dropCopies(); err != nil {
		return out, err
	}
	out = Result{Skipped: t.skipped(), Warnings: w.warn}
	if len(out.Skipped) == len(t.visits) {
		return out, failed("try again later; the pages stay as they were", errors.New(out.Skipped[0].Reason), "no page of %s can be fetched", w.root)
	}
	out.Dir, err = d.publish(state{Origin: origin, Pages: t.known()})
	return out, err
}

// tour is a fetch of all pages.
type tour struct {
	*website
	ask    *asker
	draft  *draft
	visits []*visit

	mu   sync.Mutex
	done int
}

// visit is what becomes of one page.
type visit struct {
	address string
	before  *known // nil where it is new
	now     *known // nil where it is gone, or not to be found
	missing string // why it could not be had
	written bool
}

// visitsOf gives every page the file that it had before, or one of its own.
func visitsOf(pages []string, before map[string]*known) []*visit {
	taken := names{}
	for _, k := range before {
		taken[strings.ToLower(strings.TrimSuffix(k.File, ".md"))] = true
	}
	visits := make([]*visit, len(pages))
	for i, address := range pages {
		v := &visit{address: address, before: before[address], now: &known{}}
		if v.before != nil {
			v.now.File = v.before.File
		} else {
			v.now.File = taken.give(address)
		}
		visits[i] = v
	}
	return visits
}

// errElsewhere ends a redirect that leaves the site or enters what robots.txt
// forbids.
var errElsewhere = errors.New("it leads to another site, or to where robots.txt forbids")

func (t *tour) mayFollow(u *url.URL) error {
	if !t.inside(plainURL(nil, u.String())) {
		return fmt.Errorf("%s: %w", bare(u.String()), errElsewhere)
	}
	return nil
}

// run makes all visits, several at once.
func (t *tour) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(t.cfg.Limits.Concurrency)
	for _, v := range t.visits {
		g.Go(func() error {
			if err := t.visit(ctx, v); err != nil {
				return err
			}
			t.mu.Lock()
			defer t.mu.Unlock()
			if t.done++; t.cfg.Progress != nil {
				t.cfg.Progress(t.done, len(t.visits), v.address)
			}
			return nil
		})
	}
	return g.Wait()
}

// visit brings one page. Only what ends the whole fetch is an error.
func (t *tour) visit(ctx context.Context, v *visit) error {
	got, err := t.ask.get(ctx, v.address, v.before, t.cfg.MaxFileBytes)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case err == nil && got.gone():
		v.now = nil
		return nil
	case err == nil && got.status == http.StatusNotModified && v.before != nil:
		*v.now = *v.before
		if v.before.URL == "" {
			return nil // as hidden as before
		}
		v.written, err = t.draft.keep(v.before.File)
		if err == nil && !v.written {
			v.missing = v.address + ": it did not change, but its copy is gone; the next fetch brings it"
			v.now.ETag, v.now.Modified = "", ""
		}
		return err
	case err == nil && got.status != http.StatusOK:
		err = errors.New(got.problem())
	}
	var p *page
	if err == nil {
		p, err = t.read(v, got)
	}
	switch {
	case err != nil:
		return t.miss(v, err)
	case p == nil:
		return nil
	}
	content, err := p.file()
	if err != nil {
		return err
	}
	v.now.URL, v.written = p.URL, true
	return t.draft.write(v.now.File, content)
}

// miss keeps the page that was there before.
func (t *tour) miss(v *visit, why error) (err error) {
	v.missing = v.address + ": " + why.Error()
	if v.before != nil {
		*v.now = *v.before
		v.written, err = t.draft.keep(v.before.File)
	}
	v.now.ETag, v.now.Modified = "", ""
	return err
}

// read makes a page of an answer; nil where it is not to be found.
func (t *tour) read(v *visit, got answer) (*page, error) {
	kind, _, _ := mime.ParseMediaType(got.header.Get("Content-Type"))
	if kind != "text/html" && kind != "application/xhtml+xml" {
		return nil, fmt.Errorf("it is %s, no HTML", cmp.Or(kind, "of no known type"))
	}
	v.now.ETag, v.now.Modified = got.header.Get("ETag"), got.header.Get("Last-Modified")
	if slices.ContainsFunc(got.header.Values("X-Robots-Tag"), noIndex) {
		return nil, nil
	}
	p, err := readPage(got.body, got.header.Get("Content-Type"), got.at, t.src.Generator)
	if err != nil || p.Hidden != "" {
		return nil, err
	}
	p.URL = t.standing(p, got.at)
	p.Lang = cmp.Or(t.src.Lang, p.Lang)
	return p, nil
}

// standing is the address under which a page is cited: its canonical one, where
// that is on the site. A site whose pages all claim to be its front page is
// mistaken.
func (t *tour) standing(p *page, at *url.URL) string {
	own := plainURL(nil, at.String())
	c := p.Canonical
	if c == nil || !t.inside(c) || c.Path == t.root.Path && own.Path != c.Path {
		return own.String()
	}
	return c.String()
}

// dropCopies leaves one of the pages that stand at the same address: the one
// that was asked for there, or the first.
func (t *tour) dropCopies() error {
	best := map[string]*visit{}
	for _, v := range t.visits {
		if v.written && (best[v.now.URL] == nil || v.address == v.now.URL) {
			best[v.now.URL] = v
		}
	}
	for _, v := range t.visits {
		if !v.written || best[v.now.URL] == v {
			continue
		}
		if err := t.draft.root.Remove(filepath.FromSlash(v.now.File)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		v.written, v.now.ETag, v.now.Modified = false, "", "" // should the other go, this one is read again
	}
	return nil
}

func (t *tour) skipped() (all []Skip) {
	for _, v := range t.visits {
		if v.missing != "" {
			all = append(all, Skip{Path: v.now.File, Reason: v.missing})
		}
	}
	return all
}

func (t *tour) known() map[string]*known {
	all := map[string]*known{}
	for _, v := range t.visits {
		if v.now != nil {
			all[v.address] = v.now
		}
	}
	return all
}
