package sqlite

import (
	"context"
	"strconv"

	"docent"
)

// selectBodies reads the chunks whose rows are listed as JSON.
const selectBodies = `
	SELECT ` + bodyColumns + `
	FROM json_each(?1) j CROSS JOIN chunks c ON c.id = j.value CROSS JOIN bodies b ON b.id = c.id`

// Bodies gives the chunks of candidates by their IDs, as far as they are still
// there. A row's number may be another chunk's by now, or another file's, so
// the ID tells.
func (x *Index) Bodies(ctx context.Context, picked []docent.Candidate) (map[string]docent.Chunk, error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	units := make(map[string]docent.Unit, len(picked)) // of each chunk
	numbers := make([]int64, 0, len(picked))
	for _, c := range picked {
		if row, err := strconv.ParseInt(c.Key, 10, 64); err == nil {
			units[c.ID] = c.Unit
			numbers = append(numbers, row)
		}
	}
	rows, err := o.query(ctx, selectBodies, list(numbers))
	if err != nil {
		return nil, o.fail(err)
	}
	defer rows.Close()
	bodies := make(map[string]docent.Chunk, len(picked))
	for rows.Next() {
		var c docent.Chunk
		if err := scanBody(rows, &c); err != nil {
			return nil, o.fail(err)
		}
		if unit, wanted := units[c.ID]; wanted {
			c.Unit = unit
			bodies[c.ID] = c
		}
	}
	return bodies, o.fail(rows.Err())
}
