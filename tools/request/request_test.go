package request

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"docent"
	"docent/tools"
)

var config = tools.Config{Timeout: time.Minute, MaxBytes: 1000, MaxRows: 10}

var reader = docent.ToolCaller{Site: "default", Subject: "ann", Claims: map[string]string{"org": "a/b & c"}, Metadata: map[string]string{"page": "/x"}}

// parameters are a schema of texts with these names.
func parameters(names ...string) map[string]any {
	properties := map[string]any{}
	for _, name := range names {
		properties[name] = map[string]any{}
	}
	return map[string]any{"type": "object", "properties": properties}
}

// answering is a server that gives each request as it came to seen, and answers.
func answering(t *testing.T, kind, body string) (base string, seen *http.Request, sent *bytes.Buffer) {
	t.Helper()
	seen, sent = &http.Request{}, &bytes.Buffer{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*seen = *r
		sent.Reset()
		io.Copy(sent, r.Body)
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL, seen, sent
}

func tool(t *testing.T, declared tools.Request) docent.Tool {
	t.Helper()
	made, err := Tool(config, declared)
	if err == nil {
		made, err = tools.Checked(made)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func call(made docent.Tool, arguments string) (docent.ToolResult, error) {
	return made.Call(context.Background(), docent.ToolCall{Arguments: []byte(arguments), Who: reader})
}

func TestValuesStayInTheirPlace(t *testing.T) {
	base, seen, _ := answering(t, "application/json", `{}`)
	declared := tools.Request{
		Name: "get", Description: "d", AllowPrivate: true, Parameters: parameters("id", "q", "n"),
		URL: base + "/v1/orders/{id}.json?q={q}&n={n}&fixed=1&org={claim.org}&page={metadata.page}", Headers: []tools.Header{{Name: "X-Who", Value: "{subject}@{site}"}, {Name: "Authorization", Value: "Bearer s3cret"}},
	}
	made := tool(t, declared)
	for arguments, want := range map[string]string{
		`{"id": "7", "q": "lamp"}`:                     "/v1/orders/7.json?q=lamp&fixed=1&org=a%2Fb+%26+c&page=%2Fx",
		`{"id": 7, "q": true, "n": 1.50}`:              "/v1/orders/7.json?q=true&n=1.50&fixed=1&org=a%2Fb+%26+c&page=%2Fx",
		`{"id": "a/b?c#d", "q": "x&admin=1#y"}`:        "/v1/orders/a%2Fb%3Fc%23d.json?q=x%26admin%3D1%23y&fixed=1&org=a%2Fb+%26+c&page=%2Fx",
		`{"id": "a%2e%2e", "q": "{id}", "subject": 1}`: "/v1/orders/a%252e%252e.json?q=%7Bid%7D&fixed=1&org=a%2Fb+%26+c&page=%2Fx",
		`{"id": "ü", "q": "a\r\nHost: x"}`:             "/v1/orders/%C3%BC.json?q=a%0D%0AHost%3A+x&fixed=1&org=a%2Fb+%26+c&page=%2Fx",
	} {
		if _, err := call(made, arguments); err != nil || seen.RequestURI != want {
			t.Errorf("%s: %s, %v; want %s", arguments, seen.RequestURI, err, want)
		}
		if seen.Header.Get("X-Who") != "ann@default" || seen.Header.Get("Authorization") != "Bearer s3cret" || seen.Method != "GET" {
			t.Errorf("%s: %s with %v", arguments, seen.Method, seen.Header)
		}
	}
	*seen = http.Request{}
	for _, arguments := range []string{`{}`, `{"id": ""}`, `{"id": ".."}`, `{"id": "../admin"}`, `{"id": "..\\admin"}`, `{"id": "x/../../admin"}`, `{"id": "..;/admin"}`, `{"id": "/"}`, `{"id": "a\u0000"}`, `{"id": "a\nb"}`, `{"id": ["a"]}`, `{"id": {}}`, `{"id": null}`, `[]`, `{`, ``} {
		if got, err := call(made, arguments); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %+v, %v", arguments, got, err)
		}
	}
	if seen.RequestURI != "" {
		t.Errorf("a request came through: %s", seen.RequestURI)
	}
}

func TestWithoutAReaderNothingOfTheirsIsAskedFor(t *testing.T) {
	base, seen, _ := answering(t, "application/json", `{}`)
	for _, declared := range []tools.Request{
		{URL: base + "/orders?customer={subject}"}, {URL: base + "/orders?org={claim.org}"}, {URL: base + "/o", Headers: []tools.Header{{Name: "X-Who", Value: "{subject}"}}},
		{URL: base + "/o", Method: "POST", Body: map[string]any{"who": []any{"{subject}"}}}, {URL: base + "/{subject}/x"},
	} {
		declared.Name, declared.Description, declared.AllowPrivate = "get", "d", true
		_, err := tool(t, declared).Call(context.Background(), docent.ToolCall{Who: docent.ToolCaller{Site: "default"}})
		if docent.CodeOf(err) != docent.CodeInvalid || seen.RequestURI != "" {
			t.Errorf("%+v: %s, %v", declared, seen.RequestURI, err)
		}
	}
}

func TestABodyIsJSONWithItsValues(t *testing.T) {
	base, seen, sent := answering(t, "application/json", `{"ok": true}`)
	made := tool(t, tools.Request{
		Name: "post", Description: "d", Method: "POST", URL: base + "/tickets", AllowPrivate: true, Parameters: parameters("title", "tags", "gone"),
		Body: map[string]any{"title": "From {subject}: {title}", "tags": "{tags}", "who": "{subject}", "gone": "{gone}", "n": 1, "list": []any{"{gone}", "x"}},
	})
	got, err := call(made, `{"title": "\"},{", "tags": [1, "b"]}`)
	want := `{"list":["x"],"n":1,"tags":[1,"b"],"title":"From ann: \"},{","who":"ann"}`
	if err != nil || sent.String() != want || got.Text != `{"ok": true}` || seen.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s, %+v, %v", sent, got, err)
	}
}

func TestAnswersAreReadByTheirType(t *testing.T) {
	for _, c := range []struct{ kind, body, want string }{
		{"application/json", `{"a":1}`, `{"a":1}`},
		{"application/problem+json; charset=utf-8", `[]`, `[]`},
		{"text/plain", "a\xffb", "a\ufffdb"},
		{"text/html", "<head><title>t</title></head><body><script>var x='<b>'</script><h1>One</h1><p>two <b>thr</b>ee\n four<style>p{}</style><ul><li>a<li>b</ul><table><tr><td>1<td>2</table>&lt;x&gt;<!-- no --></body>", "One\ntwo three four\na\nb\n1 2\n<x>"},
		{"text/plain", strings.Repeat("ü", 2000), strings.Repeat("ü", 483) + cutMark},
	} {
		base, _, _ := answering(t, c.kind, c.body)
		got, err := call(tool(t, tools.Request{Name: "get", Description: "d", URL: base + "/", AllowPrivate: true}), `{}`)
		if err != nil || got.Text != c.want {
			t.Errorf("%s %.50s: %q, %v", c.kind, c.body, got.Text, err)
		}
	}
	for kind, body := range map[string]string{"image/png": "x", "application/octet-stream": "x", "": "\x00\x01", "application/json": "{", "application/pdf": "%PDF"} {
		base, _, _ := answering(t, kind, body)
		if got, err := call(tool(t, tools.Request{Name: "get", Description: "d", URL: base + "/", AllowPrivate: true}), `{}`); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
}

func TestAnAnswerIsNeverLongerThanItsBound(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		line := bytes.Repeat([]byte("<p>many words</p>"), 4096)
		for range 800 { // some 50 MB
			if _, err := z.Write(line); err != nil {
				return
			}
		}
		z.Close()
	}))
	defer s.Close()
	made := tool(t, tools.Request{Name: "get", Description: "d", URL: s.URL + "/?type={type}", AllowPrivate: true, Parameters: parameters("type")})
	for _, kind := range []string{"text/html", "text/plain", "application/json"} {
		got, err := call(made, fmt.Sprintf(`{"type": %q}`, kind))
		if err != nil || len(got.Text) > config.MaxBytes || !strings.HasSuffix(got.Text, cutMark) {
			t.Errorf("%s: %d bytes, %v", kind, len(got.Text), err)
		}
	}
}

func TestAFailureIsToldWithItsStatus(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "no such order")
	}))
	made := tool(t, tools.Request{Name: "get", Description: "d", URL: s.URL + "/o", AllowPrivate: true})
	if got, err := call(made, ""); err != nil || got.Text != "HTTP 404 Not Found\nno such order" {
		t.Errorf("%+v, %v", got, err)
	}
	s.Close()
	if _, err := call(made, ""); docent.CodeOf(err) != docent.CodeInvalid || strings.Contains(err.(*docent.Error).Told(), "127.0.0.1") {
		t.Errorf("a server that is gone: %v", err)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	base, seen, _ := answering(t, "application/json", `{}`)
	for _, url := range []string{base + "/", strings.Replace(base, "127.0.0.1", "localhost", 1) + "/", "http://169.254.169.254/latest/meta-data", "http://[::1]:1/", "http://10.0.0.1/"} {
		_, err := call(tool(t, tools.Request{Name: "get", Description: "d", URL: url}), `{}`)
		if err == nil || !strings.Contains(err.Error(), "may not be reached") || seen.RequestURI != "" {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestRedirectsLeadOnlyWhereTheyMay: a redirect to another host is refused, or,
// where the host was allowed, followed without the secret headers.
func TestRedirectsLeadOnlyWhereTheyMay(t *testing.T) {
	other, seen, _ := answering(t, "application/json", `{"other": 1}`)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/own" {
			http.Redirect(w, r, "/end", http.StatusFound)
			return
		}
		if r.URL.Path == "/end" {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, r.Header.Get("X-Api-Key"))
			return
		}
		http.Redirect(w, r, other+"/there", http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	declared := tools.Request{Name: "get", Description: "d", URL: s.URL + "/", AllowPrivate: true, Headers: []tools.Header{{Name: "X-Api-Key", Value: "s3cret"}, {Name: "Authorization", Value: "s3cret"}}}
	if _, err := call(tool(t, declared), `{}`); !errors.Is(err, errElsewhere) || seen.RequestURI != "" {
		t.Errorf("%v, %s", err, seen.RequestURI)
	}
	declared.Hosts = []string{strings.TrimPrefix(other, "http://")}
	if got, err := call(tool(t, declared), `{}`); err != nil || got.Text != `{"other": 1}` {
		t.Errorf("%+v, %v", got, err)
	}
	if strings.Contains(fmt.Sprint(seen.Header), "s3cret") {
		t.Errorf("another host was sent %v", seen.Header)
	}
	declared.URL = s.URL + "/own"
	if got, err := call(tool(t, declared), `{}`); err != nil || got.Text != "s3cret" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestASlowServerIsLeft(t *testing.T) {
	hangs := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hangs }))
	defer s.Close()
	defer close(hangs)
	quick := config
	quick.Timeout = 30 * time.Millisecond
	made, err := Tool(quick, tools.Request{Name: "get", Description: "d", URL: s.URL + "/", AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := call(made, `{}`); err == nil || !strings.Contains(err.Error(), "took too long") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := made.Call(ctx, docent.ToolCall{Arguments: []byte(`{}`)}); !errors.Is(err, context.Canceled) {
		t.Errorf("of a caller who left: %v", err)
	}
}

func TestTemplatesThatCanNotBeFilledAreRefused(t *testing.T) {
	for says, declared := range map[string]tools.Request{
		"is no parameter":     {URL: "https://h/{id}"},
		"{x} is no parameter": {URL: "https://h/", Method: "POST", Body: map[string]any{"a": []any{"{x}"}}},
		"host":                {URL: "https://{host}/x"},
		"names vary":          {URL: "https://h/?{q}=1"},
		"fragment":            {URL: "https://h/#{q}"},
		"names no value":      {URL: "https://h/{"},
		"nothing opens":       {URL: "https://h/}"},
		"X-A takes what":      {URL: "https://h/", Headers: []tools.Header{{Name: "X-A", Value: "{id}"}}, Parameters: parameters("id")},
		"X-B: a brace":        {URL: "https://h/", Headers: []tools.Header{{Name: "X-B", Value: "{s3cret"}}},
		"GET has no body":     {URL: "https://h/", Body: map[string]any{}},
		"is no parameter (2)": {URL: "https://h/{claim}"},
	} {
		says, _, _ = strings.Cut(says, " (")
		declared.Name = "get"
		if _, err := Tool(config, declared); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", says, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	a, err := parseAddress("https://h.example/a/{x}/b-{y}?q={x}&r=1")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"a", "..", "../..", "a/b", "%2e%2e", "a?b#c", "\\", "\u2024\u2024", ";"} {
		f.Add(seed, "y")
	}
	f.Fuzz(func(t *testing.T, x, y string) {
		u, err := a.fill(values{arguments: map[string]any{"x": x, "y": y}}.get)
		if err != nil {
			return
		}
		parts := strings.Split(u.EscapedPath(), "/")
		if u.Host != "h.example" || u.Fragment != "" || len(parts) != 4 || parts[1] != "a" || !strings.HasPrefix(parts[3], "b-") || u.Query().Get("r") != "1" || len(u.Query()) != 2 {
			t.Errorf("%q, %q: %s", x, y, u)
		}
	})
}

func FuzzHTML(f *testing.F) {
	f.Add("<p>a<script>b</script>c")
	f.Fuzz(func(t *testing.T, page string) {
		if text, err := readHTML(strings.NewReader(page), 100); err == nil && len(text) > 100 {
			t.Errorf("%d bytes", len(text))
		}
	})
}
