package sqlite

import (
	"slices"
	"strings"
)

// maxPostings bounds the entries of the term index whose chunks are scored, see
// matchExpression. Scoring takes one to two microseconds each, so with 10,000
// chunks a question took 5 ms (95 of 100: 8 ms), with 100,000 it took 10 ms
// (18 ms); without a bound 8 ms (14 ms) and 95 ms (230 ms).
const maxPostings = 3000

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
