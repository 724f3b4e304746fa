package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"docent"
)

// newPackedRig serves a large script and a small one.
func newPackedRig(t *testing.T) *rig {
	files := fstest.MapFS{
		"large.js": {Data: []byte(strings.Repeat("let a = 1;\n", 1000))}, "small.js": {Data: []byte("let a = 1;\n")},
		"large.png": {Data: bytes.Repeat([]byte{1}, 9000)},
	}
	return newRigOver(t, nil, func(p *Ports) { p.Assets = files }, nil)
}

// TestFilesArePackedForWhoeverTakesIt: each form has an ETag of its own, and caches are
// told that there are two.
func TestFilesArePackedForWhoeverTakesIt(t *testing.T) {
	r := newPackedRig(t)
	plain := r.do(http.MethodGet, "/large.js", "")
	packed := r.do(http.MethodGet, "/large.js", "", "Accept-Encoding", "br, gzip;q=0.5")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() > 200 || plain.Header().Get("Content-Encoding") != "" {
		t.Fatalf("%v, packed %v with %d bytes", plain.Header(), packed.Header(), packed.Body.Len())
	}
	etag := packed.Header().Get("ETag")
	if etag == plain.Header().Get("ETag") || packed.Header().Get("Vary") != "Accept-Encoding" || plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("%v, packed %v", plain.Header(), packed.Header())
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || string(body) != plain.Body.String() {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	if w := r.do(http.MethodGet, "/large.js", "", "Accept-Encoding", "gzip", "If-None-Match", etag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("again: %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestWhatIsNotWorthPackingOrNotTakenIsSentAsItIs(t *testing.T) {
	r := newPackedRig(t)
	for _, sent := range [][2]string{
		{"/small.js", "gzip"}, {"/large.png", "gzip"}, {"/large.js", "gzip;q=0"}, {"/large.js", "br, gzip; q=x"}, {"/large.js", "identity"}, {"/large.js", "*;q=0"},
	} {
		w := r.do(http.MethodGet, sent[0], "", "Accept-Encoding", sent[1])
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s to %q: %d %v", sent[0], sent[1], w.Code, w.Header())
		}
	}
}

// TestAStreamIsNeverPacked: packing would hold events back, and answers stand beside what
// their readers asked.
func TestAStreamIsNeverPacked(t *testing.T) {
	r := newProtocolRig(t, nil)
	r.answers.event(docent.EventDelta, `{"text":"`+strings.Repeat("So. ", 1000)+`"}`)
	r.answers.event(docent.EventDone, `{}`)
	for path, body := range map[string]string{"/api/v1/chat": `{"message":"How?"}`, "/echo/ask": "How?"} {
		w := r.do(http.MethodPost, path, body, "Accept-Encoding", "gzip, deflate, br, zstd")
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "" || !strings.Contains(w.Body.String(), "So. So.") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}
