package server

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
)

// zipped is a zip archive of files.
func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tarred is a tar archive of files, packed by gzip.
func tarred(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	w := tar.NewWriter(g)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name])), Typeflag: tar.TypeReg})
		if err == nil {
			_, err = w.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), g.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// upload sends an archive and gives what becomes of it.
func (p pusher) upload(to string, archive []byte) docent.Upload {
	p.t.Helper()
	var u docent.Upload
	if status, answer := p.request("POST", "sources/"+to, archive, &u, "Content-Type", "application/octet-stream"); status != http.StatusAccepted {
		p.t.Fatalf("%d %s", status, answer)
	}
	for !u.State.Ended() {
		if status, answer := p.request("GET", "uploads/"+u.ID, nil, &u); status != http.StatusOK {
			p.t.Fatalf("%d %s", status, answer)
		}
		time.Sleep(time.Millisecond) // a client has nothing but asking again
	}
	return u
}

// TestAnArchiveIsUploaded and becomes a release, on every store.
func TestAnArchiveIsUploaded(t *testing.T) {
	onEachStore(t, func(t *testing.T, cfg Config) {
		f := serve(t, cfg)
		p := pusher{t, f.url, ""}
		pages := map[string]string{"site/docs/heron.md": "# The heron\n\nIt stands.", "site/docs/stork.md": "# The stork\n\nIt clatters.", "site/mkdocs.yml": "site_name: Birds\n"}
		first := p.upload("birds/upload?base_url=https://birds.example/", tarred(t, pages))
		if first.State != docent.PushPublished || first.Unchanged || len(first.Releases) != 1 || first.Releases[0].Pages != 2 || first.Bytes == 0 {
			t.Fatalf("%+v", first)
		}
		if address := cited(t, f.url+"/api/v1/search?q=who+clatters"); !strings.HasPrefix(address, "https://birds.example/stork/") {
			t.Errorf("cited at %s", address)
		}
		if again := p.upload("birds/upload?base_url=https://birds.example/", tarred(t, pages)); !again.Unchanged || again.Releases[0].Number != 1 {
			t.Errorf("the same again: %+v", again)
		}
		delete(pages, "site/docs/stork.md")
		if less := p.upload("birds/upload?preview=pr-1&base_url=https://birds.example/", zipped(t, pages)); less.Releases[0].Pages != 1 || less.Releases[0].Unit.Site != "default@pr-1" {
			t.Errorf("a preview: %+v", less)
		}
		if address := cited(t, f.url+"/api/v1/search?q=who+clatters"); !strings.Contains(address, "stork") {
			t.Errorf("readers see the preview: %s", address)
		}
		f.Server.Close() // after what follows the last release
		for _, dir := range []string{"uploads", "sources"} {
			if left, _ := os.ReadDir(filepath.Join(cfg.DataDir, dir)); len(left) > 0 {
				t.Errorf("in %s there is %v", dir, left)
			}
		}
	})
}

// TestAnArchiveThatIsNoneIsRefused, with what to do, and nothing of it is published.
func TestAnArchiveThatIsNoneIsRefused(t *testing.T) {
	cfg := Defaults()
	cfg.DataDir, cfg.Server.Port = t.TempDir(), 0
	cfg.Ingest.Push.MaxBytes, cfg.Ingest.Push.MaxRequestBytes, cfg.Ingest.Fetch.TotalBytes = 1<<17, 1<<16, 1<<20
	p := pusher{t, serve(t, cfg).url, ""}
	big := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		big[name+".md"] = strings.Repeat("word ", 1<<16)
	}
	for name, c := range map[string]struct {
		archive []byte
		reason  string
	}{
		"a text":                   {[]byte("# This is a page and no archive, long enough to be a block of one" + strings.Repeat(".", 600)), "the archive can't be unpacked"},
		"one without pages":        {zipped(t, map[string]string{"a.png": "x"}), "the archive holds no Markdown files"},
		"one that becomes large":   {zipped(t, big), "the archive holds more than 1048576 bytes"},
		"one that leads out of it": {zipped(t, map[string]string{"../../evil.md": "# Evil"}), "the archive holds no files"},
	} {
		u := p.upload("birds/upload", c.archive)
		if u.State != docent.PushFailed || !strings.Contains(u.Reason, c.reason) || u.Reason == "" || strings.Contains(u.Reason, cfg.DataDir) {
			t.Errorf("%s: %+v", name, u)
		}
	}
	u := p.upload("birds/upload", zipped(t, map[string]string{"../evil.md": "# Evil", "docs/a.md": "# A\n\nwords"}))
	if u.State != docent.PushPublished || u.Releases[0].Pages != 1 || len(u.Warnings) == 0 || !strings.Contains(u.Warnings[0].Message, "leads out of it") {
		t.Errorf("with a page: %+v", u)
	}
	filepath.WalkDir(filepath.Dir(cfg.DataDir), func(path string, _ os.DirEntry, _ error) error {
		if strings.Contains(path, "evil") {
			t.Errorf("%s was written", path)
		}
		return nil
	})
	for to, want := range map[string]int{
		"birds/upload?lang=1": 422, "..%2Fbirds/upload": 422, "birds/upload?preview=Ä": 422, "birds/upload?version=%01": 422,
	} {
		if status, answer := p.request("POST", "sources/"+to, zipped(t, big), nil); status != want {
			t.Errorf("%s: %d %s", to, status, answer)
		}
	}
	if status, _ := p.request("POST", "sources/birds/upload", make([]byte, 1<<18), nil); status != http.StatusRequestEntityTooLarge {
		t.Errorf("more than ingest.push.max_bytes: %d", status)
	}
	if status, _ := p.request("POST", "sources/birds/upload", zipped(t, big), nil, "Content-Encoding", "gzip"); status != http.StatusUnsupportedMediaType {
		t.Errorf("an encoded body: %d", status)
	}
}

func TestAnUploadIsItsSitesAlone(t *testing.T) {
	f := twoSites(t)
	keyOf := func(site string, scopes ...string) pusher {
		return pusher{t, f.url, addKey(t, f.cfg, access.Key{Site: site, Scopes: scopes})}
	}
	owner, other := keyOf("a", access.ScopeIngest), keyOf("b", access.ScopeIngest)
	archive := zipped(t, map[string]string{"heron.md": "# The heron\n\nIt stands."})
	u := owner.upload("birds/upload", archive)
	if diff := cmp.Diff(docent.Unit{Site: "a", Source: "birds"}, u.Releases[0].Unit); diff != "" {
		t.Error(diff)
	}
	if status := other.desk("GET", "uploads/"+u.ID, "", nil); status != http.StatusNotFound {
		t.Errorf("another site's: %d", status)
	}
	if status, _ := keyOf("a", access.ScopeChat, access.ScopeSearch).request("POST", "sources/birds/upload", archive, nil); status != http.StatusForbidden {
		t.Errorf("without the scope: %d", status)
	}
}
