package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
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

// newEventWriter flushes the headers. Its owner calls close.
func newEventWriter(w http.ResponseWriter, timeout, every time.Duration) *eventWriter {
	bare := w
	if r, is := w.(*echo.Response); is {
		bare = r.Writer // whose Flush, unlike echo's, tells its error
	}
	s := &eventWriter{w: w, control: http.NewResponseController(bare), timeout: timeout, every: every}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(nil)
	s.timer = time.AfterFunc(every, s.keepAlive)
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

// keepAlive is the timer's.
func (s *eventWriter) keepAlive() {
	s.mu.Lock()
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
	s.control.SetWriteDeadline(time.Now().Add(s.timeout)) // tests' recorders have none
	var err error
	if len(out) > 0 {
		_, err = s.w.Write(out)
	}
	if err == nil {
		err = s.control.Flush()
	}
	if err != nil {
		s.err = fmt.Errorf("%w: %w", errLeft, err)
	}
}

// appendEvent frames an event. An event without an ID leaves the client's last
// one as it is; one without a name is a message.
func appendEvent(b []byte, e docent.Event) []byte {
	if e.ID > 0 {
		b = append(b, "id: "...)
		b = strconv.AppendInt(b, int64(e.ID), 10)
		b = append(b, '\n')
	}
	if e.Name != "" {
		b = append(b, "event: "...)
		b = appendLine(b, []byte(e.Name))
		b = append(b, '\n')
	}
	b = append(b, "data: "...)
	b = appendLine(b, e.Data)
	return append(b, "\n\n"...)
}

// appendLine appends text as one line. A line break in JSON can only stand
// between tokens, where a space means the same.
func appendLine(b, text []byte) []byte {
	from := len(b)
	b = append(b, text...)
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') < 0 {
		return b
	}
	for i := from; i < len(b); i++ {
		if b[i] == '\n' || b[i] == '\r' {
			b[i] = ' '
		}
	}
	return b
}
