package web

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"docent"
)

// Bounds of connections. There is none for writing as a whole, which streams
// do for long: each write has its own (see bound and eventWriter).
const (
	headerTimeout  = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10
	// maxStreams is how many requests a connection of HTTP/2 has at once: a proxy opens
	// further ones for more readers.
	maxStreams = 250
	// byeTimeout is how long handlers may take to write their last words after
	// the answers were drained, and again after their context was cancelled.
	byeTimeout = 3 * time.Second
)

// Serve answers requests on l, in HTTP/1.1 and, from clients that begin with it, in
// HTTP/2 without TLS (h2c), as proxies can speak it, until ctx is done, and then stops in this order:
// no more connections are taken; drain ends the answers in the making, for
// which it has cfg.ShutdownTimeout; requests that are still there have their
// context cancelled, with a *docent.Error of CodeShutdown as its cause; what is
// left after a few seconds more is cut off, which is an error. It closes l.
func Serve(ctx context.Context, l net.Listener, h http.Handler, cfg ServerConfig, drain func(context.Context), log *slog.Logger) error {
	base, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		Protocols:         new(http.Protocols),
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams, WriteByteTimeout: cfg.WriteTimeout},
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(true)
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed: // it never ends well by itself
		drainWithin(cfg.ShutdownTimeout, drain)
		cancel(errStopping)
		s.Close()
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	err := stop(s, cfg.ShutdownTimeout, drain, cancel)
	<-failed
	return err
}

var errStopping = docent.Errorf(docent.CodeShutdown, "the server is stopping")

// stop is the second half of Serve.
func stop(s *http.Server, within time.Duration, drain func(context.Context), cancel context.CancelCauseFunc) error {
	wait, giveUp := context.WithCancel(context.Background())
	defer giveUp()
	idle := make(chan error, 1)
	go func() { idle <- s.Shutdown(wait) }() // closes the listener first
	drainWithin(within, drain)
	for _, next := range []func(){func() { cancel(errStopping) }, giveUp} {
		select {
		case err := <-idle:
			return err
		case <-time.After(byeTimeout):
			next()
		}
	}
	<-idle
	s.Close()
	return fmt.Errorf("requests that did not end within %s were cut off", within+2*byeTimeout)
}

func drainWithin(d time.Duration, drain func(context.Context)) {
	ctx, done := context.WithTimeout(context.Background(), d)
	defer done()
	drain(ctx)
}
