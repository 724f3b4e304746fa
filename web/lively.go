package web

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Lively is Patient for a handler that streams events of its own, each by one write:
// comments between them keep the stream alive until stop is called, which is once the
// handler writes no more. A handler that takes long to begin is taken to stream, where
// the client takes event streams: what it then says in headers comes too late.
func (c *Call) Lively() (w http.ResponseWriter, stop func()) {
	l := &livelyWriter{to: c.Patient(), header: http.Header{}, every: c.handler.cfg.Server.Keepalive}
	l.streams = strings.Contains(c.Request.Header.Get("Accept"), eventStream)
	l.control = http.NewResponseController(l.to)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.timer = time.AfterFunc(l.every, l.keepAlive)
	return l, l.stop
}

type livelyWriter struct {
	to      http.ResponseWriter
	header  http.Header // the handler's, which nobody else may touch
	control *http.ResponseController
	every   time.Duration

	mu      sync.Mutex // of a write
	timer   *time.Timer
	began   bool // the headers are out
	streams bool
	ended   bool
}

// Header implements http.ResponseWriter.
func (l *livelyWriter) Header() http.Header { return l.header }

// WriteHeader implements http.ResponseWriter.
func (l *livelyWriter) WriteHeader(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begin(status)
}

// begin says what the handler answers with; with mu.
func (l *livelyWriter) begin(status int) {
	if l.began {
		return
	}
	l.began = true
	l.streams = strings.HasPrefix(l.header.Get("Content-Type"), eventStream)
	maps.Copy(l.to.Header(), l.header)
	l.to.WriteHeader(status)
}

// Write implements io.Writer.
func (l *livelyWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begin(http.StatusOK)
	return l.to.Write(b)
}

// FlushError is what http.ResponseController flushes by.
func (l *livelyWriter) FlushError() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begin(http.StatusOK)
	return l.control.Flush()
}

// keepAlive is the timer's.
func (l *livelyWriter) keepAlive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	if l.streams {
		if !l.began {
			l.began = true
			l.to.Header().Set("Content-Type", eventStream)
		}
		if _, err := l.to.Write(keepalive); err != nil || l.control.Flush() != nil {
			return // the handler learns of it by its own write, or by its context
		}
	}
	l.timer.Reset(l.every)
}

// stop ends the comments. What a handler says in headers alone is said now.
func (l *livelyWriter) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.timer.Stop()
	if !l.began {
		maps.Copy(l.to.Header(), l.header)
	}
}
