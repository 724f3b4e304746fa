package verify

import (
	"slices"
	"strings"

	"docent/analysis"
	"docent/chat"
)

// negators turn a clause into its opposite.
var negators = words(`not no never without cannot can't cant nor neither none nothing nicht kein keine keinen nie niemals ohne
	pas jamais aucun aucune sans ni nunca ningún ninguna sin`)

func negates(raw string) bool {
	return negators[raw] || strings.HasPrefix(raw, "non-") || strings.HasSuffix(raw, "n't") || strings.HasSuffix(raw, "n’t")
}

// clause is a part of a sentence with its content.
type clause struct {
	negated bool
	words   []word
}

func clausesOf(ws []word) []clause {
	var out []clause
	last := -1
	for _, w := range ws {
		if w.clause != last {
			out, last = append(out, clause{}), w.clause
		}
		c := &out[len(out)-1]
		if negates(w.raw) {
			c.negated = true
			continue
		}
		c.words = append(c.words, w)
	}
	return out
}

// exceptions make "never unless" the same as "only with".
var exceptions = words("only unless except until but without")

// contradicts reports whether the best unit says the opposite of a clause of
// the claim, or the same the other way round.
func (e *evidence) contradicts(c *claim) bool {
	own := clausesOf(c.words)
	for _, u := range e.best[:1] {
		theirs := clausesOf(u.words)
		if hasAny(c.words, exceptions) && hasAny(u.words, exceptions) {
			continue
		}
		for _, o := range own {
			if t, n := nearest(o, theirs); n >= o.size()/2 && n > 0 && flipped(o, t, c.words, u.words) && !deniedToo(o, theirs, n/2) {
				return true
			}
			for _, t := range theirs {
				if t.negated && !o.negated && coveredBy(t, o) {
					return true
				}
			}
		}
		if turned(c.words, u.words) {
			return true
		}
	}
	return false
}

// deniedToo reports whether the passage denies, too, in another clause that has at
// least so much of o: "are set early and not overwritten".
func deniedToo(o clause, theirs []clause, least float64) bool {
	return o.negated && slices.ContainsFunc(theirs, func(t clause) bool { return t.negated && overlap(o, t) >= least })
}

func hasAny(ws []word, set map[string]bool) bool {
	for _, w := range ws {
		if set[w.raw] {
			return true
		}
	}
	return false
}

// nearest gives the clause with most of o's content, and how much.
func nearest(o clause, among []clause) (best clause, n float64) {
	for _, t := range among {
		if m := overlap(o, t); m > n {
			best, n = t, m
		}
	}
	return best, n
}

// overlap counts the content words that both have; the first of o, mostly its
// subject, counts half as much again.
func overlap(o, t clause) float64 {
	n, first := 0.0, true
	seen := make(map[string]bool)
	for _, w := range o.words {
		if !w.content || seen[w.term] {
			continue
		}
		seen[w.term] = true
		if has(t.words, w.term) {
			n++
			if first {
				n += 0.5
			}
		} else if opposite(w, t.words) {
			n += 0.75
		}
		first = false
	}
	return n
}

// size is how many content words a clause has.
func (o clause) size() float64 {
	n := 0.0
	for _, w := range o.words {
		if w.content {
			n++
		}
	}
	return n
}

func has(ws []word, term string) bool {
	for _, w := range ws {
		if w.term == term {
			return true
		}
	}
	return false
}

// opposite reports whether a word is not among ws, and its opposite is.
func opposite(w word, ws []word) bool {
	found := false
	for _, o := range ws {
		if o.term == w.term {
			return false
		}
		found = found || opposed(w.term, o.term)
	}
	return found
}

// opposed reports whether two terms say the opposite of each other: in questions,
// too, or only in statements.
func opposed(a, b string) bool { return chat.Opposed(a, b) || outcomes[a][b] || outcomes[b][a] }

// outcomes are what happens to something, and what happens instead.
var outcomes = func() map[string]map[string]bool {
	of := map[string]map[string]bool{}
	for _, line := range []string{
		"ignored applied honoured respected", "fixed changed changeable adjusted", "skipped run executed", "lost kept preserved",
		"discarded kept preserved", "newest oldest", "absolute relative", "idle busy", "plaintext encrypted",
	} {
		terms := analysis.Terms(line, "en")
		of[terms[0]] = map[string]bool{}
		for _, t := range terms[1:] {
			of[terms[0]][t] = true
		}
	}
	return of
}()

// flipped reports whether one of two clauses denies what the other says:
// by a negation or by an opposite, and not by both.
func flipped(o, t clause, claim, unit []word) bool {
	flip := o.negated != t.negated
	for _, w := range o.words {
		if opposite(w, unit) && opposite(w, t.words) && !answered(w, unit, claim) {
			flip = !flip
			break
		}
	}
	return flip
}

// answered reports whether the claim itself has the opposite of w that the unit
// has: it speaks of both.
func answered(w word, unit, claim []word) bool {
	for _, u := range unit {
		if opposed(w.term, u.term) && has(claim, u.term) {
			return true
		}
	}
	return false
}

// coveredBy reports whether a clause says nothing but what o names.
func coveredBy(t, o clause) bool {
	n := 0
	for _, w := range t.words {
		if !w.content {
			continue
		}
		if !has(o.words, w.term) {
			return false
		}
		n++
	}
	return n > 0
}

// directed words have a before and an after that can't change places.
var directed = words(`overrides override beats beat before after than instead into replaces replace precedes requires require
	imports import inherits inherit contains contain extends extend calls call trusts prefers over until becomes converts to from`)

// turned reports whether the same stands on the other side of a directed word.
func turned(claim, unit []word) bool {
	for i, w := range claim {
		if !directed[w.raw] {
			continue
		}
		for j, o := range unit {
			if o.term != w.term {
				continue
			}
			straight := common(left(claim, i), left(unit, j)) + common(claim[i+1:], right(unit, j))
			crossed := min(common(left(claim, i), right(unit, j)), common(right(claim, i), left(unit, j)))
			if crossed > 0 && crossed >= straight {
				return true
			}
		}
	}
	return false
}

// left and right give the words of the same clause before and after i.
func left(ws []word, i int) []word {
	start := i
	for start > 0 && ws[start-1].clause == ws[i].clause {
		start--
	}
	return ws[start:i]
}

func right(ws []word, i int) []word {
	end := i + 1
	for end < len(ws) && ws[end].clause == ws[i].clause {
		end++
	}
	return ws[i+1 : end]
}

func common(a, b []word) int {
	n := 0
	for _, w := range a {
		if w.content && has(b, w.term) {
			n++
		}
	}
	return n
}
