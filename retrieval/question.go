package retrieval

import (
	"slices"

	"docent"
	"docent/analysis"
)

// question is what is asked, analysed by one language's rules.
type question struct {
	words []analysis.Word
	terms []string
	place map[string]int // of each term in terms
	order []string       // terms, ascending
}

func ask(text, lang string) *question {
	q := &question{
		words: analysis.QueryWords(text, lang),
		terms: analysis.QueryTerms(text, lang),
		place: make(map[string]int),
	}
	for i, t := range q.terms {
		q.place[t] = i
	}
	q.order = slices.Sorted(slices.Values(q.terms))
	return q
}

// byLanguage divides releases by the language whose rules their terms follow.
func byLanguage(releases []docent.Release) map[string][]docent.Release {
	return groupBy(releases, func(u docent.Unit) string { return u.Lang })
}
