package sqlite

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"docent"
	"docent/analysis"
)

// Publish makes the release the active one, see ingest.Build. In the same
// transaction it deletes what only releases saw that are no longer kept.
func (b *Build) Publish(ctx context.Context, stats *analysis.Stats) (docent.Release, error) {
	if b.ended {
		return docent.Release{}, errEnded()
	}
	if err := b.x.still(ctx, b.o); err != nil {
		return docent.Release{}, err
	}
	before, err := b.x.lastElsewhere(ctx)
	if err != nil {
		return docent.Release{}, err
	}
	r := docent.Release{Unit: b.base.Unit, Number: b.number, Active: true, CreatedAt: time.Now().UTC().Truncate(time.Millisecond), Edition: b.edition}
	edition, err := json.Marshal(b.edition)
	if err != nil {
		return docent.Release{}, err
	}
	err = b.o.write(ctx, func(t *tx) error {
		if err := b.flush(t); err != nil {
			return err
		}
		if err := b.verify(t, &r, stats); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO releases (unit, number, pages, chunks, created_at, stats, edition) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			b.unit, r.Number, r.Pages, r.Chunks, r.CreatedAt.UnixMilli(), stats.Encode(), string(edition))
		if err != nil {
			return err
		}
		_, err = t.exec(`UPDATE about SET latest = max(latest, ?1) + 1,
			published = CASE published WHEN 0 THEN max(latest, ?1) + 1 ELSE published END`, before)
		if err != nil {
			return err
		}
		if err := activate(t, b.unit, r.Number); err != nil {
			return err
		}
		if err := collect(t, b.unit, b.x.keep); err != nil {
			return err
		}
		return tidy(t, b.unit, b.unlisted, b.x.largest)
	})
	if err != nil {
		return docent.Release{}, err
	}
	b.ended, b.pending = true, nil
	return r, nil
}

// verify counts what the release holds.
func (b *Build) verify(t *tx, r *docent.Release, stats *analysis.Stats) error {
	if err := t.row(into(&r.Pages), `SELECT count(*) FROM pages WHERE unit = ? AND to_no IS NULL`, b.unit); err != nil {
		return err
	}
	if err := t.row(into(&r.Chunks), `SELECT count(*) FROM chunks WHERE unit = ? AND to_no IS NULL`, b.unit); err != nil {
		return err
	}
	if r.Chunks != stats.Chunks {
		return docent.Errorf(docent.CodeInternal, "release %d holds %d chunks, and its statistics count %d: it was not published",
			b.number, r.Chunks, stats.Chunks)
	}
	return nil
}

// activate makes a release the active one and lets readers know.
func activate(t *tx, unit int64, number int) error {
	if _, err := t.exec(`UPDATE units SET active = ? WHERE id = ?`, number, unit); err != nil {
		return err
	}
	return changed(t)
}

// changed lets readers, of other processes too, know that the catalogue is
// another one.
func changed(t *tx) error {
	_, err := t.exec(`UPDATE about SET sequence = sequence + 1`)
	return err
}

// collect deletes the releases of unit beyond the newest keep, and what only
// they saw. The active one and newer ones stay, so what stays has no gap.
func collect(t *tx, unit int64, keep int) error {
	var oldest int
	err := t.row(into(&oldest), `
		SELECT min(u.active, coalesce((SELECT number FROM releases WHERE unit = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2), 0))
		FROM units u WHERE u.id = ?1`, unit, max(keep, 1)-1)
	if err != nil {
		return err
	}
	return each(t, []string{
		`DELETE FROM releases WHERE unit = ? AND number < ?`,
		`UPDATE segments SET live = live - (
			SELECT count(*) FROM chunks INDEXED BY chunks_retired WHERE unit = ?1 AND to_no <= ?2 AND id BETWEEN first_row AND segments.last_row
		) WHERE unit = ?1`,
		`DELETE FROM chunks WHERE unit = ? AND to_no <= ?`,
		`DELETE FROM pages WHERE unit = ? AND to_no <= ?`,
	}, unit, oldest)
}

// Activate makes a kept release of unit the active one: an older one to roll
// back, a newer one to roll forward. docent.CodeNotFound where it is not kept.
func (x *Index) Activate(ctx context.Context, unit docent.Unit, number int) error {
	o, err := x.read(ctx)
	if err != nil {
		return err
	}
	id, err := o.unit(ctx, unit)
	if err != nil {
		return o.fail(err)
	}
	return o.write(ctx, func(t *tx) error {
		var there bool
		if err := t.row(into(&there), `SELECT EXISTS (SELECT 1 FROM releases WHERE unit = ? AND number = ?)`, id, number); err != nil {
			return err
		}
		if !there {
			return noRelease(docent.Release{Unit: unit, Number: number})
		}
		return activate(t, id, number)
	})
}

// GC keeps of every unit of site and its previews the newest keep releases (at
// least one), the active one and all that are newer than it, and deletes the
// others. Of retired units it deletes all, unless a build of them runs. Site "" is
// all of them.
func (x *Index) GC(ctx context.Context, site string, keep int) error {
	o, err := x.read(ctx)
	if err != nil {
		return err
	}
	units, err := readUnits(ctx, o.database, "")
	if err != nil {
		return o.fail(err)
	}
	maps.DeleteFunc(units, func(_ int64, u docent.Unit) bool { return !u.Of(site) })
	err = o.write(ctx, func(t *tx) error {
		for unit := range units {
			if err := collect(t, unit, keep); err != nil {
				return err
			}
			if err := tidy(t, unit, segment{}, x.largest); err != nil {
				return err
			}
		}
		return changed(t)
	})
	if err != nil {
		return err
	}
	retired, err := readUnits(ctx, o.database, `u WHERE active = 0 AND EXISTS (SELECT 1 FROM releases WHERE unit = u.id)`)
	if err != nil {
		return o.fail(err)
	}
	for id, unit := range retired {
		if !unit.Of(site) {
			continue
		}
		if err := o.drop(ctx, id, unit, true); err != nil && docent.CodeOf(err) != docent.CodeConflict {
			return err
		}
	}
	return o.forget(ctx, site, time.Now().Add(-remembered))
}
