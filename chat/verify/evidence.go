package verify

import (
	"context"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// passage is what a sentence is held against, taken apart when it is first
// needed.
type passage struct {
	n     int
	chunk docent.Chunk
	lower string // all of it, in lower case
	units []unit
	about []string // terms of the headings
}

// unit is a sentence, a row or a line of code.
type unit struct {
	text  string
	row   bool
	head  string   // of a row: the table's first one
	key   []string // of a row: the terms of its first cell
	reach int      // so many units before and after are read with it
}

// codeReach is how far a line of code is read with others.
const codeReach = 4

func (p *passage) lang() string {
	if p.chunk.Unit.Lang != "" {
		base, _, _ := strings.Cut(strings.ToLower(p.chunk.Unit.Lang), "-")
		return base
	}
	return analysis.Speaks(p.chunk.Text)
}

// read takes the passage apart.
func (p *passage) read() {
	if p.lower != "" {
		return
	}
	heading := p.chunk.Title + "\n" + strings.Join(p.chunk.Headings, "\n")
	p.lower = strings.ToLower(heading + "\n" + p.chunk.Text)
	p.about = analysis.Terms(heading, p.lang())
	text, last := p.chunk.Text, 0
	for _, s := range append(analysis.Sentences(text), analysis.Span{Start: len(text), End: len(text)}) {
		for line := range strings.SplitSeq(text[last:s.Start], "\n") { // what is no sentence is code
			if strings.ContainsFunc(line, isAlnum) && !strings.HasPrefix(strings.TrimSpace(line), "```") {
				p.units = append(p.units, unit{text: line, reach: codeReach})
			}
		}
		last = s.End
		if s.Start < s.End {
			p.units = append(p.units, p.unitOf(text[s.Start:s.End]))
		}
	}
}

// says reports whether the passage has a sentence to the letter. Brackets that
// look like citations have a backslash in answers.
func (p *passage) says(sentence string) bool {
	p.read()
	sentence = strings.ReplaceAll(sentence, `\[`, "[")
	for _, u := range p.units {
		if strings.TrimSpace(u.text) == sentence {
			return true
		}
	}
	return false
}

func (p *passage) unitOf(text string) unit {
	if !strings.HasPrefix(text, "|") {
		return unit{text: text, reach: 1}
	}
	cell, _, _ := strings.Cut(strings.TrimLeft(text, "| "), "|")
	u := unit{text: text, row: true, key: terms(read(cell, p.lang()))}
	if n := len(p.units); n > 0 && p.units[n-1].row {
		if u.head = p.units[n-1].head; u.head == "" {
			u.head = p.units[n-1].text
		}
	}
	return u
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
	words []word
	has   map[string]float64
	share float64
}

// How much a word counts that stands in a unit's headings, and beside it.
const (
	aboutCounts  = 0.9
	besideCounts = 0.7
)

// gather weighs the units of the passages, and picks up to three.
func gather(c *claim, passages []*passage, lang string) *evidence {
	e := new(evidence)
	for _, p := range passages {
		p.read()
		first := len(e.units)
		named := p.names(c)
		for i := range p.units {
			u := &p.units[i]
			if named && u.head != "" && !u.named(c) {
				continue
			}
			w := weighed{unit: u, words: read(u.text, lang), has: make(map[string]float64)}
			c.find(w.has, terms(w.words), 1)
			for _, q := range c.counts {
				if q.in(strings.ToLower(u.text)) {
					c.find(w.has, q.terms, 1)
				}
			}
			c.find(w.has, p.about, aboutCounts)
			if u.head != "" {
				c.find(w.has, terms(read(u.head, lang)), aboutCounts)
			}
			e.units = append(e.units, w)
		}
		own := e.units[first:]
		for i := range own {
			for beside := max(i-own[i].reach, 0); beside <= min(i+own[i].reach, len(own)-1); beside++ {
				if beside != i {
					c.find(own[i].has, terms(own[beside].words), besideCounts)
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
	return slices.ContainsFunc(p.units, func(u unit) bool { return u.head != "" && u.named(c) })
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
