package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"docent"
)

// Bounds of asking an issuer for its keys.
const (
	keysTimeout = 3 * time.Second  // for discovery and the keys together
	keysEvery   = 10 * time.Second // between two requests for keys that are not known, whoever asks
	keysAge     = time.Hour        // after which keys in use are asked for again
	keysBytes   = 1 << 20          // of an answer
)

// remoteKeys are the keys that an issuer publishes. They are asked for when a
// signature fits none of those that are known, once for all who wait, and go
// on being used while the issuer does not answer.
type remoteKeys struct {
	cfg    IssuerConfig
	client *http.Client
	now    func() time.Time
	ctx    context.Context // ends with close
	end    context.CancelFunc

	mu      sync.Mutex
	keys    keySet        // nil before the first answer
	fetched time.Time     // when they came
	asked   time.Time     // when they were asked for last; zero counts as never
	failed  error         // why that went wrong; nil when it did not
	waiting chan struct{} // closed when the request under way has ended; nil without one
	working sync.WaitGroup
}

func newRemoteKeys(cfg IssuerConfig, client *http.Client, now func() time.Time) *remoteKeys {
	r := &remoteKeys{cfg: cfg, now: now}
	if client == nil {
		client = &http.Client{}
	}
	bounded := *client
	bounded.Transport = boundedTransport{client.Transport}
	r.client = &bounded
	r.ctx, r.end = context.WithCancel(context.Background())
	return r
}

func (r *remoteKeys) close() {
	r.end()
	r.working.Wait()
}

// try checks a signature with the keys that are known and, where it fits none,
// with those that the issuer has now. check reports whether any key came into
// question, and whether one fitted. The error is CodeNotReady where none came
// into question and the issuer could not be asked.
func (r *remoteKeys) try(ctx context.Context, check func(keySet) (known, ok bool)) error {
	known, ok := check(r.current())
	if ok {
		return nil
	}
	keys, err := r.refreshed(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	again, ok := check(keys)
	switch {
	case ok:
		return nil
	case known || again:
		return badJWT(errors.New("its signature is wrong"))
	case err != nil:
		return &docent.Error{
			Code: docent.CodeNotReady, Message: "the issuer of the token can't be asked for its keys", Hint: "try again",
			RetryAfter: keysEvery, Err: fmt.Errorf("%s: %w", r.cfg.Name, err),
		}
	}
	return badJWT(errors.New("it is signed with a key that its issuer does not publish"))
}

// current gives the keys that are known. Where they are old, others are asked
// for meanwhile.
func (r *remoteKeys) current() keySet {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys != nil && r.now().Sub(r.fetched) >= keysAge {
		r.ask()
	}
	return r.keys
}

// refreshed gives the keys after the request that is under way, or that it
// starts where the last one is long enough ago, and why that last one failed.
func (r *remoteKeys) refreshed(ctx context.Context) (keySet, error) {
	r.mu.Lock()
	r.ask()
	waiting := r.waiting
	r.mu.Unlock()
	if waiting != nil {
		select {
		case <-waiting:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys, r.failed
}

// ask starts a request, unless one is under way or was lately. The caller
// holds the lock.
func (r *remoteKeys) ask() {
	now := r.now()
	if r.waiting != nil || !r.asked.IsZero() && now.Sub(r.asked) < keysEvery || r.ctx.Err() != nil {
		return
	}
	r.asked, r.waiting = now, make(chan struct{})
	r.working.Go(func() {
		keys, err := r.fetch()
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.failed = err; err == nil {
			if r.keys == nil {
				r.asked = time.Time{} // the first keys are no answer to a token with a key of its own
			}
			r.keys, r.fetched = keys, r.now()
		}
		close(r.waiting)
		r.waiting = nil
	})
}

// fetch asks the issuer, first where its keys are, unless that is configured.
func (r *remoteKeys) fetch() (keySet, error) {
	ctx, cancel := context.WithTimeout(r.ctx, keysTimeout)
	defer cancel()
	address := r.cfg.JWKSURL
	if address == "" {
		var err error
		if address, err = r.discover(ctx); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", clip(address), answer.Status)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	return jwks(body)
}

// discover gives the address of the keys by OpenID Connect discovery.
func (r *remoteKeys) discover(ctx context.Context) (string, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, r.client), r.cfg.Issuer)
	if err != nil {
		return "", errors.New("discovery: " + clip(err.Error())) // which may hold the whole answer
	}
	var said struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&said); err != nil {
		return "", fmt.Errorf("discovery: %w", err)
	}
	return said.Keys, nil
}

// boundedTransport asks by https only, or on this machine, redirects included,
// and cuts answers that are too long.
type boundedTransport struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t boundedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	if !secure(request.URL) {
		return nil, fmt.Errorf("%s is no https address", clip(request.URL.Redacted()))
	}
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(request)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, keysBytes)
	}
	return answer, err
}
