package llm

import (
	"context"
	"math/rand/v2"
	"time"
)

// clock is time as this package uses it; tests put their own in its place.
type clock struct {
	now       func() time.Time
	sleep     func(ctx context.Context, d time.Duration) error // ctx's error where it ends first
	afterFunc func(d time.Duration, f func()) timer
	random    func() float64 // 0 up to 1
}

// timer is the part of *time.Timer that is used.
type timer interface {
	Reset(d time.Duration) bool
	Stop() bool
}

func realClock() clock {
	return clock{
		now:       time.Now,
		sleep:     sleep,
		afterFunc: func(d time.Duration, f func()) timer { return time.AfterFunc(d, f) },
		random:    rand.Float64,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// watchdog cancels a request whose server keeps silent, with the failure as
// the context's cause.
type watchdog struct {
	clock  clock
	cancel context.CancelCauseFunc
	timer  timer // nil where nothing is watched
	limit  time.Duration
}

// start watches for a silence of d from now on, in place of what was watched
// before. 0 watches nothing.
func (w *watchdog) start(d time.Duration, f *failure) {
	w.stop()
	w.limit = d
	if d > 0 {
		w.timer = w.clock.afterFunc(d, func() { w.cancel(f) })
	}
}

// hold counts no silence until heard or start is called.
func (w *watchdog) hold() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

// heard begins the silence anew.
func (w *watchdog) heard() {
	if w.timer != nil {
		w.timer.Reset(w.limit)
	}
}

func (w *watchdog) stop() {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}
