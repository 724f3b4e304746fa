package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
)

// frame is an event as a client reads it.
type frame struct{ ID, Event, Data string }

// readFrames reads a stream as the HTML standard says: lines end in LF, CR or
// CRLF, a blank line dispatches, data lines are joined.
func readFrames(stream string) (frames []frame, comments int) {
	stream = strings.ReplaceAll(strings.ReplaceAll(stream, "\r\n", "\n"), "\r", "\n")
	var f frame
	var data []string
	lines := strings.Split(stream, "\n")
	for _, line := range lines[:len(lines)-1] {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if data != nil {
				f.Data = strings.Join(data, "\n")
				frames = append(frames, f)
			}
			f, data = frame{}, nil
		case name == "":
			comments++
		case name == "id":
			f.ID = value
		case name == "event":
			f.Event = value
		case name == "data":
			data = append(data, value)
		}
	}
	return frames, comments
}

func TestNastyTextStaysOneEvent(t *testing.T) {
	for _, text := range []string{
		"two\nlines", "a\r\nb\rc", "\u2028\u2029", "nul \x00 bell \a", "emoji 👩‍👩‍👧 ok", "data: x\n\nevent: done\ndata: {}\n\n", "", " lead", "</script>", "\ufeff",
	} {
		data, err := json.Marshal(docent.DeltaData{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		frames, _ := readFrames(string(appendEvent(nil, docent.Event{ID: 7, Name: docent.EventDelta, Data: data})))
		if len(frames) != 1 || frames[0].ID != "7" || frames[0].Event != "delta" {
			t.Fatalf("%q became %+v", text, frames)
		}
		var back docent.DeltaData
		if err := json.Unmarshal([]byte(frames[0].Data), &back); err != nil || back.Text != text {
			t.Errorf("%q came back as %q, %v", text, back.Text, err)
		}
	}
}

func TestIndentedJSONBecomesOneLine(t *testing.T) {
	event := docent.Event{ID: 1, Name: "done", Data: json.RawMessage("{\n  \"a\": 1,\r\n  \"b\": 2\n}")}
	want := "id: 1\nevent: done\ndata: {   \"a\": 1,    \"b\": 2 }\n\n"
	if diff := cmp.Diff(want, string(appendEvent(nil, event))); diff != "" {
		t.Error(diff)
	}
}

func FuzzFraming(f *testing.F) {
	f.Add(1, "delta", []byte(`{"text":"a"}`))
	f.Add(0, "error", []byte("{\n\"code\":\"x\"}"))
	f.Add(3, "e\nvent: x", []byte("\r\r\n\nid: 9\n\n"))
	f.Add(9, "", []byte(" \u2028\x00"))
	f.Fuzz(func(t *testing.T, id int, name string, data []byte) {
		b := appendEvent([]byte("id: 1\nevent: session\ndata: {}\n\n"), docent.Event{ID: id, Name: name, Data: data})
		b = appendEvent(b, docent.Event{ID: 2, Name: "done", Data: json.RawMessage("{}")})
		frames, comments := readFrames(string(b))
		if len(frames) != 3 || comments != 0 {
			t.Fatalf("%d frames, %d comments from %q", len(frames), comments, b)
		}
		if want := (frame{"2", "done", "{}"}); frames[2] != want || frames[0].Data != "{}" {
			t.Errorf("the neighbours were changed: %q", frames)
		}
		if json.Valid(data) {
			var want, got any
			_ = json.Unmarshal(data, &want)
			if err := json.Unmarshal([]byte(frames[1].Data), &got); err != nil || !cmp.Equal(want, got) {
				t.Errorf("%q came back as %q", data, frames[1].Data)
			}
		}
	})
}

// client is a ResponseWriter that keeps what it is sent, flush by flush, and
// takes nothing until ready is closed, where it is not nil.
type client struct {
	ready chan struct{}
	mu    sync.Mutex
	got   []string // what was there at each flush
	now   strings.Builder
	err   error
	ends  time.Time
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

func delta(id int) docent.Event {
	return docent.Event{ID: id, Name: docent.EventDelta, Data: json.RawMessage(`{"text":"word "}`)}
}

func TestKeepalivesComeWhileNothingHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{}
		w := newEventWriter(c, 30*time.Second, 15*time.Second)
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
		w := newEventWriter(c, 30*time.Second, time.Hour)
		for id := 1; id <= 3; id++ {
			time.Sleep(20 * time.Second)
			if err := w.send(delta(id)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if n := len(c.flushes()); n != id+1 {
				t.Errorf("%d flushes after event %d", n, id)
			}
			if left := time.Until(c.ends); left != 30*time.Second {
				t.Errorf("event %d had %s", id, left)
			}
		}
		w.close()
	})
}

func TestEventsThatAreReadyTogetherGoOutTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{ready: make(chan struct{})}
		w := newEventWriter(c, time.Minute, time.Hour)
		w.send(delta(1))
		synctest.Wait() // the first is being written
		for id := 2; id <= 10; id++ {
			w.send(delta(id))
		}
		close(c.ready)
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
		got := c.flushes()
		if len(got) != 3 || strings.Count(got[2], "event: delta") != 9 {
			t.Errorf("flushed as %q", got)
		}
	})
}

func TestASlowClientHoldsTheSenderBackAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{ready: make(chan struct{})}
		w := newEventWriter(c, time.Minute, time.Hour)
		const events = 5000
		sent := 0
		go func() {
			for id := 1; id <= events; id++ {
				w.send(delta(id))
				sent++
			}
			w.close()
		}()
		synctest.Wait() // until the sender waits
		if kept := len(w.pending); sent == events || kept > maxPending+200 {
			t.Errorf("%d of %d events were taken, %d bytes are kept", sent, events, kept)
		}
		close(c.ready)
		synctest.Wait()
		if n := strings.Count(strings.Join(c.flushes(), ""), "event: delta"); n != events {
			t.Errorf("%d of %d events arrived", n, events)
		}
	})
}

func TestASenderLearnsThatTheClientIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &client{}
		w := newEventWriter(c, time.Minute, time.Hour)
		c.mu.Lock()
		c.err = io.ErrClosedPipe
		c.mu.Unlock()
		w.send(delta(1))
		synctest.Wait()
		if err := w.send(delta(2)); !errors.Is(err, errLeft) || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("sending gave %v", err)
		}
		if err := w.close(); !errors.Is(err, errLeft) {
			t.Errorf("closing gave %v", err)
		}
	})
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
	const followers, deltas = 1000, 100
	b.ReportAllocs()
	for b.Loop() {
		var all sync.WaitGroup
		for range followers {
			all.Go(func() {
				w := newEventWriter(discard{}, time.Minute, time.Minute)
				for id := range deltas {
					w.send(delta(id + 1))
				}
				w.close()
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*followers*deltas), "ns/event")
}
