package server

import (
	"context"
	"errors"
	"io"
	"slices"

	"docent"
	"docent/ingest/indexfile"
)

// releaseDesk implements web.Releases on the index that questions are put to, which
// Compare reads, and on the one that its configuration means.
type releaseDesk struct{ *search }

// changeable gives the configuration of the index that is changed from elsewhere: that
// which the served one was opened with. It is an error where that comes as a file.
func (s *search) changeable() (Config, error) {
	now := s.enter()
	defer now.users.Done()
	if now.cfg.Index.From != "" {
		return now.cfg, fromFile()
	}
	return now.cfg, nil
}

// change opens the index that is changed, and closes it after fn.
func (r releaseDesk) change(ctx context.Context, fn func(Index) error) (err error) {
	cfg, err := r.changeable()
	if err != nil {
		return err
	}
	index, err := OpenIndex(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(fn(index), index.Close())
}

// fromFile is the error of changing an index that is a file's.
func fromFile() error {
	return &docent.Error{Code: docent.CodeConflict, Message: "this server answers from an index file (index.from), which is not changed from elsewhere",
		Hint: "make another file, or take index.from out of its configuration"}
}

// All implements web.Releases.
func (r releaseDesk) All(ctx context.Context, site string) ([]docent.Release, error) {
	now := r.enter()
	defer now.users.Done()
	all, err := now.index.AllReleases(ctx, site)
	if docent.CodeOf(err) == docent.CodeNoIndex {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	previews, err := now.index.Previews(ctx, now.cfg)
	for _, p := range previews {
		if p.Site == site {
			all = append(all, p.Releases...)
		}
	}
	return all, err
}

// Activate implements web.Releases.
func (r releaseDesk) Activate(ctx context.Context, unit docent.Unit, number int) error {
	return r.change(ctx, func(index Index) error {
		if _, err := index.Release(ctx, unit, number); err != nil {
			return err
		}
		return index.Activate(ctx, unit, number)
	})
}

// Drop implements web.Releases.
func (r releaseDesk) Drop(ctx context.Context, unit docent.Unit) error {
	return r.change(ctx, func(index Index) error {
		if _, err := index.ReleasesOf(ctx, unit); err != nil {
			return err
		}
		return index.Drop(ctx, unit)
	})
}

// DropPreview implements web.Releases.
func (r releaseDesk) DropPreview(ctx context.Context, site, name string) error {
	if err := CheckPreviewName(name); err != nil {
		return err
	}
	return r.change(ctx, func(index Index) error { return index.DropPreview(ctx, site, name) })
}

// Collect deletes the releases of a site beyond keep of each unit, see releases.GC,
// and counts those that went and those that stay. Site "" is all of them.
func (x Index) Collect(ctx context.Context, cfg Config, site string, keep int) (deleted, kept int, err error) {
	count := func() (n int, err error) {
		for _, name := range cfg.SiteNames() {
			if site != "" && name != site {
				continue
			}
			all, err := x.AllReleases(ctx, name)
			if err != nil {
				return 0, err
			}
			n += len(all)
		}
		return n, nil
	}
	before, err := count()
	if err == nil {
		err = x.GC(ctx, site, keep)
	}
	if err == nil {
		kept, err = count()
	}
	return before - kept, kept, err
}

// Sweep implements web.Releases.
func (r releaseDesk) Sweep(ctx context.Context, site string, k docent.Kept) (swept docent.Swept, err error) {
	cfg, err := r.changeable()
	if err != nil {
		return swept, err
	}
	if k.Keep == 0 {
		k.Keep = cfg.Ingest.KeepReleases
	}
	swept.Previews = []string{}
	return swept, r.change(ctx, func(index Index) error {
		expired, err := index.DropExpired(ctx, cfg, site)
		for _, p := range expired {
			swept.Previews = append(swept.Previews, p.Name)
		}
		if err == nil {
			swept.Deleted, swept.Kept, err = index.Collect(ctx, cfg, site, k.Keep)
		}
		return err
	})
}

// Active gives the active releases that only means: those of its site, and of its
// source, version and language where they are not "". None is docent.CodeNotFound.
func (x Index) Active(ctx context.Context, only docent.Unit) ([]docent.Release, error) {
	all, err := x.Releases(ctx, only.Site)
	if err != nil {
		return nil, err
	}
	means := func(wanted, has string) bool { return wanted == "" || wanted == has }
	chosen := slices.DeleteFunc(slices.Clone(all), func(r docent.Release) bool {
		return !means(only.Source, r.Unit.Source) || !means(only.Version, r.Unit.Version) || !means(only.Lang, r.Unit.Lang)
	})
	if len(chosen) == 0 {
		return nil, &docent.Error{Code: docent.CodeNotFound, Message: "there is no active release of " + DescribeUnit(only),
			Hint: "'docent index list' shows what there is"}
	}
	return chosen, nil
}

// Export writes releases as an index file, see indexfile.Write.
func (x Index) Export(ctx context.Context, to io.Writer, releases []docent.Release) error {
	return indexfile.Write(ctx, to, x, indexfile.Header{Stamp: x.Stamp, Releases: releases})
}

// Export implements web.Releases.
func (r releaseDesk) Export(ctx context.Context, only docent.Unit, to io.Writer) error {
	now := r.enter()
	defer now.users.Done()
	releases, err := now.index.Active(ctx, only)
	if err != nil {
		return err
	}
	return now.index.Export(ctx, to, releases)
}
