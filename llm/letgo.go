package llm

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
)

// letGo is a transport that keeps a request's body no longer than it is needed.
// net/http keeps a request until its response was read to the end, which takes
// a stream as long as the answer, and a prompt is much of what an answer holds.
type letGo struct{ next http.RoundTripper }

var errLetGo = errors.New("the body was sent and let go of")

// RoundTrip sends a copy of r whose body is not kept once it was sent, and not
// for another try once the response began.
func (l letGo) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.GetBody == nil {
		return l.next.RoundTrip(r)
	}
	var again atomic.Pointer[func() (io.ReadCloser, error)]
	again.Store(&r.GetBody)
	defer again.Store(nil)
	sent := r.WithContext(r.Context())
	sent.GetBody = func() (io.ReadCloser, error) {
		get := again.Load()
		if get == nil {
			return nil, errLetGo
		}
		body, err := (*get)()
		return held(body), err
	}
	sent.Body = held(r.Body)
	return l.next.RoundTrip(sent)
}

// heldBody is a body until it is closed.
type heldBody struct{ body atomic.Pointer[io.ReadCloser] }

func held(body io.ReadCloser) io.ReadCloser {
	h := &heldBody{}
	h.body.Store(&body)
	return h
}

func (h *heldBody) Read(p []byte) (int, error) {
	body := h.body.Load()
	if body == nil {
		return 0, errLetGo
	}
	return (*body).Read(p)
}

func (h *heldBody) Close() error {
	body := h.body.Swap(nil)
	if body == nil {
		return nil
	}
	return (*body).Close()
}
