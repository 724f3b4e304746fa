package sqlite

import (
	"database/sql"
	"maps"
	"slices"

	"docent"
	"docent/analysis"
)

// inverted is a segment in the making.
type inverted struct {
	segment
	place map[string]int // of each term in lists
	lists []postings
}

// invert writes the postings of all chunks in the place of s, in several
// segments where one would be too large.
func invert(t *tx, unit int64, s segment, largest int) error {
	for {
		v, err := readInverted(t, unit, s, largest)
		if err != nil || v.listed == 0 {
			return err
		}
		if err := v.write(t, unit); err != nil {
			return err
		}
		s.first = v.last + 1
	}
}

// readInverted reads as many chunks as there are, or as a segment has. One
// whose terms can't be read is an error, since nobody would find it.
func readInverted(t *tx, unit int64, s segment, largest int) (*inverted, error) {
	v := &inverted{segment: segment{number: s.number}, place: map[string]int{}}
	rows, err := t.query(`
		SELECT c.id, t.terms FROM (
			SELECT id FROM chunks INDEXED BY chunks_begun
			WHERE unit = ? AND from_no >= ? AND id BETWEEN ? AND ? ORDER BY id LIMIT ?
		) c LEFT JOIN terms t ON t.id = c.id`, unit, s.number, s.first, s.last, largest)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var row int64
		var terms sql.RawBytes
		if err := rows.Scan(&row, &terms); err != nil {
			return nil, err
		}
		if err := v.add(row, terms); err != nil {
			return nil, &docent.Error{Code: docent.CodeStore, Message: "the terms of a chunk of the index can't be read", Hint: t.d.mend, Err: err}
		}
	}
	return v, rows.Err()
}

func (v *inverted) add(row int64, terms []byte) error {
	if v.listed == 0 {
		v.first = row
	}
	v.last = row
	v.listed++
	return analysis.EachWeight(terms, func(term []byte, weight float32, length int) {
		at, known := v.place[string(term)]
		if !known {
			at = len(v.lists)
			v.place[string(term)] = at
			v.lists = append(v.lists, postings{})
		}
		v.lists[at].add(row, analysis.Impact(weight, length))
	})
}

func (v *inverted) write(t *tx, unit int64) error {
	id, err := t.insert(`INSERT INTO segments (unit, first_no, first_row, last_row, listed, live) VALUES (?, ?, ?, ?, ?, ?)`,
		unit, v.number, v.first, v.last, v.listed, v.listed)
	if err != nil {
		return err
	}
	for _, term := range slices.Sorted(maps.Keys(v.place)) {
		if _, err := t.exec(`INSERT INTO postings (segment, term, chunks) VALUES (?, ?, ?)`, id, term, v.lists[v.place[term]].list); err != nil {
			return err
		}
	}
	return nil
}
