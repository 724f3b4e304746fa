package access

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// keySet is the keys that an issuer signs with.
type keySet []verifyingKey

// verifyingKey is one of them.
type verifyingKey struct {
	id, alg string // "" where they are not said
	key     any    // *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey, or []byte of a shared secret
}

// find gives the keys that may have made a signature. An algorithm that does
// not fit a key's kind never gets it: what one must keep secret is public of
// the other.
func (s keySet) find(id, alg string) []any {
	var found []any
	for _, k := range s {
		if (id == "" || k.id == "" || k.id == id) && (k.alg == "" || k.alg == alg) && slices.Contains(fitting(k.key), alg) {
			found = append(found, k.key)
		}
	}
	return found
}

// The algorithms by kind of key, and the public ones, in the order of messages.
var (
	sharedAlgorithms = []string{"HS256", "HS384", "HS512"}
	rsaAlgorithms    = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	publicAlgorithms = slices.Concat(rsaAlgorithms, []string{"ES256", "ES384", "ES512", "EdDSA"})
)

// fitting gives the algorithms that a key is for.
func fitting(key any) []string {
	switch key := key.(type) {
	case []byte:
		return sharedAlgorithms
	case *rsa.PublicKey:
		return rsaAlgorithms
	case ed25519.PublicKey:
		return []string{"EdDSA"}
	case *ecdsa.PublicKey:
		return map[int][]string{256: {"ES256"}, 384: {"ES384"}, 521: {"ES512"}}[key.Curve.Params().BitSize]
	}
	return nil
}

// algorithmsFor gives the algorithms that may be allowed with some keys, or
// with those of a key set that is not known yet, which are public ones.
func algorithmsFor(keys keySet) []string {
	if len(keys) == 0 {
		return publicAlgorithms
	}
	return fitting(keys[0].key)
}

// minRSA is the length of a key for RS256 and its kin, by RFC 7518, in bits.
const minRSA = 2048

// usable reports whether a key is public and strong enough.
func usable(key any) bool {
	if k, is := key.(*rsa.PublicKey); is && k.N.BitLen() < minRSA {
		return false
	}
	_, shared := key.([]byte)
	return !shared && fitting(key) != nil
}

// jwks reads a JSON Web Key Set. Keys that are not for signatures, or of kinds
// that are not known, are left out, as RFC 7517 has it; a set in which nothing
// is left is an error.
func jwks(body []byte) (keySet, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, err
	}
	var keys keySet
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) == nil && (k.Use == "" || k.Use == "sig") && usable(k.Key) {
			keys = append(keys, verifyingKey{k.KeyID, k.Algorithm, k.Key})
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set holds no public key for signatures")
	}
	return keys, nil
}

// pemKeys reads a public key, or the one of a certificate. The error says what
// it must be.
func pemKeys(text string) (keySet, error) {
	right := errors.New("a public_key in PEM: RSA of at least 2048 bits, EC or Ed25519")
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, right
	}
	var key any
	var err error
	switch block.Type {
	case "CERTIFICATE":
		var c *x509.Certificate
		if c, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = c.PublicKey
		}
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	if err != nil || !usable(key) {
		return nil, right
	}
	return keySet{{key: key}}, nil
}
