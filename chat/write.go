package chat

import (
	"errors"

	"docent"
	"docent/analysis"
)

// write streams the model's text through what it must pass: its refusal is
// recognised, links lead only where they may, citations are of sources. The error
// is errModelRefused where the model found no answer.
func (a *answering) write(model Model, withholding bool, links linkRules) error {
	tokens := a.prompt.tokens
	a.done.ClientCall = nil // of a former try
	var filter textFilter = a.filter()
	var held *withhold
	if withholding && a.support != nil {
		filter, held = a.withholding(filter)
	}
	filter = restored(a.heard(), chain{newLinkFilter(links, filter.Write), filter})
	refusal := &refusalFilter{word: a.prompt.refusal, next: a.guarded(filter)}
	front := &visibleFilter{next: refusal}
	result, err := a.converse(model, front, refusal)
	a.done.Usage = result.Usage
	if err == nil {
		err = front.Close()
	}
	if errors.Is(err, errModelRefused) {
		a.trace.step("the model found no answer in the passages", "")
		a.count(tokens)
		return errModelRefused
	}
	if errors.Is(err, errLeak) {
		_ = filter.Close()
		a.tell(true)
		a.count(tokens)
		return a.recited()
	}
	if errors.Is(err, errRunAway) {
		a.done.FinishReason = docent.FinishLength
		return nil
	}
	if err != nil {
		a.trace.failed("the model failed", err)
		if len(a.text) > 0 {
			_ = front.Close() // what was held back was said, too
		}
		return err
	}
	a.tell(result.FinishReason != docent.FinishLength)
	if a.done.ClientCall != nil {
		a.done.FinishReason = docent.FinishClientTool
		a.trace.step("called the reader's page", a.done.ClientCall.Name)
		a.count(tokens)
		return nil
	}
	if len(a.text) == 0 && (held != nil && held.any || refusal.said) {
		a.count(tokens)
		return errModelRefused
	}
	if len(a.text) == 0 {
		a.trace.step("the model answered with nothing", "")
		return docent.Errorf(docent.CodeModelFailed, "the model answered with nothing")
	}
	a.done.FinishReason = result.FinishReason
	a.count(tokens)
	a.reconsider(model)
	a.own(refusal.said)
	return nil
}

// count estimates what the model took where its server did not say, its messages
// being of so many tokens.
func (a *answering) count(tokens int) {
	if a.done.Usage == (docent.Usage{}) {
		a.done.Usage = docent.Usage{InputTokens: tokens, OutputTokens: analysis.Tokens(string(a.text))}
	}
}

// filter makes the citation filter between a text and the run's events.
func (a *answering) filter() *citeFilter {
	return newCiteFilter(a.known, a.say, func(n, start int) error {
		s := a.answer.Sources[n-1]
		c := docent.Citation{N: n, Title: s.Title, Heading: s.Heading, URL: s.URL, Snippet: s.Snippet, Start: start}
		a.done.Citations = append(a.done.Citations, c)
		a.emit(docent.EventCitation, c)
		return nil
	})
}

// textFilter is a citation filter, alone or with what stands behind it.
type textFilter interface {
	Write(text string) error
	Close() error
}

// withholding puts what holds unsupported sentences back before a filter, and
// another filter before that: what the model writes for citations has to be in
// form to be judged, and their places are known when all before them is shown.
func (a *answering) withholding(shown textFilter) (textFilter, *withhold) {
	held := &withhold{sentences: sentences{judge: a.support.judge, known: a.known}, pass: shown.Write, trace: a.trace}
	inForm := newCiteFilter(a.known, held.Write, func(int, int) error { return nil })
	return chain{inForm, held, shown}, held
}

// chain is filters of which each writes to the next.
type chain []textFilter

func (c chain) Write(text string) error { return c[0].Write(text) }

func (c chain) Close() error {
	for _, f := range c {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
