package analysis

import "strings"

// minTelling is from how many stop words on a text's language is told.
const minTelling = 2

// Speaks tells a text's language, a BCP 47 base such as "de", by the stop words
// in it; "" where they are too few, or of two languages alike. Of scripts
// without blanks it tells Chinese ("zh"), Japanese and Korean.
func Speaks(text string) string {
	counts := make(map[string]int)
	runs, script := 0, ""
	eachRun(text, func(run string, unspaced bool) {
		runs++
		if unspaced {
			script = scriptOf(run, script)
			counts[script] += 2
			return
		}
		word := strings.ToLower(run)
		for lang, rules := range told {
			if rules[word] {
				counts[lang]++
			}
		}
	})
	best, second := "", 0
	for lang, n := range counts {
		switch {
		case n > counts[best]:
			best, second = lang, counts[best]
		case n > second && lang != best:
			second = n
		}
	}
	if n := counts[best]; n < minTelling || n == second || n*10 < runs {
		return ""
	}
	return best
}

// told are the stop words of the languages that have a list.
var told = func() map[string]map[string]bool {
	lists := make(map[string]map[string]bool)
	for lang, rules := range languages {
		if rules.stop != nil && (rules != englishRules || lang == "en") {
			lists[lang] = rules.stop
		}
	}
	return lists
}()

// scriptOf tells the language of unspaced characters: kana and hangul say it,
// Han alone is Chinese unless kana stood before.
func scriptOf(run, before string) string {
	for _, r := range run {
		switch {
		case r >= 0x3040 && r <= 0x30FF:
			return "ja"
		case r >= 0xAC00 && r <= 0xD7AF:
			return "ko"
		}
	}
	if before == "ja" {
		return before
	}
	return "zh"
}

// IsStop reports whether a word, in lower case, says nothing by itself in a
// language.
func IsStop(word, lang string) bool { return rulesOf(lang).stop[word] }
