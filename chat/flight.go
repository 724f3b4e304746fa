package chat

import (
	"encoding/json"
	"slices"
	"sync"

	"docent"
)

// flight is an answer that is made once for all who ask the same at the same time.
// It is made by a goroutine of its own, so that any of them may leave; each has a
// turn and a run of its own, to which the flight's events are passed.
//
// It is found by its key until it failed, or the store has it: from then on the
// cache has the answer.
type flight struct {
	key  string
	over chan struct{} // closed when the answer has ended, after which only landing differs

	mu      sync.Mutex
	made    *answering // composed by the flight's goroutine alone; another one after a failure
	members []*member  // in the order in which they came
	left    bool       // all of them went: nobody else may come
	ended   bool
	err     error   // of made
	from    string  // the cached answer that made is; "" of one that was composed
	keep    bool    // made may be given to others later
	payer   *member // whose made is
}

// member is one of those for whom a flight makes an answer.
type member struct {
	a      *answering
	seen   int            // how many of made's events it has
	former []docent.Event // what it was shown before made was begun
	unsaid string         // the text of these that was not said again yet
	out    chan struct{}  // closed when the flight goes on without it, with err
	err    error
	failed *answering // the answer that ended with err as the member's; nil of one that only shared it
}

// mostTries is how often a flight whose answer fails makes it.
const mostTries = 3

// share makes the answer together with all who ask the same.
func (s *Service) share(a *answering, key string) error {
	a.shared = true
	f, m := s.enter(a, key)
	select {
	case <-f.over:
	case <-m.out:
	case <-a.ctx.Done():
		if s.leave(f, m) {
			return a.broken(a.ctx.Err())
		}
		<-f.over // what was said until it stops is theirs
	}
	if made := m.failed; made != nil {
		a.done.Usage, a.spent, a.trace = made.done.Usage, made.spent, made.trace
	}
	if m.err != nil {
		return a.broken(m.err)
	}
	s.land(f, m)
	return nil
}

// enter takes part in the flight of a key, and begins it where there is none.
func (s *Service) enter(a *answering, key string) (*flight, *member) {
	s.flying.Lock()
	defer s.flying.Unlock()
	m := &member{a: a, out: make(chan struct{})}
	if f := s.flights[key]; f != nil && f.admit(m) {
		return f, m
	}
	f := &flight{key: key, over: make(chan struct{}), members: []*member{m}}
	s.begun(f, a)
	s.flights[key] = f
	s.active.Add(1)
	go func() {
		defer s.active.Done()
		s.fly(f)
	}()
	return f, m
}

// begun begins the answer that a flight makes, as that of a member's.
func (s *Service) begun(f *flight, a *answering) {
	f.made = s.answering(newRun(a.who, a.ask, a.turn, a.arrived))
	f.made.flight, f.made.named = f, a.named
}

// admit lets one more take part, unless all have left or it failed.
func (f *flight) admit(m *member) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left {
		return false
	}
	f.members = append(f.members, m)
	f.passTo(m)
	return true
}

// leave counts a member out, and reports whether the answer is made on for others.
// If not, it has ended, or ends now.
func (s *Service) leave(f *flight, m *member) bool {
	s.flying.Lock()
	defer s.flying.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	if len(f.members) == 1 && f.members[0] == m {
		f.stop()
		s.forget(f)
		return false
	}
	f.members = slices.DeleteFunc(f.members, func(other *member) bool { return other == m })
	return true
}

// stop ends an answer that nobody waits for; with mu.
func (f *flight) stop() {
	f.left = true
	f.made.cancel(errAbandoned)
}

// forget lets nobody find a flight any more; with flying.
func (s *Service) forget(f *flight) {
	if s.flights[f.key] == f {
		delete(s.flights, f.key)
	}
}

// fly takes the answer from the store, or makes it: again for the others, where it
// fails for the first.
func (s *Service) fly(f *flight) {
	for try := 1; ; try++ {
		made := f.made
		err := contained(func() error { return s.fill(f, made) })
		made.settle()
		made.cancel(nil)
		if err == nil || try == mostTries || !s.handOver(f, err) {
			s.end(f, err)
			return
		}
	}
}

func (s *Service) fill(f *flight, made *answering) error {
	if id, events, err := s.store.Cached(made.ctx, made.who.Site, f.key); err == nil && made.replay(events) {
		f.from = id
		return nil
	}
	err := s.compose(made)
	if err == nil {
		made.offer(s.cfg.Answer.Followups)
	}
	return err
}

// handOver lets the answer fail for its first member alone, and begins the next
// one's; false where there is no other.
func (s *Service) handOver(f *flight, err error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.members) < 2 {
		return false
	}
	f.members[0].failed = f.made
	f.drop(f.members[0], err)
	s.begun(f, f.members[0].a)
	for _, m := range f.members {
		m.seen, m.former, m.unsaid, m.err = 0, m.a.log(), "", nil
		for _, e := range m.former {
			m.unsaid += textOf(e)
		}
	}
	f.err = err
	return true
}

// drop ends the answer of one member with an error; with mu.
func (f *flight) drop(m *member, err error) {
	f.members = slices.DeleteFunc(f.members, func(other *member) bool { return other == m })
	m.err = err
	close(m.out)
	if len(f.members) == 0 {
		f.stop()
	}
}

// end ends a flight. Who was shown more than its answer says shares the failure of
// the one before, since nothing that was shown can be taken back.
func (s *Service) end(f *flight, err error) {
	s.flying.Lock()
	defer s.flying.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, m := range slices.Clone(f.members) {
		switch {
		case err != nil:
			if i == 0 {
				m.failed = f.made
			}
			f.drop(m, err)
		case m.unsaid != "":
			f.drop(m, f.err)
		case f.payer == nil:
			f.payer = m
		}
	}
	f.ended = true
	f.keep = f.payer != nil && f.from == "" && worthKeeping(f.made)
	if !f.keep {
		s.forget(f)
	}
	close(f.over)
}

// Steps of answers that were made for another one; their detail is its ID.
const (
	stepCached = "from the cache"
	stepShared = "made once for several readers"
)

// land makes the flight's answer the member's own. Whose it was made for pays for
// it, and it is kept as theirs; the others have it from the cache.
func (s *Service) land(f *flight, m *member) {
	a, made := m.a, f.made
	a.text, a.lang = made.text, made.lang
	a.answer.Sources, a.answer.Gap = made.answer.Sources, made.answer.Gap
	a.done.Citations, a.done.Certain = made.done.Citations, made.done.Certain
	a.done.FinishReason, a.done.Cause = made.done.FinishReason, made.done.Cause
	if made.support != nil {
		a.support = &support{checked: made.support.checked, borne: made.support.borne}
	}
	a.answer.Cache = &docent.CacheEntry{Key: f.key}
	switch {
	case f.from != "":
		a.done.Cached = true
		a.trace.step(stepCached, f.from)
	case f.payer != m:
		a.done.Cached = true
		a.trace.step(stepShared, f.payer.a.answer.ID)
	default:
		a.done.Usage, a.spent, a.trace = made.done.Usage, made.spent, made.trace
		a.done.Timings.RetrievalMS = made.done.Timings.RetrievalMS
		if f.keep {
			a.answer.Cache, a.landing = s.kept(f.key), f
		}
	}
}

// landed ends the time in which a flight is found: the store has its answer, or
// did not take it.
func (s *Service) landed(a *answering) {
	if a.landing == nil {
		return
	}
	s.flying.Lock()
	defer s.flying.Unlock()
	s.forget(a.landing)
}

// broken makes what was shown of an answer that broke off the answer's own.
func (a *answering) broken(err error) error {
	a.recall(a.log())
	return err
}

// recall makes what events say the answer's own; what can't be read is left out.
func (a *answering) recall(events []docent.Event) {
	a.support = &support{}
	for _, e := range events {
		switch e.Name {
		case docent.EventDelta:
			a.text = append(a.text, textOf(e)...)
		case docent.EventSources:
			var d docent.SourcesData
			if json.Unmarshal(e.Data, &d) == nil {
				a.answer.Sources = d.Sources
			}
		case docent.EventCitation:
			var c docent.Citation
			if json.Unmarshal(e.Data, &c) == nil {
				a.done.Citations = append(a.done.Citations, c)
			}
		case docent.EventSupport:
			var d docent.SupportData
			if json.Unmarshal(e.Data, &d) == nil {
				a.support.count(d.State)
			}
		}
	}
}

// replay says a stored answer again; false where it is none that ended well.
func (a *answering) replay(events []docent.Event) bool {
	var done docent.DoneData
	last := len(events) - 1
	if last < 1 || events[last].Name != docent.EventDone || json.Unmarshal(events[last].Data, &done) != nil {
		return false
	}
	a.recall(events)
	a.done.FinishReason, a.done.Cause, a.done.Certain = done.FinishReason, done.Cause, done.Certain
	for i, e := range events[1:last] { // without the session, which is another
		a.append(docent.Event{ID: i + 1, Name: e.Name, Data: e.Data})
	}
	a.flight.pass()
	return true
}

// textOf is the text of a delta; "" of other events.
func textOf(e docent.Event) string {
	var d docent.DeltaData
	if e.Name != docent.EventDelta || json.Unmarshal(e.Data, &d) != nil {
		return ""
	}
	return d.Text
}
