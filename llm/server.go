package llm

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
)

const (
	eventStream = "text/event-stream"
	jsonType    = "application/json"
)

// server is what all requests to one server share: how errors speak of it, the
// pause that it asked for, and the time by which it is waited for.
type server struct {
	called  string   // "the model's server"
	kind    string   // "a model"
	answer  string   // "the model's answer"
	secrets []string // kept out of errors: the key, and values of headers
	section string   // of its settings: "model"
	model   string   // the setting that names its model
	budget  string   // the setting to lower where a request is too long
	client  *http.Client
	pause   pause
	clock   clock
}

// received judges what came of a request. The response has status 200 and one
// of the media types, its body still unread; anything else is a failure.
func (s *server) received(ctx context.Context, res *http.Response, err error, types ...string) (*http.Response, error) {
	switch {
	case ctx.Err() != nil:
		if err == nil {
			res.Body.Close()
		}
		return nil, interrupted(ctx, ctx.Err())
	case res == nil || err != nil && res.StatusCode < http.StatusBadRequest:
		return nil, s.unreachable(err)
	case res.StatusCode >= http.StatusBadRequest:
		body, _ := io.ReadAll(res.Body) // openai-go left at most maxErrorBytes there
		return nil, s.refused(res, body)
	case res.StatusCode != http.StatusOK:
		res.Body.Close()
		return nil, s.misspoke("status " + res.Status)
	}
	if t := mediaType(res); !slices.Contains(types, t) {
		res.Body.Close()
		return nil, s.misspoke("content type " + shortened(t))
	}
	return res, nil
}

// mediaType is the response's content type without parameters, in lower case.
func mediaType(res *http.Response) string {
	header := res.Header.Get("Content-Type")
	if t, _, err := mime.ParseMediaType(header); err == nil {
		return t
	}
	t, _, _ := strings.Cut(header, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// variant is a dialect: what differs between servers of one protocol.
type variant[D any] interface {
	comparable
	// without gives the dialect to try after a server refused a parameter,
	// false where the refusal names none of those that can be changed.
	without(refused providerError) (D, bool)
}

// dialects keeps the dialect that a server was last heard to take.
type dialects[D variant[D]] struct {
	mu      sync.Mutex
	current D
}

func (d *dialects[D]) get() D {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.current
}

func (d *dialects[D]) learn(known D) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current = known
}

// speak calls send with the dialect that is known. A parameter that the server
// refuses by name is left out, or sent by its other name, in a repeat that does
// not count as a try; what then works is kept for later requests. Each change is
// made once, so the repeats end.
func (d *dialects[D]) speak(send func(D) error) error {
	known := d.get()
	current := known
	for {
		err := send(current)
		if err == nil && current != known {
			d.learn(current)
		}
		var f *failure
		if !errors.As(err, &f) || f.refusal == nil {
			return err
		}
		next, changed := current.without(*f.refusal)
		if !changed {
			return err
		}
		current = next
	}
}
