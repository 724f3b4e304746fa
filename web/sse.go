package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"docent"
)

// maxPending is how many bytes may wait for a client before send waits too.
const maxPending = 32 << 10

var keepalive = []byte(": keepalive\n\n")

// eventWriter writes events to one client. send only appends to a buffer; one
// goroutine (pump) writes it out at once, so that events which come while a
// write is under way go out together with the next one. Each write must be
// taken within a time, or the writer fails: so send waits for a slow client,
// but never longer.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
	wake    chan struct{} // holds one token where pending or closing changed
	done    chan struct{} // closed when pump has ended

	mu      sync.Mutex
	room    sync.Cond // pending was taken, or err was set
	pending []byte
	closing bool
	err     error
}

// newEventWriter flushes the headers and begins to write. Its owner calls close.
func newEventWriter(w http.ResponseWriter, timeout, every time.Duration) *eventWriter {
	s := &eventWriter{
		w: w, control: http.NewResponseController(w), timeout: timeout,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	s.room.L = &s.mu
	s.err = s.write(nil)
	go s.pump(every)
	return s
}

// send takes an event for the client. Its error says that the client is gone
// or too slow, and stays.
func (s *eventWriter) send(e docent.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.pending) > maxPending && s.err == nil {
		s.room.Wait()
	}
	if s.err != nil {
		return s.err
	}
	s.pending = appendEvent(s.pending, e)
	s.signal()
	return nil
}

// close waits until everything sent is written, or can't be. It may be called
// again.
func (s *eventWriter) close() error {
	s.mu.Lock()
	s.closing = true
	s.signal()
	s.mu.Unlock()
	<-s.done
	return s.err
}

func (s *eventWriter) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *eventWriter) pump(every time.Duration) {
	defer close(s.done)
	tick := time.NewTicker(every)
	defer tick.Stop()
	var out []byte
	for last := false; !last; {
		select {
		case <-s.wake:
			out, last = s.take(out[:0])
		case <-tick.C:
			out = append(out[:0], keepalive...)
		}
		if len(out) == 0 {
			continue
		}
		if err := s.write(out); err != nil {
			s.mu.Lock()
			s.err = err
			s.room.Broadcast()
			s.mu.Unlock()
			return
		}
	}
}

// take swaps what is pending for an empty buffer, and says whether it was the
// last.
func (s *eventWriter) take(empty []byte) (out []byte, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, s.pending = s.pending, empty
	s.room.Broadcast()
	return out, s.closing || s.err != nil
}

// write writes and flushes within the client's time.
func (s *eventWriter) write(out []byte) error {
	s.control.SetWriteDeadline(time.Now().Add(s.timeout)) // tests' recorders have none
	if len(out) > 0 {
		if _, err := s.w.Write(out); err != nil {
			return fmt.Errorf("%w: %w", errLeft, err)
		}
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("%w: %w", errLeft, err)
	}
	return nil
}

// appendEvent frames an event. An event without an ID leaves the client's last
// one as it is.
func appendEvent(b []byte, e docent.Event) []byte {
	if e.ID > 0 {
		b = append(b, "id: "...)
		b = strconv.AppendInt(b, int64(e.ID), 10)
		b = append(b, '\n')
	}
	b = append(b, "event: "...)
	b = appendLine(b, []byte(e.Name))
	b = append(b, "\ndata: "...)
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
