package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExitCodesTellScriptsWhatHappened(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"docs/a.md": "# A\n\nWords.", "partly/a.md": "# A\n\nWords.", "partly/b.md": "\xff\xfe\xff"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	for _, c := range []struct {
		ctx  context.Context
		args string
		code int
	}{
		{context.Background(), "version", exitDone},
		{context.Background(), "ingest docs", exitDone},
		{context.Background(), "search words", exitDone},
		{context.Background(), "ingest missing", exitFailed},
		{context.Background(), "frobnicate", exitUsage},
		{context.Background(), "serve --prot 80", exitUsage},
		{context.Background(), "serve --port many", exitUsage},
		{context.Background(), "serve --host 0.0.0.0", exitUsage},
		{context.Background(), "ingest", exitUsage},
		{context.Background(), "--config missing.yaml config", exitUsage},
		{context.Background(), "ingest partly", exitPartly},
		{stopped, "ingest docs", exitInterrupted},
	} {
		if code := run(c.ctx, strings.Fields(c.args), strings.NewReader(""), io.Discard, io.Discard); code != c.code {
			t.Errorf("docent %s: exit code %d, want %d", c.args, code, c.code)
		}
	}
}
