package server

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docent"
	"docent/embedding"
	"docent/ingest"
)

// folder writes files into a folder of their own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestWithoutSettingsQuestionsFindByMeaning(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		ingested(t, cfg, "docs", folder(t, map[string]string{
			"accounts.md": "# Accounts\n\n## Removal\n\nErases a member's account.",
			"sorting.md":  "# Sorting\n\n## Order\n\nNumbers come before letters.",
		}))
		if got := stampOf(t, cfg); got.Embedding != embedding.Name || got.Dimensions != embedding.Builtin().Dimensions() {
			t.Errorf("the index is made with %s", DescribeStamp(got))
		}
		f := serve(t, cfg)
		found, err := f.Search().Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: "delete users"})
		if err != nil || len(found.Passages) == 0 || found.Passages[0].Path != "accounts.md" {
			t.Errorf("%+v, %v", found, err)
		}
		if _, err := os.Stat(filepath.Join(cfg.DataDir, "embeddings.db")); !os.IsNotExist(err) {
			t.Errorf("vectors that are cheaper to make are remembered: %v", err)
		}
	})
}

func TestPagesInOtherLanguagesAreFoundByWords(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	in, err := OpenIngester(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{"a.md": "# Konten\n\nEin Konto wird mit einem Befehl entfernt."})
	report, err := in.Run(context.Background(), ingest.Source{Name: "docs", Dir: dir, Lang: "de"}, nil)
	if err != nil || len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0].Message, `pages in "de" are found by their words alone`) {
		t.Errorf("%+v, %v", report.Warnings, err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	f := serve(t, cfg)
	for question, want := range map[string]int{"Konto entfernen": 1, "remove an account": 0} {
		found, err := f.Search().Search(t.Context(), docent.Query{Site: docent.DefaultSite, Text: question})
		if err != nil || len(found.Passages) != want {
			t.Errorf("%s: %+v, %v", question, found, err)
		}
	}
}
