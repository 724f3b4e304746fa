package web

import (
	"net/http"
	"testing"

	"docent/access"
)

// TestAProgramIsKnownByItsAddressWhereASurfaceIsPublic: it keeps no cookie, so it would
// be another visitor with each request, and no limit would hold it.
func TestAProgramIsKnownByItsAddressWhereASurfaceIsPublic(t *testing.T) {
	site := access.Site{Name: "docs", Origins: []string{"https://docs.example"}, Public: []string{access.SurfaceOpenAI}}
	r := newRigOver(t, func(c *Config) { c.Limits.VisitorQuestionsPerHour = 2 },
		func(p *Ports) { p.Protocols = []Protocol{echoes()} }, []access.Site{site})
	wholeAnswer(r.answers)
	for range 2 {
		if w := r.do(http.MethodPost, "/echo/ask", "How?"); w.Code != http.StatusOK || w.Header().Get("Set-Cookie") != "" {
			t.Fatalf("%d %s %v", w.Code, w.Body, w.Header())
		}
	}
	if a := r.answers.askers; len(a) < 2 || a[0].Subject != a[1].Subject || !a[0].Visitor() || a[0].Site != "docs" {
		t.Errorf("askers %+v", a)
	}
	if w := r.do(http.MethodPost, "/echo/ask", "How?"); w.Code != http.StatusTooManyRequests {
		t.Errorf("the third question of an hour: %d", w.Code)
	}
	if w := r.do(http.MethodPost, "/api/v1/chat", `{"message":"How?"}`); w.Code != http.StatusUnauthorized {
		t.Errorf("what is not public: %d", w.Code)
	}
}
