package sqlite

import (
	"context"
	"slices"
)

// maxSegment is how many chunks a segment has, at most: what an ingest holds in
// memory while it writes one is less than a kilobyte a chunk.
const maxSegment = 1 << 16

// segment is a row of segments: postings of the chunks of a unit between two
// rows.
type segment struct {
	number int // no chunk of it begins before this release
	first  int64
	last   int64
	listed int
	live   int
	stale  bool // it is to be written
}

// tidy writes the segment of the chunks that were added last, if there are any,
// and again those of which half was deleted. Neighbours become one unless the
// first is far larger than the second, or both fill one: so there are few, and
// a chunk is written few times.
func tidy(t *tx, unit int64, added segment, largest int) error {
	list, err := segmentsOf(t, unit)
	if err != nil {
		return err
	}
	if added.live > 0 {
		list = append(list, added)
	}
	for i := len(list) - 1; i > 0; i-- {
		a, b := list[i-1], list[i]
		if a.live <= 2*b.live && a.live+b.live <= largest {
			list[i-1] = segment{number: a.number, first: a.first, last: b.last, live: a.live + b.live, stale: true}
			list = slices.Delete(list, i, i+1)
		}
	}
	for _, s := range list {
		if !s.stale && 2*s.live >= s.listed {
			continue
		}
		if err := rewrite(t, unit, s, largest); err != nil {
			return err
		}
	}
	return nil
}

// segmentsOf gives the segments of a unit by their rows.
func segmentsOf(t *tx, unit int64) ([]segment, error) {
	rows, err := t.query(`SELECT first_no, first_row, last_row, listed, live FROM segments WHERE unit = ? ORDER BY first_row`, unit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []segment
	for rows.Next() {
		var s segment
		if err := rows.Scan(&s.number, &s.first, &s.last, &s.listed, &s.live); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// rewrite writes what stands in the place of s.
func rewrite(t *tx, unit int64, s segment, largest int) error {
	err := each(t, []string{
		`DELETE FROM postings WHERE segment IN (SELECT id FROM segments WHERE unit = ? AND first_row BETWEEN ? AND ?)`,
		`DELETE FROM segments WHERE unit = ? AND first_row BETWEEN ? AND ?`,
	}, unit, s.first, s.last)
	if err != nil {
		return err
	}
	return invert(t, unit, s, largest)
}

// invertOld writes the segments of units that an older version of this program
// published.
func invertOld(ctx context.Context, d *database) error {
	const old = `SELECT id FROM units u WHERE NOT EXISTS (SELECT 1 FROM segments s WHERE s.unit = u.id)
		AND EXISTS (SELECT 1 FROM releases r WHERE r.unit = u.id AND r.chunks > 0)`
	units, err := scanIDs(d.query(ctx, old))
	if err != nil || len(units) == 0 {
		return d.fail(err)
	}
	return d.write(ctx, func(t *tx) error {
		units, err := scanIDs(t.query(old)) // another process may have been faster
		if err != nil {
			return err
		}
		for unit := range units {
			if err := invert(t, unit, segment{last: beyond}, maxSegment); err != nil {
				return err
			}
		}
		return nil
	})
}
