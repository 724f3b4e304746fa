package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"docent"
)

// TestAnEventSourceIsToldWhenToComeBackAndWhenNotTo: it takes the end of a stream for a
// loss, and asks until it is answered with 204.
func TestAnEventSourceIsToldWhenToComeBackAndWhenNotTo(t *testing.T) {
	r := newRig(t, nil)
	r.answers.event(docent.EventSession, `{}`)
	r.answers.event(docent.EventDone, `{}`)
	var read eventReader
	ask := func(accept string) *httptest.ResponseRecorder {
		w := r.do(http.MethodGet, "/api/v1/chat/msg_a/events", "", "Accept", accept, "Last-Event-ID", read.lastID)
		read.Write(w.Body.Bytes())
		return w
	}
	if w := ask(eventStream); w.Code != http.StatusOK || len(read.frames) != 2 || read.retry != 1000 {
		t.Errorf("first %d, %d events, to come back after %d ms", w.Code, len(read.frames), read.retry)
	}
	if w := ask(eventStream); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		t.Errorf("after the last event: %d %q", w.Code, w.Body)
	}
	if w := ask("*/*"); w.Code != http.StatusOK || len(read.frames) != 2 {
		t.Errorf("another client, after the last event: %d, %d events", w.Code, len(read.frames))
	}
}

func TestAnEventSourceWaitsForAnAnswerInTheMaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		r.sessions.messages[1].FinishReason = ""
		r.answers.event(docent.EventSession, `{}`)
		s := serving(t, r, noDrain)
		request, _ := http.NewRequest(http.MethodGet, "http://localhost/api/v1/chat/msg_a/events?after=1", nil)
		request.Header.Set("Accept", eventStream)
		resp, err := s.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		read := readAll(resp)
		synctest.Wait()
		r.answers.event(docent.EventDone, `{}`)
		if got := <-read; resp.StatusCode != http.StatusOK || got != "retry: 1000\nid: 2\nevent: done\ndata: {}\n\n<nil>" {
			t.Errorf("%d %q", resp.StatusCode, got)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
}

// streamer is a protocol that streams by itself, for as long as its client takes what it
// writes.
func streamer(failed chan<- error) Protocol {
	return Protocol{
		Root: "/streamer",
		Endpoints: []Endpoint{{Method: http.MethodGet, Path: "/streamer", Serve: func(c *Call) error {
			w := c.Patient()
			w.Header().Set("Content-Type", "text/event-stream")
			w.Header().Set("Cache-Control", "no-cache")
			control := http.NewResponseController(w)
			for {
				_, err := io.WriteString(w, "data: "+strings.Repeat("x", 1000)+"\n\n")
				if err == nil {
					err = control.Flush()
				}
				if err != nil {
					failed <- err
					return err
				}
				time.Sleep(time.Minute)
			}
		}}},
		Fail: func(*Call, int, *docent.Error) {},
	}
}

func TestAHandlerThatStreamsByItselfLearnsThatItsClientReadsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failed := make(chan error, 1)
		r := newRigOver(t, nil, func(p *Ports) { p.Protocols = []Protocol{streamer(failed)} }, nil)
		s := serving(t, r, noDrain)
		resp, err := s.Get("http://localhost/streamer")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if h := resp.Header; h.Get("X-Accel-Buffering") != "no" || h.Get("Cache-Control") != "no-cache, no-transform" {
			t.Errorf("proxies are told %v", h)
		}
		began := time.Now()
		if <-failed; time.Since(began) > time.Hour {
			t.Errorf("it took %s", time.Since(began))
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
}
