package sqlite

import (
	"bytes"
	"context"
	"database/sql"

	"docent"
)

// selectIndexed reads what was written of a page's chunks; a vector is NULL where
// there is none.
const selectIndexed = `
	SELECT ` + bodyColumns + `, t.terms, v.vector
	FROM chunks c JOIN bodies b ON b.id = c.id JOIN terms t ON t.id = c.id LEFT JOIN vectors v ON v.id = c.id
	WHERE ` + visible + ` AND path = ?3 ORDER BY ordinal, c.id`

// Indexed gives the chunks of a page of a release in order, as they were put: with
// their terms and vectors. A release or a page that is not there has none.
func (x *Index) Indexed(ctx context.Context, r docent.Release, path string) ([]docent.IndexedChunk, error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	unit, err := o.unit(ctx, r.Unit)
	if err != nil {
		return nil, o.fail(err)
	}
	rows, err := o.query(ctx, selectIndexed, unit, r.Number, path)
	if err != nil {
		return nil, o.fail(err)
	}
	defer rows.Close()
	var chunks []docent.IndexedChunk
	for rows.Next() {
		c := docent.IndexedChunk{Chunk: docent.Chunk{Unit: r.Unit}}
		var terms, vector sql.RawBytes
		if err := scanBody(rows, &c.Chunk, &terms, &vector); err != nil {
			return nil, o.fail(err)
		}
		c.Terms = bytes.Clone(terms)
		if c.Vector, err = decodeVector(vector); err != nil {
			return nil, o.fail(err)
		}
		chunks = append(chunks, c)
	}
	return chunks, o.fail(rows.Err())
}
