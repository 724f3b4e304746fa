package chat

import (
	"bytes"
	"slices"
	"strings"

	"docent"
)

// emit appends an event to the answer's log, and passes it to those who share it.
func (a *answering) emit(name string, data any) {
	a.run.emit(name, data)
	if a.flight != nil {
		a.flight.pass()
	}
}

// pass gives the members of a flight the events that they do not have yet.
func (f *flight) pass() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range slices.Clone(f.members) { // some may part
		f.passTo(m)
	}
}

// passTo is pass for one member; with mu.
func (f *flight) passTo(m *member) {
	events := f.made.log()
	for _, e := range events[m.seen:] {
		if !m.take(e) {
			f.drop(m, f.err)
			return
		}
	}
	m.seen = len(events)
}

// take shows an event to the member's reader, unless it was shown before: then an
// answer that failed had said it. It is false where the text is not what that had
// said: nothing that was shown can be taken back.
func (m *member) take(e docent.Event) bool {
	if e.Name != docent.EventDelta {
		if !slices.ContainsFunc(m.former, func(f docent.Event) bool { return f.Name == e.Name && bytes.Equal(f.Data, e.Data) }) {
			m.show(e.Name, e.Data)
		}
		return true
	}
	if m.unsaid == "" {
		m.show(e.Name, e.Data)
		return true
	}
	text := textOf(e)
	if rest, said := strings.CutPrefix(m.unsaid, text); said {
		m.unsaid = rest
		return true
	}
	rest, goesOn := strings.CutPrefix(text, m.unsaid)
	if goesOn {
		m.unsaid = ""
		m.a.run.emit(docent.EventDelta, docent.DeltaData{Text: rest})
	}
	return goesOn
}

// show appends an event to the member's log.
func (m *member) show(name string, data []byte) {
	a := m.a
	if name == docent.EventDelta && a.done.Timings.FirstTokenMS == 0 {
		a.done.Timings.FirstTokenMS = a.elapsed()
	}
	a.run.append(docent.Event{ID: len(a.log()) + 1, Name: name, Data: data})
}
