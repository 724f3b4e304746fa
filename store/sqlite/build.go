package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"docent"
	"docent/analysis"
)

// Build is a release in the making: it implements ingest.Build. Its rows carry
// a number that no reader asks for before it is published. Its methods are
// called from one goroutine.
type Build struct {
	x       *Index
	o       *opened
	unit    int64
	release func() error // gives the unit's lock back

	base    docent.Release
	pages   map[string]docent.Page
	stats   *analysis.Stats
	number  int
	edition docent.Edition

	pending  []change
	chunks   int     // to be added by pending
	unlisted segment // the chunks that were written and have no postings yet
	ended    bool
}

// Begin starts the next release of unit, as ingest.Index has it.
// docent.CodeConflict where another build of unit runs, here or elsewhere.
func (x *Index) Begin(ctx context.Context, unit docent.Unit) (*Build, error) {
	o, err := x.create(ctx)
	if err != nil {
		return nil, err
	}
	release, err := o.lockUnit(ctx, unit)
	if err != nil {
		return nil, err
	}
	b := &Build{x: x, o: o, release: release}
	if err := b.start(ctx, unit); err != nil {
		release()
		return nil, err
	}
	return b, nil
}

// unitHash names a unit in a file's name.
func unitHash(u docent.Unit) string {
	encoded, _ := json.Marshal(u) // strings: it can't fail
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// start undoes what an abandoned build left behind, and reads the base.
func (b *Build) start(ctx context.Context, unit docent.Unit) error {
	err := b.o.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT OR IGNORE INTO units (site, source, version, lang) VALUES (?, ?, ?, ?)`,
			unit.Site, unit.Source, unit.Version, unit.Lang)
		if err != nil {
			return err
		}
		err = t.row(into(&b.unit), `SELECT id FROM units WHERE site = ? AND source = ? AND version = ? AND lang = ?`,
			unit.Site, unit.Source, unit.Version, unit.Lang)
		if err != nil {
			return err
		}
		err = t.row(into(&b.base.Number, &b.number), `
			SELECT coalesce(max(r.number), 0), max(coalesce(max(r.number), 0), u.dropped) + 1
			FROM units u LEFT JOIN releases r ON r.unit = u.id WHERE u.id = ?`, b.unit)
		if err != nil {
			return err
		}
		if err := t.row(into(&b.unlisted.first), `SELECT last_row + 1 FROM about`); err != nil {
			return err
		}
		return undo(t, b.unit, b.base.Number)
	})
	if err != nil {
		return err
	}
	b.unlisted.number, b.unlisted.last, b.unlisted.stale = b.number, beyond, true
	return b.o.fail(b.readBase(ctx, unit))
}

func (b *Build) readBase(ctx context.Context, unit docent.Unit) error {
	b.base.Unit, b.pages, b.stats = unit, map[string]docent.Page{}, &analysis.Stats{}
	if b.base.Number == 0 {
		return nil
	}
	releases, err := scanReleases(b.o.query(ctx, selectReleases+` WHERE u.id = ? AND r.number = ?`, b.unit, b.base.Number))
	if err != nil {
		return err
	}
	if len(releases) != 1 {
		return noRelease(b.base)
	}
	b.base = releases[0]
	pages, err := scanPages(b.o.query(ctx, `SELECT `+pageColumns+` FROM pages WHERE `+visible, b.unit, b.base.Number))
	if err != nil {
		return err
	}
	for _, p := range pages {
		b.pages[p.Path] = p
	}
	b.stats, err = readStats(ctx, b.o.database, b.base)
	return err
}

// Base gives what the build starts from, see ingest.Build.
func (b *Build) Base() (docent.Release, map[string]docent.Page, *analysis.Stats) {
	return b.base, b.pages, b.stats
}

// Describe says what is stored with the release, see ingest.Build.
func (b *Build) Describe(e docent.Edition) { b.edition = e }

// Chunks gives the chunks that path has in the base, in page order.
func (b *Build) Chunks(ctx context.Context, path string) ([]docent.ChunkRef, error) {
	rows, err := b.o.query(ctx, `
		SELECT chunk_id, terms FROM chunks c JOIN terms t ON t.id = c.id
		WHERE `+visible+` AND path = ?3 ORDER BY ordinal, c.id`, b.unit, b.base.Number, path)
	if err != nil {
		return nil, b.o.fail(err)
	}
	defer rows.Close()
	var refs []docent.ChunkRef
	for rows.Next() {
		var ref docent.ChunkRef
		if err := rows.Scan(&ref.ID, &ref.Terms); err != nil {
			return nil, b.o.fail(err)
		}
		refs = append(refs, ref)
	}
	return refs, b.o.fail(rows.Err())
}

// Close ends the build; without Publish it undoes what was written.
func (b *Build) Close() error {
	if b.release == nil {
		return nil
	}
	var err error
	if !b.ended {
		b.ended = true
		err = b.o.write(context.Background(), func(t *tx) error { return undo(t, b.unit, b.base.Number) })
	}
	err = errors.Join(err, b.release())
	b.release = nil
	return err
}

// undo takes back what was written for releases of unit after the newest
// published one.
func undo(t *tx, unit int64, newest int) error {
	return each(t, []string{
		`DELETE FROM postings WHERE segment IN (SELECT id FROM segments WHERE unit = ? AND first_no > ?)`,
		`DELETE FROM segments WHERE unit = ? AND first_no > ?`,
		`DELETE FROM chunks WHERE unit = ? AND from_no > ?`,
		`UPDATE chunks SET to_no = NULL WHERE unit = ? AND to_no > ?`,
		`DELETE FROM pages WHERE unit = ? AND from_no > ?`,
		`UPDATE pages SET to_no = NULL WHERE unit = ? AND to_no > ?`,
	}, unit, newest)
}

// each runs statements with the same arguments.
func each(t *tx, statements []string, args ...any) error {
	for _, s := range statements {
		if _, err := t.exec(s, args...); err != nil {
			return err
		}
	}
	return nil
}
