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
	weight []float64      // of each term in terms: 1 as it was asked, less of former questions
	place  map[string]int // of each term in terms
	order  []string       // terms, ascending
	// foreign is set where it is in another language than the pages: it has only
	// what they share.
	foreign bool
}

// ask analyses a question and the former ones that it leans on.
func ask(text, lang string, leansOn ...former) *question {
	q := &question{place: make(map[string]int)}
	q.add(text, lang, 1)
	for _, f := range leansOn {
		q.add(f.text, lang, f.weight)
	}
	q.order = slices.Sorted(slices.Values(q.terms))
	return q
}

// add adds what is not there yet of a text whose terms count weight.
func (q *question) add(text, lang string, weight float64) {
	for _, w := range analysis.QueryWords(text, lang) {
		if _, asked := q.place[w[0]]; !asked {
			q.words = append(q.words, w)
		}
	}
	for _, t := range analysis.QueryTerms(text, lang) {
		q.addTerm(t, weight)
	}
}

func (q *question) addTerm(term string, weight float64) {
	if _, asked := q.place[term]; !asked {
		q.place[term] = len(q.terms)
		q.terms = append(q.terms, term)
		q.weight = append(q.weight, weight)
	}
}

// share is what a word counts beside one of the question's own.
func (q *question) share(w analysis.Word) float64 {
	if place, asked := q.place[w[0]]; asked {
		return q.weight[place]
	}
	return 1
}

// meant is what a term counts that was not asked for as it is, but may be meant.
const meant = 0.5

// respell adds what terms that no chunk holds may be meant as. The words stay as
// they were asked: a guess is no sign that the documentation holds the answer.
func (q *question) respell(s *spelling) {
	respelled := s.respelled(q.terms)
	for _, term := range sortedKeys(respelled) {
		for _, t := range respelled[term] {
			q.addTerm(t, meant*q.weight[q.place[term]])
		}
	}
	q.order = slices.Sorted(slices.Values(q.terms))
}

// byLanguage divides releases by the language whose rules their terms follow.
func byLanguage(releases []docent.Release) map[string][]docent.Release {
	return groupBy(releases, func(u docent.Unit) string { return u.Lang })
}
