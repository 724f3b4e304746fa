package sqlite

import (
	"context"
	"maps"
	"math"
	"slices"

	"docent"
)

// selectPostings reads the lists of terms in the segments of units, both listed
// as JSON.
const selectPostings = `
	SELECT p.segment, p.term, p.chunks
	FROM json_each(?1) u CROSS JOIN segments s ON s.unit = u.value
		CROSS JOIN json_each(?2) t CROSS JOIN postings p ON p.segment = s.id AND p.term = t.value`

// spare is how many more of the best chunks are looked at than are asked for.
// Some may be of other releases only, or not under the path prefix: where these
// are too many, more are looked at.
const spare = 8

// weights gives how much each of a question's terms tells: the part of BM25
// that is the releases'. Terms that no chunk holds are left out.
func (o *opened) weights(ctx context.Context, q docent.CandidateQuery) (map[string]float64, error) {
	chunks, holding := 0, map[string]int{}
	for _, r := range q.Releases {
		stats, err := o.stats(ctx, r)
		if err != nil {
			return nil, err
		}
		chunks += stats.Chunks
		for _, term := range q.Terms {
			if n := stats.DF[term]; n > 0 {
				holding[term] += n
			}
		}
	}
	weights := make(map[string]float64, len(holding))
	for term, n := range holding {
		weights[term] = math.Log(1 + (float64(max(chunks-n, 0))+0.5)/(float64(n)+0.5))
	}
	return weights, nil
}

// lexical adds the chunks that hold the terms, best first.
func (l *lists) lexical(s *snapshot, weights map[string]float64) error {
	if len(weights) == 0 {
		return nil
	}
	segments, err := l.segments(s, weights)
	if err != nil {
		return err
	}
	looked := 0
	for k := l.query.Limit + spare; ; k *= 4 {
		best, matching := top{k: k}, 0
		for _, cursors := range segments {
			n, ok := match(slices.Clone(cursors), &best)
			if !ok {
				return &docent.Error{Code: docent.CodeStore, Message: "the list of chunks that hold a term can't be read", Hint: indexKind.mend}
			}
			matching += n
		}
		best.cut()
		var rows []int64
		for _, n := range best.list[looked:] {
			rows = append(rows, n.id)
		}
		if err := l.read(s, rows, l.query.Limit); err != nil {
			return err
		}
		if looked = len(best.list); looked == matching || len(l.found) == l.query.Limit {
			break
		}
	}
	for i := range l.found {
		l.found[i].Lexical = i + 1
	}
	return nil
}

// segments gives the lists of the terms by segment.
func (l *lists) segments(s *snapshot, weights map[string]float64) (map[int64][]cursor, error) {
	units := make([]int64, len(l.releases))
	for i, w := range l.releases {
		units[i] = w.unit
	}
	rows, err := s.query(selectPostings, list(units), list(slices.Sorted(maps.Keys(weights))))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	segments := map[int64][]cursor{}
	for rows.Next() {
		var segment int64
		var term string
		var chunks []byte
		if err := rows.Scan(&segment, &term, &chunks); err != nil {
			return nil, err
		}
		segments[segment] = append(segments[segment], cursorOn(chunks, weights[term]))
	}
	return segments, rows.Err()
}
