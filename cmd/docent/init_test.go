package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repositoryOf makes a repository of files and makes it the current folder.
func repositoryOf(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	files[".git/HEAD"] = "ref: refs/heads/trunk\n"
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// command gives a command line's exit code, and all that it prints.
func command(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	code, out, err := execute(t, args...)
	return code, out + err
}

func TestWhatInitWritesIsIngestedByTheFrameworksRules(t *testing.T) {
	fixtures, err := filepath.Abs("../../ingest/testdata/syntax")
	if err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadDir(fixtures)
	if err != nil || len(all) < 11 {
		t.Fatalf("%d fixtures, %v", len(all), err)
	}
	for _, f := range all {
		t.Run(f.Name(), func(t *testing.T) {
			repositoryOf(t, map[string]string{})
			if err := os.CopyFS(".", os.DirFS(filepath.Join(fixtures, f.Name()))); err != nil {
				t.Fatal(err)
			}
			code, out := command(t, "init")
			if code != exitDone || f.Name() != "plain" && !strings.Contains(out, "built by "+f.Name()) {
				t.Fatalf("init ends with %d:\n%s", code, out)
			}
			code, out = command(t, "ingest", "--dry-run")
			if code != exitDone || strings.Contains(out, "outside of") {
				t.Fatalf("ingest ends with %d:\n%s", code, out)
			}
			if address := strings.Contains(out, "https://kettle.example/"); f.Name() == "mkdocs" && !address {
				t.Errorf("the site's address was not read:\n%s", out)
			}
		})
	}
}

// mkdocsRepository has a site in docs.
func mkdocsRepository() map[string]string {
	return map[string]string{"mkdocs.yml": "site_name: Kettle\nsite_url: https://kettle.example/manual/\n", "docs/index.md": "# Kettle\n", "README.md": "# Read me\n"}
}

func TestInitWritesWhatDiffersFromTheDefaults(t *testing.T) {
	repositoryOf(t, mkdocsRepository())
	code, dry := command(t, "init", "--dry-run")
	if _, err := os.Stat("config.yaml"); code != exitDone || err == nil {
		t.Fatalf("--dry-run ends with %d, %v", code, err)
	}
	if code, out := command(t, "init"); code != exitDone || !strings.Contains(out, "extra_javascript") {
		t.Fatalf("%d: %s", code, out)
	}
	config, _ := os.ReadFile("config.yaml")
	workflow, _ := os.ReadFile(".github/workflows/docs-assistant.yml")
	for text, words := range map[string][]string{
		string(config):   {"\n    dir: docs\n", "# base_url: https://kettle.example/manual/", "\n      - https://kettle.example\n"},
		string(workflow): {"branches: [trunk]", "paths: [docs/**, config.yaml]", "uses: docent-ai/docent/deploy/action@v1"},
		dry:              {string(config), string(workflow)},
	} {
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%q is not in:\n%s", w, text)
			}
		}
	}
}

func TestInitOverwritesNothingUnasked(t *testing.T) {
	files := mkdocsRepository()
	files["config.yaml"] = "baseURL: mine\n"
	repositoryOf(t, files)
	code, out := command(t, "init")
	if _, err := os.Stat(workflowFile); code != exitUsage || !strings.Contains(out, "config.yaml is there already") || err == nil {
		t.Errorf("%d, %v: %s", code, err, out)
	}
	if code, out := command(t, "init", "--config", "docent.yaml"); code != exitDone {
		t.Errorf("another file: %d: %s", code, out)
	}
	if workflow, _ := os.ReadFile(workflowFile); !strings.Contains(string(workflow), "config: docent.yaml") {
		t.Errorf("the workflow reads another file:\n%s", workflow)
	}
	if raw, _ := os.ReadFile("config.yaml"); string(raw) != files["config.yaml"] {
		t.Errorf("config.yaml is %q", raw)
	}
	if code, out := command(t, "init", "--force"); code != exitDone {
		t.Errorf("--force: %d: %s", code, out)
	}
}

func TestOfSeveralSitesOneIsChosen(t *testing.T) {
	repositoryOf(t, map[string]string{
		"a/mkdocs.yml": "site_name: A\n", "a/docs/index.md": "# A\n",
		"b/book.toml": "[book]\n", "b/src/SUMMARY.md": "# S\n\n- [B](b.md)\n", "b/src/b.md": "# B\n",
	})
	code, out := command(t, "init")
	if code != exitUsage || !strings.Contains(out, "--docs a/docs  (mkdocs, a/mkdocs.yml, 1 page)") || !strings.Contains(out, "--docs b/src") {
		t.Errorf("%d: %s", code, out)
	}
	if code, out := command(t, "init", "--docs", "b/src"); code != exitDone || !strings.Contains(out, "built by mdbook") {
		t.Errorf("%d: %s", code, out)
	}
	if code, out := command(t, "init", "--docs", "c"); code != exitUsage {
		t.Errorf("%d: %s", code, out)
	}
}

func TestEveryFrameworkSaysWhereTheTagBelongs(t *testing.T) {
	for framework, text := range embeddings {
		if !strings.Contains(text, exampleServer) {
			t.Errorf("%s: %s", framework, text)
		}
	}
	if !strings.Contains(embeddingOf("plain"), widgetTag) {
		t.Error("plain pages have no tag")
	}
}
