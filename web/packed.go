package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// minPacked is from how many bytes on a file is worth packing: below it fits into one
// packet anyway.
const minPacked = 1400

// packing gives a function that packs a file when it is first asked for so; nil where
// that is not worth it. Only files are packed, which are the same for everybody: of an
// answer that holds a secret beside what the asker chose, its packed length could tell.
func packing(body []byte, kind string) func() []byte {
	text := strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "yaml") || strings.Contains(kind, "svg")
	if !text || len(body) < minPacked {
		return nil
	}
	return sync.OnceValue(func() []byte {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one
		z.Write(body)                                         // to memory
		z.Close()
		return b.Bytes()
	})
}

// takesGzip reports whether a client takes gzip.
func takesGzip(h http.Header) bool {
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, weight, weighed := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		_, weight, _ = strings.Cut(weight, "=")
		q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
		return !weighed || err == nil && q > 0
	}
	return false
}
