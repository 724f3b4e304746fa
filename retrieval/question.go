package retrieval

import (
	"slices"

	"docent"
	"docent/analysis"
)

// question is what is asked, analysed by one language's rules.
type question struct {
	words  []analysis.Word
	terms  []string
	weight []float64      // of each term in terms: 1 as it was asked
	place  map[string]int // of each term in terms
	order  []string       // terms, ascending
}

func ask(text, lang string) *question {
	q := &question{
		words: analysis.QueryWords(text, lang),
		terms: analysis.QueryTerms(text, lang),
		place: make(map[string]int),
	}
	for i, t := range q.terms {
		q.place[t] = i
		q.weight = append(q.weight, 1)
	}
	q.order = slices.Sorted(slices.Values(q.terms))
	return q
}

// meant is what a term counts that was not asked for as it is, but may be meant.
const meant = 0.5

// respell adds what terms that no chunk holds may be meant as. The words stay as
// they were asked: a guess is no sign that the documentation holds the answer.
func (q *question) respell(s *spelling) {
	respelled := s.respelled(q.terms)
	for _, term := range sortedKeys(respelled) {
		for _, t := range respelled[term] {
			if _, asked := q.place[t]; !asked {
				q.place[t] = len(q.terms)
				q.terms = append(q.terms, t)
				q.weight = append(q.weight, meant)
			}
		}
	}
	q.order = slices.Sorted(slices.Values(q.terms))
}

// byLanguage divides releases by the language whose rules their terms follow.
func byLanguage(releases []docent.Release) map[string][]docent.Release {
	return groupBy(releases, func(u docent.Unit) string { return u.Lang })
}
