package web

import (
	"strings"
	"testing"
	"time"

	"docent"
)

func TestEveryCodeHasItsStatus(t *testing.T) {
	for code, status := range map[docent.Code]int{
		docent.CodeMalformed: 400, docent.CodeUnauthorized: 401, docent.CodeForbidden: 403, docent.CodeNotFound: 404, docent.CodeMethod: 405,
		docent.CodeConflict: 409, docent.CodeTooLarge: 413, docent.CodeUnsupported: 415, docent.CodeInvalid: 422, docent.CodeRateLimited: 429,
		docent.CodeNoIndex: 503, docent.CodeNotReady: 503, docent.CodeShutdown: 503, docent.CodeIndexStamp: 503, docent.CodeStore: 503,
		docent.CodeModelLimited: 503, docent.CodeModelAuth: 502, docent.CodeModelFailed: 502, docent.CodeModelCut: 502, docent.CodeModelStalled: 504,
		docent.CodeInternal: 500, "of another time": 500,
	} {
		r := newRig(t, nil)
		r.watched = r.Handler // no address has them all
		r.sessions.err = &docent.Error{Code: code, Message: "what is wrong", Hint: "what to do", RetryAfter: 1500 * time.Millisecond, Err: errSecret}
		w := r.do("GET", "/api/v1/sessions", "")
		wantProblem(t, w, status, code, "what is wrong: what to do")
		if w.Header().Get("Retry-After") != "2" {
			t.Errorf("%s: Retry-After is %q, want 2: rounded up", code, w.Header().Get("Retry-After"))
		}
		if strings.Contains(w.Body.String(), "sk-123") || strings.Contains(w.Body.String(), "/srv") {
			t.Errorf("%s tells the cause: %s", code, w.Body)
		}
		if !strings.Contains(r.log.String(), "sk-123") {
			t.Errorf("%s: the cause is not logged", code)
		}
	}
}

func TestUnknownAddressesAndMethodsAreProblems(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		method, target string
		status         int
		code           docent.Code
	}{
		{"GET", "/api/v1/none", 404, docent.CodeNotFound},
		{"POST", "/api/v1/none", 404, docent.CodeNotFound},
		{"GET", "/api/", 404, docent.CodeNotFound},
		{"GET", "/api/v2/chat", 404, docent.CodeNotFound},
		{"GET", "/none", 404, docent.CodeNotFound},
		{"GET", "/%61pi/v1/sessions", 404, docent.CodeNotFound},
		{"GET", "/../web.go", 404, docent.CodeNotFound},
		{"GET", "/api/v1/chat", 405, docent.CodeMethod},
		{"POST", "/api/v1/sessions/ses_1", 405, docent.CodeMethod},
		{"DELETE", "/health", 405, docent.CodeMethod},
		{"POST", "/", 405, docent.CodeMethod},
	} {
		w := r.do(c.method, c.target, "")
		wantProblem(t, w, c.status, c.code)
		if (c.status == 405) != (w.Header().Get("Allow") != "") {
			t.Errorf("%s %s: Allow is %q", c.method, c.target, w.Header().Get("Allow"))
		}
	}
}

func TestADefectIsHiddenFromTheClientAndInTheLog(t *testing.T) {
	r := newRig(t, nil)
	r.sessions.err = errSecret
	w := r.do("GET", "/api/v1/sessions", "")
	wantProblem(t, w, 500, docent.CodeInternal)
	if strings.Contains(w.Body.String(), "sk-123") {
		t.Errorf("%s", w.Body)
	}
	r = newRig(t, nil)
	r.answers.panics = true
	w = r.do("POST", "/api/v1/chat", `{"message":"a","stream":false}`)
	wantProblem(t, w, 500, docent.CodeInternal)
	if strings.Contains(w.Body.String(), "sk-123") || strings.Contains(w.Body.String(), ".go") {
		t.Errorf("%s", w.Body)
	}
	if log := r.log.String(); !strings.Contains(log, "a defect with the secret") || !strings.Contains(log, "fakes_test.go") || !strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("log: %s", log)
	}
}
