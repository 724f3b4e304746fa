package retrieval

import (
	"fmt"
	"slices"

	"docent"
	"docent/analysis"
)

// Rules say what is known of some pages beyond their words. All that fit a page
// count.
type Rules []Rule

// Rule is an entry of retrieval.rules: which pages, and what to do with them.
type Rule struct {
	Path    string   `yaml:"path"`    // a pattern, see docent.MatchAny; "" is all
	Source  string   `yaml:"source"`  // "" is all
	Boost   float64  `yaml:"boost"`   // what their scores are multiplied by; 0 leaves them
	Pin     []string `yaml:"pin"`     // words, in a question with all of any of which the best passage of each page comes first
	Exclude bool     `yaml:"exclude"` // they are not found
}

// Boosts that are sensible: beyond them a rule is a pin or an exclusion.
const (
	minBoost = 0.01
	maxBoost = 100
)

// validate checks the rules; right is of the first one that can't be worked
// with, "" where all can.
func (r Rules) validate() (right string) {
	for i, rule := range r {
		what := ""
		switch {
		case rule.Path == "" && rule.Source == "":
			what = "a path or a source"
		case rule.Path != "" && !docent.ValidPattern(rule.Path):
			what = `a path such as "guide/**"`
		case rule.Boost != 0 && (rule.Boost < minBoost || rule.Boost > maxBoost):
			what = fmt.Sprintf("a boost from %g to %d", minBoost, maxBoost)
		case rule.Boost == 0 && len(rule.Pin) == 0 && !rule.Exclude:
			what = "boost, pin or exclude"
		case slices.Contains(rule.Pin, ""):
			what = "words to pin by"
		default:
			continue
		}
		return fmt.Sprintf("rules with %s, which entry %d (path %q, source %q) has not", what, i+1, rule.Path, rule.Source)
	}
	return ""
}

func (r Rule) fits(c *docent.Candidate) bool {
	return (r.Source == "" || r.Source == c.Unit.Source) && (r.Path == "" || docent.MatchAny([]string{r.Path}, c.Path))
}

// apply takes the excluded hits out and changes the scores of others, which stay
// between 0 and 1. Only what the stores propose can be pinned.
func (r Rules) apply(hits []*hit, question string) []*hit {
	if len(r) == 0 {
		return hits
	}
	pins := pinning{question: question, asked: map[string][]string{}}
	pinned := map[docent.Unit]map[string]*hit{} // the best of each page
	kept := make([]*hit, 0, len(hits))
	most := 1.0
	for _, h := range hits {
		boost, pin, excluded := r.of(&h.Candidate, &pins)
		if excluded {
			continue
		}
		h.score *= boost
		most = max(most, h.score)
		kept = append(kept, h)
		if pages := pinned[h.Unit]; pin && (pages[h.Path] == nil || byScore(h, pages[h.Path]) < 0) {
			if pages == nil {
				pages = map[string]*hit{}
				pinned[h.Unit] = pages
			}
			pages[h.Path] = h
		}
	}
	if len(pinned) > 0 {
		most *= 2
	}
	for _, h := range kept {
		if pinned[h.Unit][h.Path] == h {
			h.score += most / 2 // above all others, and among pinned ones in their order
		}
		h.score /= most
	}
	return kept
}

// of gives what all rules together say of a candidate.
func (r Rules) of(c *docent.Candidate, pins *pinning) (boost float64, pin, excluded bool) {
	boost = 1
	for _, rule := range r {
		if !rule.fits(c) {
			continue
		}
		if rule.Exclude {
			return 0, false, true
		}
		if rule.Boost != 0 {
			boost *= rule.Boost
		}
		pin = pin || pins.any(rule.Pin, c.Unit.Lang)
	}
	return boost, pin, false
}

// pinning finds words in a question, by each language's rules.
type pinning struct {
	question string
	asked    map[string][]string // the question's terms, by language
}

// any reports whether the question has all terms of any of the words.
func (p *pinning) any(words []string, lang string) bool {
	if len(words) == 0 {
		return false
	}
	terms, known := p.asked[lang]
	if !known {
		terms = analysis.QueryTerms(p.question, lang)
		p.asked[lang] = terms
	}
	return slices.ContainsFunc(words, func(word string) bool {
		wanted := analysis.QueryTerms(word, lang)
		return len(wanted) > 0 && !slices.ContainsFunc(wanted, func(t string) bool { return !slices.Contains(terms, t) })
	})
}
