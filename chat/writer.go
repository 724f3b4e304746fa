package chat

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"docent"
	"docent/access"
)

// Writer takes what a Responder says, for one goroutine. Its errors mean that the
// answer has ended (the reader stopped it, say), or that what is written can't be
// shown; the responder gives them back.
type Writer struct {
	a     *answering
	s     *Service
	spoke bool // the responder showed sources or wrote text
	asked bool // it called the default

	filter   textFilter // nil until the responder wrote text
	passages []docent.Passage
	unjudged bool // a source has no text that sentences could be held against
}

// What one responder may say, beside its text.
const (
	maxSources   = 100
	maxFollowups = 10
	maxLine      = 500 // bytes of a line that a reader is shown
)

// Text streams a piece of the answer, in Markdown. [1] cites source 1; other
// numbers are taken out. Links lead to the hosts of sources and of answer.links;
// those to other places become their words.
func (w *Writer) Text(text string) error {
	if err := w.a.ctx.Err(); err != nil {
		return err
	}
	if w.filter == nil {
		w.open()
	}
	err := w.filter.Write(text)
	w.a.tell(false)
	return err
}

// open makes the filters of the responder's text.
func (w *Writer) open() {
	a := w.a
	if !w.asked && w.s.verify != nil && len(w.passages) > 0 && !w.unjudged {
		a.support = &support{sentences: sentences{judge: w.s.verify(a.turn.User.Text, w.passages), known: a.known}}
	} else if a.support != nil {
		a.support.over = true // what the default said was judged
	}
	w.spoke = true
	cites := a.filter()
	links := newLinkFilter(w.s.linkRules(a), cites.Write)
	cites.follow(string(a.text), a.done.Citations)
	links.place = cites.place
	w.filter = &visibleFilter{next: chain{links, cites}}
}

// Sources shows what the answer leans on, numbered on from the sources before, and
// gives the numbers. Title and URL are needed, the latter http, https or beginning
// with "/". Sentences are held against the passages' texts where all have one.
// Sources come before the text that cites them.
func (w *Writer) Sources(passages ...docent.Passage) ([]int, error) {
	a := w.a
	if err := a.ctx.Err(); err != nil {
		return nil, err
	}
	if len(a.answer.Sources)+len(passages) > maxSources {
		return nil, docent.Errorf(docent.CodeInvalid, "an answer has at most %d sources", maxSources)
	}
	var numbers []int
	all := slices.Clone(a.answer.Sources)
	for _, p := range passages {
		if !shownAddress(p.URL) || p.Title == "" {
			return nil, docent.Errorf(docent.CodeInvalid, "a source needs a title, and an address that begins with https:// or /")
		}
		p.N = len(all) + 1
		p.ID = cmp.Or(p.ID, access.NewID("src_"))
		p.Snippet = cut(cmp.Or(p.Snippet, p.Text), maxLine)
		w.unjudged = w.unjudged || p.Text == ""
		w.passages, numbers = append(w.passages, p), append(numbers, p.N)
		all = append(all, sources([]docent.Passage{p})...)
	}
	if w.spoke = true; w.filter != nil && a.support != nil {
		a.support.over = true // its judge does not know them
	}
	a.answer.Sources = all
	a.emit(docent.EventSources, docent.SourcesData{Sources: all})
	return numbers, nil
}

// shownAddress reports whether a source may lead to an address.
func shownAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || strings.ContainsAny(address, " \\\r\n\t") {
		return false
	}
	if u.Scheme == "" {
		return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// Tool shows that something is looked up: d's ID is the same when it begins and
// when it has ended.
func (w *Writer) Tool(d docent.ToolData) error {
	if err := w.a.ctx.Err(); err != nil {
		return err
	}
	if d.ID == "" || d.Name == "" || !slices.Contains([]string{docent.ToolStarted, docent.ToolDone, docent.ToolFailed}, d.State) {
		return docent.Errorf(docent.CodeInvalid, "a tool needs an id, a name and one of the states %s, %s and %s", docent.ToolStarted, docent.ToolDone, docent.ToolFailed)
	}
	d.ID, d.Name, d.Summary = cut(d.ID, maxLine), cut(d.Name, maxLine), cut(d.Summary, maxLine)
	w.a.emit(docent.EventTool, d)
	return nil
}

// Followups offers questions to go on with, in the place of those that would be
// made of the sources. None offers none.
func (w *Writer) Followups(questions ...string) error {
	if err := w.a.ctx.Err(); err != nil {
		return err
	}
	offered := []string{}
	for _, q := range questions[:min(len(questions), maxFollowups)] {
		if q = cut(strings.Join(strings.Fields(q), " "), maxLine); q != "" {
			offered = append(offered, q)
		}
	}
	w.a.offered = offered
	return nil
}

// Refuse ends the answer as refused, with the text after what was said. No gap of
// the documentation is noted.
func (w *Writer) Refuse(text string) error {
	if err := w.Text(text); err != nil {
		return err
	}
	w.a.done.FinishReason = docent.FinishRefused
	return nil
}

// end completes what the responder said, which gave err.
func (w *Writer) end(err error) error {
	a := w.a
	if w.filter != nil {
		if closed := w.filter.Close(); err == nil {
			err = closed
		}
		a.tell(true)
	}
	switch {
	case errors.Is(err, errRunAway):
		a.done.FinishReason, err = docent.FinishLength, nil
	case err == nil:
		err = a.ctx.Err()
	case errors.Is(err, context.DeadlineExceeded) && a.ctx.Err() == nil:
		err = &docent.Error{Code: docent.CodeInternal, Message: "the answer took too long", Err: err}
	}
	if err == nil && len(a.text) == 0 {
		return docent.Errorf(docent.CodeInternal, "the responder answered with nothing")
	}
	if a.done.FinishReason == "" {
		a.done.FinishReason = docent.FinishStop
	}
	return err
}
