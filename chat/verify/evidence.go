package verify

import (
	"context"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// passage is what a sentence is held against.
type passage struct {
	n     int
	chunk docent.Chunk
	own   *string // its language; nil until it is asked for
	*taken
}

func (p *passage) lang() string {
	if p.own == nil {
		lang, _, _ := strings.Cut(strings.ToLower(p.chunk.Unit.Lang), "-")
		if lang == "" {
			lang = analysis.Speaks(p.chunk.Text)
		}
		p.own = &lang
	}
	return *p.own
}

// says reports whether the passage has a sentence to the letter. Brackets that
// look like citations have a backslash in answers.
func (p *passage) says(sentence string) bool {
	sentence = strings.ReplaceAll(sentence, `\[`, "[")
	for i := range p.units {
		if strings.TrimSpace(p.units[i].text) == sentence {
			return true
		}
	}
	return false
}

// evidence is what the passages have of a claim.
type evidence struct {
	units []weighed // of all the passages
	best  []weighed // that bear the claim out together, the best first
}

// weighed is a unit with how much of a claim's words it has, and what is read
// with it: headings, a table's first row, the sentences beside it.
type weighed struct {
	*unit
	has   map[string]float64
	share float64
}

// How much a word counts that stands in a unit's headings, and beside it.
const (
	aboutCounts  = 0.9
	besideCounts = 0.7
)

// gather weighs the units of the passages, and picks up to three.
func gather(c *claim, passages []*passage) *evidence {
	e := new(evidence)
	for _, p := range passages {
		first := len(e.units)
		named := p.names(c)
		for i := range p.units {
			u := &p.units[i]
			if named && u.head != "" && !u.named(c) {
				continue
			}
			w := weighed{unit: u, has: make(map[string]float64)}
			c.find(w.has, u.terms, 1)
			for _, q := range c.counts {
				if q.in(u.low) {
					c.find(w.has, q.terms, 1)
				}
			}
			c.find(w.has, p.about, aboutCounts)
			c.find(w.has, u.heads, aboutCounts)
			e.units = append(e.units, w)
		}
		own := e.units[first:]
		for i := range own {
			for beside := max(i-own[i].reach, 0); beside <= min(i+own[i].reach, len(own)-1); beside++ {
				if beside != i {
					c.find(own[i].has, own[beside].terms, besideCounts)
				}
			}
			own[i].share = c.share(own[i].has)
		}
	}
	e.pick(c)
	return e
}

// names reports whether the claim names a row of a table: then other rows are
// about something else.
func (p *passage) names(c *claim) bool {
	for i := range p.units {
		if u := &p.units[i]; u.head != "" && u.named(c) {
			return true
		}
	}
	return false
}

// named reports whether the claim has the row's first cell.
func (u *unit) named(c *claim) bool {
	for _, t := range u.key {
		if !has(c.words, t) {
			return false
		}
	}
	return len(u.key) > 0
}

// find notes which of the claim's words are among terms.
func (c *claim) find(has map[string]float64, terms []string, counts float64) {
	for _, t := range terms {
		if c.weights[t] > 0 {
			has[t] = max(has[t], counts)
		}
	}
}

// share is how much of the claim's words is there; all of it where it has
// none but names and numbers.
func (c *claim) share(has map[string]float64) float64 {
	sum, all := 0.0, 0.0
	for t, w := range c.weights {
		sum += w * has[t]
		all += w
	}
	if all == 0 {
		return 1
	}
	return sum / all
}

// pick takes the best unit, and further ones that add to it.
func (e *evidence) pick(c *claim) {
	left := slices.Clone(e.units)
	has := make(map[string]float64)
	for len(e.best) < 3 {
		best, gain := -1, 0.12*float64(len(e.best))
		now := c.share(has)
		for i, u := range left {
			if g := c.share(union(has, u.has)) - now; g > gain {
				best, gain = i, g
			}
		}
		if best < 0 {
			break
		}
		has = union(has, left[best].has)
		e.best = append(e.best, left[best])
		left = slices.Delete(left, best, best+1)
	}
	if len(e.best) == 0 && len(c.weights) == 0 && len(e.units) > 0 {
		e.best = e.units
	}
}

func union(a, b map[string]float64) map[string]float64 {
	out := make(map[string]float64, len(a)+len(b))
	for t, x := range a {
		out[t] = x
	}
	for t, x := range b {
		out[t] = max(out[t], x)
	}
	return out
}

// share is how much of the claim the best units have, near words included;
// loose says that one of its clauses is mostly not there.
func (e *evidence) share(c *claim, vectors Vectors) (share float64, loose bool) {
	has := make(map[string]float64)
	for i, u := range e.best {
		for t, x := range u.has {
			if i > 0 {
				x *= aboutCounts
			}
			has[t] = max(has[t], x)
		}
	}
	if vectors != nil {
		e.nearWords(c, has, vectors)
	}
	return c.share(has), c.hasLooseClause(has)
}

// nearFrom is the cosine from which a word counts for another.
const nearFrom = 0.4

// nearWords lets words that are not there count by the nearest one.
func (e *evidence) nearWords(c *claim, has map[string]float64, vectors Vectors) {
	known := make(map[string][]float32)
	vector := func(s string) []float32 {
		v, seen := known[s]
		if !seen {
			v, _ = vectors.Query(context.Background(), s) // nil is no vector
			known[s] = v
		}
		return v
	}
	for _, w := range c.words {
		if c.weights[w.term] == 0 || has[w.term] > 0 {
			continue
		}
		for _, u := range e.best {
			for _, o := range u.words {
				if o.content {
					if near := cosine(vector(w.raw), vector(o.raw)); near >= nearFrom {
						has[w.term] = max(has[w.term], near)
					}
				}
			}
		}
	}
}

func cosine(a, b []float32) float64 {
	if len(a) != len(b) {
		return 0
	}
	sum := float32(0)
	for i := range a {
		sum += a[i] * b[i]
	}
	return float64(sum)
}

// hasLooseClause reports whether of a clause of three words or more less than
// a third is there.
func (c *claim) hasLooseClause(has map[string]float64) bool {
	all, there := make(map[int]float64), make(map[int]float64)
	for _, w := range c.words {
		if c.weights[w.term] > 0 {
			all[w.clause]++
			there[w.clause] += has[w.term]
		}
	}
	for clause, n := range all {
		if n >= 3 && there[clause] < n/3 {
			return true
		}
	}
	return false
}

func terms(ws []word) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.term
	}
	return out
}
