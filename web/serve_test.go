package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are pipes within the process, so that
// whole servers can run on synctest's clock.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial() (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.dialled <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// house is a server under test, with a client.
type house struct {
	*http.Client
	net  *pipes
	over string       // the protocol that it was told to speak
	stop func() error // ends Serve and gives its error
}

func serving(t *testing.T, r *rig, drain func(context.Context, *house)) *house {
	h := &house{net: newPipes()}
	h.Client = &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) { return h.net.dial() },
	}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, h.net, r, r.cfg.Server, func(ctx context.Context) { drain(ctx, h) }, slog.New(slog.DiscardHandler))
	}()
	h.stop = func() error { cancel(); return <-ended }
	t.Cleanup(h.CloseIdleConnections)
	return h
}

// overEach runs a test on synctest's clock over each protocol.
func overEach(t *testing.T, test func(t *testing.T, over string)) {
	for _, over := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(over, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, over) })
		})
	}
}

// speak has the client speak a protocol; without it that is HTTP/1.1.
func (h *house) speak(over string) {
	h.over = over
	if over == "HTTP/2.0" {
		p := new(http.Protocols)
		p.SetUnencryptedHTTP2(true)
		h.Transport.(*http.Transport).Protocols = p
	}
}

func (h *house) ask(t *testing.T) *http.Response {
	t.Helper()
	resp, err := h.Post("http://localhost/api/v1/chat", "application/json", strings.NewReader(`{"message":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if h.over != "" && resp.Proto != h.over {
		t.Errorf("answered over %s, not %s", resp.Proto, h.over)
	}
	return resp
}

// readAll reads an answer while the test goes on: a pipe holds nothing. What is
// read ends with the error.
func readAll(resp *http.Response) <-chan string {
	read := make(chan string, 1)
	go func() {
		body, err := io.ReadAll(resp.Body)
		read <- fmt.Sprint(string(body), err)
	}()
	return read
}

func noDrain(context.Context, *house) {}

func TestStoppingTakesNoMoreAndLetsAnswersEnd(t *testing.T) {
	overEach(t, func(t *testing.T, over string) {
		r := newRig(t, nil)
		r.answers.event("session", `{}`)
		h := serving(t, r, func(ctx context.Context, h *house) {
			synctest.Wait()
			if _, err := h.net.dial(); err == nil {
				t.Error("connections are still taken")
			}
			if ends, _ := ctx.Deadline(); time.Until(ends) != 20*time.Second {
				t.Errorf("the answers have %s", time.Until(ends))
			}
			r.answers.event("done", `{}`)
		})
		h.speak(over)
		read := readAll(h.ask(t))
		if err := h.stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
		if got := <-read; !strings.HasSuffix(got, "id: 2\nevent: done\ndata: {}\n\n<nil>") {
			t.Errorf("%q", got)
		}
	})
}

// TestStoppingTellsWhoIsLeft: an answer that does not end within the bound gets
// an error event, and its connection is not cut.
func TestStoppingTellsWhoIsLeft(t *testing.T) {
	overEach(t, func(t *testing.T, over string) {
		r := newRig(t, nil)
		r.answers.event("session", `{}`)
		h := serving(t, r, func(ctx context.Context, _ *house) { <-ctx.Done() })
		h.speak(over)
		read := readAll(h.ask(t))
		if err := h.stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
		const last = "event: error\ndata: {\"code\":\"shutdown\",\"message\":\"the server is stopping\",\"retryable\":true}\n\n<nil>"
		if got := <-read; !strings.HasSuffix(got, last) {
			t.Errorf("%q", got)
		}
	})
}

// TestStoppingCutsWhoDoesNotLeave: a client that reads nothing does not keep
// the server from ending.
func TestStoppingCutsWhoDoesNotLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(c *Config) { c.Server.WriteTimeout = time.Hour })
		r.answers.event("delta", `{"text":"`+strings.Repeat("x", 10_000)+`"}`)
		h := serving(t, r, func(ctx context.Context, _ *house) { <-ctx.Done() })
		conn, err := h.net.dial()
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, "POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"message\":\"a\"}")
		synctest.Wait()
		began := time.Now()
		if err := h.stop(); err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("Serve: %v", err)
		}
		if took := time.Since(began); took != 20*time.Second+2*byeTimeout {
			t.Errorf("it took %s", took)
		}
	})
}

func TestAListenerThatFailsEndsServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drained := false
		h := serving(t, newRig(t, nil), func(context.Context, *house) { drained = true })
		h.net.Close()
		synctest.Wait()
		if err := h.stop(); err == nil || !drained {
			t.Errorf("%v, drained %t", err, drained)
		}
	})
}

// TestAStreamOutlivesEveryOtherDeadline runs for an hour: neither the body's
// deadline nor a write's, nor the idle one, ends it.
func TestAStreamOutlivesEveryOtherDeadline(t *testing.T) {
	overEach(t, func(t *testing.T, over string) {
		r := newRig(t, nil)
		r.answers.event("session", `{}`)
		h := serving(t, r, noDrain)
		h.speak(over)
		resp := h.ask(t)
		go func() {
			time.Sleep(time.Hour + time.Second)
			r.answers.event("done", `{}`)
		}()
		body, err := io.ReadAll(resp.Body)
		frames, comments := readFrames(string(body))
		if err != nil || len(frames) != 2 || comments != 240 {
			t.Errorf("%d events, %d keepalives, %v", len(frames), comments, err)
		}
		time.Sleep(time.Minute) // longer than the last write's deadline
		if resp = h.ask(t); resp.StatusCode != 200 {
			t.Errorf("the same connection then gave %d", resp.StatusCode)
		}
		if body, err = io.ReadAll(resp.Body); err != nil || len(body) == 0 {
			t.Errorf("%q, %v", body, err)
		}
		if err := h.stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestABodyMustArriveInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := serving(t, newRig(t, nil), noDrain)
		conn, err := h.net.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"mess")
		began := time.Now()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if took := time.Since(began); resp.StatusCode != 400 || took != bodyTimeout || !strings.Contains(string(body), "did not arrive within 30s") {
			t.Errorf("%d after %s: %s", resp.StatusCode, took, body)
		}
		conn.Close()
		if err := h.stop(); err != nil {
			t.Error(err)
		}
	})
}
