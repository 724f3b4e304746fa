package web

import (
	"encoding/json"
	"strings"
	"testing"

	"docent"
)

func TestARequestIsKnownByItsID(t *testing.T) {
	r := newRig(t, nil)
	for sent, kept := range map[string]bool{
		"trace-1.A_b": true, "": false, "a b": false, "x\u00e9": false, "\"><script>": false, strings.Repeat("x", 201): false,
	} {
		w := r.do("GET", "/api/v1/none", "", "X-Request-Id", sent)
		got := w.Header().Get("X-Request-Id")
		if kept != (got == sent) || !kept && (!strings.HasPrefix(got, "req_") || len(got) != 28) {
			t.Errorf("%q became %q", sent, got)
		}
		problemOf(t, w)
		if !strings.Contains(r.log.String(), `"request_id":"`+got+`"`) {
			t.Errorf("%q is not in the log", got)
		}
	}
}

func TestTheLogIsOneLineWithoutSecrets(t *testing.T) {
	r := newRig(t, nil)
	r.do("POST", "/api/v1/chat?key=topsecret", `{"message":"topsecret","metadata":{"a":["topsecret"]}}`,
		"Authorization", "Bearer topsecret", "Cookie", "a=topsecret", "Idempotency-Key", "topsecret", "User-Agent", "topsecret")
	r.do("GET", "/api/v1/search?q=topsecret", "")
	r.do("GET", "/none/a%0ab%1b%5b31m", "")
	log := r.log.String()
	if lines := strings.Split(strings.TrimSuffix(log, "\n"), "\n"); len(lines) != 3 {
		t.Fatalf("%d lines: %s", len(lines), log)
	}
	if strings.Contains(log, "topsecret") || strings.ContainsAny(log, "\x1b\r") {
		t.Errorf("%s", log)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(strings.SplitN(log, "\n", 2)[0]), &line); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"method", "path", "status", "bytes", "ms", "address", "request_id", "error"} {
		if _, ok := line[key]; !ok {
			t.Errorf("%s is missing in %v", key, line)
		}
	}
}

func TestABodyWithoutALengthIsBoundedToo(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Server.MaxBodyBytes = 100; c.MaxMessageBytes = 0 })
	body := `{"message":"` + strings.Repeat("x", 200) + `"}`
	wantProblem(t, r.do("POST", "/api/v1/chat", body), 413, docent.CodeTooLarge, "at most 100 bytes")
	w := r.chunked("POST", "/api/v1/chat", body)
	wantProblem(t, w, 413, docent.CodeTooLarge, "at most 100 bytes")
	if w := r.chunked("POST", "/api/v1/chat", `{"message":`); w.Code != 400 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
