package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// start asks as n readers, one after the other, and gives what each began.
func (k *cached) start(n int) []docent.Started {
	k.t.Helper()
	started := make([]docent.Started, n)
	for i := range started {
		var err error
		if started[i], err = k.Start(context.Background(), somebody(fmt.Sprint(i)), howto); err != nil {
			k.t.Fatal(err)
		}
	}
	return started
}

// until follows an answer until one of its events says so.
func (k *cached) until(name string, s docent.Started, enough func(docent.Event) bool) {
	k.t.Helper()
	errEnough := errors.New("enough")
	err := k.Follow(context.Background(), somebody(name), s.MessageID, 0, func(events []docent.Event) error {
		for _, e := range events {
			if enough(e) {
				return errEnough
			}
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		k.t.Fatalf("the answer ended first: %v", err)
	}
}

func isDelta(e docent.Event) bool { return e.Name == docent.EventDelta }

// detached lets answers go on while nobody follows them.
func detached(c *Config) { c.Detach = storeTimeout }

func TestAHundredIdenticalQuestionsAtOnceCostOneModelCall(t *testing.T) {
	k := caching(t, nil)
	var wait sync.WaitGroup
	var mu sync.Mutex
	var paid int
	ids, tellings := map[string]bool{}, map[string]bool{}
	for i := range 100 {
		wait.Go(func() {
			done, events := k.as(somebody(fmt.Sprint(i)), howto)
			mu.Lock()
			defer mu.Unlock()
			ids[done.MessageID] = true
			tellings[strings.Join(told(events), "\n")] = true
			if !done.Cached {
				paid++
			}
			if first := decode[docent.SessionData](t, events[0]); first.MessageID != done.MessageID {
				t.Errorf("the answer %s ends as %s", first.MessageID, done.MessageID)
			}
		})
	}
	wait.Wait()
	if k.model.called() != 1 || paid != 1 || len(ids) != 100 || len(tellings) != 1 {
		t.Errorf("%d calls, %d paid, %d answers, told in %d ways", k.model.called(), paid, len(ids), len(tellings))
	}
	if len(k.flights) != 0 {
		t.Errorf("%d flights are left", len(k.flights))
	}
}

func TestWhoeverAsksTheSameFollowsTheAnswerInTheMaking(t *testing.T) {
	k := caching(t, detached)
	gate := make(chan struct{})
	k.model.gates = []chan struct{}{gate}
	first := k.start(1)[0]
	gate <- struct{}{}
	k.until("0", first, isDelta)
	second, err := k.Start(context.Background(), somebody("late"), howto)
	if err != nil {
		t.Fatal(err)
	}
	k.until("late", second, isDelta) // what was said before it came
	close(gate)
	if diff := cmp.Diff(told(k.all(somebody("0"), first)), told(k.all(somebody("late"), second))); diff != "" {
		t.Errorf("events (-first +second):\n%s", diff)
	}
}

func TestTheFirstOnesCancelDoesNotStopTheOthers(t *testing.T) {
	k := caching(t, detached)
	gate := make(chan struct{})
	k.model.gates = []chan struct{}{gate}
	started := k.start(3)
	gate <- struct{}{}
	for i, s := range started {
		k.until(fmt.Sprint(i), s, isDelta)
	}
	if err := k.Cancel(context.Background(), somebody("0"), started[0].MessageID); err != nil {
		t.Fatal(err)
	}
	cancelled := k.all(somebody("0"), started[0])
	if done := decode[docent.DoneData](t, last(cancelled)); done.FinishReason != docent.FinishCancelled || said(t, cancelled) != "Use the" {
		t.Errorf("the first one's answer %q ends so: %+v", said(t, cancelled), done)
	}
	m, err := k.store.Message(t.Context(), somebody("0").Owner(), started[0].MessageID)
	if err != nil || m.Text != "Use the" || len(m.Sources) != 2 || m.Cache != nil {
		t.Errorf("stored: %+v, %v", m, err)
	}
	close(gate)
	paid := 0
	for i, s := range started[1:] {
		events := k.all(somebody(fmt.Sprint(i+1)), s)
		done := decode[docent.DoneData](t, last(events))
		if said(t, events) != "Use the package manager [1]." || done.FinishReason != docent.FinishStop {
			t.Errorf("another's answer %q ends so: %+v", said(t, events), done)
		}
		if !done.Cached && done.Usage.InputTokens > 0 {
			paid++
		}
	}
	if paid != 1 || k.model.called() != 1 {
		t.Errorf("%d paid, %d calls", paid, k.model.called())
	}
}

func TestAnAnswerThatAllHaveLeftIsStopped(t *testing.T) {
	k := caching(t, detached)
	gate := make(chan struct{})
	k.model.gates = []chan struct{}{gate}
	started := k.start(2)
	gate <- struct{}{}
	for i, s := range started {
		k.until(fmt.Sprint(i), s, isDelta) // they are together by then
	}
	for i, s := range started {
		if err := k.Cancel(context.Background(), somebody(fmt.Sprint(i)), s.MessageID); err != nil {
			t.Fatal(err)
		}
	}
	if done, _ := k.as(somebody("next"), howto); done.Cached || done.FinishReason != docent.FinishStop || k.model.called() != 2 {
		t.Errorf("the next one's answer after %d calls: %+v", k.model.called(), done)
	}
}

func TestWhereTheFirstOnesAnswerFailsAnotherTakesItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		again []string // what the model says then
		whole bool
		want  string
	}{
		"the same in other pieces": {[]string{"U", "se the package ", "manager [1]."}, true, "Use the package manager [1]."},
		"something else":           {[]string{"Unpack the archive [2]."}, false, "Use the"},
		"less":                     {[]string{"Use"}, false, "Use the"},
	} {
		t.Run(name, func(t *testing.T) {
			k := caching(t, detached)
			gate := make(chan struct{})
			k.model.deltas = []string{"Use the ", "package "}
			k.model.gates, k.model.errs = []chan struct{}{gate}, []error{errors.New("gone")}
			started := k.start(3)
			gate <- struct{}{}
			for i, s := range started {
				k.until(fmt.Sprint(i), s, isDelta)
			}
			k.model.deltas = c.again
			close(gate)
			failed, ends := 0, 0
			for i, s := range started {
				events := k.all(somebody(fmt.Sprint(i)), s)
				if last(events).Name == docent.EventError {
					failed++
					continue
				}
				if said(t, events) == c.want {
					ends++
				}
				if got := strings.Count(names(events), docent.EventSources); got != 1 {
					t.Errorf("%d times sources: %s", got, names(events))
				}
			}
			if c.whole && (failed != 1 || ends != 2) || !c.whole && failed != 3 {
				t.Errorf("%d failed, %d ended well", failed, ends)
			}
		})
	}
}

func TestAModelThatFailsAlwaysIsNotAskedForEach(t *testing.T) {
	k := caching(t, detached)
	gate := make(chan struct{})
	k.model.gates = []chan struct{}{gate}
	for range 20 {
		k.model.errs = append(k.model.errs, errors.New("gone"))
	}
	started := k.start(10)
	for i, s := range started {
		k.until(fmt.Sprint(i), s, func(e docent.Event) bool { return e.Name == docent.EventSources })
	}
	close(gate)
	for i, s := range started {
		if e := last(k.all(somebody(fmt.Sprint(i)), s)); e.Name != docent.EventError {
			t.Errorf("the answer ends with %s", e.Name)
		}
	}
	if k.model.called() > mostTries {
		t.Errorf("%d calls", k.model.called())
	}
}

func TestAServerThatStopsTellsAllWhoShareAnAnswer(t *testing.T) {
	k := caching(t, detached)
	gate := make(chan struct{})
	k.model.gates = []chan struct{}{gate}
	started := k.start(2)
	gate <- struct{}{}
	for i, s := range started {
		k.until(fmt.Sprint(i), s, isDelta)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	k.Shutdown(ended)
	for i, s := range started {
		var e docent.ErrorData
		if err := json.Unmarshal(last(k.all(somebody(fmt.Sprint(i)), s)).Data, &e); err != nil || e.Code != string(docent.CodeShutdown) {
			t.Errorf("the end: %+v, %v", e, err)
		}
	}
}

func TestAnAnswerThatCouldNotBeStoredIsMadeAgain(t *testing.T) {
	k := caching(t, nil)
	k.store.failing(errors.New("full"))
	k.as(reader, howto)
	k.store.failing(nil)
	if done, _ := k.as(somebody("b"), howto); done.Cached || k.model.called() != 2 {
		t.Errorf("after %d calls: %+v", k.model.called(), done)
	}
}

// BenchmarkQuestion measures what the cache adds to an answer that has to be made, and
// how long one takes that has not.
func BenchmarkQuestion(b *testing.B) {
	run := func(b *testing.B, change func(*Config), a func(i int) docent.Ask) {
		k := caching(b, change)
		k.model.deltas = nil
		for range 100 {
			k.model.deltas = append(k.model.deltas, "word after word ")
		}
		k.model.deltas = append(k.model.deltas, "[1].")
		k.as(reader, a(-1))
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			k.as(somebody(fmt.Sprint(i)), a(i))
		}
	}
	other := func(i int) docent.Ask { return docent.Ask{Message: fmt.Sprint("How do I install ", i, "?")} }
	b.Run("without a cache", func(b *testing.B) { run(b, func(c *Config) { c.Answer.CacheFor = 0 }, other) })
	b.Run("missed", func(b *testing.B) { run(b, nil, other) })
	b.Run("cached", func(b *testing.B) { run(b, nil, func(int) docent.Ask { return howto }) })
}
