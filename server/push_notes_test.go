package server

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"docent"
	"docent/ingest"
)

// TestNotesThatAreWrongChangeNoPage pushes with notes that claim other pages, and
// with such as can't be read.
func TestNotesThatAreWrongChangeNoPage(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir = t.TempDir()
	f := serve(t, cfg)
	p := pusher{t, f.url, ""}
	dir := birds(t, "heron", "stork")
	first := p.publish(dir)
	_, right := p.manifest(dir, docent.DefaultSite)
	parsed, err := ingest.Parse(t.Context(), ingest.Source{Name: "birds", Dir: dir, Site: docent.DefaultSite}, Defaults().Ingest.Config, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wrong bytes.Buffer
	z := gzip.NewWriter(&wrong)
	_, err = parsed.Pages(t.Context(), 0, nil, func(n ingest.Note, _ ingest.Parsed) error {
		n.Page = "00000000000000000000000000000000"
		_, err := z.Write(encode(t, n))
		return err
	})
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for name, notes := range map[string][]byte{"others": wrong.Bytes(), "torn": wrong.Bytes()[:wrong.Len()/2], "none": []byte("no notes")} {
		if status, answer := p.call(http.MethodPut, "/notes?source=birds&whole=true", notes, nil, "Content-Encoding", "gzip"); status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", name, status, answer)
		}
		if again := p.publish(dir); !again.Unchanged || again.Release.Number != first.Release.Number {
			t.Errorf("%s: %+v", name, again)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "heron.md"), []byte("# The heron\n\nIt moved.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if now := p.publish(dir); now.Changes.Pages.Changed != 1 || now.Changes.Pages.Unchanged != 1 || len(right) != 2 {
		t.Errorf("%+v", now.Changes)
	}
}
