package retrieval

import (
	"slices"

	"docent"
	"docent/analysis"
)

const (
	// alike is the share of common terms from which on two chunks say the same:
	// copies on several pages and in several versions differ in a word or two.
	alike = 0.9
	// maxJoined bounds the chunks of one passage, so that a long section does
	// not take an answer's whole room.
	maxJoined = 4
)

// group is the adjoining hits of one section, in the page's order.
type group struct {
	hits  []*hit
	score float64 // of the best
}

func (g *group) first() *hit { return g.hits[0] }
func (g *group) last() *hit  { return g.hits[len(g.hits)-1] }

// pick takes from hits (best first) until there are limit passages: nothing
// twice, at most perPage (0 is no bound) of one page. A hit that adjoins one
// already taken joins it and takes no place of its own.
func pick(hits []*hit, limit, perPage int) []*group {
	var groups []*group
	var taken [][]byte // the terms of each hit taken
	for _, h := range hits {
		if len(groups) == limit {
			break
		}
		g := &group{hits: []*hit{h}, score: h.score}
		at := slices.IndexFunc(groups, g.adjoins)
		if at < 0 && perPage > 0 && ofPage(groups, h) >= perPage {
			continue
		}
		if slices.ContainsFunc(taken, func(terms []byte) bool { return analysis.Alike(terms, h.Terms, alike) }) {
			continue
		}
		taken = append(taken, h.Terms)
		if at < 0 {
			groups = append(groups, g)
		} else {
			groups = mergeInto(groups, at, g)
		}
	}
	return groups
}

// within reports whether the group's bodies are all there.
func (g *group) within(bodies map[string]docent.Chunk) bool {
	return !slices.ContainsFunc(g.hits, func(h *hit) bool { _, there := bodies[h.ID]; return !there })
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
	slices.SortFunc(into.hits, func(a, b *hit) int { return a.Ordinal - b.Ordinal })
	next := slices.IndexFunc(groups, into.adjoins)
	if next < 0 {
		return groups
	}
	first, second := min(at, next), max(at, next)
	closed := groups[second]
	return mergeInto(slices.Delete(groups, second, second+1), first, closed)
}
