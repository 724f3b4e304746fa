package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"docent"
	"docent/access"
)

// BenchmarkWhoIsAsking is a whole request to a small route, by way of asking:
// what one costs more than "local" is what it costs to know who asks.
func BenchmarkWhoIsAsking(b *testing.B) {
	for _, way := range []string{"local", "visitor", "cookie", "key", "jwt"} {
		b.Run(way, func(b *testing.B) {
			cfg := Defaults()
			cfg.DataDir = b.TempDir()
			if way != "local" {
				cfg.Auth.OpenToEveryone = true
			}
			cfg.Auth.Issuers = issuersFor(way)
			srv, err := New(cfg, WithLogger(slog.New(slog.DiscardHandler)))
			if err != nil {
				b.Fatal(err)
			}
			defer srv.Close()
			request := httptest.NewRequest("GET", "/api/v1/sessions/ses_x", nil)
			request.Host = "localhost"
			credentials(b, srv, way, request)
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				srv.Handler().ServeHTTP(w, request)
				if w.Code != http.StatusNotFound {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
			}
		})
	}
}

const jwtSecret = "a shared secret of at least 32 characters"

func issuersFor(way string) []access.IssuerConfig {
	if way != "jwt" {
		return nil
	}
	return []access.IssuerConfig{{Name: "shop", Issuer: "shop", Audience: "docs", Secret: jwtSecret}}
}

func credentials(b *testing.B, srv *Server, way string, r *http.Request) {
	switch way {
	case "visitor", "cookie":
		token, err := srv.gate.Mint(b.Context(), access.Call{Address: netip.MustParseAddrPort(r.RemoteAddr).Addr()}, "", access.Proof{})
		if err != nil {
			b.Fatal(err)
		}
		if way == "cookie" {
			r.AddCookie(&http.Cookie{Name: access.VisitorCookie, Value: token.Value})
			return
		}
		r.Header.Set("Authorization", "Bearer "+token.Value)
	case "key":
		id := access.NewKeyID()
		text, digest := access.NewKeySecret(id)
		k := access.Key{ID: id, Site: docent.DefaultSite, Scopes: access.AllScopes(), Digest: digest, CreatedAt: time.Now()}
		if err := srv.conversations.CreateKey(b.Context(), k); err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+text)
	case "jwt":
		r.Header.Set("Authorization", "Bearer "+signedJWT(fmt.Sprintf(`{"iss":"shop","aud":"docs","sub":"ada","exp":%d}`, time.Now().Add(time.Hour).Unix())))
	}
}

// signedJWT is a JSON Web Token of the issuer of the tests.
func signedJWT(claims string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	mac := hmac.New(sha256.New, []byte(jwtSecret))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
