// Package guard makes HTTP clients for addresses that data may choose: a link
// in a sitemap, a redirect, a tool's argument. Whoever writes such data must
// not reach what only this machine reaches: its loopback, the network around
// it, a cloud's metadata.
//
// Names are not trusted, addresses are: each connection is checked when it is
// made, after the name was resolved, so that a name that resolves to something
// else the second time (DNS rebinding) gains nothing. Redirects are requests
// like others. What a setting names (a model's server, a database, an issuer)
// is its owner's choice, and needs no guard.
package guard

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Config says what a client may reach. The zero value is public addresses, by
// http and https.
type Config struct {
	// AllowPrivate lets it reach every address, through the environment's proxy
	// where there is one. Without it there is no proxy: what a proxy would
	// connect to could not be checked.
	AllowPrivate bool
	Timeout      time.Duration // of a request, its body included; 0 is a minute
	MaxRedirects int           // 0 is 5; below 0 none are followed
}

const (
	defaultTimeout   = time.Minute
	defaultRedirects = 5
	dialTimeout      = 10 * time.Second
)

// ErrForbidden is in the chain of the error of a request to what may not be
// reached.
var ErrForbidden = errors.New("the address is private or reserved, and may not be reached from here")

// NewClient makes a client. Its requests give an error with ErrForbidden in its
// chain where they lead to what may not be reached.
func NewClient(c Config) *http.Client {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.MaxRedirects == 0 {
		c.MaxRedirects = defaultRedirects
	}
	transport := &http.Transport{
		TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: c.Timeout, IdleConnTimeout: time.Minute,
		MaxIdleConnsPerHost: 8, MaxResponseHeaderBytes: 1 << 20, ForceAttemptHTTP2: true,
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	if c.AllowPrivate {
		transport.Proxy = http.ProxyFromEnvironment
	} else {
		dialer.Control = control
	}
	transport.DialContext = dialer.DialContext
	return &http.Client{Transport: schemes{transport}, Timeout: c.Timeout, CheckRedirect: redirects(c.MaxRedirects)}
}

// control is called with the address of each connection before it is made.
func control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !Public(at.Addr()) {
		return fmt.Errorf("%s: %w", at.Addr(), ErrForbidden)
	}
	return nil
}

// schemes refuses what is neither http nor https.
type schemes struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s schemes) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, fmt.Errorf("%q: only http and https are spoken", r.URL.Scheme)
	}
	return s.next.RoundTrip(r)
}

// redirects follows at most so many, and none from https back to http.
func redirects(most int) func(*http.Request, []*http.Request) error {
	return func(r *http.Request, via []*http.Request) error {
		switch {
		case most < 0:
			return http.ErrUseLastResponse
		case len(via) > most:
			return fmt.Errorf("more than %d redirects", most)
		case via[len(via)-1].URL.Scheme == "https" && r.URL.Scheme == "http":
			return errors.New("a redirect from https to http is not followed")
		}
		return nil
	}
}
