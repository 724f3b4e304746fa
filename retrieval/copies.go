package retrieval

import (
	"docent"
	"docent/analysis"
)

// looked is how many of the best hits are looked at for copies in other versions.
const looked = 30

// preferred puts, of hits in several versions of a source that say the same, the one of
// the version that stands first among the releases, which is the default one, in the
// place of the best: pick then leaves the others out. hits are best first, and stay so.
func preferred(hits []*hit, releases []docent.Release) []*hit {
	place, several := places(releases)
	if !several {
		return hits
	}
	for i := range min(looked, len(hits)) {
		best := i
		for j := i + 1; j < len(hits) && place[hits[best].Unit] > 0; j++ {
			h, other := hits[i], hits[j]
			if h.Unit.Source == other.Unit.Source && place[other.Unit] < place[hits[best].Unit] && analysis.Alike(h.Terms, other.Terms, alike) {
				best = j
			}
		}
		hits[i], hits[best] = hits[best], hits[i]
		hits[i].score, hits[best].score = hits[best].score, hits[i].score
	}
	return hits
}

// places numbers the units of each source in their order, from 0; several is whether
// any source has more than one.
func places(releases []docent.Release) (place map[docent.Unit]int, several bool) {
	place, next := map[docent.Unit]int{}, map[string]int{}
	for _, r := range releases {
		place[r.Unit] = next[r.Unit.Source]
		next[r.Unit.Source]++
		several = several || next[r.Unit.Source] > 1
	}
	return place, several
}
