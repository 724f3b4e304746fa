package retrieval

import (
	"slices"
	"strings"
	"unicode"

	"docent/analysis"
)

// builtinLanguage is the one that the built-in vectors know.
const builtinLanguage = "en"

// foreignTo reports whether the question is in another language than pages in
// lang: then only what languages share can be found, such as names, and words
// that both have. Pages whose language is unknown are taken for English.
func (a *asked) foreignTo(lang string) bool {
	if lang == "" {
		lang = "en"
	}
	return a.speaks != "" && a.speaks != baseLang(lang)
}

// askForeign analyses a question as ask does, by what its language shares with
// the pages': without its stop words, which are words of theirs by chance ("den",
// "die"), and without what no page has, which says nothing about the answer
// unless it is a name.
func askForeign(a *asked, lang string, stats *analysis.Stats) *question {
	former := slices.Clone(a.leansOn)
	for i := range former {
		former[i].text = withoutStops(former[i].text, a.speaks)
	}
	all := ask(withoutStops(a.Text, a.speaks), lang, former...)
	q := &question{place: make(map[string]int), foreign: true}
	for i, t := range all.terms {
		if stats.DF[t] > 0 {
			q.addTerm(t, all.weight[i])
		}
	}
	names := map[string]bool{}
	if a.speaks != "de" { // where every noun has a capital
		names = namesIn(a.Text, lang)
	}
	for _, w := range all.words {
		if names[w[0]] || slices.ContainsFunc(w, func(t string) bool { return stats.DF[t] > 0 }) {
			q.words = append(q.words, w)
		}
	}
	q.order = slices.Sorted(slices.Values(q.terms))
	return q
}

// maybe is the estimate for a question in another language than the pages that were
// found. It was fitted to questions whose every word counts, and of these only what
// is shared does: half of it will do. Whether a server's vectors know both languages
// is not known, and words can't tell: what they find is not refused.
func (s *Searcher) maybe(q *asked, groups []*group, estimate float64) float64 {
	if len(groups) == 0 || !groups[0].first().question.foreign {
		return estimate
	}
	if q.vector != nil && s.kind != builtinVectors || estimate >= s.config.RefuseBelow/2 {
		return max(estimate, s.config.RefuseBelow)
	}
	return estimate
}

// withoutStops leaves the stop words of a language out of a text.
func withoutStops(text, lang string) string {
	words := slices.DeleteFunc(strings.Fields(text), func(w string) bool {
		w = strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }))
		return analysis.IsStop(w, lang)
	})
	return strings.Join(words, " ")
}
