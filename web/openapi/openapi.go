// Package openapi holds the description of all that a Docent server answers, as
// OpenAPI 3.1 has it, and the page that shows it:
//
//	openapi.yaml  the document, written by hand
//	api.html      the page at /api; api.js and api.css are Swagger UI, bundled
//
// The document is a contract: openapitest holds requests and answers of tests
// against it, and a test of server's holds its addresses and scopes against the
// table of routes, so neither can change without the other.
//
// The page's sources stand in src; `npm ci && npm run build` in this folder writes
// dist, which is committed, so that Docent builds with Go alone. Nothing is loaded
// from elsewhere, and nothing inline runs.
package openapi

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed openapi.yaml
var document []byte

//go:embed dist
var dist embed.FS

// Page holds the files of the page, at its root. fs.Sub fails only for a name that is
// no path.
var Page, _ = fs.Sub(dist, "dist")

// anyServer is the document's entry of a server whose address is unknown: the host
// that it was read from.
var anyServer = []byte("\n  - url: /\n")

// YAML gives the document for a server at an address; "" is not known.
func YAML(server string) []byte {
	if server == "" {
		return document
	}
	return bytes.Replace(document, anyServer, []byte("\n  - url: "+strconv.Quote(server)+"\n"), 1)
}

// EventSchema is the name of the schema of an event's data.
func EventSchema(event string) string {
	return strings.ToUpper(event[:1]) + event[1:] + "Event"
}

// JSON gives the same in JSON.
func JSON(server string) ([]byte, error) {
	var all any
	if err := yaml.Unmarshal(YAML(server), &all); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	return json.Marshal(all)
}
