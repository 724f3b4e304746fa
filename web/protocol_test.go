package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"docent"
	"docent/access"
)

// echoes is a protocol that tells what it was given.
func echoes() Protocol {
	return Protocol{
		Root: "/echo", Headers: []string{"X-Sent"}, Exposed: []string{"X-Told"},
		Endpoints: []Endpoint{
			{Method: http.MethodPost, Path: "/echo/ask", Surface: access.SurfaceOpenAI, Scope: access.ScopeChat, Serve: func(c *Call) error {
				body, err := c.Body()
				if err != nil {
					return err
				}
				started, err := c.Start(docent.Ask{Message: string(body)})
				if err != nil {
					return err
				}
				w := c.Stream()
				return errors.Join(c.Follow(started.MessageID, func(events []docent.Event) error {
					for _, e := range events {
						if err := w.Send(docent.Event{Data: e.Data}); err != nil {
							return err
						}
					}
					return nil
				}), w.Close())
			}},
			{Method: http.MethodGet, Path: "/echo/:id", Serve: func(c *Call) error { return c.JSON(http.StatusOK, c.Site()+"/"+c.Param("id")) }},
			{Method: http.MethodPut, Path: "/echo/large", MaxBytes: 3 << 20, Serve: func(c *Call) error {
				body, err := c.Body()
				if err != nil {
					return err
				}
				return c.JSON(http.StatusOK, len(body))
			}},
		},
		Fail: func(c *Call, status int, e *docent.Error) {
			_ = c.JSON(status, map[string]string{"wrong": e.Told()})
		},
	}
}

func newProtocolRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	return newRigOver(t, change, func(p *Ports) { p.Protocols = []Protocol{echoes()} }, nil)
}

func wrong(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body["wrong"] == "" {
		t.Fatalf("answered %d %s, which is not the protocol's error", w.Code, w.Body)
	}
	return body["wrong"]
}

func TestAProtocolAnswersErrorsInItsOwnShape(t *testing.T) {
	r := newProtocolRig(t, func(c *Config) { c.CORS.AllowedOrigins = []string{"https://docs.example.com"} })
	for _, sent := range []struct {
		method, target, origin string
		status                 int
	}{
		{http.MethodPost, "/echo/ask", "", http.StatusUnauthorized},
		{http.MethodPost, "/echo/ask", "https://evil.example.com", http.StatusForbidden},
		{http.MethodGet, "/echo", "", http.StatusNotFound},
		{http.MethodDelete, "/echo/ask", "", http.StatusMethodNotAllowed},
	} {
		var headers []string
		if sent.origin != "" {
			headers = []string{"Origin", sent.origin}
		}
		w := r.do(sent.method, sent.target, "", headers...)
		if w.Code != sent.status {
			t.Errorf("%s %s: %d, want %d", sent.method, sent.target, w.Code, sent.status)
		}
		wrong(t, w)
	}
	if w := r.do(http.MethodGet, "/echoes", ""); w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("an address that only begins alike is answered as %s", w.Header().Get("Content-Type"))
	}
}

func TestAProtocolStandsBehindLimitsAndNames(t *testing.T) {
	r := newProtocolRig(t, func(c *Config) { c.Limits.RequestsPerMinute = 1 })
	if w := r.do(http.MethodGet, "/echo/a", ""); w.Code != http.StatusOK || w.Header().Get("RateLimit") == "" {
		t.Errorf("the first request: %d, RateLimit %q", w.Code, w.Header().Get("RateLimit"))
	}
	if w := r.do(http.MethodGet, "/echo/a", ""); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("the second request: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := newProtocolRig(t, nil).do(http.MethodGet, "/echo/a", "", "Host", "rebound.example.com"); w.Code != http.StatusForbidden {
		t.Errorf("a name that is not the server's: %d", w.Code)
	}
}

func TestAProtocolTakesBodiesOfItsOwnSize(t *testing.T) {
	r := newProtocolRig(t, nil)
	if w := r.do(http.MethodPut, "/echo/large", strings.Repeat("x", 2<<20)); w.Code != http.StatusOK {
		t.Errorf("2 MiB: %d %s", w.Code, w.Body)
	}
	if w := r.do(http.MethodPut, "/echo/large", strings.Repeat("x", 4<<20)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("4 MiB: %d", w.Code)
	}
}

func TestPagesOfOtherOriginsMaySendAProtocolsHeaders(t *testing.T) {
	r := newProtocolRig(t, func(c *Config) { c.CORS.AllowedOrigins = []string{"https://docs.example.com"} })
	w := r.do(http.MethodOptions, "/echo/ask", "", "Origin", "https://docs.example.com", "Access-Control-Request-Method", "POST")
	if w.Code != http.StatusNoContent || !strings.HasSuffix(w.Header().Get("Access-Control-Allow-Headers"), ", X-Sent") ||
		!strings.HasSuffix(w.Header().Get("Access-Control-Expose-Headers"), ", X-Told") {
		t.Errorf("the preflight: %d %v", w.Code, w.Header())
	}
}

func TestAProtocolKnowsTheAddressThatCallersSee(t *testing.T) {
	if w := newProtocolRig(t, nil).do(http.MethodGet, "/echo/a", ""); w.Body.String() != `"http://localhost:8000/a"` {
		t.Errorf("without public_url: %s", w.Body)
	}
	r := newProtocolRig(t, func(c *Config) { c.Server.PublicURL = "https://docs.example.com/ask/" })
	if w := r.do(http.MethodGet, "/ask/echo/a", "", "Host", "docs.example.com"); w.Body.String() != `"https://docs.example.com/ask/a"` {
		t.Errorf("with public_url: %s", w.Body)
	}
}

func TestAProtocolStreamsDataAlone(t *testing.T) {
	r := newProtocolRig(t, nil)
	r.answers.event(docent.EventDelta, `{"text":"So."}`)
	r.answers.event(docent.EventDone, `{}`)
	w := r.do(http.MethodPost, "/echo/ask", "How?")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/event-stream" || w.Body.String() != "data: {\"text\":\"So.\"}\n\ndata: {}\n\n" {
		t.Errorf("answered %d %v\n%s", w.Code, w.Header(), w.Body)
	}
}

func TestAnAnswerIsStoppedWhenTheClientOfAProtocolLeaves(t *testing.T) {
	r := newProtocolRig(t, nil)
	r.answers.following = make(chan struct{}, 1)
	ctx, leave := context.WithCancel(t.Context())
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/echo/ask", strings.NewReader("How?"))
		req.Host = "localhost:8000"
		r.ServeHTTP(httptest.NewRecorder(), req)
	}()
	<-r.answers.following
	leave()
	<-answered
	if len(r.answers.cancelled) != 1 || r.answers.cancelled[0] != "msg_a" {
		t.Errorf("cancelled %v, want msg_a", r.answers.cancelled)
	}
}
