package chat

import (
	"slices"

	"docent"
	"docent/analysis"
)

// reply answers small talk: at once, in its language, from nothing.
func (a *answering) reply(u understood) error {
	is, langs := smallTalkOf(a.turn.User.Text)
	if hello := greets(a.turn.User.Text); is == saysGoodbye && len(u.history) == 0 && hello != nil {
		is, langs = saysHello, hello
	}
	a.lang = langs[0]
	for _, hint := range append(languagesOf(readersWords(u.history)), a.ask.Filters.Lang, a.ask.Lang) {
		if slices.Contains(langs, baseOf(hint)) {
			a.lang = hint
			break
		}
	}
	a.done.FinishReason = docent.FinishStop
	return a.say(wordingIn(a.lang).replyTo(is))
}

func languagesOf(texts []string) []string {
	langs := make([]string, len(texts))
	for i, text := range texts {
		langs[i] = analysis.LanguageOf(text)
	}
	return langs
}
