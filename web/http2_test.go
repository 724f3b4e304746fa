package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"docent"
	"docent/access"
)

// leaving tells how each Follow of the answers ended.
type leaving struct {
	*fakeAnswers
	left chan error
}

func (l leaving) Follow(ctx context.Context, p access.Principal, id string, after int, fn func([]docent.Event) error) error {
	err := l.fakeAnswers.Follow(ctx, p, id, after, fn)
	l.left <- err
	return err
}

// newLeavingRig has an answer that goes on for ever and fills every buffer on the way.
func newLeavingRig(t *testing.T, change func(*Config)) (*rig, leaving) {
	t.Helper()
	l := leaving{&fakeAnswers{}, make(chan error, 1000)}
	r := newRigOver(t, change, func(p *Ports) { p.Answers, p.Protocols = l, []Protocol{echoes()} }, nil)
	l.event(docent.EventSession, `{}`)
	for range 4 {
		l.event(docent.EventDelta, `{"text":"`+strings.Repeat("x", maxWrite)+`"}`)
	}
	return r, l
}

func TestAStreamIsOpenForLongerThanAWriteMayTake(t *testing.T) {
	overEach(t, func(t *testing.T, over string) {
		r := newRig(t, func(c *Config) { c.Server.WriteTimeout, c.Server.Keepalive = 10*time.Second, time.Hour })
		r.answers.event(docent.EventSession, `{}`)
		s := serving(t, r, noDrain)
		s.speak(over)
		read := readAll(s.ask(t))
		time.Sleep(time.Minute)
		r.answers.event(docent.EventDone, `{}`)
		if got := <-read; !strings.HasSuffix(got, "event: done\ndata: {}\n\n<nil>") {
			t.Errorf("%q", got)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestAReaderWhoTakesNothingHoldsUpNoOtherOnTheSameConnection: behind a proxy all readers
// may share one.
func TestAReaderWhoTakesNothingHoldsUpNoOtherOnTheSameConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, answers := newLeavingRig(t, nil)
		s := serving(t, r, noDrain)
		s.speak("HTTP/2.0")
		s.Transport.(*http.Transport).HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: maxWrite}
		deaf := s.ask(t)
		synctest.Wait()
		began := time.Now()
		other := readAll(s.ask(t))
		synctest.Wait()
		answers.event(docent.EventDone, `{}`)
		if got := <-other; !strings.HasSuffix(got, "event: done\ndata: {}\n\n<nil>") || time.Since(began) > 0 {
			t.Errorf("the other reader had %d bytes after %s: %q", len(got), time.Since(began), got[max(0, len(got)-100):])
		}
		if err := <-answers.left; err != nil {
			t.Errorf("the other was left with %v", err)
		}
		if err := <-answers.left; !errors.Is(err, errLeft) || time.Since(began) != r.cfg.Server.WriteTimeout {
			t.Errorf("who took nothing was left after %s with %v", time.Since(began), err)
		}
		if _, err := io.Copy(io.Discard, deaf.Body); err == nil {
			t.Error("a stream that was broken off ended well")
		}
		if resp := s.ask(t); resp.StatusCode != http.StatusOK {
			t.Errorf("the connection then gave %d", resp.StatusCode)
		} else {
			<-readAll(resp)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
}

// deafConn is the end of a client that reads nothing.
type deafConn struct {
	net.Conn
	closed chan struct{}
	once   sync.Once
}

func (d *deafConn) Read([]byte) (int, error) { <-d.closed; return 0, os.ErrClosed }
func (d *deafConn) Close() error             { d.once.Do(func() { close(d.closed) }); return d.Conn.Close() }

// TestClientsThatNeverReadAreLeft: 200 of them, on streams of each kind, each with a
// connection of its own. Only an answer that can be taken up goes on.
func TestClientsThatNeverReadAreLeft(t *testing.T) {
	const clients = 200
	for path, stopped := range map[string]int{"/api/v1/chat": 0, "/echo/ask": clients} {
		t.Run(path, func(t *testing.T) {
			overEach(t, func(t *testing.T, over string) {
				r, answers := newLeavingRig(t, nil)
				s := serving(t, r, noDrain)
				ctx, leave := context.WithCancel(t.Context())
				var all sync.WaitGroup
				for range clients {
					deaf := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
						conn, err := s.net.dial()
						return &deafConn{Conn: conn, closed: make(chan struct{})}, err
					}}
					one := &house{Client: &http.Client{Transport: deaf}}
					one.speak(over)
					all.Go(func() {
						request, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost"+path, strings.NewReader(`{"message":"How?"}`))
						request.Header.Set("Content-Type", "application/json")
						if _, err := one.Do(request); err == nil {
							t.Error("a client that reads nothing read headers")
						}
						one.CloseIdleConnections()
					})
				}
				began := time.Now()
				for range clients {
					if err := <-answers.left; err == nil {
						t.Error("a client that reads nothing was told all")
					}
				}
				if took := time.Since(began); took > r.cfg.Server.WriteTimeout {
					t.Errorf("they were left after %s", took)
				}
				leave()
				all.Wait()
				if err := s.stop(); err != nil {
					t.Error(err)
				}
				if len(answers.cancelled) != stopped {
					t.Errorf("%d answers were stopped, want %d", len(answers.cancelled), stopped)
				}
			})
		})
	}
}
