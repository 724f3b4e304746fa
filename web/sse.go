package web

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"docent"
)

// maxWrite is from how many bytes on what is sent together is written apart,
// each part with a client's whole time.
const maxWrite = 32 << 10

var keepalive = []byte(": keepalive\n\n")

// eventWriter writes events to one client, each lot as it is sent. A write must
// be taken within a time, or the writer fails: so a slow client holds its
// sender back, but never longer. A timer writes keepalives between them.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
	every   time.Duration

	mu    sync.Mutex // of a write
	timer *time.Timer
	ended bool
	err   error // stays
}

// newEventWriter flushes the headers, and what is to be sent before any event. Its
// owner calls close.
func newEventWriter(w http.ResponseWriter, first []byte, timeout, every time.Duration) *eventWriter {
	bare := w
	if r, is := w.(*echo.Response); is {
		bare = r.Writer // whose Flush, unlike echo's, tells its error
	}
	s := &eventWriter{w: w, control: http.NewResponseController(bare), timeout: timeout, every: every}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = time.AfterFunc(math.MaxInt64, s.keepAlive)
	s.write(first)
	s.timer.Reset(every)
	return s
}

// frames lends buffers to events on their way, so that the many streams that
// wait for their next event hold none.
var frames = sync.Pool{New: func() any { return new([]byte) }}

// send writes events that belong together in the order of time. Its error says
// that the client is gone or too slow, and stays.
func (s *eventWriter) send(events []docent.Event) error {
	frame := frames.Get().(*[]byte)
	defer frames.Put(frame)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i < len(events); {
		out := (*frame)[:0]
		for ; i < len(events) && len(out) < maxWrite; i++ {
			out = appendEvent(out, events[i])
		}
		*frame = out
		s.write(out)
	}
	return s.err
}

// keepAlive is the timer's. Where a write is under way, that keeps the stream alive.
func (s *eventWriter) keepAlive() {
	if !s.mu.TryLock() {
		s.timer.Reset(s.every)
		return
	}
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.write(keepalive)
	s.timer.Reset(s.every)
}

// close ends the writing: nothing is written once it has returned. It may be
// called again.
func (s *eventWriter) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.timer.Stop()
	return s.err
}

// write writes and flushes within the client's time, unless an earlier write
// failed.
func (s *eventWriter) write(out []byte) {
	if s.err != nil {
		return
	}
	err := within(s.control, s.timeout, func() error {
		if len(out) > 0 {
			if _, err := s.w.Write(out); err != nil {
				return err
			}
		}
		return s.control.Flush()
	})
	if err != nil {
		s.err = fmt.Errorf("%w: %w", errLeft, err)
	}
}

// within gives a client so much time to take what write writes. The deadline ends with
// it: HTTP/2 has a stream end at its deadline even if nothing is to be written.
func within(control *http.ResponseController, timeout time.Duration, write func() error) error {
	control.SetWriteDeadline(time.Now().Add(timeout)) // tests' recorders have none
	err := write()
	if err == nil {
		control.SetWriteDeadline(time.Time{})
	}
	return err
}
