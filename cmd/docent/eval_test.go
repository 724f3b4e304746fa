package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestEvalEndsWithACodeThatScriptsCanActOn(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("docs/port.md", "# Port\n\n## Change it\n\nSet PORT to change the port of the server.\n")
	write("q.jsonl", `{"question": "change the port", "relevant": [{"path": "port.md", "anchor": "change-it"}]}`)
	write("lost.jsonl", `{"question": "change the port", "relevant": [{"path": "gone.md"}]}`)
	write("base.json", `{"results": [{"question": "change the port", "answerable": true, "page": {"mrr_10": 1, "hit_1": 1}, "section": {"hit_1": 1}, "probability": 1}]}`)
	write("better.json", `{"results": [{"question": "change the port", "answerable": true, "page": {"mrr_10": 1, "hit_1": 2}, "section": {"hit_1": 1}, "probability": 1}]}`)
	write("other.json", `{"results": [{"question": "another", "answerable": true, "page": {}}]}`)
	for _, tt := range []struct {
		want int
		args []string
	}{
		{exitDone, []string{"q.jsonl"}},
		{exitDone, []string{"q.jsonl", "--baseline", "base.json", "--tolerance", "1"}},
		{exitGate, []string{"q.jsonl", "--baseline", "better.json", "--tolerance", "0.5"}},
		{exitUsage, []string{"q.jsonl", "--baseline", "other.json"}},
		{exitUsage, []string{"lost.jsonl"}},
		{exitUsage, []string{"gone.jsonl"}},
	} {
		args := append([]string{"eval", "--docs", "docs"}, tt.args...)
		if got := run(t.Context(), args, nil, io.Discard, io.Discard); got != tt.want {
			t.Errorf("%v ends with %d, want %d", tt.args, got, tt.want)
		}
	}
}
