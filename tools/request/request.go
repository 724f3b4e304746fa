// Package request makes tools of HTTP requests that config.yaml declares: the
// model fills in parameters, and nothing else. Method, host and headers are the
// configuration's; a value stands escaped in its place of the URL or the body,
// and can't leave it.
//
// Connections are guard's: private addresses are refused, after redirects and
// whatever a name resolves to. A redirect leads to the URL's host, or to one that
// was allowed, without the configured headers. What comes back is JSON, text, or
// the text of HTML, up to a bound; other types are refused.
//
// What it doubts: arguments, metadata, and all that a server answers.
package request

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"docent"
	"docent/guard"
	"docent/tools"
)

// request is one declared request, read.
type request struct {
	config  tools.Config
	method  string
	address *address
	headers map[string]template
	body    map[string]any
	reader  []string // what must be known of the reader
	client  *http.Client
}

// Tool makes the tool of a declared request. The error is of a template: one
// that can't be read, or that names what no parameter gives.
func Tool(c tools.Config, declared tools.Request) (docent.Tool, error) {
	r, err := read(c, declared)
	if err != nil {
		return docent.Tool{}, fmt.Errorf("the request %s: %w", declared.Name, err)
	}
	schema, err := declared.Schema()
	return docent.Tool{
		Name: declared.Name, Description: declared.Description, Parameters: schema,
		Timeout: c.Timeout, MaxBytes: c.MaxBytes, Sites: declared.Sites, Call: r.call,
	}, err
}

func read(c tools.Config, declared tools.Request) (*request, error) {
	r := &request{config: c, method: declared.Method, body: declared.Body, headers: map[string]template{}}
	if r.method == "" {
		r.method = http.MethodGet
	}
	var err error
	if r.address, err = parseAddress(declared.URL); err != nil {
		return nil, err
	}
	names := r.address.names()
	inHeaders, err := r.readHeaders(declared.Headers)
	if err != nil {
		return nil, err
	}
	inBody, err := bodyNames(any(declared.Body))
	if err != nil {
		return nil, err
	}
	if declared.Body != nil && (r.method == http.MethodGet || r.method == http.MethodHead) {
		return nil, fmt.Errorf("%s has no body", r.method)
	}
	properties, _ := declared.Parameters["properties"].(map[string]any)
	for _, name := range slices.Concat(names, inHeaders, inBody) {
		if _, has := properties[name]; ofReader(name) {
			r.reader = append(r.reader, name)
		} else if !has {
			return nil, fmt.Errorf("{%s} is no parameter", name)
		}
	}
	r.client = client(c, declared, r.headers)
	return r, nil
}

// readHeaders reads the templates of headers, and gives the values they take.
func (r *request) readHeaders(headers []tools.Header) (names []string, err error) {
	for _, h := range headers {
		name := http.CanonicalHeaderKey(h.Name)
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }) {
			return nil, fmt.Errorf("%q is no header's name", h.Name)
		}
		t, err := parse(h.Value)
		if err != nil {
			return nil, fmt.Errorf("the header %s: a brace names no value", name) // the value is secret
		}
		if slices.ContainsFunc(t.names(), func(n string) bool { return !ofReader(n) }) {
			return nil, fmt.Errorf("the header %s takes what is known of the reader only", name)
		}
		r.headers[name] = t
		names = append(names, t.names()...)
	}
	return names, nil
}

// client gives the client that follows redirects only to allowed hosts, and takes
// the configured headers to the URL's own alone.
func client(c tools.Config, declared tools.Request, headers map[string]template) *http.Client {
	client := guard.NewClient(guard.Config{AllowPrivate: declared.AllowPrivate, Timeout: c.Timeout})
	bounded := client.CheckRedirect
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		own := strings.EqualFold(next.URL.Host, via[0].URL.Host)
		if !own && !slices.ContainsFunc(declared.Hosts, func(h string) bool { return strings.EqualFold(h, next.URL.Host) }) {
			return errElsewhere
		}
		if !own {
			for name := range headers {
				next.Header.Del(name)
			}
			next.Header.Del("Referer")
		}
		return bounded(next, via)
	}
	return client
}

var errElsewhere = errors.New("a redirect leads to a host that was not allowed")

// call makes the request for a reader.
func (r *request) call(ctx context.Context, c docent.ToolCall) (docent.ToolResult, error) {
	v := values{who: c.Who}
	decoder := json.NewDecoder(bytes.NewReader(c.Arguments))
	decoder.UseNumber()
	if err := decoder.Decode(&v.arguments); err != nil {
		return docent.ToolResult{}, &docent.Error{Code: docent.CodeInvalid, Message: "the arguments are no JSON object", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	asked, err := r.build(ctx, v)
	if err != nil {
		return docent.ToolResult{}, &docent.Error{Code: docent.CodeInvalid, Message: "the request can't be made", Hint: err.Error()}
	}
	answer, err := r.client.Do(asked)
	if err != nil {
		return docent.ToolResult{}, failed(err)
	}
	defer answer.Body.Close()
	text, err := readAnswer(answer, r.config.MaxBytes)
	if err != nil {
		return docent.ToolResult{}, failed(err)
	}
	result := docent.ToolResult{Text: text, Summary: answer.Status}
	if answer.StatusCode >= 300 {
		result.Text = strings.TrimSpace("HTTP " + answer.Status + "\n" + text)
	}
	return result, nil
}

// build fills the templates. What is to be known of the reader and is not is an
// error: without it a request would ask for more than the reader's own.
func (r *request) build(ctx context.Context, v values) (*http.Request, error) {
	for _, name := range r.reader {
		if _, known := v.reader(name); !known {
			return nil, fmt.Errorf("%s of the person who asks is not known", name)
		}
	}
	u, err := r.address.fill(v.get)
	if err != nil {
		return nil, err
	}
	var body []byte
	if r.body != nil {
		filled, _ := v.filled(any(r.body))
		if body, err = json.Marshal(filled); err != nil {
			return nil, err
		}
	}
	asked, err := http.NewRequestWithContext(ctx, r.method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the URL would be none")
	}
	asked.Header.Set("Accept", "application/json, text/*;q=0.9")
	asked.Header.Set("User-Agent", "docent")
	if body != nil {
		asked.Header.Set("Content-Type", "application/json")
	}
	for name, t := range r.headers {
		value, _ := t.fill(v.get, func(s string) string { return s })
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, errors.New("what is known of the reader can't stand in a header")
		}
		asked.Header.Set(name, value)
	}
	return asked, nil
}

// failed tells a model why there is no answer, without addresses.
func failed(err error) error {
	var told *docent.Error
	var at *url.Error
	switch {
	case errors.As(err, &told):
		return err
	case errors.Is(err, guard.ErrForbidden):
		return &docent.Error{Code: docent.CodeInvalid, Message: "the address is private, and may not be reached", Err: err}
	case errors.Is(err, errElsewhere):
		return &docent.Error{Code: docent.CodeInvalid, Message: errElsewhere.Error(), Err: err}
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &at) && at.Timeout():
		return &docent.Error{Code: docent.CodeInvalid, Message: "the server took too long", Err: err}
	}
	return &docent.Error{Code: docent.CodeInvalid, Message: "the server could not be asked", Err: err}
}
