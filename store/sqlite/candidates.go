package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"docent"
)

// maxPostings bounds the entries of the term index whose chunks are scored, see
// matchExpression. Scoring takes one to two microseconds each, so with 10,000
// chunks a question took 5 ms (95 of 100: 8 ms), with 100,000 it took 10 ms
// (18 ms); without a bound 8 ms (14 ms) and 95 ms (230 ms).
const maxPostings = 3000

// selectCandidates ranks by rowids and narrow rows alone, and reads the bodies
// of those chunks only that are given back. The weights are those that
// config.yaml has for ranking; here they need only be near.
//
// Parameters: the match expression, the releases as JSON, the path prefix, the
// limit.
const selectCandidates = `
	WITH wanted AS MATERIALIZED (
		SELECT value ->> 0 AS unit, value ->> 1 AS number FROM json_each(?2)
	), best AS (
		SELECT c.id, c.unit, c.chunk_id, c.path, c.ordinal, bm25(chunk_terms, 3.0, 2.5, 1.0, 0.6) AS score
		FROM chunk_terms
		CROSS JOIN chunks c ON c.id = chunk_terms.rowid
		CROSS JOIN wanted w ON w.unit = c.unit
		WHERE chunk_terms MATCH ?1
			AND c.from_no <= w.number AND (c.to_no IS NULL OR c.to_no > w.number)
			AND (?3 = '' OR substr(c.path, 1, length(?3)) = ?3)
		ORDER BY score, c.id LIMIT ?4
	)
	SELECT t.unit, t.chunk_id, t.path, t.ordinal, b.title, b.anchor, b.url, b.text, b.rest, b.terms, b.vector
	FROM best t JOIN bodies b ON b.id = t.id
	ORDER BY t.score, t.id`

// Candidates gives the chunks of q.Releases, at most one release of a unit,
// that match any of q.Terms, best first. There is no dense list: q.Vector
// finds nothing here as long as no vectors are written.
func (x *Index) Candidates(ctx context.Context, q docent.CandidateQuery) ([]docent.Candidate, error) {
	d, err := x.read(ctx)
	if err != nil {
		return nil, err
	}
	wanted, units, err := x.wanted(ctx, d, q.Releases)
	if err != nil || q.Limit <= 0 {
		return nil, d.fail(err)
	}
	frequency, err := x.frequencies(ctx, q.Releases)
	if err != nil {
		return nil, err
	}
	match := matchExpression(q.Terms, frequency, maxPostings)
	if match == "" {
		return nil, nil
	}
	rows, err := d.query(ctx, selectCandidates, match, wanted, q.PathPrefix, q.Limit)
	if err != nil {
		return nil, d.fail(err)
	}
	defer rows.Close()
	var found []docent.Candidate
	for rows.Next() {
		var unit int64
		c := docent.Candidate{Lexical: len(found) + 1}
		if err := scanBody(rows, &unit, &c.IndexedChunk); err != nil {
			return nil, d.fail(err)
		}
		c.Unit = units[unit]
		found = append(found, c)
	}
	return found, d.fail(rows.Err())
}

// wanted gives the releases as the statement takes them, [[unit, number] ...],
// with the units by their numbers. Unknown units are left out.
func (x *Index) wanted(ctx context.Context, d *database, releases []docent.Release) (string, map[int64]docent.Unit, error) {
	pairs := make([][2]int64, 0, len(releases))
	units := make(map[int64]docent.Unit, len(releases))
	for _, r := range releases {
		id, err := x.unit(ctx, d, r.Unit)
		if err != nil {
			return "", nil, err
		}
		if _, twice := units[id]; id != 0 && !twice {
			units[id] = r.Unit
			pairs = append(pairs, [2]int64{id, int64(r.Number)})
		}
	}
	encoded, err := json.Marshal(pairs)
	return string(encoded), units, err
}

// unit gives the number of a unit in the file, 0 where it has none.
func (x *Index) unit(ctx context.Context, d *database, u docent.Unit) (int64, error) {
	c := &x.catalogue
	c.mu.Lock()
	id := c.numbers[u]
	c.mu.Unlock()
	if id != 0 {
		return id, nil
	}
	if err := x.refresh(ctx, d); err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.numbers[u], nil
}

// frequencies gives a function that says in how many chunks of all releases a
// term stands.
func (x *Index) frequencies(ctx context.Context, releases []docent.Release) (func(string) int, error) {
	var tables []map[string]int
	for _, r := range releases {
		stats, err := x.Stats(ctx, r)
		if err != nil {
			return nil, err
		}
		tables = append(tables, stats.DF)
	}
	return func(term string) int {
		sum := 0
		for _, df := range tables {
			sum += df[term]
		}
		return sum
	}, nil
}

// matchExpression gives the FTS5 expression for any of terms; "" where none
// occurs.
//
// Scoring a chunk is what costs, and common terms bring most chunks. So terms
// count as leading from the rarest on, as long as they bring at most postings
// chunks together (the rarest in any case); the others raise the score of
// chunks that hold a leading term, but bring none of their own:
//
//	(rare OR rarer) AND (rare OR rarer OR common)
//
// That is the division into essential and other lists that MaxScore makes, fixed
// in advance. A chunk that holds common terms only is not found; it would be
// far down any list.
func matchExpression(terms []string, frequency func(string) int, postings int) string {
	type counted struct {
		term string
		n    int
	}
	var known []counted
	for _, t := range terms {
		if n := frequency(t); n > 0 {
			known = append(known, counted{t, n})
		}
	}
	slices.SortStableFunc(known, func(a, b counted) int { return a.n - b.n })
	var quoted []string
	leading, sum := 0, 0
	for i, k := range known {
		quoted = append(quoted, `"`+strings.ReplaceAll(k.term, `"`, `""`)+`"`)
		if sum += k.n; i == 0 || sum <= postings {
			leading = i + 1
		}
	}
	all := strings.Join(quoted, " OR ")
	if leading == len(quoted) {
		return all
	}
	return "(" + strings.Join(quoted[:leading], " OR ") + ") AND (" + all + ")"
}
