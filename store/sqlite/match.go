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

// maxScored is how common the rarest term may be before matching begins with
// titles and headings, see matchExpressions. With 100,000 chunks a term that
// stands in half of them took 65 ms, and takes 10 ms so.
const maxScored = 4 * maxPostings

// expressions are what FTS5 is asked for. Either may be "": there is nothing to
// match, or no need to begin with titles.
type expressions struct {
	titled string // asked first, and alone where it fills the list
	all    string
}

// matchExpressions gives the expressions for any of terms.
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
//
// Where even the rarest term brings more than scored chunks, those that have it
// in their title or headings are asked for first. There are mostly enough of
// them, and with such a term alone they are the better ones.
func matchExpressions(terms []string, frequency func(string) int, postings, scored int) expressions {
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
	if len(known) == 0 {
		return expressions{}
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
	e := expressions{all: strings.Join(quoted, " OR ")}
	if known[0].n > scored {
		e.titled = "({title headings} : " + quoted[0] + ") AND (" + e.all + ")"
	}
	if leading < len(quoted) {
		e.all = "(" + strings.Join(quoted[:leading], " OR ") + ") AND (" + e.all + ")"
	}
	return e
}
