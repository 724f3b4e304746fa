package openapitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Watch gives a handler that answers as h does, and has t fail where an exchange is
// not as the document has it. Streams are passed on as they come; with real set their
// events are held against the document, too.
func Watch(t testing.TB, h http.Handler, real bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := &bytes.Buffer{}
		watched := *r // net/http looks at the body of its own request to know how much of it is to come
		if r.Body != nil {
			watched.Body = tee{r.Body, sent}
		}
		seen := &recorder{ResponseWriter: w}
		h.ServeHTTP(seen, &watched)
		if seen.status == 0 || seen.over || seen.failed || sent.Len() > mostSeen {
			return // nobody was answered, or not all was seen
		}
		if err := Check(Exchange{r, sent.Bytes(), seen.status, w.Header(), seen.body.Bytes()}); err != nil {
			t.Error(err)
		}
		if real && strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") && strings.HasPrefix(r.URL.Path, "/api/") {
			checkEvents(t, seen.body.Bytes())
		}
	})
}

// mostSeen is how much of a body is looked at, in bytes. Longer answers are files.
const mostSeen = 1 << 20

// recorder keeps what was written.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	over   bool // there was more than mostSeen
	failed bool // the client was gone
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.over = r.over || r.body.Len()+len(b) > mostSeen; !r.over {
		r.body.Write(b)
	}
	n, err := r.ResponseWriter.Write(b)
	r.failed = r.failed || err != nil
	return n, err
}

// tee keeps what is read of a body.
type tee struct {
	io.ReadCloser
	seen *bytes.Buffer
}

func (t tee) Read(b []byte) (int, error) {
	n, err := t.ReadCloser.Read(b)
	if t.seen.Len() <= mostSeen {
		t.seen.Write(b[:n])
	}
	return n, err
}

// checkEvents reads the events of a stream, the last one of which may have broken off.
func checkEvents(t testing.TB, stream []byte) {
	for frame := range strings.SplitSeq(string(stream), "\n\n") {
		name, data := "", ""
		for line := range strings.SplitSeq(frame, "\n") {
			if rest, is := strings.CutPrefix(line, "event: "); is {
				name = rest
			} else if rest, is := strings.CutPrefix(line, "data: "); is {
				data = rest
			}
		}
		if name == "" || !json.Valid([]byte(data)) {
			continue
		}
		if err := Event(name, []byte(data)); err != nil {
			t.Error(err)
		}
	}
}

func decode(data []byte) (value any, err error) {
	return value, json.Unmarshal(data, &value)
}
