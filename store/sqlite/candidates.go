package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"docent"
)

// candidateColumns are read by lists.read.
const candidateColumns = `c.id, c.unit, c.chunk_id, c.path, c.ordinal, c.section, t.terms`

// selectCandidates reads, of the chunks whose rows are listed as JSON, those
// that the releases hold, in the list's order, as the joins have it.
//
// Parameters: the rows, the releases as JSON, the path prefix.
const selectCandidates = `
	WITH wanted AS MATERIALIZED (
		SELECT value ->> 0 AS unit, value ->> 1 AS number FROM json_each(?2)
	)
	SELECT ` + candidateColumns + `
	FROM json_each(?1) j CROSS JOIN chunks c ON c.id = j.value CROSS JOIN wanted w ON w.unit = c.unit CROSS JOIN terms t ON t.id = c.id
	WHERE c.from_no <= w.number AND (c.to_no IS NULL OR c.to_no > w.number)
		AND (?3 = '' OR substr(c.path, 1, length(?3)) = ?3)`

// selectVectors reads the vectors of the chunks whose rows are listed as JSON.
const selectVectors = `SELECT v.id, v.vector FROM json_each(?1) j CROSS JOIN vectors v ON v.id = j.value`

// rescored is how many times the limit of the nearest by int8 are compared
// exactly. Of 20,000 vectors of 256 dimensions, 1.25 times the limit held all of
// the hundred nearest.
const rescored = 2

// Candidates gives the chunks of q.Releases, at most one release of a unit,
// that match any of q.Terms or lie nearest to q.Vector.
// All of the answer is of one moment: where a release was deleted meanwhile, it
// gives docent.CodeNotFound. A vector that does not fit the index is refused,
// see fits.
func (x *Index) Candidates(ctx context.Context, q docent.CandidateQuery) ([]docent.Candidate, error) {
	o, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	if q.Vector != nil {
		if err := x.fits(q.Vector, "the question"); err != nil {
			return nil, err
		}
	}
	found, err := o.candidates(ctx, q)
	return found, o.fail(err)
}

func (o *opened) candidates(ctx context.Context, q docent.CandidateQuery) ([]docent.Candidate, error) {
	weights, err := o.weights(ctx, q)
	if err != nil {
		return nil, err
	}
	releases, err := o.wanted(ctx, q.Releases)
	if err != nil || q.Limit <= 0 {
		return nil, err
	}
	nearest, err := o.nearest(ctx, releases, q)
	if err != nil || len(weights) == 0 && len(nearest) == 0 {
		return nil, err
	}
	l := lists{releases: releases, query: q, rows: map[int64]int{}}
	err = o.snapshot(ctx, func(s *snapshot) error {
		if err := l.complete(s); err != nil {
			return err
		}
		if err := l.lexical(s, weights); err != nil {
			return err
		}
		return l.dense(s, nearest)
	}, selectPostings, selectCandidates, selectVectors)
	return l.found, err
}

// nearest gives the rows to be compared exactly, best first; none where no
// vector is asked for.
func (o *opened) nearest(ctx context.Context, releases []wanted, q docent.CandidateQuery) ([]int64, error) {
	if q.Vector == nil {
		return nil, nil
	}
	var slabs []*slab
	for _, w := range releases {
		set, err := o.vectors(ctx, w)
		if err != nil {
			return nil, err
		}
		slabs = append(slabs, set.slabs...)
	}
	return nearest(ctx, slabs, q.Vector, q.PathPrefix, rescored*q.Limit)
}

// wanted is a release that is asked for, and its unit's number in the file.
type wanted struct {
	unit    int64
	release docent.Release
}

// wanted looks up the releases. Unknown units are left out.
func (o *opened) wanted(ctx context.Context, releases []docent.Release) ([]wanted, error) {
	var list []wanted
	for _, r := range releases {
		id, err := o.unit(ctx, r.Unit)
		if err != nil {
			return nil, err
		}
		if id != 0 && !slices.ContainsFunc(list, func(w wanted) bool { return w.unit == id }) {
			list = append(list, wanted{id, r})
		}
	}
	return list, nil
}

// lists is the union of the two lists in the making.
type lists struct {
	releases []wanted
	query    docent.CandidateQuery
	found    []docent.Candidate
	rows     map[int64]int // places in found by the chunks' rows
	bytes    []byte        // what found's terms share
}

// complete refuses releases that are no longer kept: a part of their rows may
// be gone.
func (l *lists) complete(s *snapshot) error {
	for _, w := range l.releases {
		if kept, err := s.kept(w.unit, w.release.Number); err != nil {
			return err
		} else if !kept {
			return noRelease(w.release)
		}
	}
	return nil
}

// dense adds the nearest of rows to the question's vector, by their exact
// similarity, and gives those already found theirs.
func (l *lists) dense(s *snapshot, rows []int64) error {
	if l.query.Vector == nil {
		return nil
	}
	compared := slices.AppendSeq(slices.Clone(rows), maps.Keys(l.rows))
	slices.Sort(compared)
	all, err := exactly(s, slices.Compact(compared), l.query.Vector)
	if err != nil {
		return err
	}
	for _, e := range all {
		if at, there := l.rows[e.row]; there {
			l.found[at].Cosine = e.cosine
		}
	}
	nearest := all[:min(len(all), l.query.Limit)]
	var missing []int64
	for _, n := range nearest {
		if _, there := l.rows[n.row]; !there {
			missing = append(missing, n.row)
		}
	}
	if err := l.read(s, missing, len(l.found)+len(missing)); err != nil {
		return err
	}
	for i, n := range nearest {
		if at, there := l.rows[n.row]; there {
			l.found[at].Dense, l.found[at].Cosine = i+1, n.cosine
		}
	}
	return nil
}

// read adds the chunks of rows that the releases hold, in their order, until
// limit are found.
func (l *lists) read(s *snapshot, listed []int64, limit int) error {
	pairs := make([][2]int64, 0, len(l.releases))
	for _, w := range l.releases {
		pairs = append(pairs, [2]int64{w.unit, int64(w.release.Number)})
	}
	rows, err := s.query(selectCandidates, list(listed), list(pairs), l.query.PathPrefix)
	if err != nil {
		return err
	}
	defer rows.Close()
	for len(l.found) < limit && rows.Next() {
		var row, unit int64
		var c docent.Candidate
		var terms sql.RawBytes
		if err := rows.Scan(&row, &unit, &c.ID, &c.Path, &c.Ordinal, &c.Section, &terms); err != nil {
			return err
		}
		c.Terms = l.copy(terms)
		c.Key = strconv.FormatInt(row, 10)
		for _, w := range l.releases {
			if w.unit == unit {
				c.Unit = w.release.Unit
			}
		}
		l.rows[row] = len(l.found)
		l.found = append(l.found, c)
	}
	return rows.Err()
}

// copy gives a copy of b in a place shared with others.
func (l *lists) copy(b []byte) []byte {
	if cap(l.bytes)-len(l.bytes) < len(b) {
		l.bytes = make([]byte, 0, max(min(2*cap(l.bytes), 64<<10), 4<<10, len(b)))
	}
	from := len(l.bytes)
	l.bytes = append(l.bytes, b...)
	return l.bytes[from:len(l.bytes):len(l.bytes)]
}

// list gives numbers as statements take them.
func list[T any](numbers []T) string {
	encoded, _ := json.Marshal(numbers) // it can't fail
	return string(encoded)
}
