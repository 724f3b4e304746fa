package openapi_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/web/openapi"
)

func load(t *testing.T, text []byte) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestDocumentIsValidWithItsExamples(t *testing.T) {
	doc := load(t, openapi.YAML(""))
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.1" {
		t.Errorf("the document is of OpenAPI %s", doc.OpenAPI)
	}
}

func TestDocumentNamesTheServer(t *testing.T) {
	const server = "https://docs.example.com/ask"
	inJSON, err := openapi.JSON(server)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"YAML": openapi.YAML(server), "JSON": inJSON} {
		if doc := load(t, text); len(doc.Servers) != 1 || doc.Servers[0].URL != server {
			t.Errorf("%s: the servers are %+v", name, doc.Servers)
		}
	}
	if doc := load(t, openapi.YAML("")); doc.Servers[0].URL != "/" {
		t.Errorf("without an address: %+v", doc.Servers[0])
	}
}

func TestOperationsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for path, item := range load(t, openapi.YAML("")).Paths.Map() {
		for method, op := range item.Operations() {
			at := method + " " + path
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s lacks an operationId, a summary or a tag", at)
			}
			if before, is := seen[op.OperationID]; is {
				t.Errorf("%s and %s are both %q", before, at, op.OperationID)
			}
			seen[op.OperationID] = at
		}
	}
}

func TestEveryEventIsDescribed(t *testing.T) {
	schemas := load(t, openapi.YAML("")).Components.Schemas
	for _, name := range []string{
		docent.EventSession, docent.EventSources, docent.EventTool, docent.EventDelta, docent.EventCitation,
		docent.EventSupport, docent.EventFollowups, docent.EventDone, docent.EventError,
	} {
		if schemas[openapi.EventSchema(name)] == nil {
			t.Errorf("there is no schema %s", openapi.EventSchema(name))
		}
	}
}

func files(t *testing.T, fsys fs.FS) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		found[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPageRunsNothingInline(t *testing.T) {
	page := files(t, openapi.Page)["api.html"]
	for _, inline := range []string{"<style", " style=", "<script>", "javascript:", "=\"/", "http"} {
		if strings.Contains(page, inline) {
			t.Errorf("api.html has %q", inline)
		}
	}
}

func TestDistIsWhatTheSourcesBuild(t *testing.T) {
	_, err := exec.LookPath("node")
	if _, missing := os.Stat("node_modules/esbuild"); err != nil || missing != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("node is missing, or run `npm ci` in web/openapi first")
		}
		t.Skip("SKIPPED: node is missing, or run `npm ci` in web/openapi first")
	}
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "node", "build.mjs", dir).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if diff := cmp.Diff(files(t, os.DirFS(dir)), files(t, openapi.Page)); diff != "" {
		t.Error("dist differs from its sources: run `npm run build` in web/openapi and commit dist")
	}
}

func TestJSONSaysWhatYAMLSays(t *testing.T) {
	inJSON, err := openapi.JSON("")
	if err != nil || !json.Valid(inJSON) {
		t.Fatal(err)
	}
	one, two := load(t, inJSON), load(t, openapi.YAML(""))
	if one.Paths.Len() != two.Paths.Len() || len(one.Components.Schemas) != len(two.Components.Schemas) {
		t.Errorf("%d paths and %d schemas, and in YAML %d and %d", one.Paths.Len(), len(one.Components.Schemas), two.Paths.Len(), len(two.Components.Schemas))
	}
}
