package analysis

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/tamil"
	"github.com/blevesearch/snowballstem/turkish"
)

// language is how words of one language become terms.
type language struct {
	stem func(*snowballstem.Env) bool // nil leaves words as they are
	stop map[string]bool
}

var englishRules = &language{english.Stem, set(stopEnglish)}

// languages has the rules by the base of a BCP 47 tag.
var languages = map[string]*language{
	"en": englishRules,
	"de": {german.Stem, set(stopGerman)},
	"fr": {french.Stem, set(stopFrench)},
	"es": {spanish.Stem, set(stopSpanish)},
	"it": {italian.Stem, set(stopItalian)},
	"pt": {portuguese.Stem, set(stopPortuguese)},
	"nl": {dutch.Stem, set(stopDutch)},
	"ar": {arabic.Stem, nil},
	"da": {danish.Stem, nil},
	"fi": {finnish.Stem, nil},
	"hu": {hungarian.Stem, nil},
	"nb": {norwegian.Stem, nil},
	"nn": {norwegian.Stem, nil},
	"no": {norwegian.Stem, nil},
	"ro": {romanian.Stem, nil},
	"ru": {russian.Stem, set(stopRussian)},
	"sv": {swedish.Stem, nil},
	"ta": {tamil.Stem, nil},
	"tr": {turkish.Stem, nil},
	// What stands in Latin letters on these pages is mostly English.
	"zh": englishRules, "ja": englishRules, "ko": englishRules, "": englishRules,
}

// plain is for languages without rules: words stay as they are.
var plain = &language{}

// base gives the part of a BCP 47 tag that says the language: "pt" of "pt-br".
func base(lang string) string {
	tag, _, _ := strings.Cut(lang, "-")
	tag, _, _ = strings.Cut(tag, "_")
	return strings.ToLower(tag)
}

func rulesOf(lang string) *language {
	if rules, ok := languages[base(lang)]; ok {
		return rules
	}
	return plain
}

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
