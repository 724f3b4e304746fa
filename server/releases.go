package server

import (
	"context"
	"errors"

	"docent"
)

// releaseDesk implements web.Releases on the index that questions are put to, which
// Compare reads, and on the one that its configuration means.
type releaseDesk struct{ *search }

// change opens the index that is changed, and closes it after fn.
func (r releaseDesk) change(ctx context.Context, fn func(Index) error) (err error) {
	now := r.enter()
	cfg := now.cfg
	now.users.Done()
	if cfg.Index.From != "" {
		return fromFile()
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
