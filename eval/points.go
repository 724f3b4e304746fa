package eval

import (
	"slices"
	"strings"
	"unicode"

	"docent/analysis"
)

// pointFrom is the share of a point's words that an answer must have to make it.
const pointFrom = 0.6

// missing gives the points that an answer does not make. A point is made where
// every number and name in it stands in the answer (what has a digit, or a sign
// within it as max_runs, --port and app.yaml have) and most of its other words do,
// in any form. That is no judgement of meaning: write points in a few telling words.
func missing(text string, points []string) []string {
	var out []string
	lower := strings.ToLower(text)
	for _, p := range points {
		if !makes(lower, p) {
			out = append(out, p)
		}
	}
	return out
}

func makes(lower, point string) bool {
	lang := analysis.Speaks(lower)
	words := analysis.Terms(lower, lang)
	n, all := 0, 0
	for _, w := range strings.Fields(strings.ToLower(point)) {
		w = strings.Trim(w, ".,;:!?()[]{}\"'`*")
		if isExact(w) {
			if !strings.Contains(lower, w) {
				return false
			}
			continue
		}
		for _, t := range analysis.Terms(w, lang) {
			if analysis.IsStop(w, lang) {
				continue
			}
			all++
			if slices.Contains(words, t) {
				n++
			}
		}
	}
	return float64(n) >= pointFrom*float64(all)
}

// isExact reports whether a word is a number or a name, that has no other form.
func isExact(w string) bool {
	return strings.ContainsFunc(w, unicode.IsDigit) || strings.HasPrefix(w, "--") || strings.ContainsAny(w, "_/.=")
}
