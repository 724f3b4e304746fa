package sqlite

import (
	"database/sql"
	"encoding/binary"
	"math"

	"docent"
)

// What a release of the unit ?1 has, and what came and went between two of
// them, the release ?2 and a newer one, ?3.
const (
	fromRelease = ` FROM chunks c NOT INDEXED CROSS JOIN vectors v ON v.id = c.id
		WHERE c.unit = ?1 AND c.from_no <= ?2 AND (c.to_no IS NULL OR c.to_no > ?2) ORDER BY c.id`
	fromBorn = ` FROM chunks c INDEXED BY chunks_begun CROSS JOIN vectors v ON v.id = c.id
		WHERE c.unit = ?1 AND c.from_no > ?2 AND c.from_no <= ?3 AND (c.to_no IS NULL OR c.to_no > ?3) ORDER BY c.id`
	fromRetired = ` FROM chunks c INDEXED BY chunks_retired CROSS JOIN vectors v ON v.id = c.id
		WHERE c.unit = ?1 AND c.to_no > ?2 AND c.to_no <= ?3 AND c.from_no <= ?2 ORDER BY c.id`

	selectID     = `SELECT c.id`
	selectVector = `SELECT c.id, c.path, v.vector`
)

// loadVectors reads the vectors of a release, from base on where that is not
// nil and still kept: of a release that is kept every row is in the file, so
// what differs is exact. docent.CodeNotFound where the release is not kept.
func loadVectors(s *snapshot, dimensions int, w wanted, base *vectorSet) (*vectorSet, error) {
	number := w.release.Number
	if kept, err := s.kept(w.unit, number); err != nil {
		return nil, err
	} else if !kept {
		return nil, noRelease(w.release)
	}
	l := loader{dimensions: dimensions, set: &vectorSet{number: number}}
	if base != nil {
		if kept, err := s.kept(w.unit, base.number); err != nil {
			return nil, err
		} else if kept {
			return l.set, l.differ(s, w.unit, base)
		}
	}
	return l.set, l.read(s.query(selectVector+fromRelease, w.unit, number))
}

// loader puts together a set.
type loader struct {
	dimensions int
	set        *vectorSet
	last       slab // still growing
}

// differ takes over what base has, but for what is not in the release, and
// reads what base has not.
func (l *loader) differ(s *snapshot, unit int64, base *vectorSet) error {
	gone, come := fromRetired, fromBorn
	if l.set.number < base.number {
		gone, come = fromBorn, fromRetired
	}
	from, to := min(l.set.number, base.number), max(l.set.number, base.number)
	left, err := scanIDs(s.query(selectID+gone, unit, from, to))
	if err != nil {
		return err
	}
	for i, old := range base.slabs {
		old = old.without(left, l.dimensions)
		if i == len(base.slabs)-1 && len(old.ids) < slabRows {
			l.last = *old.clone() // it grows
		} else if len(old.ids) > 0 {
			l.set.slabs = append(l.set.slabs, old)
		}
	}
	return l.read(s.query(selectVector+come, unit, from, to))
}

// read adds rows of selectVector and ends the set.
func (l *loader) read(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	vector := make([]float32, l.dimensions)
	for rows.Next() {
		var id int64
		var path string
		var stored sql.RawBytes
		if err := rows.Scan(&id, &path, &stored); err != nil {
			return err
		}
		if len(stored) != 4*l.dimensions {
			return docent.Errorf(docent.CodeStore, "a vector of the index has %d bytes instead of %d: delete the index file and run `docent ingest` again",
				len(stored), 4*l.dimensions)
		}
		for i := range vector {
			vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(stored[4*i:]))
		}
		if l.last.add(id, path, vector); len(l.last.ids) == slabRows {
			l.end()
		}
	}
	l.end()
	return rows.Err()
}

// end puts the growing slab into the set.
func (l *loader) end() {
	if len(l.last.ids) > 0 {
		l.set.slabs = append(l.set.slabs, l.last.clone())
	}
	l.last = slab{cells: l.last.cells[:0], ids: l.last.ids[:0], scale: l.last.scale[:0], runs: l.last.runs[:0]}
}

func scanIDs(rows *sql.Rows, err error) (map[int64]bool, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := map[int64]bool{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids[id] = true
	}
	return ids, rows.Err()
}
