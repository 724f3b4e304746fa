package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// corpus is n pages of about 7 KB: prose, lists, code and a table.
func corpus(n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "---\ntitle: Page %d\n---\n\n# Page %d\n\n", i, i)
		for s := range 8 {
			fmt.Fprintf(&b, "## Section %d of `page-%d`\n\n%s\n\n", s, i, strings.Repeat("The *server* reads its [configuration](../p0/0.md) from a file, and\nreloads it when told to. ", 4))
			b.WriteString("Run this:\n\n```sh\nserver --config server.yaml \\\n  --listen 127.0.0.1:8000\n```\n\n- `--config` names the file\n- `--listen` is the address\n\n")
			b.WriteString("| Key | Meaning | Default |\n| --- | --- | --- |\n| `listen` | the address | 127.0.0.1 |\n| `port` | the port | 8000 |\n\n")
		}
		files[fmt.Sprintf("p%d/%d.md", i%20, i)] = b.String()
	}
	return files
}

// BenchmarkParseAndSplit is the work on one core, where GOMAXPROCS=1 says so:
// else the garbage collector has another, which on a busy machine is none. These
// pages are dense with markup. Half of the time is goldmark's.
func BenchmarkParseAndSplit(b *testing.B) {
	files := corpus(50)
	size := 0
	for _, text := range files {
		size += len(text)
	}
	m, err := prepare(context.Background(), Source{Name: "s", Dir: folderOf(b, files)}, Config{ChunkTokens: 400, MaxFileBytes: 1 << 20}, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for path, text := range files {
			splitPage(m.page(openSource(path, []byte(text), false)), m.unit, m.cfg.ChunkTokens)
		}
	}
}

// BenchmarkThousandUnchangedFiles must stay far below half a second.
func BenchmarkThousandUnchangedFiles(b *testing.B) {
	src, cfg := Source{Name: "s", Dir: folderOf(b, corpus(1000))}, Config{ChunkTokens: 400, MaxFileBytes: 1 << 20}
	m := &memory{}
	if _, err := Run(context.Background(), m, src, cfg, Options{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r, err := Run(context.Background(), m, src, cfg, Options{}); err != nil || r.Published {
			b.Fatal(r, err)
		}
	}
}
