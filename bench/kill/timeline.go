package main

import (
	"fmt"
	"slices"
	"time"
)

// change is a release's becoming the active one, at some time between two.
type change struct {
	from, to time.Time
	release  int
}

// timeline is what was active when, and what was in it.
type timeline struct {
	changes    []change
	generation map[int]int // of each release
	away       []change    // when the store was away, and failures are none
}

// window is how late a server may take a release up.
const window = time.Second

// next is when the change after i was surely made; zero where there is none.
func (t *timeline) next(i int) time.Time {
	if i+1 < len(t.changes) {
		return t.changes[i+1].to
	}
	return time.Time{}
}

// lag gives how long after its end a release was still the answer to a request
// that began then: 0 or less is never. ok is false where the release was not
// active at all when the request ended.
func (t *timeline) lag(o observation, release int) (lag time.Duration, ok bool) {
	lag = 1 << 62
	for i, c := range t.changes {
		if c.release != release || c.from.After(o.ended) {
			continue
		}
		ok = true
		late := time.Duration(0)
		if end := t.next(i); !end.IsZero() {
			late = o.began.Sub(end)
		}
		lag = min(lag, late)
	}
	return lag, ok
}

// excused reports whether the store was away during the request.
func (t *timeline) excused(o observation) bool {
	return slices.ContainsFunc(t.away, func(a change) bool { return o.began.Before(a.to) && o.ended.After(a.from) })
}

// judge says what is wrong with an observation, "" for nothing, and how late
// the release was that it came from.
func (t *timeline) judge(o observation, c *corpus) (wrong string, late time.Duration) {
	if o.failure != "" {
		return o.kind + " failed: " + o.failure, 0
	}
	of, known := c.generationsOf(o.keys)
	switch {
	case !known:
		return fmt.Sprintf("%s shows a section that was never written: %v", o.kind, o.keys), 0
	case len(of) == 0:
		return fmt.Sprintf("%s is of no single generation: %v", o.kind, o.keys), 0
	}
	wrong = fmt.Sprintf("%s is of generations %v (release %d), which were not active then", o.kind, of, o.release)
	late = 1 << 62
	for release, generation := range t.generation {
		if o.release != 0 && o.release != release || !slices.Contains(of, generation) {
			continue
		}
		if lag, ok := t.lag(o, release); ok && lag < late {
			wrong, late = "", lag
		}
	}
	if wrong == "" && late > window {
		wrong = fmt.Sprintf("%s is of a release that had been replaced for %v", o.kind, late)
	}
	if wrong != "" {
		late = 0
	}
	return wrong, late
}
