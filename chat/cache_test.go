package chat

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
)

// released is a Library of documentation that has releases.
type released struct {
	shelf
	mu       sync.Mutex
	releases []docent.Release
}

func (l *released) Releases(context.Context, docent.Query) ([]docent.Release, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.releases, nil
}

// publish makes a release the only one that is searched.
func (l *released) publish(number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.releases = []docent.Release{{Unit: docent.Unit{Site: docent.DefaultSite, Source: "manual"}, Number: number}}
}

// counting is a Model that counts its calls. Each waits at its gate for a word
// before each delta, where there are gates, and ends with its error.
type counting struct {
	deltas []string
	gates  []chan struct{}
	errs   []error
	began  chan struct{} // told of each call; nil tells nobody

	mu    sync.Mutex
	calls int
}

func (m *counting) Stream(ctx context.Context, _ docent.ModelRequest, onDelta func(string) error) (docent.ModelResult, error) {
	m.mu.Lock()
	call := m.calls
	m.calls++
	m.mu.Unlock()
	s := &scripted{deltas: m.deltas}
	if call < len(m.gates) {
		s.gate = m.gates[call]
	}
	if call < len(m.errs) {
		s.err = m.errs[call]
	}
	if m.began != nil {
		m.began <- struct{}{}
	}
	return s.Stream(ctx, docent.ModelRequest{}, onDelta)
}

func (m *counting) called() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

// cached is a Service with a cache, over documentation with releases.
type cached struct {
	*Service
	t     testing.TB
	docs  *released
	store *memory
	model *counting
}

func caching(t testing.TB, change func(*Config)) *cached {
	t.Helper()
	c := testConfig()
	c.Answer.CacheFor, c.Answer.CacheBytes, c.Answer.Followups, c.MaxRuns = time.Hour, 1<<20, 3, 1000
	if change != nil {
		change(&c)
	}
	k := &cached{t: t, docs: &released{}, store: newMemory(), model: &counting{deltas: []string{"Use the ", "package manager [1]."}}}
	k.docs.publish(1)
	k.over(c, finds(found))
	return k
}

// over makes the Service of its parts.
func (k *cached) over(c Config, retrieve Retrieve) {
	k.Service = New(c, k.store, retrieve, k.model, quotes, nil, slog.New(slog.DiscardHandler), WithLibrary(k.docs))
	s := k.Service
	k.t.Cleanup(func() {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		s.Shutdown(ended)
	})
}

// as asks as somebody, follows the answer to its end, and gives its last event.
func (k *cached) as(p access.Principal, a docent.Ask) (docent.DoneData, []docent.Event) {
	k.t.Helper()
	started, err := k.Start(context.Background(), p, a)
	if err != nil {
		k.t.Fatal(err)
	}
	events := k.all(p, started)
	var done docent.DoneData
	if err := json.Unmarshal(last(events).Data, &done); err != nil {
		k.t.Fatal(err)
	}
	return done, events
}

// all follows an answer to its end.
func (k *cached) all(p access.Principal, started docent.Started) []docent.Event {
	var events []docent.Event
	if err := k.Follow(context.Background(), p, started.MessageID, 0, func(more []docent.Event) error {
		events = append(events, more...)
		return nil
	}); err != nil {
		k.t.Error(err)
	}
	return events
}

// told is what an answer's events say beside whose they are.
func told(events []docent.Event) []string {
	var all []string
	for _, e := range events[1 : len(events)-1] {
		all = append(all, e.Name+" "+string(e.Data))
	}
	return all
}

func somebody(name string) access.Principal {
	p := access.Local()
	p.Subject = name
	return p
}

var howto = docent.Ask{Message: "How do I install the program?"}

func TestAnIdenticalQuestionIsAnsweredFromTheStoreWithAllEvents(t *testing.T) {
	k := caching(t, nil)
	first, made := k.as(somebody("a"), howto)
	if first.Cached || first.Usage.InputTokens == 0 {
		t.Errorf("the first answer: %+v", first)
	}
	second, again := k.as(somebody("b"), docent.Ask{Message: " how do I  install the program "})
	if !second.Cached || second.MessageID == first.MessageID || second.Usage != (docent.Usage{}) || k.model.called() != 1 {
		t.Errorf("the second answer after %d calls: %+v", k.model.called(), second)
	}
	if diff := cmp.Diff(told(made), told(again)); diff != "" {
		t.Errorf("events (-first +second):\n%s", diff)
	}
	for i, e := range again {
		if e.ID != i+1 {
			t.Errorf("event %d has the ID %d", i+1, e.ID)
		}
	}
	if diff := cmp.Diff(first.Citations, second.Citations); diff != "" || second.FinishReason != docent.FinishStop || len(second.Citations) != 1 {
		t.Errorf("the second end: %+v", second)
	}
	m, err := k.store.Message(t.Context(), somebody("b").Owner(), second.MessageID)
	if err != nil || m.Text != "Use the package manager [1]." || len(m.Sources) != 2 || len(m.Citations) != 1 || m.Cache.Key == "" || !m.Cache.Until.IsZero() {
		t.Errorf("stored: %+v, %v", m, err)
	}
}

func TestWhatDecidesAnAnswerDecidesWhetherItIsCached(t *testing.T) {
	for name, c := range map[string]struct {
		ask    docent.Ask
		who    func(*access.Principal)
		change func(*Config)
		before func(*cached)
		cached bool
	}{
		"nothing else":      {ask: howto, cached: true},
		"claims unused":     {ask: howto, who: func(p *access.Principal) { p.Claims = map[string]string{"plan": "pro"} }, cached: true},
		"metadata unused":   {ask: docent.Ask{Message: howto.Message, Metadata: map[string]string{"a": "b"}}, cached: true},
		"site":              {ask: howto, who: func(p *access.Principal) { p.Site = "other" }},
		"release":           {ask: howto, before: func(k *cached) { k.docs.publish(2) }},
		"model":             {ask: docent.Ask{Message: howto.Message, Model: "large"}},
		"filters":           {ask: docent.Ask{Message: howto.Message, Filters: docent.Filters{Version: "2"}}},
		"preview":           {ask: docent.Ask{Message: howto.Message, Filters: docent.Filters{Index: "pr-1"}}},
		"page":              {ask: docent.Ask{Message: howto.Message, Page: docent.PageContext{URL: "/x"}}},
		"selection":         {ask: docent.Ask{Message: howto.Message, Page: docent.PageContext{Selection: "x"}}},
		"history":           {ask: docent.Ask{Message: howto.Message, History: []docent.ModelMessage{{Role: docent.RoleUser, Text: "On Linux?"}}}},
		"attachments":       {ask: docent.Ask{Message: howto.Message, Attachments: []string{"att_1"}}},
		"question":          {ask: docent.Ask{Message: "How do I install the Program -V?"}},
		"fresh":             {ask: docent.Ask{Message: howto.Message, Fresh: true}},
		"cache off":         {ask: howto, change: func(c *Config) { c.Answer.CacheFor = 0 }},
		"tools of the site": {ask: howto, before: func(k *cached) { k.tools = []docent.Tool{{Name: "orders", Sites: []string{docent.DefaultSite}}} }},
		"others' tools":     {ask: howto, before: func(k *cached) { k.tools = []docent.Tool{{Name: "orders", Sites: []string{"other"}}} }, cached: true},
		"documentation's":   {ask: howto, before: func(k *cached) { k.tools = []docent.Tool{{Name: "search_docs", Docs: true}} }, cached: true},
		"tools that come":   {ask: howto, before: func(k *cached) { k.moreTools = func() []docent.Tool { return []docent.Tool{{Name: "orders"}} } }},
		"the page's tools":  {ask: docent.Ask{Message: howto.Message, ClientTools: true}, before: func(k *cached) { k.clientTools = []docent.Tool{openPage} }},
		"no page's tools":   {ask: docent.Ask{Message: howto.Message, ClientTools: true}, cached: true},
		"a responder": {ask: howto, before: func(k *cached) {
			WithResponder(func(next Responder) Responder { return next })(k.Service)
		}},
		"claims in prompts": {ask: howto, change: func(c *Config) { c.Instructions = "They pay for {{.Claims.plan}}." }},
		"all in prompts":    {ask: howto, change: func(c *Config) { c.OfSites = map[string]string{docent.DefaultSite: "{{.}}"} }},
		"others' prompts":   {ask: howto, change: func(c *Config) { c.OfSites = map[string]string{"other": "{{.Claims.plan}}"} }, cached: true},
		"metadata, a source": {ask: howto, change: func(c *Config) {
			c.OfSources = map[docent.Unit]string{{Site: docent.DefaultSite, Source: "manual"}: "{{.Metadata.x}}"}
		}},
		"today in prompts": {ask: howto, change: func(c *Config) { c.Instructions = "It is {{.Today}}, {{if eq .Lang \"de\"}}du{{end}}." }, cached: true},
	} {
		t.Run(name, func(t *testing.T) {
			k := caching(t, c.change)
			k.as(reader, howto)
			if c.before != nil {
				c.before(k)
			}
			who := reader
			if c.who != nil {
				c.who(&who)
			}
			done, _ := k.as(who, c.ask)
			if calls := k.model.called(); done.Cached != c.cached || calls == 1 != c.cached {
				t.Errorf("cached %t after %d calls", done.Cached, calls)
			}
		})
	}
}

func TestAFreshAnswerIsGivenToTheNext(t *testing.T) {
	k := caching(t, nil)
	k.as(reader, howto)
	k.model.deltas = []string{"Unpack the archive [2]."}
	k.as(reader, docent.Ask{Message: howto.Message, Fresh: true})
	if done, events := k.as(reader, howto); !done.Cached || said(t, events) != "Unpack the archive [2]." {
		t.Errorf("the next is told %q", said(t, events))
	}
}

func TestAnotherConfigurationHasAnotherCache(t *testing.T) {
	k := caching(t, nil)
	k.as(reader, howto)
	c := k.cfg
	k.over(c, finds(found))
	if done, _ := k.as(reader, howto); !done.Cached {
		t.Error("a restart forgets what was cached")
	}
	c.Instructions = "Be brief."
	k.over(c, finds(found))
	if done, _ := k.as(reader, howto); done.Cached {
		t.Error("other instructions give the former answer")
	}
}

func TestOnlyGoodAnswersAreCached(t *testing.T) {
	uncertain, refused, noted, newer := found, found, found, found
	uncertain.Answerable, refused.Refuse, noted.Note = .1, true, "version 9 was not found"
	newer.Releases = []docent.Release{{Unit: docent.Unit{Site: docent.DefaultSite, Source: "manual"}, Number: 2}}
	for name, c := range map[string]struct {
		deltas []string
		err    error
		found  docent.Found
	}{
		"uncited":   {deltas: []string{"Use the package manager."}, found: found},
		"failed":    {deltas: []string{"Use [1] "}, err: errors.New("gone"), found: found},
		"down":      {err: docent.Errorf(docent.CodeModelFailed, "down"), found: found},
		"uncertain": {deltas: []string{"Use it [1]."}, found: uncertain},
		"refused":   {found: refused},
		"newer":     {deltas: []string{"Use it [1]."}, found: newer}, // published between the key and the search
		"noted":     {deltas: []string{"Use it [1]."}, found: noted},
	} {
		t.Run(name, func(t *testing.T) {
			k := caching(t, nil)
			k.model.deltas, k.model.errs = c.deltas, []error{c.err, c.err, c.err}
			cfg := k.cfg
			cfg.Answer.CertainFrom = .5
			k.over(cfg, finds(c.found))
			k.as(reader, docent.Ask{Message: howto.Message, Fresh: true})
			k.as(reader, howto)
			if done, _ := k.as(reader, howto); done.Cached || k.model.called() == 1 {
				t.Errorf("cached after %d calls: %+v", k.model.called(), done)
			}
		})
	}
}

func TestAnAnswerThatIsNotBorneOutIsNotCached(t *testing.T) {
	k := caching(t, nil)
	k.model.deltas = []string{"This is wrong [1]. It is installed [1]."}
	k.verify = judged
	k.as(reader, howto)
	if done, _ := k.as(reader, howto); done.Cached || done.Grounded == nil || *done.Grounded >= groundedEnough {
		t.Errorf("the answer: %+v", done)
	}
}

func TestATraceSaysThatAnAnswerIsFromTheCache(t *testing.T) {
	k := caching(t, func(c *Config) { c.KeepTraces = time.Hour })
	first, _ := k.as(reader, howto)
	second, _ := k.as(reader, howto)
	steps := traced(t, k.store, second.MessageID).Steps
	if len(steps) != 1 || steps[0].Name != "from the cache" || steps[0].Detail != first.MessageID {
		t.Errorf("steps: %+v", steps)
	}
}
