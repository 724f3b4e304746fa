package verify

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	// operator is one between two numbers, with or without blanks. A slash and a dash
	// are mostly none: 24/7, 2026-11.
	operator = regexp.MustCompile(`([\d)%])\s*(\*\*|[*×·∙+^=])\s*([\d(]|[a-z]+\()`)
	// spoken are operators in words.
	spoken = regexp.MustCompile(`(?i)(\d)\s+(times|multiplied by|plus|minus|divided by|mal|durch|fois|por|más|moins)\s+(\d)`)
	// sum is a calculation with its result, and no words.
	sum      = regexp.MustCompile(`^[^=]*\d[^=]* = -?[\d.,]+(?:e[+-]?\d+)?$`)
	function = regexp.MustCompile(`[a-z]+[0-9]*\(`)
)

// apart puts blanks around what calculates with two numbers: 17*3 and 17 × 3 are the
// same numbers.
func apart(text string) string {
	const digits = "0123456789"
	first := strings.IndexAny(text, digits)
	if first < 0 {
		return text
	}
	between := text[first : strings.LastIndexAny(text, digits)+1]
	if strings.ContainsAny(between, "*×·∙+^=") {
		for range 2 { // of 1*2*3, the second operator begins where the first ended
			text = operator.ReplaceAllString(text, "$1 $2 $3")
		}
	}
	if strings.Contains(between, " ") {
		text = spoken.ReplaceAllString(text, "$1 = $3")
	}
	return text
}

// isSum reports whether a text is nothing but a calculation with its result.
func isSum(text string) bool {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".")
	return sum.MatchString(text) && !strings.ContainsFunc(function.ReplaceAllString(strings.ToLower(text), "("), unicode.IsLetter)
}
