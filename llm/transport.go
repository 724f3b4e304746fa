package llm

import (
	"io"
	"net"
	"net/http"
	"time"

	"github.com/openai/openai-go/v3/option"
)

// maxErrorBytes is read of the body of an error: enough for any message.
const maxErrorBytes = 64 << 10

// endpoint is where requests go, and what they are signed with.
type endpoint struct {
	baseURL, key          string
	organization, project string // "" sends none
	accept                string
}

func (c Config) endpoint() endpoint {
	return endpoint{c.BaseURL, c.APIKey, c.Organization, c.Project, eventStream}
}

// options are all that openai-go is told. Nothing comes from the environment
// but the proxy.
func (e endpoint) options() []option.RequestOption {
	opts := []option.RequestOption{
		option.WithBaseURL(e.baseURL),
		option.WithHTTPClient(httpClient()),
		option.WithMaxRetries(0),
		option.WithMiddleware(boundErrors),
		option.WithHeader("User-Agent", "docent"),
		option.WithHeader("Accept", e.accept),
	}
	if e.key != "" {
		opts = append(opts, option.WithAPIKey(e.key))
	}
	if e.organization != "" {
		opts = append(opts, option.WithOrganization(e.organization))
	}
	if e.project != "" {
		opts = append(opts, option.WithProject(e.project))
	}
	return opts
}

// httpClient keeps connections for many streams at once to one host. It has no
// time limit of its own for an answer: the watchdog cancels requests, from the
// first byte on. Redirects are not followed, since a question and a key are
// meant for the configured address alone. Compression is off, since a stream
// that a proxy compresses comes late.
func httpClient() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		Transport: letGo{&http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			ForceAttemptHTTP2:     true,
			TLSHandshakeTimeout:   10 * time.Second,
			ExpectContinueTimeout: time.Second,
			IdleConnTimeout:       90 * time.Second,
			MaxIdleConns:          256,
			MaxIdleConnsPerHost:   256,
			DisableCompression:    true,
			WriteBufferSize:       1 << 10, // a request is written once, an answer read for long
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// boundErrors cuts the bodies of errors short, since openai-go reads them whole.
func boundErrors(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	res, err := next(req)
	if err == nil && res.StatusCode >= http.StatusBadRequest {
		res.Body = boundedBody{io.LimitReader(res.Body, maxErrorBytes), res.Body}
	}
	return res, err
}

type boundedBody struct {
	io.Reader
	io.Closer
}
