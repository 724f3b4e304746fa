package chat

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"docent"
)

// Zones of the estimate, as traces name them.
const (
	zoneRefused   = "refused"
	zoneUncertain = "uncertain"
	zoneCertain   = "certain"
)

// tracing notes how an answer came to be. All of its methods do nothing with a
// nil receiver: where no traces are kept.
//
// What is large, the candidates and the prompt, is packed with the answer's first
// word, when the answer lets go of its prompt too: a stream then holds some
// kilobytes.
type tracing struct {
	trace  docent.Trace
	data   []byte // what was packed
	packed bool
	model  string
	calls  []docent.TracedCall
	since  func() float64 // milliseconds since the question arrived
}

// packer compresses traces. It takes most of a megabyte, so that there are as many
// as can work at once, and they stay.
type packer struct {
	gzip *gzip.Writer
	out  bytes.Buffer
}

// packers lends them; nil is one that nobody made yet.
var packers = func() chan *packer {
	all := make(chan *packer, runtime.GOMAXPROCS(0))
	for range cap(all) {
		all <- nil
	}
	return all
}()

// add packs a part of the trace, as a member of its own: a reader reads them as
// one.
func (t *tracing) add(part any) {
	p := <-packers
	defer func() { packers <- p }()
	if p == nil {
		p = new(packer)
		p.gzip, _ = gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // it knows this level
	}
	p.out.Reset()
	p.gzip.Reset(&p.out)
	e := json.NewEncoder(p.gzip)
	e.SetEscapeHTML(false)
	if err := errors.Join(e.Encode(part), p.gzip.Close()); err != nil { // a buffer takes all, and JSON knows the types
		panic("chat: trace: " + err.Error())
	}
	t.data = append(slices.Grow(t.data, p.out.Len()), p.out.Bytes()...)
}

// tracing begins an answer's trace; nil where none are kept.
func (s *Service) tracing(a *answering) *tracing {
	if s.cfg.KeepTraces <= 0 {
		return nil
	}
	return &tracing{since: a.elapsed, trace: docent.Trace{
		At: a.arrived.UTC(), Site: a.who.Site, Question: a.turn.User.Text, Page: a.ask.Page,
	}}
}

// step notes something that happened: name is a word or two, detail what is to be
// known of it and never an error's text, which may hold a server's secrets.
func (t *tracing) step(name, detail string) {
	if t != nil {
		t.trace.Steps = append(t.trace.Steps, docent.TraceStep{AtMS: t.since(), Name: name, Detail: detail})
	}
}

// failed notes a step that failed, by the error's code.
func (t *tracing) failed(name string, err error) { t.step(name, string(docent.CodeOf(err))) }

// found notes what was searched, and what came of it.
func (t *tracing) found(q docent.Query, f docent.Found, zone string) {
	if t == nil {
		return
	}
	t.trace.History, t.trace.Query, t.trace.Filters, t.trace.Preview = q.History, q.Text, q.Filters, q.Filters.Index
	t.trace.Asked, t.trace.Note, t.trace.Releases = f.Asked, f.Note, f.Releases
	t.trace.Candidates, t.trace.Signs = f.Ranked, f.Signs
	t.trace.Answerable, t.trace.Zone = f.Answerable, zone
	for _, p := range f.Passages {
		t.trace.Passages = append(t.trace.Passages, docent.TracedPassage{
			ID: p.ID, Source: p.Unit.Source, Path: p.Path, Anchor: p.Anchor, Title: p.Title, Heading: p.Heading(), URL: p.URL,
			Score: p.Score, Tokens: p.Tokens,
		})
	}
	t.step("retrieved", "")
}

// sent notes what a model is given: the prompt, with its passages numbered.
func (t *tracing) sent(p prompt, budget int) {
	if t == nil {
		return
	}
	t.trace.Prompt, t.trace.PromptTokens, t.trace.Budget = p.messages, p.tokens, budget
	left := budget - p.tokens
	for _, one := range p.passages {
		left += one.Tokens + passageOverhead
	}
	numbers := map[string]int{}
	for _, one := range p.passages {
		numbers[one.ID] = one.N
	}
	for i := range t.trace.Passages {
		one := &t.trace.Passages[i]
		cost := one.Tokens + passageOverhead
		switch one.N = numbers[one.ID]; {
		case one.N > 0:
			left -= cost
		case cost > left:
			one.LeftOut = "too long for what was left of the budget"
		default:
			one.LeftOut = "its page has its share of the budget"
		}
	}
	t.step("packed", "")
}

// pack lets go of what is large.
func (t *tracing) pack() {
	if t == nil || t.packed {
		return
	}
	steps := t.trace.Steps
	t.trace.Steps = nil
	t.add(t.trace)
	t.trace, t.packed = docent.Trace{Steps: steps}, true
}

// judged notes a sentence's verdict.
func (t *tracing) judged(d docent.SupportData, reason string) {
	if t != nil {
		t.trace.Sentences = append(t.trace.Sentences, docent.TracedSentence{
			Start: d.SentenceStart, End: d.SentenceEnd, State: d.State, Reason: reason, Cited: d.Citations,
		})
	}
}

// withheld notes a sentence that was not shown.
func (t *tracing) withheld(text string, v Verdict, cited []int) {
	if t != nil {
		t.trace.Sentences = append(t.trace.Sentences, docent.TracedSentence{Text: text, State: v.State, Reason: v.Reason, Cited: cited})
	}
}

// answered notes which model did, as its server names it.
func (t *tracing) answered(model string) {
	if t != nil {
		t.model = model
	}
}

// called notes a call of a tool.
func (t *tracing) called(c docent.ModelCall, made *called, state string, took time.Duration) {
	if t == nil {
		return
	}
	result := made.result.Text
	for _, p := range made.result.Passages {
		result += "\n" + p.Title + " > " + p.Heading() + " " + p.URL
	}
	if made.err != nil {
		result = made.err.Error()
	}
	t.calls = append(t.calls, docent.TracedCall{
		AtMS: t.since(), TookMS: float64(took.Microseconds()) / 1000, ID: c.ID, Name: c.Name, State: state,
		Arguments: cut(c.Arguments, tracedCall), Result: cut(strings.TrimSpace(result), tracedCall),
	})
}

// kept gives the whole trace for the store; nil where none is kept.
func (t *tracing) kept(until time.Time) *docent.PackedTrace {
	if t == nil {
		return nil
	}
	t.pack()
	t.add(traceEnd{Model: t.model, Calls: t.calls, Steps: t.trace.Steps, Sentences: t.trace.Sentences})
	return &docent.PackedTrace{Data: t.data, Until: until}
}

// traceEnd is what a trace has after the answer's first word.
type traceEnd struct {
	Model     string                  `json:"model"`
	Calls     []docent.TracedCall     `json:"calls,omitempty"`
	Steps     []docent.TraceStep      `json:"steps"`
	Sentences []docent.TracedSentence `json:"sentences"`
}

// maxTrace is far more than a trace takes, in bytes.
const maxTrace = 64 << 20

// ReadTrace unpacks a trace. An error says that it is not whole.
func ReadTrace(packed []byte) (t docent.Trace, err error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return t, err
	}
	for d := json.NewDecoder(io.LimitReader(r, maxTrace)); err == nil; {
		err = d.Decode(&t) // each part fills in what it has
	}
	if errors.Is(err, io.EOF) {
		return t, nil
	}
	return docent.Trace{}, err
}
