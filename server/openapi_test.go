package server

import (
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"docent/access"
	"docent/web/openapi"
	"docent/web/widget"
)

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML(""))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// nameless is an address without the names of its parts: of a route or of a document.
var nameless = regexp.MustCompile(`:\w+|\*|\{\w+\}`)

func operation(method, path string) string {
	return method + " " + nameless.ReplaceAllString(path, "{}")
}

// scopes gives what credentials must have for each operation of the document; "" is
// nothing.
func scopes(t *testing.T, doc *openapi3.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Security == nil {
				t.Errorf("%s %s does not say who may", method, path)
				continue
			}
			scope := ""
			for _, way := range *op.Security {
				if named := way["bearer"]; len(named) > 0 {
					scope = named[0]
				}
			}
			all[operation(method, path)] = scope
		}
	}
	return all
}

// served are the files that pages load, which are no contract.
func served(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, files := range []fs.FS{widget.FS, openapi.Page} {
		names, err := fs.Glob(files, "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			all["/"+name] = true
		}
	}
	return all
}

// TestEveryAddressIsInTheDocument: with its scope, and no other is. HEAD is answered
// as GET is, and OPTIONS belongs to browsers.
func TestEveryAddressIsInTheDocument(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Auth.Issuers = []access.IssuerConfig{{Name: "login", Issuer: "https://login.example.com", Audience: "docs"}}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	described, files := scopes(t, contract(t)), served(t)
	seen := map[string]bool{}
	for _, r := range s.handler.Routes() {
		if r.Method == http.MethodHead || r.Method == http.MethodOptions {
			continue
		}
		at := operation(r.Method, r.Path)
		scope, is := described[at]
		if !is && files[r.Path] {
			continue
		}
		seen[at] = true
		if !is {
			t.Errorf("%s %s is not in openapi.yaml", r.Method, r.Path)
		} else if scope != r.Scope() {
			t.Errorf("%s %s needs the scope %q, and openapi.yaml says %q", r.Method, r.Path, r.Scope(), scope)
		}
	}
	for at := range described {
		if !seen[at] {
			t.Errorf("openapi.yaml has %s, which is not there", at)
		}
	}
}

func manual(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(path.Join("../docs-sample/reference", page))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	methodAndPath = regexp.MustCompile("`(GET|POST|PUT|PATCH|DELETE) (/[^`? ]*)")
	tableOfCodes  = regexp.MustCompile("(?m)^\\| `(\\w+)` \\|")
)

// TestTheManualNamesWhatTheDocumentHas: each address and each code of its reference,
// and no code of the document is left out of it.
func TestTheManualNamesWhatTheDocumentHas(t *testing.T) {
	doc := contract(t)
	described := scopes(t, doc)
	found := methodAndPath.FindAllStringSubmatch(manual(t, "http-api.md"), -1)
	if len(found) < 30 {
		t.Fatalf("only %d addresses were found", len(found))
	}
	for _, m := range found {
		at := operation(m[1], strings.TrimSuffix(m[2], ".md"))
		if _, is := described[at]; !is {
			t.Errorf("http-api.md names %s %s, and openapi.yaml does not", m[1], m[2])
		}
	}
	var told []string
	for _, m := range tableOfCodes.FindAllStringSubmatch(manual(t, "errors.md"), -1) {
		told = append(told, m[1])
	}
	var codes []string
	for _, code := range doc.Components.Schemas["Code"].Value.Enum {
		codes = append(codes, code.(string))
	}
	slices.Sort(told)
	slices.Sort(codes)
	if told = slices.Compact(told); !slices.Equal(told, codes) {
		t.Errorf("errors.md has the codes\n%v\nand openapi.yaml\n%v", told, codes)
	}
}

var constant = regexp.MustCompile(`Code = "(\w+)"`)

func TestTheDocumentHasEveryCode(t *testing.T) {
	source, err := os.ReadFile("../errors.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := contract(t).Components.Schemas["Code"].Value.Enum
	found := constant.FindAllStringSubmatch(string(source), -1)
	if len(found) < 15 {
		t.Fatalf("only %d codes were found", len(found))
	}
	for _, m := range found {
		if !slices.Contains(codes, any(m[1])) {
			t.Errorf("openapi.yaml lacks the code %s", m[1])
		}
	}
}
