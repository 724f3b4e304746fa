package access

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"docent"
)

// noon is when tests begin.
var noon = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

// watch is a clock that only the test moves.
type watch struct {
	mu sync.Mutex
	at time.Time
}

func newWatch() *watch { return &watch{at: noon} }

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// heldKeys keeps keys in memory.
type heldKeys struct {
	mu   sync.Mutex
	keys map[string]Key
	used int
	err  error                        // of every call
	note func(context.Context, error) // called before a use is noted
}

func (h *heldKeys) Key(_ context.Context, id string) (Key, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if k, has := h.keys[id]; has || h.err != nil {
		return k, h.err
	}
	return Key{}, docent.Errorf(docent.CodeNotFound, "no key")
}

func (h *heldKeys) KeyUsed(ctx context.Context, id string, at time.Time) error {
	if h.note != nil {
		h.note(ctx, h.err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.used++
	k := h.keys[id]
	k.UsedAt = at
	h.keys[id] = k
	return h.err
}

func (h *heldKeys) HasKeys(context.Context) (bool, error) { return len(h.keys) > 0, h.err }

// add keeps a new key and gives what is shown of it.
func (h *heldKeys) add(change func(*Key)) (shown string, k Key) {
	k = Key{ID: NewKeyID(), Site: docent.DefaultSite, Scopes: []string{ScopeIngest}, CreatedAt: noon}
	shown, k.Digest = NewKeySecret(k.ID)
	if change != nil {
		change(&k)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.keys == nil {
		h.keys = map[string]Key{}
	}
	h.keys[k.ID] = k
	return shown, k
}

// testSecret is long enough.
var testSecret = strings.Repeat("secret", 10)

// settings are the defaults of the auth section, with a secret.
func settings() Config {
	return Config{Secret: []string{testSecret}, TokenTTL: time.Hour, RenewWithin: 30 * 24 * time.Hour, BindAddress: true, ClockSkew: time.Minute}
}

// twoSites are of two documentations with an origin each.
func twoSites() []Site {
	return []Site{
		{Name: "default", Origins: []string{"https://docs.example.com"}},
		{Name: "other", Key: "pk_other", Origins: []string{"https://other.example.org"}},
	}
}

// newGate makes a Gate over cfg and two sites, whose clock is w.
func newGate(t testing.TB, w *watch, cfg Config, keys Keys, options ...Option) *Gate {
	t.Helper()
	return newGateOf(t, w, cfg, twoSites(), keys, options...)
}

func newGateOf(t testing.TB, w *watch, cfg Config, sites []Site, keys Keys, options ...Option) *Gate {
	t.Helper()
	g, err := NewGate(t.Context(), cfg, sites, keys, append(options, WithClock(w.now))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}

// reader is a call from a page of the default site.
func reader() Call {
	return Call{Origin: "https://docs.example.com", Address: netip.MustParseAddr("203.0.113.7"), Surface: SurfaceChat, Unsafe: true}
}

// with is a call with credentials.
func (c Call) with(credentials string) Call {
	c.Authorization = []string{"Bearer " + credentials}
	return c
}

// withCookie is a call with a cookie.
func (c Call) withCookie(name, value string) Call {
	c.Cookie = func(n string) string {
		if n == name {
			return value
		}
		return ""
	}
	return c
}

// mint gets a token, which must go well.
func mint(t testing.TB, g *Gate, c Call, current string) Token {
	t.Helper()
	token, err := g.Mint(t.Context(), c, current, Proof{})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// wantRefused fails the test unless err has the code and, in what is told or in
// the cause, the words.
func wantRefused(t testing.TB, err error, code docent.Code, words string) {
	t.Helper()
	var told *docent.Error
	if !errors.As(err, &told) || told.Code != code || !strings.Contains(told.Told()+": "+err.Error(), words) {
		t.Errorf("error %v (code %q), want %q in one of code %q", err, docent.CodeOf(err), words, code)
	}
}
