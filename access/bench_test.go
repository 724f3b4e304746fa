package access_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"docent"
	"docent/access"
	"docent/store/sqlite"
)

// BenchmarkIdentify measures what finding out who calls costs a request, by kind
// of credentials; it is to stay below 0.1 ms. API keys are read from SQLite.
func BenchmarkIdentify(b *testing.B) {
	store, err := sqlite.OpenConversations(filepath.Join(b.TempDir(), "docent.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	id := access.NewKeyID()
	key, digest := access.NewKeySecret(id)
	now := time.Now()
	if err := store.CreateKey(b.Context(), access.Key{ID: id, Site: docent.DefaultSite, Scopes: access.AllScopes(), Digest: digest, CreatedAt: now}); err != nil {
		b.Fatal(err)
	}
	rsaKey, rsaErr := rsa.GenerateKey(rand.Reader, 2048)
	ecKey, ecErr := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err := errors.Join(rsaErr, ecErr); err != nil {
		b.Fatal(err)
	}
	secret := strings.Repeat("secret", 10)
	gate, err := access.NewGate(b.Context(), access.Config{
		Secret: []string{secret}, TokenTTL: time.Hour, BindAddress: true, ClockSkew: time.Minute,
		Issuers: []access.IssuerConfig{
			{Name: "rsa", Issuer: "rsa", PublicKey: publicPEM(b, rsaKey)}, {Name: "ec", Issuer: "ec", PublicKey: publicPEM(b, ecKey)}, {Name: "shared", Issuer: "shared", Secret: secret},
		},
	}, []access.Site{{Name: docent.DefaultSite, Origins: []string{"https://docs.example.com"}}}, store)
	if err != nil {
		b.Fatal(err)
	}
	defer gate.Close()
	call := access.Call{Origin: "https://docs.example.com", Address: netip.MustParseAddr("203.0.113.7"), Surface: access.SurfaceChat}
	token, err := gate.Mint(b.Context(), call, "", access.Proof{})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, credentials string }{
		{"widget token", token.Value}, {"API key", key},
		{"JWT HS256", signed(b, jwt.SigningMethodHS256, []byte(secret), "shared")},
		{"JWT RS256", signed(b, jwt.SigningMethodRS256, rsaKey, "rsa")}, {"JWT ES256", signed(b, jwt.SigningMethodES256, ecKey, "ec")},
	} {
		call.Authorization = []string{"Bearer " + c.credentials}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := gate.Identify(b.Context(), call); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// publicPEM writes the public half of a key as config.yaml has it.
func publicPEM(b *testing.B, private crypto.Signer) string {
	b.Helper()
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		b.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func signed(b *testing.B, method jwt.SigningMethod, key any, issuer string) string {
	b.Helper()
	now := time.Now()
	text, err := jwt.NewWithClaims(method, jwt.MapClaims{
		"iss": issuer, "sub": "u1", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "scope": "chat search", "email": "reader@example.com", "name": "A Reader",
	}).SignedString(key)
	if err != nil {
		b.Fatal(err)
	}
	return text
}
