package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// commandLines has every command with arguments to run it with. {ID} is the ID
// of an API key.
var commandLines = map[string][]string{
	"docent":                 {""},
	"docent init":            {"--dry-run", "--docs none"},
	"docent serve":           {"--port 0", "--host 192.0.2.1"},
	"docent ingest":          {"docs", "docs --dry-run --json", "none"},
	"docent ask":             {"port", "port --json", "--session ses_x port"},
	"docent search":          {"port", "port --json"},
	"docent mcp":             {"--key x", "--server ftp://x"},
	"docent eval":            {"none.jsonl", ""},
	"docent eval generate":   {"--limit 2"},
	"docent explain":         {"", "--json", "none"},
	"docent index":           {""},
	"docent index list":      {"--json", ""},
	"docent index show":      {"docs", "none"},
	"docent index activate":  {"docs 1", "none 7"},
	"docent index rollback":  {"docs"},
	"docent index diff":      {"docs docs@1", "docs none"},
	"docent index drop":      {"docs", "none --yes", "--preview none --yes"},
	"docent index gc":        {""},
	"docent index export":    {"out.docent", "--llms out", ""},
	"docent index import":    {"out.docent", "none.docent"},
	"docent sessions":        {""},
	"docent sessions list":   {"", "--json", "--server ftp://x --key x"},
	"docent sessions show":   {"none"},
	"docent sessions export": {"none"},
	"docent sessions import": {"none"},
	"docent sessions lock":   {"none"},
	"docent sessions close":  {"none"},
	"docent sessions reopen": {"none"},
	"docent sessions delete": {"none --yes"},
	"docent keys":            {""},
	"docent keys create":     {"--scope none", "--scope chat --site -"},
	"docent keys list":       {"", "--json"},
	"docent keys rotate":     {"none"},
	"docent keys revoke":     {"none", "{ID}"},
	"docent config":          {"", "--json"},
	"docent doctor":          {"", "--json"},
	"docent health":          {"--port 1"},
	"docent version":         {""},
}

// TestNoCommandPrintsASecret plants secrets in every setting that is one, and
// looks for them in all that every command prints. The one that shows a new API
// key, once, is left out.
func TestNoCommandPrintsASecret(t *testing.T) {
	sample, err := filepath.Abs("../../docs-sample/getting-started")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("docs", os.DirFS(sample)); err != nil {
		t.Fatal(err)
	}
	const planted = "planted-secret-of-at-least-32-characters"
	for _, trouble := range []map[string]string{
		{},
		{"DOCENT_EMBEDDING_PROVIDER": "openai", "DOCENT_EMBEDDING_BASE_URL": "http://127.0.0.1:1", "DOCENT_EMBEDDING_RETRIES": "0"},
		{"QDRANT_URL": "http://127.0.0.1:1", "DOCENT_QDRANT_TIMEOUT": "100ms"},
		{"QDRANT_URL": "http://qdrant.example.com"},
		{"DATABASE_URL": "postgres://reader:" + planted + "@db.example.com/docent"},
		{"DATABASE_URL": "mysql://" + planted + "@db.example.com/docent"},
		{"DOCENT_SERVER_PUBLIC_URL": "https://me:" + planted + "@docs.example.com"},
		{"QDRANT_URL": "https://me:" + planted + "@qdrant.example.com"},
		{"PORT": "none"},
	} {
		variables := map[string]string{
			"OPENAI_API_KEY": planted, "OPENAI_BASE_URL": "http://127.0.0.1:1", "DOCENT_MODEL_RETRIES": "0", "DOCENT_EMBEDDING_API_KEY": planted,
			"QDRANT_API_KEY": planted, "DOCENT_AUTH_SECRET": planted, "LOG_LEVEL": "debug", "DOCENT_CHATKIT_TRANSCRIBE_API_KEY": planted,
			"DOCENT_SOURCES":      "[{git: 'https://me:" + planted + "@docs.example.com/x.git', token: " + planted + "}]",
			"DOCENT_AUTH_ISSUERS": "[{name: shop, issuer: shop, audience: docs, secret: " + planted + "}]",
		}
		for name, value := range trouble {
			variables[name] = value
		}
		for name, value := range variables {
			t.Setenv(name, value)
		}
		_, key, _ := execute(t, "keys", "create", "--scope", "chat", "--name", "planted")
		walkCommands(newRoot(), func(c *cobra.Command) {
			lines, known := commandLines[c.CommandPath()]
			if !known {
				t.Errorf("%q has no entry in commandLines", c.CommandPath())
			}
			for _, line := range lines {
				args := strings.Fields(c.CommandPath() + " " + strings.ReplaceAll(line, "{ID}", keyID(key)))[1:]
				_, out, err := execute(t, args...)
				for _, secret := range []string{planted, strings.TrimSpace(key)} {
					if secret != "" && strings.Contains(out+err, secret) {
						t.Errorf("with %v, docent %s prints a secret:\n%s%s", trouble, strings.Join(args, " "), out, err)
					}
				}
			}
		})
		for name := range variables {
			os.Unsetenv(name)
		}
	}
}

// execute runs a command line, which is interrupted when it takes long: a server
// that started is one.
func execute(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var stdout, stderr bytes.Buffer
	code = run(ctx, args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// keyID is the ID in an API key, "none" without one.
func keyID(key string) string {
	parts := strings.Split(key, "_")
	if len(parts) < 2 {
		return "none"
	}
	return parts[1]
}

func walkCommands(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		if sub.Name() != "help" && sub.Name() != "completion" {
			walkCommands(sub, visit)
		}
	}
}
