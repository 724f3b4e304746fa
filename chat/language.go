package chat

import (
	"slices"
	"strings"

	"docent/analysis"
)

// languageNames are how a model is told of a language, by its BCP 47 base.
var languageNames = map[string]string{
	"ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fi": "Finnish",
	"fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
	"ko": "Korean", "nb": "Norwegian", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
	"sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}

// languageName is what a language is called in English; its tag where it has no
// name here, and "" of "".
func languageName(lang string) string {
	if name, known := languageNames[baseOf(lang)]; known {
		return name
	}
	return lang
}

// baseOf gives the part of a BCP 47 tag that says the language, in lower case.
func baseOf(lang string) string {
	b, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-")
	return b
}

// readersLanguage tells what language to answer in: the message's, else that of
// the reader's earlier ones, the latest first, else the first of hints that says
// any; "" where nothing does.
func readersLanguage(message string, earlier []string, hints ...string) string {
	for _, text := range append([]string{message}, earlier...) {
		if lang := analysis.LanguageOf(text); lang != "" {
			return withRegion(lang, hints)
		}
	}
	for _, h := range hints {
		if h != "" {
			return h
		}
	}
	return ""
}

// withRegion gives the hint that says more of the same language, as pt-br does.
func withRegion(lang string, hints []string) string {
	if i := slices.IndexFunc(hints, func(h string) bool { return baseOf(h) == lang }); i >= 0 {
		return hints[i]
	}
	return lang
}

// beside is what the sentences of an answer are checked beside the passages: the
// question, in the language of the answer where it is told, since that says which
// language sentences are in that are too short to tell.
func (a *answering) beside(question string) string {
	is := analysis.LanguageOf(question)
	switch {
	case a.lang == "" || is == "" || is == baseOf(a.lang):
		return question
	case analysis.LanguageOf(a.turn.User.Text) == baseOf(a.lang):
		return a.turn.User.Text
	}
	return ""
}
