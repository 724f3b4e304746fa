// Package openapitest holds what tests ask of a server, and what it answers, against
// openapi.yaml. Watch stands before a handler, so that every test that calls it is one
// of the document, too:
//
//   - an answer has a status, a type and a body that the document has for its
//     operation, and no field that the document does not name;
//   - a request that was taken is one that the document allows;
//   - the events of a stream have the data that is described for them, with Events.
//
// Addresses beside the API that the document does not name are left alone: tests have
// protocols and pages of their own.
package openapitest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"docent/web/openapi"
)

// Exchange is a request with its answer.
type Exchange struct {
	Request *http.Request
	Sent    []byte // what was read of the request's body
	Status  int
	Header  http.Header
	Body    []byte
}

// contract is the document, ready to be asked.
type contract struct {
	taken   *openapi3.T // as it is
	told    *openapi3.T // without fields that it does not name
	pattern []pathPattern
}

type pathPattern struct {
	path  string
	names []string
	shape *regexp.Regexp
}

var load = sync.OnceValues(func() (*contract, error) {
	taken, err := openapi3.NewLoader().LoadFromData(openapi.YAML(""))
	if err != nil {
		return nil, err
	}
	told, err := openapi3.NewLoader().LoadFromData(openapi.YAML(""))
	if err != nil {
		return nil, err
	}
	for _, s := range told.Components.Schemas {
		seal(s)
	}
	// Bodies that are no JSON are text to the document.
	openapi3filter.RegisterBodyDecoder("*/*", openapi3filter.PlainBodyDecoder)
	return &contract{taken, told, patterns(taken)}, nil
})

var parameter = regexp.MustCompile(`\\\{(\w+)\\\}`)

// patterns are the paths of a document, those without parameters first.
func patterns(doc *openapi3.T) (all []pathPattern) {
	for _, path := range doc.Paths.InMatchingOrder() {
		quoted := regexp.QuoteMeta(path)
		p := pathPattern{path: path}
		for _, m := range parameter.FindAllStringSubmatch(quoted, -1) {
			p.names = append(p.names, m[1])
		}
		p.shape = regexp.MustCompile("^" + parameter.ReplaceAllString(quoted, "([^/]+)") + "$")
		all = append(all, p)
	}
	return all
}

// seal has objects with named fields hold no others.
func seal(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Ref != "" || ref.Value == nil {
		return
	}
	s := ref.Value
	if len(s.Properties) > 0 && s.AdditionalProperties.Schema == nil && s.AdditionalProperties.Has == nil {
		no := false
		s.AdditionalProperties.Has = &no
	}
	for _, p := range s.Properties {
		seal(p)
	}
	seal(s.Items)
}

// find gives the operation that a request is of in a document; nil of none.
func (c *contract) find(doc *openapi3.T, r *http.Request) (*routers.Route, map[string]string) {
	for _, p := range c.pattern {
		m := p.shape.FindStringSubmatch(r.URL.EscapedPath())
		if m == nil {
			continue
		}
		item := doc.Paths.Value(p.path)
		op := item.GetOperation(r.Method)
		if op == nil {
			continue
		}
		values := map[string]string{}
		for i, name := range p.names {
			values[name], _ = url.PathUnescape(m[i+1])
		}
		return &routers.Route{Spec: doc, Path: p.path, PathItem: item, Method: r.Method, Operation: op}, values
	}
	return nil, nil
}

// Check says what of an exchange is not as the document has it; nil where all is.
func Check(x Exchange) error {
	c, err := load()
	if err != nil {
		return err
	}
	if x.Request.Method == http.MethodHead || x.Request.Method == http.MethodOptions {
		return nil
	}
	at := x.Request.Method + " " + x.Request.URL.Path
	route, params := c.find(c.told, x.Request)
	if route == nil {
		if strings.HasPrefix(x.Request.URL.Path, "/api/") && x.Status < 300 {
			return fmt.Errorf("%s is answered %d, and openapi.yaml does not have it", at, x.Status)
		}
		return nil
	}
	if err := c.checkAnswer(x, route, params); err != nil {
		return fmt.Errorf("the answer to %s, %d, is not as openapi.yaml has it: %w\n%.600s", at, x.Status, err, x.Body)
	}
	if x.Status >= 300 {
		return nil
	}
	if err := c.checkRequest(x, params); err != nil {
		return fmt.Errorf("%s was taken, and openapi.yaml does not allow it: %w\n%.600s", at, err, x.Sent)
	}
	return nil
}

func (c *contract) checkAnswer(x Exchange, route *routers.Route, params map[string]string) error {
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: x.Request, PathParams: params, Route: route},
		Status:                 x.Status, Header: x.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	return openapi3filter.ValidateResponse(context.Background(), in.SetBodyBytes(x.Body))
}

// checkRequest leaves out bodies that are no JSON: they are what the handler read.
func (c *contract) checkRequest(x Exchange, params map[string]string) error {
	route, _ := c.find(c.taken, x.Request)
	r := x.Request.Clone(context.Background())
	r.Body = http.NoBody
	for name := range r.Header {
		if r.Header.Get(name) == "" {
			r.Header.Del(name) // as if it were not there
		}
	}
	body := route.Operation.RequestBody
	plain := body != nil && body.Value.Content["application/json"] != nil && r.Header.Get("Content-Encoding") == ""
	if plain {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(x.Sent)), int64(len(x.Sent))
	}
	return openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			ExcludeRequestBody: !plain, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	})
}

// Event says what of an event's data is not as the document has it.
func Event(name string, data []byte) error {
	c, err := load()
	if err != nil {
		return err
	}
	schema := c.told.Components.Schemas[openapi.EventSchema(name)]
	if schema == nil {
		return fmt.Errorf("openapi.yaml has no event %q", name)
	}
	value, err := decode(data)
	if err != nil {
		return err
	}
	if err := schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
		return fmt.Errorf("the data of %s is not as openapi.yaml has it: %w\n%.600s", name, err, data)
	}
	return nil
}
