package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docent"
	"docent/access"
)

// KeyStore keeps API keys, with their administration.
type KeyStore interface {
	access.Keys
	// Keys lists a site's, or with "" those of all sites, oldest first,
	// revoked and expired ones too. It is never nil.
	Keys(ctx context.Context, site string) ([]access.Key, error)
	// CreateKey keeps a new key. An ID that is taken is an error.
	CreateKey(ctx context.Context, k access.Key) error
	// RevokeKey ends a key; NotFound where the site has no such key.
	RevokeKey(ctx context.Context, site, id string, at time.Time) error
	// RotateKey gives a key another secret and end; NotFound where the site has
	// no such key, Conflict where it was revoked.
	RotateKey(ctx context.Context, site, id string, digest []byte, graceEnd, expires time.Time) (access.Key, error)
	// Close may be called twice.
	Close() error
}

// Keys runs the contract of API keys. open closes the store when the test ends.
func Keys(t *testing.T, open func(t *testing.T, place string) KeyStore) {
	rules := []struct {
		name string
		rule func(*testing.T, KeyStore)
	}{
		{"a key comes back as it was", keyComesBack},
		{"an ID is taken once", idIsTakenOnce},
		{"keys are listed by site, oldest first", keysAreListed},
		{"a revoked key stays revoked", revokedStays},
		{"a rotated key keeps the secret before", rotatedKeepsBefore},
		{"another site's key can't be changed", othersKeyStays},
		{"a key's use is noted, the latest counts", useIsNoted},
		{"keys are used and changed at once", keysChangeAtOnce},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.rule(t, open(t, t.TempDir())) })
	}
	t.Run("another process sees a change at once", func(t *testing.T) {
		place := t.TempDir()
		changeIsSeen(t, open(t, place), open(t, place))
	})
}

// aKey is the n-th key of a site, made n minutes after the first.
func aKey(site string, n int) access.Key {
	return access.Key{
		ID: fmt.Sprintf("%s%d", site, n), Site: site, Name: fmt.Sprintf("key %d, «%s»", n, site),
		Scopes: []string{access.ScopeSearch, access.ScopeIngest}, Digest: fmt.Appendf(nil, "digest %d\x00\xff", n), CreatedAt: moment(n),
	}
}

func create(t *testing.T, s KeyStore, keys ...access.Key) {
	t.Helper()
	for _, k := range keys {
		must(t, s.CreateKey(t.Context(), k))
	}
}

// wantKey fails the test unless the key is kept just so.
func wantKey(t *testing.T, s KeyStore, want access.Key) {
	t.Helper()
	got, err := s.Key(t.Context(), want.ID)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the key (-want +got):\n%s", diff)
	}
}

func keyComesBack(t *testing.T, s KeyStore) {
	has, err := s.HasKeys(t.Context())
	if must(t, err); has {
		t.Error("an empty store has keys")
	}
	_, err = s.Key(t.Context(), "here1")
	code(t, err, docent.CodeNotFound)
	forever, ending := aKey("here", 1), aKey("here", 2)
	ending.ExpiresAt = moment(5)
	create(t, s, forever, ending)
	wantKey(t, s, forever)
	wantKey(t, s, ending)
	for _, unknown := range []string{"", "here3", "HERE1", "here%", "here1' OR '1'='1"} {
		_, err = s.Key(t.Context(), unknown)
		code(t, err, docent.CodeNotFound)
	}
	has, err = s.HasKeys(t.Context())
	if must(t, err); !has {
		t.Error("a store with keys has none")
	}
}

func idIsTakenOnce(t *testing.T, s KeyStore) {
	create(t, s, aKey("here", 1))
	again := aKey("there", 1)
	again.ID = "here1"
	if err := s.CreateKey(t.Context(), again); err == nil {
		t.Error("a second key took the ID of the first")
	}
	wantKey(t, s, aKey("here", 1))
}

func keysAreListed(t *testing.T, s KeyStore) {
	list := func(site string) []string {
		keys, err := s.Keys(t.Context(), site)
		must(t, err)
		if keys == nil {
			t.Error("a list is nil")
		}
		ids := []string{}
		for _, k := range keys {
			ids = append(ids, k.ID)
		}
		return ids
	}
	if got := list(""); len(got) > 0 {
		t.Errorf("at first there is %v", got)
	}
	create(t, s, aKey("here", 3), aKey("there", 2), aKey("here", 1))
	must(t, s.RevokeKey(t.Context(), "here", "here1", moment(9)))
	for site, want := range map[string][]string{"": {"here1", "there2", "here3"}, "here": {"here1", "here3"}, "nowhere": {}} {
		if diff := cmp.Diff(want, list(site)); diff != "" {
			t.Errorf("of %q (-want +got):\n%s", site, diff)
		}
	}
}

func revokedStays(t *testing.T, s KeyStore) {
	want := aKey("here", 1)
	create(t, s, want)
	must(t, s.RevokeKey(t.Context(), "here", "here1", moment(2)))
	must(t, s.RevokeKey(t.Context(), "here", "here1", moment(3)))
	want.RevokedAt = moment(2)
	wantKey(t, s, want)
	_, err := s.RotateKey(t.Context(), "here", "here1", []byte("new"), moment(9), time.Time{})
	code(t, err, docent.CodeConflict)
	wantKey(t, s, want)
	has, err := s.HasKeys(t.Context())
	if must(t, err); !has {
		t.Error("a revoked key was never there")
	}
}

func rotatedKeepsBefore(t *testing.T, s KeyStore) {
	want := aKey("here", 1)
	create(t, s, want)
	for n, rotation := range []struct {
		digest string
		grace  time.Time
		ends   time.Time
	}{{"second", moment(5), moment(50)}, {"third", time.Time{}, time.Time{}}} {
		got, err := s.RotateKey(t.Context(), "here", "here1", []byte(rotation.digest), rotation.grace, rotation.ends)
		must(t, err)
		want.Before, want.Digest, want.BeforeEnd, want.ExpiresAt = want.Digest, []byte(rotation.digest), rotation.grace, rotation.ends
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("rotation %d (-want +got):\n%s", n+1, diff)
		}
		wantKey(t, s, want)
	}
}

func othersKeyStays(t *testing.T, s KeyStore) {
	create(t, s, aKey("here", 1))
	for _, c := range []struct{ site, id string }{{"there", "here1"}, {"", "here1"}, {"here", "here2"}} {
		code(t, s.RevokeKey(t.Context(), c.site, c.id, moment(2)), docent.CodeNotFound)
		_, err := s.RotateKey(t.Context(), c.site, c.id, []byte("new"), moment(3), time.Time{})
		code(t, err, docent.CodeNotFound)
	}
	wantKey(t, s, aKey("here", 1))
}

func useIsNoted(t *testing.T, s KeyStore) {
	want := aKey("here", 1)
	create(t, s, want)
	for _, n := range []int{3, 7, 5} {
		must(t, s.KeyUsed(t.Context(), "here1", moment(n)))
	}
	want.UsedAt = moment(7)
	wantKey(t, s, want)
	must(t, s.KeyUsed(t.Context(), "unknown", moment(1)))
}

func keysChangeAtOnce(t *testing.T, s KeyStore) {
	create(t, s, aKey("here", 0))
	var working sync.WaitGroup
	for n := range 16 {
		working.Go(func() {
			errs := []error{s.KeyUsed(t.Context(), "here0", moment(n))}
			_, err := s.RotateKey(t.Context(), "here", "here0", fmt.Appendf(nil, "secret %d", n), moment(n), time.Time{})
			errs = append(errs, err, s.CreateKey(t.Context(), aKey("there", n)))
			_, err = s.Key(t.Context(), "here0")
			for _, err := range append(errs, err) {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	working.Wait()
	keys, err := s.Keys(t.Context(), "")
	if must(t, err); len(keys) != 17 {
		t.Errorf("%d keys are kept, want 17", len(keys))
	}
}

func changeIsSeen(t *testing.T, one, other KeyStore) {
	want := aKey("here", 1)
	create(t, one, want)
	wantKey(t, other, want)
	must(t, one.RevokeKey(t.Context(), "here", "here1", moment(2)))
	want.RevokedAt = moment(2)
	wantKey(t, other, want)
}
