package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"docent/guard"
)

// asker asks servers over HTTP, at a pace.
type asker struct {
	client   *http.Client
	interval time.Duration

	mu   sync.Mutex
	next time.Time // when the next request may begin
}

// newAsker makes an asker. may says where redirects may lead; nil is anywhere.
func newAsker(src Source, cfg Config, may func(*url.URL) error) *asker {
	client := guard.NewClient(guard.Config{AllowPrivate: src.AllowPrivate, Timeout: cfg.Limits.Timeout})
	follow := client.CheckRedirect
	client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if may != nil {
			if err := may(r.URL); err != nil {
				return err
			}
		}
		return follow(r, via)
	}
	return &asker{client: client, interval: cfg.Limits.Interval}
}

// answer is what a server gave, whatever its status.
type answer struct {
	status int
	header http.Header
	body   []byte
	at     *url.URL // after redirects
}

// maxPause is how long a server may ask us to wait before the second try.
const maxPause = 30 * time.Second

// get asks for an address. before is what is known from the last time; nil is
// nothing. A server that is busy is asked once more when it says.
func (a *asker) get(ctx context.Context, address string, before *known, limit int64) (answer, error) {
	got, err := a.once(ctx, address, before, limit)
	if err != nil || got.status != http.StatusTooManyRequests && got.status != http.StatusServiceUnavailable {
		return got, err
	}
	seconds, err := strconv.Atoi(got.header.Get("Retry-After"))
	pause := time.Duration(seconds) * time.Second
	if err != nil || seconds < 0 || pause > maxPause {
		return got, nil
	}
	if err := sleep(ctx, pause); err != nil {
		return got, err
	}
	return a.once(ctx, address, before, limit)
}

func (a *asker) once(ctx context.Context, address string, before *known, limit int64) (got answer, err error) {
	if err := a.turn(ctx); err != nil {
		return got, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return got, err
	}
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5")
	if before != nil {
		setNonEmpty(r.Header, "If-None-Match", before.ETag)
		setNonEmpty(r.Header, "If-Modified-Since", before.Modified)
	}
	w, err := a.client.Do(r)
	if err != nil {
		return got, shortened(err)
	}
	defer func() { err = errors.Join(err, w.Body.Close()) }()
	got = answer{status: w.StatusCode, header: w.Header, at: w.Request.URL}
	if w.StatusCode != http.StatusOK {
		return got, nil
	}
	got.body, err = readAtMost(w.Body, limit)
	return got, err
}

// turn waits until a request may begin.
func (a *asker) turn(ctx context.Context) error {
	a.mu.Lock()
	now := time.Now()
	if a.next.Before(now) {
		a.next = now
	}
	pause := a.next.Sub(now)
	a.next = a.next.Add(a.interval)
	a.mu.Unlock()
	return sleep(ctx, pause)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func setNonEmpty(h http.Header, key, value string) {
	if value != "" {
		h.Set(key, value)
	}
}

// shortened is an error of a request without its address, which stands beside
// it.
func shortened(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// problem says what is wrong with an answer; "" where it is one.
func (a answer) problem() string {
	if a.status == http.StatusOK {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)))
}

func (a answer) gone() bool { return a.status == http.StatusNotFound || a.status == http.StatusGone }

// document asks for an address that a setting names.
func (a *asker) document(ctx context.Context, address string, limit int64) (answer, error) {
	got, err := a.get(ctx, address, nil, limit)
	if err == nil && got.status != http.StatusOK {
		err = errors.New(got.problem())
	}
	if err == nil || ctx.Err() != nil {
		return got, err
	}
	hint := "check the address, and that this machine reaches it"
	if forbidden(err) {
		hint = privateHint
	}
	return got, failed(hint, err, "%s can't be fetched", bare(address))
}

// slurp is for what may be missing: nil without an error where it is.
func (a *asker) slurp(ctx context.Context, address string, limit int64) ([]byte, error) {
	got, err := a.get(ctx, address, nil, limit)
	switch {
	case err != nil:
	case got.status == http.StatusOK:
		return got.body, nil
	case got.status >= 400 && got.status < 500 && got.status != http.StatusTooManyRequests:
		return nil, nil
	default:
		err = errors.New(got.problem())
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	hint := "try again later: without it nothing says which pages there are, and all stay as they were"
	if forbidden(err) {
		hint = privateHint
	}
	return nil, failed(hint, err, "%s can't be fetched", bare(address))
}
