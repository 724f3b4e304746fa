package openapitest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// exchange is GET /api/v1/search, answered by a body.
func exchange(method, target string, status int, kind, body string) Exchange {
	return Exchange{
		Request: httptest.NewRequest(method, target, nil),
		Status:  status, Header: http.Header{"Content-Type": {kind}}, Body: []byte(body),
	}
}

const (
	data    = "application/json"
	problem = "application/problem+json"
	found   = `{"query":"q","results":[],"took_ms":1,"index":"","answerable":0}`
	missing = `{"type":"about:blank","title":"Not Found","status":404,"detail":"no","code":"not_found","request_id":"req_1"}`
)

func TestExchangesAreHeldAgainstTheDocument(t *testing.T) {
	for _, c := range []struct {
		name  string
		x     Exchange
		wrong string // "" where it is as the document has it
	}{
		{"a search", exchange("GET", "/api/v1/search?q=port", 200, data, found), ""},
		{"a field that is not described", exchange("GET", "/api/v1/search?q=port", 200, data, strings.Replace(found, "{", `{"more":1,`, 1)), "more"},
		{"a field that is missing", exchange("GET", "/api/v1/search?q=port", 200, data, `{"query":"q"}`), "results"},
		{"another type", exchange("GET", "/api/v1/search?q=port", 200, "text/html", found), "text/html"},
		{"a request that was taken wrongly", exchange("GET", "/api/v1/search", 200, data, found), "was taken"},
		{"a request that was refused", exchange("GET", "/api/v1/search", 422, problem, strings.Replace(missing, "404", "422", 1)), ""},
		{"a status that is not described", exchange("GET", "/health", 404, problem, missing), "status is not supported"},
		{"an unknown code", exchange("GET", "/api/v1/sessions/ses_1", 404, problem, strings.Replace(missing, "not_found", "gone", 1)), "code"},
		{"an address that is not described", exchange("GET", "/api/v1/new", 200, data, "{}"), "does not have it"},
		{"an address that is not there", exchange("GET", "/api/v1/new", 404, problem, missing), ""},
		{"a page", exchange("GET", "/other", 200, "text/html", "hello"), ""},
	} {
		err := Check(c.x)
		if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.wrong)
		}
	}
}

func TestEventsAreHeldAgainstTheDocument(t *testing.T) {
	for sent, right := range map[string]bool{`{"text":"So."}`: true, `{"text":1}`: false, `{}`: false, `{"text":"","more":1}`: false} {
		if err := Event("delta", []byte(sent)); (err == nil) != right {
			t.Errorf("%s: %v", sent, err)
		}
	}
	if Event("other", []byte("{}")) == nil {
		t.Error("an event that is not described is let through")
	}
}
