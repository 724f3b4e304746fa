package retrieval

import (
	"slices"

	"docent"
	"docent/analysis"
)

const (
	// alike is the share of common terms above which two chunks say the same:
	// copies on several pages and in several versions differ in a word or two.
	alike = 0.9
	// maxJoined bounds the chunks of one passage, so that a long section does
	// not take an answer's whole room.
	maxJoined = 4
)

// group is the adjoining hits of one section, in the page's order.
type group struct {
	hits  []hit
	score float64 // of the best
}

func (g *group) first() *hit { return &g.hits[0] }
func (g *group) last() *hit  { return &g.hits[len(g.hits)-1] }

// pick takes from hits (best first) until there are limit passages: nothing
// twice, at most perPage (0 is no bound) of one page. A hit that adjoins one
// already taken joins it and takes no place of its own.
func pick(hits []hit, limit, perPage int) []*group {
	var groups []*group
	var taken []map[string]bool // the terms of each hit taken
	for _, h := range hits {
		if len(groups) == limit {
			break
		}
		g := &group{hits: []hit{h}, score: h.score}
		at := slices.IndexFunc(groups, g.adjoins)
		if at < 0 && perPage > 0 && ofPage(groups, &h) >= perPage {
			continue
		}
		terms := termsOf(h.Terms)
		if slices.ContainsFunc(taken, func(t map[string]bool) bool { return similar(t, terms) }) {
			continue
		}
		taken = append(taken, terms)
		if at < 0 {
			groups = append(groups, g)
		} else {
			groups = mergeInto(groups, at, g)
		}
	}
	return groups
}

func ofPage(groups []*group, h *hit) int {
	n := 0
	for _, g := range groups {
		if g.first().Unit == h.Unit && g.first().Path == h.Path {
			n++
		}
	}
	return n
}

// adjoins reports whether two groups continue each other within one section,
// and are together short enough for one passage.
func (g *group) adjoins(other *group) bool {
	a, b := g.first(), other.first()
	return a.Unit == b.Unit && a.Path == b.Path && a.Section == b.Section &&
		len(g.hits)+len(other.hits) <= maxJoined &&
		(g.last().Ordinal+1 == b.Ordinal || other.last().Ordinal+1 == a.Ordinal)
}

// mergeInto adds g to the group at the place, and to that the one whose gap it
// may have closed.
func mergeInto(groups []*group, at int, g *group) []*group {
	into := groups[at]
	into.hits = append(into.hits, g.hits...)
	slices.SortFunc(into.hits, func(a, b hit) int { return a.Ordinal - b.Ordinal })
	next := slices.IndexFunc(groups, into.adjoins)
	if next < 0 {
		return groups
	}
	first, second := min(at, next), max(at, next)
	closed := groups[second]
	return mergeInto(slices.Delete(groups, second, second+1), first, closed)
}

func termsOf(encoded []byte) map[string]bool {
	terms := make(map[string]bool)
	analysis.EachTerm(encoded, func(term string, _ [analysis.NumFields]int) error { // score has read them all
		terms[term] = true
		return nil
	})
	return terms
}

// similar reports whether two sets of terms are mostly the same: their Jaccard
// index is at least alike.
func similar(a, b map[string]bool) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if float64(len(a)) < alike*float64(len(b)) {
		return false
	}
	common := 0
	for t := range a {
		if b[t] {
			common++
		}
	}
	return float64(common) >= alike*float64(len(a)+len(b)-common)
}

// join makes one chunk of a group's: the first one's place, the whole text.
func (g *group) join() docent.Chunk {
	c := g.first().Chunk
	c.Blocks = slices.Clone(c.Blocks)
	c.Links = slices.Clone(c.Links)
	for _, h := range g.hits[1:] {
		shift := len(c.Text) + len("\n\n")
		c.Text += "\n\n" + h.Text
		for _, b := range h.Blocks {
			b.Start += shift
			b.End += shift
			c.Blocks = append(c.Blocks, b)
		}
		c.Links = append(c.Links, h.Links...)
		c.EndLine = h.EndLine
		c.Tokens += h.Tokens
	}
	return c
}
