package push

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"docent"
)

// Client pushes to one server.
type Client struct {
	root  string
	key   string
	http  *http.Client
	wait  func(ctx context.Context, d time.Duration) error // tests do not wait
	sent  int64
	tries int // until the server has answered once, fewer: its address may be wrong
}

// NewClient makes a client of the server at address, with an API key of scope
// ingest; "" is none. A key is not sent in the clear beyond this machine. Errors
// are docent.CodeInvalid.
func NewClient(address, key string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		return nil, &docent.Error{Code: docent.CodeInvalid, Message: "the address to push to is not one of a server", Hint: "write it like https://docs-bot.example.com"}
	}
	if key != "" && u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, &docent.Error{Code: docent.CodeInvalid, Message: "a key would be sent to " + u.Host + " for everyone on the way to read", Hint: "push to its https address"}
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		root: strings.TrimRight(u.String(), "/") + apiPath, key: key, wait: pause, tries: firstTries,
		http: &http.Client{Timeout: requestTime, CheckRedirect: stay},
	}, nil
}

// apiPath is above all that a client asks for.
const apiPath = "/api/v1/index"

// requestTime is the time for one request. A server that reads what it has of a
// large unit answers late.
const requestTime = 5 * time.Minute

// fileTime is the time for one whose answer is a whole index.
const fileTime = time.Hour

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Sent is how many bytes of bodies were sent.
func (c *Client) Sent() int64 { return c.sent }

// How often a request is made until it is given up: the first one, and those
// after it. The pauses between double from the first one.
const (
	firstTries = 3
	tries      = 8
	firstPause = time.Second
	longPause  = 30 * time.Second
)

// call makes a request, and again where the same may succeed later: all of
// them can be repeated. into may be nil.
func (c *Client) call(ctx context.Context, method, path string, body []byte, into any) error {
	for try, next := 1, firstPause; ; try, next = try+1, min(2*next, longPause) {
		err := c.once(ctx, method, path, body, into)
		var told *docent.Error
		if err == nil || ctx.Err() != nil || try >= c.tries || !errors.As(err, &told) || !told.Code.Retryable() {
			return err
		}
		if err := c.wait(ctx, max(next, told.RetryAfter)); err != nil {
			return err
		}
	}
}

// once makes a request; into may be a *[]byte, too, for the answer as it is, or an
// io.Writer for one of any length. Whatever went wrong on the way is
// docent.CodeNotReady.
func (c *Client) once(ctx context.Context, method, path string, body []byte, into any) error {
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.root+path, content)
	if err != nil {
		return err
	}
	if body != nil {
		c.sent += int64(len(body))
		r.Header.Set("Content-Encoding", "gzip")
		r.Header.Set("Content-Type", contentType(method))
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	client := *c.http
	file, whole := into.(io.Writer)
	if whole {
		client.Timeout = fileTime
	}
	answer, err := client.Do(r)
	if err != nil {
		return unreached(c.root, err)
	}
	defer answer.Body.Close()
	c.tries = tries
	if whole && answer.StatusCode < 300 {
		if _, err := io.Copy(file, answer.Body); err != nil {
			return unreached(c.root, err)
		}
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return unreached(c.root, err)
	}
	if answer.StatusCode >= 300 {
		return refused(answer, text)
	}
	if into == nil {
		return nil
	}
	if raw, is := into.(*[]byte); is {
		*raw = text
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &docent.Error{Code: docent.CodeInvalid, Message: "what answers there is not a docent server of this version", Hint: "look at the address of --push"}
	}
	return nil
}

// maxAnswer is the size of an answer that names every page of a large site.
const maxAnswer = 256 << 20

func contentType(method string) string {
	if method == http.MethodPut {
		return "application/x-ndjson"
	}
	return "application/json"
}

func unreached(root string, err error) error {
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		err = errors.New("it did not answer in time")
	}
	return &docent.Error{Code: docent.CodeNotReady, Message: "the server at " + strings.TrimSuffix(root, apiPath) + " can't be reached", Err: err}
}

// refused is a server's error: its own, or that of what stands before it.
func refused(answer *http.Response, body []byte) error {
	var p struct {
		Code   docent.Code `json:"code"`
		Detail string      `json:"detail"`
	}
	wait, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	out := &docent.Error{RetryAfter: time.Duration(wait) * time.Second}
	switch err := json.Unmarshal(body, &p); {
	case err == nil && p.Code != "":
		out.Code, out.Message = p.Code, p.Detail
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		out.Code, out.Message = docent.CodeNotReady, "the server answered "+answer.Status
	case answer.StatusCode < 400:
		out.Code, out.Message, out.Hint = docent.CodeInvalid, fmt.Sprintf("the server leads elsewhere: %s", answer.Status), "push to the address where it leads"
	default:
		out.Code, out.Message, out.Hint = docent.CodeInvalid, "the server answered "+answer.Status, "look at the address of --push: nothing there takes pushes"
	}
	if out.Code == docent.CodeForbidden || out.Code == docent.CodeUnauthorized {
		out.Hint = "a push needs a key of scope ingest: 'docent keys create --scope ingest' on the server"
	}
	return out
}

// packed is v as gzipped JSON.
func packed(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	err := errors.Join(json.NewEncoder(z).Encode(v), z.Close())
	return b.Bytes(), err
}
