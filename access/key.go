package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"docent"
)

// Key is an API key as it is kept: never its secret.
type Key struct {
	ID        string // 10 letters and digits
	Site      string
	Name      string // for people; may be ""
	Scopes    []string
	Digest    []byte    // of the secret
	Before    []byte    // the digest of the secret before it was rotated; nil without one
	BeforeEnd time.Time // until which that one still counts
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	UsedAt    time.Time // within a minute or so; zero: never
	RevokedAt time.Time // zero: it counts
}

// Subject is who calls with the key. Rotating keeps it.
func (k Key) Subject() string { return keySubject + k.ID }

// State is "revoked", "expired" or "active" at a time.
func (k Key) State(now time.Time) string {
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked"
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return "expired"
	}
	return "active"
}

// Keys is where API keys are kept. Times are kept to the second at least.
type Keys interface {
	// Key gives one key of any site; docent.CodeNotFound where there is none.
	// What another process changed must be seen at once.
	Key(ctx context.Context, id string) (Key, error)
	// KeyUsed notes when a key was used last.
	KeyUsed(ctx context.Context, id string, at time.Time) error
	// HasKeys reports whether any key was ever made, revoked and expired ones
	// included.
	HasKeys(ctx context.Context) (bool, error)
}

// An API key is "dk_", its ID, "_", a secret of 200 bits, "_" and a checksum
// that tells a typing error from a wrong key without asking the store.
const (
	keyPrefix    = "dk_"
	keyIDLen     = 10
	keySecretLen = 40
	keySumLen    = 6
	keyLen       = len(keyPrefix) + keyIDLen + 1 + keySecretLen + 1 + keySumLen
)

// NewKeyID makes the ID of a key.
func NewKeyID() string { return randomText(keyIDLen)[:keyIDLen] }

// NewKeySecret makes a secret for the key with an ID: the text to show once,
// and the digest to keep.
func NewKeySecret(id string) (text string, digest []byte) {
	secret := randomText(keySecretLen * 5 / 8)
	return joinKey(id, secret), keyDigest(secret)
}

// KeyID finds a key's ID in what a person may have at hand: the ID, the subject,
// or the whole key. The result need not be an ID that there is.
func KeyID(text string) string {
	text = strings.TrimSpace(text)
	for _, prefix := range []string{keyPrefix, keySubject} {
		text = strings.TrimPrefix(text, prefix)
	}
	id, _, _ := strings.Cut(text, "_")
	return id
}

func joinKey(id, secret string) string {
	body := keyPrefix + id + "_" + secret
	return body + "_" + keySum(body)
}

func keyDigest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func keySum(body string) string {
	sum := sha256.Sum256([]byte(body))
	return digits.EncodeToString(sum[:])[:keySumLen]
}

// splitKey takes an API key apart. Its errors are for whoever typed it.
func splitKey(text string) (id, secret string, err error) {
	if strings.ContainsFunc(text, unicode.IsSpace) {
		return "", "", unauthorized("the API key has white space in it", "copy it as it was shown")
	}
	damaged := unauthorized("the API key is incomplete or mistyped", "copy it as it was shown")
	if len(text) != keyLen {
		return "", "", damaged
	}
	body, sum := text[:keyLen-keySumLen-1], text[keyLen-keySumLen:]
	if joined := keySum(body); text[len(body)] != '_' || subtle.ConstantTimeCompare([]byte(sum), []byte(joined)) != 1 {
		return "", "", damaged
	}
	id, secret, _ = strings.Cut(strings.TrimPrefix(body, keyPrefix), "_")
	if len(id) != keyIDLen || len(secret) != keySecretLen {
		return "", "", damaged
	}
	return id, secret, nil
}

// holds reports whether secret is the key's, or was it before a rotation whose
// grace has not ended.
func (k Key) holds(secret string, now time.Time) bool {
	digest := keyDigest(secret)
	is := subtle.ConstantTimeCompare(digest, k.Digest)
	was := subtle.ConstantTimeCompare(digest, k.Before)
	return is == 1 || was == 1 && now.Before(k.BeforeEnd)
}

// byKey finds who calls with an API key.
func (g *Gate) byKey(ctx context.Context, text string) (Principal, error) {
	id, secret, err := splitKey(text)
	if err != nil {
		return Principal{}, err
	}
	now := g.now()
	key, err := g.keys.Key(ctx, id)
	switch {
	case docent.CodeOf(err) == docent.CodeNotFound || err == nil && !key.holds(secret, now):
		return Principal{}, unauthorized("the API key is not known", "'docent keys list' shows those that are")
	case err != nil:
		return Principal{}, err
	case !key.RevokedAt.IsZero():
		return Principal{}, unauthorized("the API key was revoked", "use another one")
	case key.State(now) == "expired":
		return Principal{}, unauthorized("the API key has expired", "use another one, or rotate it with a new end")
	case g.site(key.Site) == nil:
		return Principal{}, unauthorized("the API key is of a site that this server does not have", "use one of another site")
	}
	g.uses.note(g.keys, key, now)
	return Principal{Site: key.Site, Subject: key.Subject(), Scopes: key.Scopes}, nil
}

// CheckScopes checks that a list names scopes, each once; the error says what
// there is.
func CheckScopes(scopes []string) error {
	for i, s := range scopes {
		if !slices.Contains(AllScopes(), s) || slices.Contains(scopes[:i], s) {
			return fmt.Errorf("scopes are some of %s, each once", strings.Join(AllScopes(), ", "))
		}
	}
	return nil
}
