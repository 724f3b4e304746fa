package docent_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// leaves may be imported by anyone, and import only the root.
var leaves = map[string]bool{"analysis": true, "access": true, "guard": true, "embedding": true, "recent": true}

// joins may import every package of ours.
var joins = map[string]bool{"server": true, "cmd": true, "bench": true, "examples": true}

// owners names the one package (with its subfolders) that may import an
// outside library. MCP has two sides.
var owners = map[string]string{
	"github.com/openai/openai-go":            "llm",
	"github.com/labstack/echo":               "web",
	"github.com/yuin/goldmark":               "ingest",
	"modernc.org/sqlite":                     "store/sqlite",
	"github.com/pressly/goose":               "store/sqlite",
	"github.com/blevesearch/snowballstem":    "analysis",
	"github.com/pelletier/go-toml":           "ingest",
	"github.com/go-git":                      "ingest/fetch",
	"github.com/JohannesKaufmann":            "ingest/fetch",
	"github.com/spf13/cobra":                 "cmd/docent",
	"github.com/spf13/pflag":                 "cmd/docent",
	"github.com/knadh/koanf":                 "cmd/docent",
	"github.com/go-viper/mapstructure":       "cmd/docent",
	"github.com/joho/godotenv":               "cmd/docent",
	"github.com/schollz/progressbar":         "cmd/docent",
	"golang.org/x/term":                      "cmd/docent",
	"github.com/fsnotify/fsnotify":           "cmd/docent",
	"github.com/rogpeppe/go-internal":        "cmd/docent",
	"github.com/qdrant/go-client":            "store/qdrant",
	"github.com/jackc/pgx":                   "store/postgres",
	"github.com/ledongthuc/pdf":              "attachment",
	"github.com/expr-lang/expr":              "tools/calculate",
	"github.com/santhosh-tekuri/jsonschema":  "tools",
	"github.com/golang-jwt/jwt":              "access",
	"github.com/coreos/go-oidc":              "access",
	"github.com/go-jose/go-jose":             "access",
	"github.com/modelcontextprotocol/go-sdk": "web/mcp tools/mcp",
	"github.com/getkin/kin-openapi":          "web/openapi",
}

// TestImportsPointOneWay holds the house's arrows: a star around the root
// package, with leaves that anyone may use and few packages that join.
func TestImportsPointOneWay(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && file != "." || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		file = filepath.ToSlash(file)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		seen++
		from := path.Dir(file)
		for _, spec := range parsed.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if why := refused(from, imported, strings.HasSuffix(file, "_test.go")); why != "" {
				t.Errorf("%s imports %s: %s", file, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 10 {
		t.Fatalf("only %d files were read: the walk is broken", seen)
	}
}

// refused says why the package in folder from may not import the given
// package, "" when it may.
func refused(from, imported string, test bool) string {
	if owner, owned := ownerOf(imported); owned {
		for o := range strings.FieldsSeq(owner) {
			if from == o || strings.HasPrefix(from, o+"/") || test { // tests judge by others' eyes
				return ""
			}
		}
		return "only " + owner + " owns this library"
	}
	to, ours := strings.CutPrefix(imported, "docent/")
	if imported == "docent" {
		return ""
	}
	if !ours {
		if from == "." && !test && strings.Contains(imported, ".") {
			return "the root package imports only the standard library"
		}
		return ""
	}
	// The contract of stores is tests that stores' tests call: it needs the ports.
	test = test || from == "store/storetest"
	top, _, _ := strings.Cut(from, "/")
	target, _, _ := strings.Cut(to, "/")
	switch {
	case to == from, joins[top], test:
		return ""
	case from == ".":
		return "the root package imports none of ours"
	case leaves[top]:
		return "a leaf imports only the root package"
	case leaves[target]:
		return ""
	case strings.HasPrefix(from, to+"/"):
		return "" // a subfolder imports its parent
	case from == "ingest" && to == "ingest/site", from == "web" && (to == "web/widget" || to == "web/openapi"):
		return "" // the exceptions
	}
	return "only server, cmd, bench and tests join parts"
}

func ownerOf(imported string) (owner string, owned bool) {
	for library, o := range owners {
		if imported == library || strings.HasPrefix(imported, library+"/") {
			return o, true
		}
	}
	return "", false
}
