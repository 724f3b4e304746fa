package web

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What clients of HTTP/2 begin with, and the header fields of a POST to /api/v1/chat.
const (
	preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	posting = "\x83\x86\x04\x0c/api/v1/chat\x01\x09localhost\x0f\x10\x10application/json"
)

// frameOf is a frame of HTTP/2.
func frameOf(kind, flags, stream byte, payload string) string {
	return string([]byte{0, 0, byte(len(payload)), kind, flags, 0, 0, 0, stream}) + payload
}

// TestSlowClientsAreCutOff: whoever opens a connection and then says nothing, or
// a byte now and then, holds it for a bounded time.
func TestSlowClientsAreCutOff(t *testing.T) {
	for name, c := range map[string]struct {
		begin, drip string
		every, most time.Duration
	}{
		"nothing":               {"", "", time.Second, headerTimeout},
		"a header byte by byte": {"GET /health HTTP/1.1\r\nHost: localhost\r\nX: ", "a", time.Second, headerTimeout},
		"an idle connection":    {"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", "", time.Minute, idleTimeout},
		"a body byte by byte": {"POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n",
			" ", time.Second, bodyTimeout},
		"a refused body byte by byte":   {"POST /api/v1/none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\n", " ", time.Second, bodyTimeout},
		"HTTP/2's beginning":            {preface, "", time.Second, headerTimeout},
		"HTTP/2, and nothing":           {preface + frameOf(4, 0, 0, ""), "", time.Second, idleTimeout},
		"HTTP/2, and pings":             {preface + frameOf(4, 0, 0, ""), frameOf(6, 0, 0, "a ping.."), time.Second, idleTimeout},
		"HTTP/2, headers without end":   {preface + frameOf(4, 0, 0, "") + frameOf(1, 0, 1, "\x82"), "", time.Second, idleTimeout},
		"HTTP/2, a header byte by byte": {preface + frameOf(4, 0, 0, "") + frameOf(1, 0, 1, "\x82"), frameOf(9, 0, 1, "\x40"), time.Second, idleTimeout},
		"HTTP/2, a body byte by byte":   {preface + frameOf(4, 0, 0, "") + frameOf(1, 4, 1, posting), frameOf(0, 0, 1, " "), time.Second, bodyTimeout + idleTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := serving(t, newRig(t, nil), noDrain)
				conn, err := h.net.dial()
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				began := time.Now()
				dripped := make(chan struct{})
				go func() {
					defer close(dripped)
					_, err := io.WriteString(conn, c.begin)
					for err == nil && c.drip != "" {
						time.Sleep(c.every)
						_, err = io.WriteString(conn, c.drip)
					}
				}()
				io.Copy(io.Discard, conn) // ends when the server lets go
				if took := time.Since(began); took > c.most+time.Second {
					t.Errorf("it was held for %s", took)
				}
				conn.Close()
				<-dripped
				if err := h.stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestHeadersHaveABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := serving(t, newRig(t, nil), noDrain)
		conn, err := h.net.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			io.WriteString(conn, "GET /health HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("a", 2*maxHeaderBytes)+"\r\n\r\n")
		}()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%v, %v", resp, err)
		}
		conn.Close()
		<-sent
		if err := h.stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestARefusalDoesNotWaitForTheBody: whoever asks before sending a body gets the
// answer instead of being told, or left, to send it.
func TestARefusalDoesNotWaitForTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := serving(t, newRig(t, nil), noDrain)
		conn, err := h.net.dial()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		began := time.Now()
		_, err = io.WriteString(conn, "POST /api/v1/none HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 999\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != http.StatusNotFound || time.Since(began) > 0 {
			t.Errorf("%v, %v, after %s", resp, err, time.Since(began))
		}
		conn.Close()
		if err := h.stop(); err != nil {
			t.Error(err)
		}
	})
}
