package fetch

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/ingest"
)

const bookshop = `openapi: 3.1.0
info: {title: Bookshop API, description: "Sells *books*.\n\n# Errors\nProblems are JSON."}
tags:
  - name: Books
    description: What is on the shelves.
paths:
  /orders:
    post:
      tags: [Orders]
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Order'}
      responses:
        201: {description: Taken.}
        "409": {$ref: '#/components/responses/Conflict'}
  /books/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}, description: The book's | number.}
    get:
      operationId: get_book
      summary: Look up a _book_
      tags: [Books]
      deprecated: true
      parameters:
        - $ref: '#/components/parameters/Fields'
      responses: {200: {description: "The book.\nWhole."}}
  /health:
    get: {summary: Say whether it lives, operationId: health}
components:
  parameters:
    Fields: {name: fields, in: query, schema: {type: array, items: {type: string}, enum: [title, author], default: title}}
  responses:
    Conflict: {description: Sold out.}
  schemas:
    Order:
      type: object
      required: [lines]
      properties:
        note: {type: [string, "null"], description: For the shop.}
        lines: {type: array, items: {$ref: '#/components/schemas/Line'}}
    Line:
      properties:
        book: {type: string, format: uuid}
        order: {$ref: '#/components/schemas/Order'}
`

// sectionsOf fetches a document and gives its sections with their text.
func sectionsOf(t *testing.T, src Source) (ingest.PreviewPage, string) {
	t.Helper()
	got, err := Fetch(t.Context(), src, Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := ingest.DryRun(t.Context(), nil, ingest.Source{Name: "api", Dir: got.Dir, Framework: "fetched"}, ingest.Config{ChunkTokens: 400, MaxFileBytes: 1 << 20}, ingest.Options{})
	if err != nil || len(plan.Pages) != 1 {
		t.Fatalf("%+v, %v", plan, err)
	}
	return plan.Pages[0], listed(t, got.Dir)[plan.Pages[0].Path]
}

func TestAnOperationIsASection(t *testing.T) {
	dir := folderOf(t, map[string]string{"bookshop.yaml": bookshop})
	page, text := sectionsOf(t, Source{OpenAPI: filepath.Join(dir, "bookshop.yaml"), BaseURL: "https://api.example.com/docs", Anchor: "tag/{tag}/operation/{operationId}"})
	type section struct {
		Heading string
		Level   int
		URL     string
	}
	var got []section
	for _, s := range page.Sections {
		got = append(got, section{s.Heading, s.Level, strings.TrimPrefix(s.URL, "https://api.example.com/docs")})
	}
	want := []section{
		{"Bookshop API", 1, ""}, {"Books", 2, ""}, {"Look up a _book_", 3, "#tag/Books/operation/get_book"},
		{"Say whether it lives", 2, "#tag//operation/health"}, {"Orders", 2, ""}, {"POST /orders", 3, "#tag/Orders/operation/post_orders"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	for _, want := range []string{
		"`GET /books/{id}`", "**Deprecated.**", "| `id` | path | string | yes | The book's \\| number. |",
		"| `fields` | query | array of string |  | One of `title`, `author`. Default: `title`. |", "| `200` | The book. Whole. |", "| `409` | Sold out. |",
		"| `note` | string or null |  | For the shop. |", "| `lines` | array of values | yes |", "| `lines[].book` | string (uuid) |", "**Errors**", "What is on the shelves.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func TestADocumentIsAskedForByItsAddress(t *testing.T) {
	f := newFakeSite(t)
	f.text("/v1/openapi.json", `{"swagger": "2.0", "info": {"title": "Old"}, "paths": {"/a~b": {"get": {"parameters": [{"name": "n", "in": "query", "type": "integer"}]}}}}`)
	page, text := sectionsOf(t, Source{OpenAPI: f.URL + "/v1/openapi.json?x=1", AllowPrivate: true})
	if page.Path != "openapi.md" || page.Title != "Old" || !strings.Contains(text, "| `n` | query | integer |") || page.Sections[1].Anchor != "get_a_b" {
		t.Errorf("%+v\n%s", page, text)
	}
	f.status("/v1/openapi.json", http.StatusInternalServerError)
	if _, err := Fetch(t.Context(), Source{OpenAPI: f.URL + "/v1/openapi.json", AllowPrivate: true}, Config{Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("a broken server: %v", err)
	}
}

func TestWhatIsNoOpenAPIDocumentSaysSo(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.yaml": "a: [", "b.json": "{}", "c.yaml": "- 1", "d.yaml": ""})
	for _, name := range []string{"a.yaml", "b.json", "c.yaml", "d.yaml", "missing.yaml"} {
		if _, err := Fetch(t.Context(), Source{OpenAPI: filepath.Join(dir, name)}, Config{Dir: t.TempDir()}); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// TestSchemasThatNameEachOtherEnd has each of many schemas name all of them.
func TestSchemasThatNameEachOtherEnd(t *testing.T) {
	ref := `{"$ref":"#/components/schemas/S"}`
	all := strings.Repeat(ref+",", 500) + ref
	doc, err := parseOpenAPI([]byte(`{"openapi":"3.0.0","paths":{"/":{"get":{"requestBody":{"content":{"a/b":{"schema":` + ref + `}}}},"put":{}}},"components":{"schemas":{"S":{"allOf":[` + all + `],"properties":{"a":` + ref + `}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if text, left := doc.markdown(defaultAnchor, 10); left != 1 || len(text) > 100_000 {
		t.Errorf("%d bytes, %d operations left out", len(text), left)
	}
}

func FuzzOpenAPI(f *testing.F) {
	for _, s := range []string{
		bookshop, `{"openapi":"3.0.0","paths":{"/":{"get":{"$ref":"#/paths/~1/get"}}}}`, "openapi: 3\npaths: {/: {$ref: '#/paths/~1'}}", "swagger: 2\npaths: {1: {get: {responses: {200: 1}}}}",
		"openapi: 3\ntags: [1, {name: a}]\npaths: {/: {get: {tags: 1, parameters: [1, {name: x}], requestBody: {content: {a: 1}}}}}", "openapi: &a {b: *a}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		if doc, err := parseOpenAPI(raw); err == nil {
			doc.markdown(defaultAnchor, 1<<20)
		}
	})
}
