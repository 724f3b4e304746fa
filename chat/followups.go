package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
	"docent/analysis"
)

// offer tells questions to go on with: made of the headings of sections that were
// found beside those that the answer cites, so that the documentation answers
// each, in the reader's language. Nothing is asked of a model, and nothing waits.
func (a *answering) offer(most int) {
	switch a.done.FinishReason {
	case docent.FinishStop, docent.FinishLength, docent.FinishExtractive:
	default:
		return
	}
	if a.offered != nil {
		if len(a.offered) > 0 {
			a.emit(docent.EventFollowups, docent.FollowupsData{Questions: a.offered})
		}
		return
	}
	if questions := followups(a.turn.User.Text, a.lang, a.answer.Sources, a.done.Citations, most); len(questions) > 0 {
		a.emit(docent.EventFollowups, docent.FollowupsData{Questions: questions})
	}
}

// followups makes at most so many questions of the sources that are not cited:
// first of those on pages that are, each group in the order of the sources. None
// is in another language than lang, as far as that can be told; "" is unknown.
func followups(asked, lang string, sources []docent.Source, cited []docent.Citation, most int) []string {
	onCited := func(s docent.Source) bool {
		return slices.ContainsFunc(cited, func(c docent.Citation) bool { return pageOf(c.URL) == pageOf(s.URL) })
	}
	var near, far []string
	for _, s := range sources {
		q := asQuestion(s.Heading)
		known := slices.ContainsFunc(cited, func(c docent.Citation) bool { return c.N == s.N || c.URL == s.URL })
		same := func(other string) bool { return alike(q, other) }
		switch {
		case known || q == "" || isForeign(q, lang) || same(asked) || slices.ContainsFunc(near, same) || slices.ContainsFunc(far, same):
		case onCited(s):
			near = append(near, q)
		default:
			far = append(far, q)
		}
	}
	all := append(near, far...)
	return all[:min(len(all), max(most, 0))]
}

// isForeign reports whether a text is in another language than lang; false where
// one of the two is not known.
func isForeign(text, lang string) bool {
	is := analysis.LanguageOf(text)
	return is != "" && lang != "" && is != baseOf(lang)
}

// pageOf is an address without what follows the page.
func pageOf(url string) string {
	page, _, _ := strings.Cut(url, "#")
	return page
}

// alike reports whether two questions have the same letters and digits.
func alike(a, b string) bool {
	letters := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}
	return strings.Map(letters, a) == strings.Map(letters, b)
}

const (
	// A question of fewer words says too little alone, one of more is no question
	// to click on.
	leastWords = 3
	mostWords  = 14
)

// asQuestion makes a question of a section's heading that is one, in whatever
// language, or that names a task, in English: "Change the port" and "Changing the
// port" become "How do I change the port?". "" is of any other heading, and of one
// that can't be understood alone.
func asQuestion(heading string) string {
	words := strings.Fields(strings.Trim(strings.TrimLeft(heading, "0123456789.) "), " .:"))
	if len(words) == 0 || len(words) > mostWords || slices.ContainsFunc(words, leansElsewhere) {
		return ""
	}
	text := strings.Join(words, " ")
	if last, _ := utf8.DecodeLastRuneInString(text); strings.ContainsRune("?？؟", last) {
		if len(words) < leastWords && last == '?' {
			return ""
		}
		return text
	}
	first := strings.ToLower(words[0])
	if first == "how" && len(words) > leastWords && strings.EqualFold(words[1], "to") {
		first, words = strings.ToLower(words[2]), words[2:]
	} else if first = task(first); first == "" {
		return ""
	}
	if len(words) < leastWords-1 {
		return ""
	}
	return strings.Join(append([]string{"How do I", first}, words[1:]...), " ") + "?"
}

// leansElsewhere reports whether a word says something only beside others.
func leansElsewhere(word string) bool {
	switch strings.ToLower(strings.Trim(word, ",.:;()")) {
	case "it", "this", "these", "that", "those", "them", "they", "its", "above", "below":
		return true
	}
	return false
}

// tasks are verbs that headings of tasks begin with.
var tasks = setOf(`add allow ask authenticate avoid back block build bundle call cancel change check choose clean clone combine compare
	configure connect control convert copy create customize customise debug define delete deploy develop disable display download
	edit embed enable encrypt enforce exclude expose export extend extract filter find fix format generate get group handle hide host
	import improve include ingest inspect install integrate keep launch limit link list load localize log look make manage measure
	merge migrate mock monitor mount move override parse pass pin preview print protect provide publish pull push put query read
	rebuild recover redirect refresh register reload remove rename render replace report request reset resolve restart restore restrict
	retrieve return roll rotate route run save schedule scan search secure see select send serve set share show sign skip sort specify
	split start stop store stream style submit switch sync tag take test trace track translate troubleshoot try tune turn type undo
	uninstall unlock update upgrade upload use validate verify view wait watch work wrap write`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// task gives the verb that a word of a heading is, as it is or with -ing; "" where
// it is none.
func task(word string) string {
	if tasks[word] {
		return word
	}
	stem, is := strings.CutSuffix(word, "ing")
	if !is || len(stem) < 2 {
		return ""
	}
	for _, verb := range []string{stem, stem + "e", stem[:len(stem)-1]} { // adding, using, running
		if tasks[verb] && (verb != stem[:len(stem)-1] || stem[len(stem)-1] == stem[len(stem)-2]) {
			return verb
		}
	}
	return ""
}
