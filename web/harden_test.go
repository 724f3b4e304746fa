package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"docent"
)

// TestEveryAnswerIsHardened: whatever its status and kind.
func TestEveryAnswerIsHardened(t *testing.T) {
	r := newRig(t, nil)
	wholeAnswer(r.answers)
	for _, c := range []struct {
		method, target, body, accept, policy string
	}{
		{"GET", "/", "", "", pagePolicy},
		{"GET", "/docs/manual/a", "", "", pagePolicy},
		{"GET", "/none", "", navigation, pagePolicy},
		{"GET", "/none", "", "", dataPolicy},
		{"GET", "/widget.js", "", "", dataPolicy},
		{"GET", "/health", "", "", dataPolicy},
		{"GET", "/api/v1/sessions", "", "", dataPolicy},
		{"GET", "/api/v1/none", "", "", dataPolicy},
		{"POST", "/api/v1/chat", `{"message":"a"}`, "", dataPolicy},
		{"POST", "/api/v1/chat", `{`, "", dataPolicy},
		{"OPTIONS", "/api/v1/chat", "", "", dataPolicy},
	} {
		head := r.do(c.method, c.target, c.body, "Accept", c.accept).Header()
		referrer := "no-referrer"
		if c.policy == pagePolicy {
			referrer = "same-origin"
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Content-Security-Policy": c.policy, "Referrer-Policy": referrer,
		} {
			if got := head.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.target, name, got, want)
			}
		}
	}
}

func TestOwnPagesAllowNothingInline(t *testing.T) {
	for _, policy := range []string{pagePolicy, dataPolicy} {
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.HasPrefix(policy, "default-src 'none'") {
			t.Error(policy)
		}
	}
	r := newRig(t, nil)
	for _, path := range []string{"/docs/manual/a", "/none"} {
		page := r.do("GET", path, "", "Accept", navigation).Body.String()
		for _, inline := range []string{"<style", "style=", "<script>", " onclick", " onload", "javascript:"} {
			if strings.Contains(page, inline) {
				t.Errorf("%s holds %q, which its own policy forbids", path, inline)
			}
		}
	}
}

// TestCompressedBodiesAreRefused: nothing is unpacked, so nothing can swell.
func TestCompressedBodiesAreRefused(t *testing.T) {
	r := newRig(t, nil)
	wholeAnswer(r.answers)
	for _, coding := range []string{"gzip", "GZIP", "br", "deflate", "gzip, identity", "x"} {
		wantProblem(t, r.do("POST", "/api/v1/chat", `{"message":"a"}`, "Content-Encoding", coding), 415, docent.CodeUnsupported, "Content-Encoding")
	}
	if w := r.do("POST", "/api/v1/chat", `{"message":"a"}`, "Content-Encoding", "identity"); w.Code != 200 {
		t.Errorf("identity: %d", w.Code)
	}
}

// TestWhatAClientSendsMakesNoLineOfItsOwn in a log of either form.
func TestWhatAClientSendsMakesNoLineOfItsOwn(t *testing.T) {
	const forged = "\r\nlevel=INFO msg=request status=200 \x1b[31m\u2028\u0085"
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var log bytes.Buffer
		r := newRig(t, nil)
		r.Handler.log = slog.New(handler(&log))
		req := httptest.NewRequest("GET", "/api/v1/sessions", nil)
		req.Host = "localhost" + forged
		req.Method = "GET" + forged
		req.URL.Path, req.URL.RawQuery = "/api/v1/"+forged, forged
		req.Header = http.Header{
			"Origin": {"https://a" + forged}, "X-Request-Id": {forged}, "X-Forwarded-For": {forged}, "Authorization": {"Bearer " + forged},
			"Cookie": {"a=" + forged}, "Idempotency-Key": {forged}, "Last-Event-Id": {forged}, "Content-Type": {forged}, "User-Agent": {forged},
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if lines := strings.Count(log.String(), "\n"); lines != 1 || strings.ContainsAny(log.String(), "\r\x1b\u2028\u0085") {
			t.Errorf("%s: %d lines: %q", name, lines, log.String())
		}
		for name, values := range w.Header() {
			for _, v := range values {
				if strings.ContainsAny(v, "\r\n\x1b") {
					t.Errorf("the answer's %s is %q", name, v)
				}
			}
		}
	}
}
