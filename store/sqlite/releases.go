package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"docent"
	"docent/analysis"
)

// catalogue remembers what rarely changes: which units there are, which
// releases are active, and the statistics of those. It is read again when the
// file's sequence number has moved.
type catalogue struct {
	mu       sync.Mutex
	sequence int64 // of what is below; 0 before the first reading
	numbers  map[docent.Unit]int64
	units    map[int64]docent.Unit
	active   []docent.Release // by site, source, version, language

	deciphering sync.Mutex // one at a time decodes statistics
	stats       map[releaseKey]*analysis.Stats
}

type releaseKey struct {
	unit   docent.Unit
	number int
}

func keyOf(r docent.Release) releaseKey { return releaseKey{r.Unit, r.Number} }

// all gives the active releases.
func (c *catalogue) all() []docent.Release {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.active // replaced as a whole, never changed
}

func (c *catalogue) isActive(key releaseKey) bool {
	return slices.ContainsFunc(c.all(), func(r docent.Release) bool { return keyOf(r) == key })
}

// Releases gives the active release of every unit of site, in the order of
// source, version, language. A release that another process published is seen
// at once. As long as no release of any site was published, it gives
// docent.CodeNoIndex, or docent.CodeIndexStamp where there are some in indexes
// of other stamps.
func (x *Index) Releases(ctx context.Context, site string) ([]docent.Release, error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	if err := o.refresh(ctx); err != nil {
		return nil, o.fail(err)
	}
	active := o.catalogue.all()
	if len(active) == 0 {
		return nil, x.absent(ctx)
	}
	var releases []docent.Release
	for _, r := range active {
		if r.Unit.Site == site {
			releases = append(releases, r)
		}
	}
	return releases, nil
}

// AllReleases gives every kept release of every unit of site, in the order of
// source, version, language, number.
func (x *Index) AllReleases(ctx context.Context, site string) ([]docent.Release, error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	releases, err := scanReleases(o.query(ctx, selectReleases+`
		WHERE u.site = ? ORDER BY u.source, u.version, u.lang, r.number`, site))
	return releases, o.fail(err)
}

// selectReleases is read by scanReleases.
const selectReleases = `
	SELECT u.site, u.source, u.version, u.lang, r.number, r.pages, r.chunks, r.number = u.active, r.created_at, r.edition
	FROM units u JOIN releases r ON r.unit = u.id`

func scanReleases(rows *sql.Rows, err error) ([]docent.Release, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var releases []docent.Release
	for rows.Next() {
		var r docent.Release
		var created int64
		var edition []byte
		err := rows.Scan(&r.Unit.Site, &r.Unit.Source, &r.Unit.Version, &r.Unit.Lang,
			&r.Number, &r.Pages, &r.Chunks, &r.Active, &created, &edition)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(edition, &r.Edition); err != nil {
			return nil, errors.New("what is said of a release's version can't be read")
		}
		r.CreatedAt = time.UnixMilli(created).UTC()
		releases = append(releases, r)
	}
	return releases, rows.Err()
}

// refresh reads the catalogue again where it is out of date. The sequence is
// read before the rest, so that a change in between is noticed next time.
func (o *opened) refresh(ctx context.Context) error {
	var sequence int64
	if err := o.row(ctx, into(&sequence), `SELECT sequence FROM about`); err != nil {
		return err
	}
	c := &o.catalogue
	c.mu.Lock()
	known := c.sequence == sequence && c.units != nil
	c.mu.Unlock()
	if known {
		return nil
	}
	units, err := readUnits(ctx, o.database, "")
	if err != nil {
		return err
	}
	active, err := scanReleases(o.query(ctx, selectReleases+`
		WHERE r.number = u.active ORDER BY u.site, u.source, u.version, u.lang`))
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if sequence < c.sequence {
		return nil // someone else was faster, and saw more
	}
	c.sequence, c.active, c.units = sequence, active, units
	c.numbers = make(map[docent.Unit]int64, len(units))
	for number, unit := range units {
		c.numbers[unit] = number
	}
	for key := range c.stats {
		if !slices.ContainsFunc(active, func(r docent.Release) bool { return keyOf(r) == key }) {
			delete(c.stats, key)
		}
	}
	o.dense.forget(func(u docent.Unit) bool {
		return !slices.ContainsFunc(active, func(r docent.Release) bool { return r.Unit == u })
	})
	return nil
}

// readUnits gives the units that meet a condition, by their numbers in the file.
func readUnits(ctx context.Context, d *database, where string) (map[int64]docent.Unit, error) {
	rows, err := d.query(ctx, `SELECT id, site, source, version, lang FROM units `+where)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	units := map[int64]docent.Unit{}
	for rows.Next() {
		var id int64
		var u docent.Unit
		if err := rows.Scan(&id, &u.Site, &u.Source, &u.Version, &u.Lang); err != nil {
			return nil, err
		}
		units[id] = u
	}
	return units, rows.Err()
}

// Stats gives a release's statistics, shared: they must not be changed. They
// are decoded once. docent.CodeNotFound where there is no such release.
func (x *Index) Stats(ctx context.Context, r docent.Release) (*analysis.Stats, error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	return o.stats(ctx, r)
}

func (o *opened) stats(ctx context.Context, r docent.Release) (*analysis.Stats, error) {
	c := &o.catalogue
	c.deciphering.Lock()
	defer c.deciphering.Unlock()
	c.mu.Lock()
	stats := c.stats[keyOf(r)]
	c.mu.Unlock()
	if stats != nil {
		return stats, nil
	}
	stats, err := readStats(ctx, o.database, r)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stats == nil {
		c.stats = map[releaseKey]*analysis.Stats{}
	}
	c.stats[keyOf(r)] = stats
	return stats, nil
}

func readStats(ctx context.Context, d *database, r docent.Release) (*analysis.Stats, error) {
	var encoded []byte
	u := r.Unit
	err := d.row(ctx, into(&encoded), `
		SELECT r.stats FROM units u JOIN releases r ON r.unit = u.id
		WHERE u.site = ? AND u.source = ? AND u.version = ? AND u.lang = ? AND r.number = ?`,
		u.Site, u.Source, u.Version, u.Lang, r.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noRelease(r)
	}
	if err != nil {
		return nil, d.fail(err)
	}
	stats, err := analysis.DecodeStats(encoded)
	if err != nil {
		return nil, &docent.Error{Code: docent.CodeStore, Message: "a release's statistics can't be read", Hint: d.mend, Err: err}
	}
	return stats, nil
}

func noRelease(r docent.Release) error {
	return docent.Errorf(docent.CodeNotFound, "there is no release %d of source %q, version %q, language %q",
		r.Number, r.Unit.Source, r.Unit.Version, r.Unit.Lang)
}

// unit gives the number of a unit in the file, 0 where it has none.
func (o *opened) unit(ctx context.Context, u docent.Unit) (int64, error) {
	c := &o.catalogue
	c.mu.Lock()
	id := c.numbers[u]
	c.mu.Unlock()
	if id != 0 {
		return id, nil
	}
	if err := o.refresh(ctx); err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.numbers[u], nil
}
