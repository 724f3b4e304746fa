package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"docent"
)

// client is a ResponseWriter that keeps what it is sent, flush by flush, and
// takes nothing until ready is closed, where it is not nil.
type client struct {
	ready chan struct{}
	mu    sync.Mutex
	got   []string // what was there at each flush
	now   strings.Builder
	err   error
	ends  time.Time // of the time for a write; zero outside of it
	had   time.Duration
}

func (c *client) Header() http.Header { return http.Header{} }
func (c *client) WriteHeader(int)     {}

func (c *client) Write(p []byte) (int, error) {
	if c.ready != nil {
		<-c.ready
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now.Write(p)
	return len(p), c.err
}

func (c *client) FlushError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.had = time.Until(c.ends)
	c.got = append(c.got, c.now.String())
	c.now.Reset()
	return c.err
}

func (c *client) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends = t
	return nil
}

func (c *client) flushes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.got...)
}

// deltas are the first n events of an answer that has nothing else.
func deltas(n int) []docent.Event {
	events := make([]docent.Event, n)
	for i := range events {
		events[i] = docent.Event{ID: i + 1, Name: docent.EventDelta, Data: json.RawMessage(`{"text":"word "}`)}
	}
	return events
}

func TestKeepalivesComeWhileNothingHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{}
		w := newEventWriter(c, nil, 30*time.Second, 15*time.Second)
		time.Sleep(46 * time.Second)
		synctest.Wait()
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		want := []string{"", ": keepalive\n\n", ": keepalive\n\n", ": keepalive\n\n"} // the first flush is of the headers
		if diff := cmp.Diff(want, c.flushes()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnEventIsFlushedAtOnceAndHasItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{}
		w := newEventWriter(c, nil, 30*time.Second, time.Hour)
		for id := 1; id <= 3; id++ {
			time.Sleep(20 * time.Second)
			if err := w.send(deltas(id)[id-1:]); err != nil {
				t.Fatal(err)
			}
			if n := len(c.flushes()); n != id+1 {
				t.Errorf("%d flushes after event %d", n, id)
			}
			if c.had != 30*time.Second || !c.ends.IsZero() {
				t.Errorf("event %d had %s, until %s", id, c.had, c.ends)
			}
		}
		w.close()
	})
}

func TestEventsThatAreReadyTogetherGoOutTogether(t *testing.T) {
	c := &client{}
	w := newEventWriter(c, nil, time.Minute, time.Hour)
	if err := errors.Join(w.send(deltas(9)), w.close()); err != nil {
		t.Fatal(err)
	}
	got := c.flushes()
	if len(got) != 2 || strings.Count(got[1], "event: delta") != 9 {
		t.Errorf("flushed as %q", got)
	}
}

func TestALongAnswerTakenUpIsWrittenInPartsAndLosesNothing(t *testing.T) {
	c := &client{}
	w := newEventWriter(c, nil, time.Minute, time.Hour)
	const events = 5000
	if err := errors.Join(w.send(deltas(events)), w.close()); err != nil {
		t.Fatal(err)
	}
	for _, part := range c.flushes() {
		if len(part) > maxWrite+200 {
			t.Errorf("a part has %d bytes", len(part))
		}
	}
	frames, _ := readFrames(strings.Join(c.flushes(), ""))
	if len(frames) != events || frames[events-1].ID != strconv.Itoa(events) {
		t.Errorf("%d of %d events arrived", len(frames), events)
	}
}

func TestNothingIsWrittenOnceClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{}
		w := newEventWriter(c, nil, time.Minute, 15*time.Second)
		w.close()
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := c.flushes(); len(got) != 1 { // the headers
			t.Errorf("flushed as %q", got)
		}
	})
}

func TestASenderLearnsThatTheClientIsGone(t *testing.T) {
	c := &client{}
	w := newEventWriter(c, nil, time.Minute, time.Hour)
	c.err = io.ErrClosedPipe
	for range 2 {
		if err := w.send(deltas(1)); !errors.Is(err, errLeft) || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("sending gave %v", err)
		}
	}
	if err := w.close(); !errors.Is(err, errLeft) {
		t.Errorf("closing gave %v", err)
	}
}

func TestASenderLearnsThatAKeepaliveFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{}
		w := newEventWriter(c, nil, time.Minute, 15*time.Second)
		c.mu.Lock()
		c.err = io.ErrClosedPipe
		c.mu.Unlock()
		time.Sleep(20 * time.Second)
		c.mu.Lock()
		c.err = nil
		c.mu.Unlock()
		if err := w.send(deltas(1)); !errors.Is(err, errLeft) {
			t.Errorf("sending gave %v", err)
		}
		w.close()
	})
}

func TestAFlushThatFailsIsHeardOf(t *testing.T) {
	c := &client{err: io.ErrClosedPipe}
	w := newEventWriter(echo.NewResponse(c, echo.New()), nil, time.Minute, time.Hour)
	if err := w.close(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("flushing the headers gave %v", err)
	}
}

// discard takes everything.
type discard struct{ head http.Header }

func (d discard) Header() http.Header                { return d.head }
func (discard) WriteHeader(int)                      {}
func (discard) Write(p []byte) (int, error)          { return len(p), nil }
func (discard) FlushError() error                    { return nil }
func (discard) SetWriteDeadline(time.Time) (_ error) { return nil }

// BenchmarkStream writes 1,000 streams of 100 deltas at once.
func BenchmarkStream(b *testing.B) {
	const followers, each = 1000, 100
	events := deltas(each)
	b.ReportAllocs()
	for b.Loop() {
		var all sync.WaitGroup
		for range followers {
			all.Go(func() {
				w := newEventWriter(discard{}, nil, time.Minute, time.Minute)
				for i := range events {
					w.send(events[i : i+1])
				}
				w.close()
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*followers*each), "ns/event")
}
