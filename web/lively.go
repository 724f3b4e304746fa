package web

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Lively is Patient for a handler that streams events of its own, each by one write:
// comments between them keep the stream alive until stop is called, which is once the
// handler writes no more.
func (c *Call) Lively() (w http.ResponseWriter, stop func()) {
	l := &livelyWriter{ResponseWriter: c.Patient(), every: c.handler.cfg.Server.Keepalive}
	l.control = http.NewResponseController(l.ResponseWriter)
	l.timer = time.AfterFunc(l.every, l.keepAlive)
	return l, l.stop
}

type livelyWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	every   time.Duration

	mu    sync.Mutex // of a write
	timer *time.Timer
	ended bool
}

// WriteHeader implements http.ResponseWriter.
func (l *livelyWriter) WriteHeader(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (l *livelyWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ResponseWriter.Write(b)
}

// FlushError is what http.ResponseController flushes by.
func (l *livelyWriter) FlushError() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.control.Flush()
}

// keepAlive is the timer's. Handlers say at once what they answer with, and may then
// take long to say the first of it.
func (l *livelyWriter) keepAlive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	if strings.HasPrefix(l.Header().Get("Content-Type"), "text/event-stream") {
		if _, err := l.ResponseWriter.Write(keepalive); err != nil || l.control.Flush() != nil {
			return // the handler learns of it by its own write, or by its context
		}
	}
	l.timer.Reset(l.every)
}

func (l *livelyWriter) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.timer.Stop()
}
