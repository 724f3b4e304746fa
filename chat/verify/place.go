package verify

import "strings"

// besideFrom is how much of the best unit's words a unit must have for its
// numbers to be about the same.
const besideFrom = 0.8

// elsewhere reports whether a number of the claim stands only where the
// passages speak of something else.
func (e *evidence) elsewhere(c *claim, question lettered) bool {
	for _, f := range c.facts {
		if f.local && !f.in(question) && !e.near(c, f) {
			return true
		}
	}
	return false
}

// near reports whether a unit that speaks of the same has the fact, or one that only
// calculates: what it does that for, no word of it says.
func (e *evidence) near(c *claim, f fact) bool {
	own := c.around(f)
	most := 0.0
	for _, u := range e.units {
		most = max(most, e.about(own, u))
	}
	for _, u := range e.units {
		if f.in(u.low) && (u.sum || e.about(own, u) >= besideFrom*most && !u.othersFact(own, f)) {
			return true
		}
	}
	return false
}

// about is how much of a clause a unit has, without its numbers.
func (e *evidence) about(o clause, u weighed) float64 {
	sum := 0.0
	for _, w := range o.words {
		if w.raw[0] < '0' || w.raw[0] > '9' {
			sum += u.has[w.term]
		}
	}
	return sum
}

// around gives the clause of the claim that names the fact; all of it where
// none alone does.
func (c *claim) around(f fact) clause {
	for _, o := range clausesOf(c.words) {
		if f.in(letteredOf(o.text())) && len(o.words) > 2 {
			return o
		}
	}
	return clause{words: c.words}
}

func (o clause) text() string {
	var b strings.Builder
	last := ""
	for _, w := range o.words {
		if w.raw != last {
			b.WriteString(w.raw + " ")
		}
		last = w.raw
	}
	return b.String()
}

// othersFact reports whether the unit says the fact of something else: another
// of its clauses, with another number of that kind, is nearer to the claim.
func (u weighed) othersFact(own clause, f fact) bool {
	here, there := 0.0, 0.0
	for _, t := range clausesOf(u.words) {
		text := letteredOf(t.text())
		switch {
		case f.in(text):
			here = max(here, overlap(own, t))
		case f.name == "" && len(text.amounts) > 0:
			there = max(there, overlap(own, t))
		}
	}
	return there > here
}
