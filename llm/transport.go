package llm

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/openai/openai-go/v3/option"
)

// maxErrorBytes is read of the body of an error: enough for any message.
const maxErrorBytes = 64 << 10

// endpoint is where requests go, and what they are signed with.
type endpoint struct {
	Place
	accept string
}

// secrets are what no error may repeat.
func (p Place) secrets() []string {
	var list []string
	if p.APIKey != "" {
		list = append(list, p.APIKey)
	}
	for _, h := range p.Headers {
		if h.Value != "" {
			list = append(list, h.Value)
		}
	}
	return list
}

// options are all that openai-go is told. Nothing comes from the environment
// but the proxy.
func (e endpoint) options(client *http.Client) []option.RequestOption {
	opts := []option.RequestOption{
		option.WithBaseURL(e.base()),
		option.WithHTTPClient(client),
		option.WithMaxRetries(0),
		option.WithMiddleware(boundErrors),
		option.WithHeader("User-Agent", "docent"),
		option.WithHeader("Accept", e.accept),
	}
	if e.APIKey != "" {
		opts = append(opts, option.WithHeader(e.keyHeader()))
	}
	if e.APIVersion != "" {
		opts = append(opts, option.WithQuery("api-version", e.APIVersion))
	}
	if e.Organization != "" {
		opts = append(opts, option.WithOrganization(e.Organization))
	}
	if e.Project != "" {
		opts = append(opts, option.WithProject(e.Project))
	}
	for _, h := range e.Headers {
		opts = append(opts, option.WithHeader(h.Name, h.Value))
	}
	return opts
}

// httpClient keeps connections for many streams at once to one host. It has no
// time limit of its own for an answer: the watchdog cancels requests, from the
// first byte on. Redirects are not followed, since a question and a key are
// meant for the configured address alone. Compression is off, since a stream
// that a proxy compresses comes late. caFile, unless "", has certificates to
// trust besides the system's.
func httpClient(caFile string) (*http.Client, error) {
	roots, err := trusted(caFile)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		Transport: letGo{&http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			ForceAttemptHTTP2:     true,
			TLSClientConfig:       &tls.Config{RootCAs: roots},
			TLSHandshakeTimeout:   10 * time.Second,
			ExpectContinueTimeout: time.Second,
			IdleConnTimeout:       90 * time.Second,
			MaxIdleConns:          256,
			MaxIdleConnsPerHost:   256,
			DisableCompression:    true,
			WriteBufferSize:       1 << 10, // a request is written once, an answer read for long
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// trusted gives the system's certificates and those of the file; nil is the
// system's alone.
func trusted(caFile string) (*x509.CertPool, error) {
	if caFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // there is none on this system
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", caFile)
	}
	return pool, nil
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
