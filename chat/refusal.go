package chat

import (
	"errors"
	"regexp"
	"strings"

	"docent"
	"docent/access"
)

// refusalWord begins the word by which a model says that the passages do not
// hold the answer. The rest of it is new for each question: no document can
// know it, and no answer has to avoid it.
const refusalWord = "NO-ANSWER"

// newRefusalWord makes the refusal word of one question.
func newRefusalWord() string { return access.NewID(refusalWord + "-")[:len(refusalWord)+7] }

// errModelRefused stops a model that began with the refusal word.
var errModelRefused = errors.New("the model says that the passages do not hold the answer")

// refusalFilter takes the refusal word out of a model's text. A text that begins
// with it, or with what a careless model makes of it, ends there: Write and Close
// give errModelRefused. Only what may still become the word is held back.
type refusalFilter struct {
	word  string
	next  textFilter
	held  string
	began bool // something else than the word came
	wrote bool // text was given to next
	gap   bool // what comes next begins a paragraph
	said  bool // the word stood later in the text
}

// Write takes the next piece of the text. The error is next's, or errModelRefused.
func (f *refusalFilter) Write(text string) error {
	f.held += text
	if !f.began {
		switch f.opening() {
		case isRefusal:
			return errModelRefused
		case mayBeRefusal:
			return nil
		}
		f.began = true
	}
	return f.pass(len(f.held) - begun(f.held, f.word))
}

// Close ends the text, and with it next.
func (f *refusalFilter) Close() error {
	if !f.began && onlyMarks(f.held) { // it says nothing
		f.held = ""
	}
	if !f.began && len(f.lead()) > len("NO-") { // it was cut off
		return errModelRefused
	}
	end := len(f.held)
	if n := begun(f.held, f.word); n > len("NO-") {
		end -= n
		f.said = true
	}
	if err := f.pass(end); err != nil {
		return err
	}
	return f.next.Close()
}

// pass gives next what is held up to a place, without the word.
func (f *refusalFilter) pass(end int) error {
	text := f.held[:end]
	f.held = f.held[end:]
	if strings.Contains(text, f.word) {
		f.said = true
		text = strings.ReplaceAll(text, f.word, "")
	}
	if f.gap {
		text = strings.TrimLeft(text, " \n")
	}
	if text == "" {
		return nil
	}
	if f.gap {
		text = "\n\n" + text
	}
	f.wrote, f.gap = true, false
	return f.next.Write(text)
}

// paragraph ends what was written so far: what comes next, if anything does,
// stands in a paragraph of its own, and may be the refusal word.
func (f *refusalFilter) paragraph() error {
	if err := f.pass(len(f.held)); err != nil {
		return err
	}
	f.began, f.gap = false, f.wrote
	return nil
}

// refusing is what the beginning of a text says.
type refusing int

const (
	noRefusal refusing = iota
	mayBeRefusal
	isRefusal
)

// opening says whether the held text begins with the word: as it was given, in
// other letters, or with another end.
func (f *refusalFilter) opening() refusing {
	lead := f.lead()
	n := min(len(lead), len(f.word))
	switch {
	case len(lead) >= len(refusalWord) && strings.HasPrefix(lead, refusalWord), n == len(f.word) && strings.EqualFold(lead[:n], f.word):
		return isRefusal
	case len(f.held) < 64 && onlyMarks(f.held), strings.HasPrefix(refusalWord, lead), n < len(f.word) && strings.EqualFold(lead, f.word[:n]):
		return mayBeRefusal
	}
	return noRefusal
}

// onlyMarks reports whether a text has nothing but white space and what may be
// citations.
func onlyMarks(text string) bool { return marks.MatchString(text) }

var marks = regexp.MustCompile(`^(?:\s|[*_` + "`" + `"'<>(.,;]|\[[\d\s,]*\]?)*$`)

// lead is the held text without the marks that models put around a word.
func (f *refusalFilter) lead() string { return strings.TrimLeft(f.held, " \t\r\n*_`\"'<>[(") }

// begun is how many bytes at the text's end may be the beginning of word.
func begun(text, word string) int {
	for n := min(len(text), len(word)-1); n > 0; n-- {
		if strings.HasSuffix(text, word[:n]) {
			return n
		}
	}
	return 0
}

// own ends an answer as refused that says in the model's own words that the
// documentation does not hold it; with said set the refusal word stood in it,
// and was taken out.
func (a *answering) own(said bool) {
	if a.label == "" && !a.free && a.done.FinishReason == docent.FinishStop && (refuses(string(a.text)) || said && len(a.done.Citations) == 0) {
		a.done.FinishReason, a.answer.Gap = docent.FinishRefused, &a.gap
	}
}
