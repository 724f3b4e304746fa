package chat

import (
	"strings"

	"docent"
)

// withhold holds a text back sentence by sentence, and passes on those that are
// not unsupported, with what stands between them. Code passes as it comes.
type withhold struct {
	sentences
	pass  func(text string) error
	trace *tracing

	held    string // not yet passed on
	at      int    // its place in the text
	passed  string // the last bytes that were
	owed    string // marks before a sentence that was dropped: for the next one on its line
	dropped bool   // the last sentence was
	any     bool   // one was
}

// Write takes the next piece of the text. The error is pass's.
func (w *withhold) Write(text string) error {
	w.held += text
	for _, span := range w.split.Write(text) {
		if err := w.sentence(span.Start, span.End); err != nil {
			return err
		}
	}
	if settled := w.split.Settled(); settled > w.at {
		return w.release(w.take(settled))
	}
	return nil
}

// Close ends the text.
func (w *withhold) Close() error {
	for _, span := range w.split.Close() {
		if err := w.sentence(span.Start, span.End); err != nil {
			return err
		}
	}
	return w.release(w.take(w.at + len(w.held)))
}

// take gives the held text up to a place.
func (w *withhold) take(place int) string {
	text := w.held[:place-w.at]
	w.held, w.at = w.held[place-w.at:], place
	return text
}

func (w *withhold) sentence(start, end int) error {
	lead, text := w.take(start), w.take(end)
	v, cited := w.of(lead, text)
	owed := w.owed
	w.owed = ""
	if v.State == docent.Unsupported {
		w.trace.withheld(text, v, cited)
		line := strings.LastIndexByte(lead, '\n') + 1
		if w.owed = lead[line:]; line == 0 {
			w.owed = owed + strings.TrimLeft(lead, " ")
		}
		err := w.release(lead[:line])
		w.dropped, w.any = true, true
		return err
	}
	switch {
	case strings.Contains(lead, "\n"):
	case owed != "":
		lead = owed + strings.TrimLeft(lead, " ")
	case w.dropped && (w.passed == "" || strings.HasSuffix(w.passed, "\n")):
		lead = strings.TrimLeft(lead, " ")
	}
	if err := w.release(lead); err != nil {
		return err
	}
	w.dropped = false
	return w.put(text)
}

// release passes on what is no sentence: after a dropped one without the empty
// lines that it would leave.
func (w *withhold) release(text string) error {
	if strings.Contains(text, "\n") {
		w.owed = ""
	}
	if w.dropped && (w.passed == "" || strings.HasSuffix(w.passed, "\n")) {
		text = strings.TrimLeft(text, "\n")
	}
	return w.put(text)
}

func (w *withhold) put(text string) error {
	if text == "" {
		return nil
	}
	w.passed = text
	return w.pass(text)
}
