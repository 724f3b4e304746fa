package sqlite

import (
	"cmp"
	"database/sql"
	"slices"
)

// exact is a chunk's row with its similarity to the question.
type exact struct {
	row    int64
	cosine float64
}

// exactly compares those of rows that have a vector with the question's, and
// gives the nearest first, equals by row.
func exactly(s *snapshot, rows []int64, question []float32) ([]exact, error) {
	stored, err := s.query(selectVectors, list(rows))
	if err != nil {
		return nil, err
	}
	defer stored.Close()
	var nearest []exact
	for stored.Next() {
		var e exact
		var vector sql.RawBytes
		if err := stored.Scan(&e.row, &vector); err != nil {
			return nil, err
		}
		e.cosine = cosine(vector, question)
		nearest = append(nearest, e)
	}
	slices.SortFunc(nearest, func(a, b exact) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.row, b.row))
	})
	return nearest, stored.Err()
}
