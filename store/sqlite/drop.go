package sqlite

import (
	"context"
	"errors"
	"time"

	"docent"
)

// Retire takes unit out of what is searched. Its releases stay until GC, and
// Activate brings it back. docent.CodeNotFound where it has no active release.
func (x *Index) Retire(ctx context.Context, unit docent.Unit) error {
	o, err := x.read(ctx)
	if err != nil {
		return err
	}
	id, err := o.unit(ctx, unit)
	if err != nil {
		return o.fail(err)
	}
	return o.write(ctx, func(t *tx) error {
		var active int
		if err := t.row(into(&active), `SELECT coalesce(max(active), 0) FROM units WHERE id = ?`, id); err != nil {
			return err
		}
		if active == 0 {
			return noUnit(unit)
		}
		return activate(t, id, 0)
	})
}

// Drop deletes unit with all its releases. docent.CodeNotFound where it has
// none, docent.CodeConflict while a build of it runs.
func (x *Index) Drop(ctx context.Context, unit docent.Unit) error {
	o, err := x.read(ctx)
	if err != nil {
		return err
	}
	id, err := o.unit(ctx, unit)
	if err != nil {
		return o.fail(err)
	}
	return o.drop(ctx, id, unit, false)
}

// drop deletes a unit; with retired set only one that is not searched.
func (o *opened) drop(ctx context.Context, id int64, unit docent.Unit, retired bool) error {
	release, err := o.lockUnit(ctx, unit)
	if err != nil {
		return err
	}
	err = o.write(ctx, func(t *tx) error {
		var newest, active int
		err := t.row(into(&newest, &active), `
			SELECT coalesce(max(r.number), 0), coalesce(max(u.active), 0)
			FROM units u LEFT JOIN releases r ON r.unit = u.id WHERE u.id = ?`, id)
		switch {
		case err != nil:
			return err
		case newest == 0:
			return noUnit(unit)
		case retired && active > 0: // it was brought back meanwhile
			return nil
		}
		if _, err := t.exec(`UPDATE units SET active = 0, dropped = ?, dropped_at = ? WHERE id = ?`, newest, time.Now().UnixMilli(), id); err != nil {
			return err
		}
		err = each(t, []string{
			`DELETE FROM postings WHERE segment IN (SELECT id FROM segments WHERE unit = ?)`,
			`DELETE FROM segments WHERE unit = ?`,
			`DELETE FROM chunks WHERE unit = ?`,
			`DELETE FROM pages WHERE unit = ?`,
			`DELETE FROM releases WHERE unit = ?`,
		}, id)
		if err != nil {
			return err
		}
		return changed(t)
	})
	return errors.Join(err, release())
}

// remembered is how long a dropped unit's row stays: readers remember by the numbers
// of releases, which are not given twice as long as it is there, and ask anew with
// each question.
const remembered = 24 * time.Hour

// forget deletes the rows of units of a site that hold nothing and were dropped before
// a moment, unless a build of them runs.
func (o *opened) forget(ctx context.Context, site string, before time.Time) error {
	empty, err := readUnits(ctx, o.database, `u WHERE NOT EXISTS (SELECT 1 FROM releases WHERE unit = u.id)`)
	if err != nil {
		return o.fail(err)
	}
	for id, unit := range empty {
		if !unit.Of(site) {
			continue
		}
		if err := o.forgetUnit(ctx, id, unit, before); err != nil && docent.CodeOf(err) != docent.CodeConflict {
			return err
		}
	}
	return nil
}

func (o *opened) forgetUnit(ctx context.Context, id int64, unit docent.Unit, before time.Time) error {
	release, err := o.lockUnit(ctx, unit)
	if err != nil {
		return err
	}
	err = o.write(ctx, func(t *tx) error {
		var old bool
		err := t.row(into(&old), `SELECT EXISTS (SELECT 1 FROM units u WHERE id = ?1 AND dropped_at < ?2 AND NOT EXISTS (SELECT 1 FROM releases WHERE unit = u.id))`,
			id, before.UnixMilli())
		if err != nil || !old {
			return err
		}
		if err := undo(t, id, 0); err != nil { // of a build that was abandoned
			return err
		}
		if _, err := t.exec(`DELETE FROM units WHERE id = ?`, id); err != nil {
			return err
		}
		return changed(t)
	})
	return errors.Join(err, release())
}

// lockUnit keeps builds and drops of a unit apart; docent.CodeConflict where one
// is running.
func (o *opened) lockUnit(ctx context.Context, unit docent.Unit) (release func() error, err error) {
	release, err = o.lock(ctx, "unit-"+unitHash(unit), 0)
	if errors.Is(err, errLocked) {
		return nil, &docent.Error{Code: docent.CodeConflict, Message: "another ingest of source \"" + unit.Source + "\" is running",
			Hint: "wait until it has ended"}
	}
	return release, err
}

func noUnit(u docent.Unit) error {
	return docent.Errorf(docent.CodeNotFound, "there is no source %q, version %q, language %q", u.Source, u.Version, u.Lang)
}
